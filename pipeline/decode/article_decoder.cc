#include "pipeline/decode/article_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <utility>

#include "base/text/printable.h"
#include "base/text/utf8.h"
#include "pipeline/decode/decode_mapping_internal.h"
#include "pipeline/decode/decode_presets.h"
#include "pipeline/decode/json_reader_internal.h"
#include "pipeline/decode/ninjs.h"
#include "pipeline/decode/raw_article.h"
#include "pipeline/decode/record_fields.h"

namespace wirewatch {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t kMostRecordBytes = std::size_t{1} << 30;  // a text must stay shorter than 2^31 bytes (Document)
constexpr std::size_t kMostDepth = 1000;                        // the decoder's own stack

// How a field is kept. What it may be in JSON is one rule for all (docs/articles.md, "A field of another type").
enum class Use : std::uint8_t {
  kText,   // one text: of a list the first
  kTexts,  // the same; of a list every paragraph
  kList,   // a text, a thing with a name, or a list of them
  kSkip,   // known for its name only
};

enum Shape : std::uint8_t { kFlat = 1, kNinjs = 2, kBoth = 3 };

struct KeySpec {
  std::string_view name;
  Shape shape = kBoth;
  Use use = Use::kSkip;
  std::uint8_t slot = 0;  // TextSlot or ListKey
  ArticleField field = ArticleField::kCount;
};

constexpr KeySpec Text(std::string_view name, Shape shape, ArticleField field, Use use = Use::kText) {
  return {name, shape, use, static_cast<std::uint8_t>(TextSlot(field)), field};
}
constexpr KeySpec Text(std::string_view name, Shape shape, OtherText other, ArticleField field) {
  return {name, shape, Use::kText, static_cast<std::uint8_t>(TextSlot(other)), field};
}
constexpr KeySpec List(std::string_view name, Shape shape, ListKey key, ArticleField field) {
  return {name, shape, Use::kList, static_cast<std::uint8_t>(key), field};
}

// Of the texts of kArticleFields, which are keys by their name.
constexpr bool IsText(const ArticleFieldSpec& spec) {
  return spec.kind == FieldKind::kText || spec.kind == FieldKind::kParagraphs;
}
constexpr KeySpec KeyOf(const ArticleFieldSpec& spec) {
  return Text(spec.name, spec.in_ninjs ? kBoth : kFlat, spec.field,
              spec.kind == FieldKind::kParagraphs ? Use::kTexts : Use::kText);
}

// All other keys. A key of one shape alone is what the shape is known by. ninjs 3 writes its keys in camelCase.
constexpr std::array kOtherKeys = {
    Text("uri", kBoth, OtherText::kUri, ArticleField::kId),
    Text("guid", kBoth, OtherText::kGuid, ArticleField::kId),
    Text("pubstatus", kNinjs, ArticleField::kStatus),
    Text("pubStatus", kNinjs, ArticleField::kStatus),
    Text("embargoed", kNinjs, ArticleField::kEmbargoedUntil),
    Text("embargoedUntil", kNinjs, ArticleField::kEmbargoedUntil),
    Text("headline", kNinjs, OtherText::kHeadline, ArticleField::kTitle),
    Text("byline", kNinjs, OtherText::kByline, ArticleField::kAuthors),
    Text("by", kNinjs, OtherText::kByline, ArticleField::kAuthors),
    Text("copyrightholder", kNinjs, OtherText::kCopyrightHolder, ArticleField::kSource),
    Text("copyrightHolder", kNinjs, OtherText::kCopyrightHolder, ArticleField::kSource),
    Text("versioncreated", kNinjs, OtherText::kVersionCreated, ArticleField::kPublishedAt),
    Text("versionCreated", kNinjs, OtherText::kVersionCreated, ArticleField::kPublishedAt),
    Text("firstcreated", kNinjs, OtherText::kFirstCreated, ArticleField::kPublishedAt),
    Text("firstCreated", kNinjs, OtherText::kFirstCreated, ArticleField::kPublishedAt),
    Text("contentcreated", kNinjs, OtherText::kContentCreated, ArticleField::kPublishedAt),
    Text("contentCreated", kNinjs, OtherText::kContentCreated, ArticleField::kPublishedAt),
    List("source", kBoth, ListKey::kSource, ArticleField::kSource),
    List("authors", kBoth, ListKey::kAuthors, ArticleField::kAuthors),
    List("tags", kFlat, ListKey::kTags, ArticleField::kTags),
    List("categories", kFlat, ListKey::kCategories, ArticleField::kTags),
    List("subject", kNinjs, ListKey::kSubjects, ArticleField::kTags),
    List("subjects", kNinjs, ListKey::kSubjects, ArticleField::kTags),
    List("keywords", kNinjs, ListKey::kKeywords, ArticleField::kTags),
    List("infosource", kNinjs, ListKey::kInfosources, ArticleField::kSource),
    List("infosources", kNinjs, ListKey::kInfosources, ArticleField::kSource),
    List("infoSources", kNinjs, ListKey::kInfosources, ArticleField::kSource),
    List("headlines", kNinjs, ListKey::kHeadlines, ArticleField::kTitle),
    List("descriptions", kNinjs, ListKey::kDescriptions, ArticleField::kSummary),
    List("bodies", kNinjs, ListKey::kBodies, ArticleField::kBody),
    KeySpec{"standard", kNinjs},
    KeySpec{"$standard", kNinjs},
    KeySpec{"representationtype", kNinjs},
    KeySpec{"representationType", kNinjs},
    KeySpec{"slugline", kNinjs},
    KeySpec{"usageterms", kNinjs},
    KeySpec{"usageTerms", kNinjs},
    KeySpec{"copyrightnotice", kNinjs},
    KeySpec{"copyrightNotice", kNinjs},
    KeySpec{"ednote", kNinjs},
    KeySpec{"edNote", kNinjs},
    KeySpec{"evolvedfrom", kNinjs},
    KeySpec{"renditions", kNinjs},
    KeySpec{"associations", kNinjs},
};

constexpr auto kKeys = [] {
  std::array<KeySpec, kOtherKeys.size() +
                          static_cast<std::size_t>(std::count_if(kArticleFields.begin(), kArticleFields.end(), IsText))>
      keys;
  auto end = std::copy(kOtherKeys.begin(), kOtherKeys.end(), keys.begin());
  for (const ArticleFieldSpec& spec : kArticleFields) {
    if (IsText(spec)) *end++ = KeyOf(spec);
  }
  return keys;
}();

// ninjs 1.x: the rest of the key is the text's format or role.
struct VariantSpec {
  std::string_view prefix;
  ListKey key;
  ArticleField field;
};
constexpr std::array kVariants = {
    VariantSpec{"headline_", ListKey::kHeadlineVariants, ArticleField::kTitle},
    VariantSpec{"description_", ListKey::kDescriptionVariants, ArticleField::kSummary},
    VariantSpec{"body_", ListKey::kBodyVariants, ArticleField::kBody},
};

// A hash table that the compiler fills: every key of every record is looked up here.
class KeyTable {
 public:
  constexpr KeyTable() {
    for (std::size_t i = 0; i < kKeys.size(); ++i) {
      std::size_t slot = Hash(kKeys[i].name);
      while (slots_[slot] != 0) slot = (slot + 1) % kSlots;
      slots_[slot] = static_cast<std::uint8_t>(i + 1);
    }
  }

  const KeySpec* Find(std::string_view name) const {
    if (name.empty()) return nullptr;
    for (std::size_t slot = Hash(name); slots_[slot] != 0; slot = (slot + 1) % kSlots) {
      const KeySpec& spec = kKeys[slots_[slot] - 1];
      if (spec.name == name) return &spec;
    }
    return nullptr;
  }

 private:
  static constexpr std::size_t kSlots = 256;
  static constexpr std::size_t Hash(std::string_view name) {
    const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(name[at])); };
    return (name.size() * 31 + byte(0) * 7 + byte(name.size() / 2) * 17 + byte(name.size() - 1)) % kSlots;
  }
  std::array<std::uint8_t, kSlots> slots_{};
};
constexpr KeyTable kKeyTable;

void NoteUnreadable(RecordFields& fields, Shape shape, ArticleField field, std::string_view key, JsonType type) {
  for (std::size_t i = 0; i < kShapeCount; ++i) {
    if ((shape & (i == static_cast<std::size_t>(RecordShape::kFlat) ? kFlat : kNinjs)) == 0) continue;
    fields.unreadable[i].Add(field);
    std::string& first = fields.first_unreadable[i];
    if (first.empty()) first = fmt::format("field '{}' is {}, not text", key, Describe(type));
  }
}

// What a list or an object has to say where a text is wanted.
bool ReadTextList(JsonReader& reader, ondemand::value& value, const KeySpec& spec, RecordFields& fields,
                  ItemList& list) {
  if (!reader.List(value, spec.name, 1, list)) return false;
  std::erase_if(list.items, [](const Item& item) { return IsBlankText(item.text); });
  if (list.wrong != JsonType::kNull) NoteUnreadable(fields, spec.shape, spec.field, spec.name, list.type);
  if (list.items.empty()) return true;
  fields.texts[spec.slot] = list.items.front().text;
  if (spec.use == Use::kTexts) {
    const bool body = spec.field == ArticleField::kBody;
    fields.list(body ? ListKey::kBodyParts : ListKey::kSummaryParts).items = list.items;
  }
  return true;
}

bool ReadText(JsonReader& reader, ondemand::value& value, const KeySpec& spec, RecordFields& fields, ItemList& list) {
  // Of equal keys the last one counts, whatever the one before was.
  fields.texts[spec.slot] = {};
  if (spec.use == Use::kTexts) {
    fields.list(spec.field == ArticleField::kBody ? ListKey::kBodyParts : ListKey::kSummaryParts).items.clear();
  }
  JsonType type = TypeOf(value);
  if (type == JsonType::kObject || type == JsonType::kArray) return ReadTextList(reader, value, spec, fields, list);
  std::string_view text;
  if (!reader.Scalar(value, spec.name, 1, type, text)) return false;
  if (type == JsonType::kString || type == JsonType::kNumber) {
    fields.texts[spec.slot] = text;
  } else if (type != JsonType::kNull) {
    NoteUnreadable(fields, spec.shape, spec.field, spec.name, type);
  }
  return true;
}

bool ReadList(JsonReader& reader, ondemand::value& value, const KeySpec& spec, RecordFields& fields) {
  ItemList& list = fields.lists[spec.slot];
  if (!reader.List(value, spec.name, 1, list)) return false;
  if (list.wrong != JsonType::kNull) {
    NoteUnreadable(fields, spec.shape, spec.field, spec.name, list.type == JsonType::kArray ? list.wrong : list.type);
  }
  return true;
}

// No article has so many keys of ninjs; a record with a hundred thousand must not cost their square.
constexpr int kMostNinjsKeys = 256;

// What a text in one of its formats is called. Under other names a list or an object need not be a text
// (`body_images`).
bool IsFormat(std::string_view role) {
  constexpr std::string_view kNames[] = {"html", "main", "markdown", "nitf", "plain", "text", "xhtml", "xml"};
  return std::find(std::begin(kNames), std::end(kNames), role) != std::end(kNames);
}

// Replaces the text of an equal key: the last one counts.
bool ReadVariant(JsonReader& reader, ondemand::value& value, std::string_view key, const VariantSpec& spec,
                 RecordFields& fields, ItemList& list) {
  if (fields.ninjs_keys > kMostNinjsKeys) return reader.Skip(value, 1);
  JsonType type = TypeOf(value);
  std::string_view text;
  const std::string name(key);
  const std::string_view role = key.substr(spec.prefix.size());
  auto& items = fields.list(spec.key).items;
  if ((type == JsonType::kObject || type == JsonType::kArray) && IsFormat(role)) {
    if (!reader.List(value, name, 1, list)) return false;
    if (list.wrong != JsonType::kNull) NoteUnreadable(fields, kNinjs, spec.field, name, list.type);
    std::erase_if(items, [role](const Item& item) { return item.role == role; });
    for (const Item& item : list.items) {
      if (!IsBlankText(item.text)) items.push_back({item.text, {}, role, {}});
    }
    return true;
  }
  if (!reader.Scalar(value, name, 1, type, text)) return false;
  if (type != JsonType::kString) {
    // A number is a count (`body_words`) and no text: here the key's end is free.
    if (type != JsonType::kNull && type != JsonType::kNumber) NoteUnreadable(fields, kNinjs, spec.field, name, type);
    return true;
  }
  std::erase_if(items, [role](const Item& item) { return item.role == role; });
  items.push_back({text, {}, role, {}});
  return true;
}

// What services call the list that their articles stand in; empty: the key is none of these.
std::string_view EnvelopeNamed(std::string_view key) {
  constexpr std::string_view kNames[] = {"articles", "data",  "docs",    "entries", "items",
                                         "news",     "posts", "results", "stories"};
  const auto* name = std::find(std::begin(kNames), std::end(kNames), key);
  return name == std::end(kNames) ? std::string_view() : *name;
}

constexpr std::size_t kMostKeysTold = 12;
constexpr std::size_t kLongestKeyTold = 40;  // bytes

// A key of anybody's making, fit for a message: what is long is cut, behind a whole character.
std::string Shortened(std::string_view key) {
  if (key.size() <= kLongestKeyTold) return Printable(key);
  return Printable(BeginningOf(key, kLongestKeyTold)) + "...";
}

const VariantSpec* FindVariant(std::string_view key) {
  for (const VariantSpec& spec : kVariants) {
    if (key.starts_with(spec.prefix)) return &spec;
  }
  return nullptr;
}

// One loop over the keys, in whatever order they come.
bool ReadFields(JsonReader& reader, ondemand::object& root, RecordFields& fields, ItemList& list) {
  fields.Clear();
  for (auto next : root) {
    std::string_view key;
    ondemand::value* const value = reader.Next(next, key);
    if (value == nullptr) return false;
    const KeySpec* spec = kKeyTable.Find(key);
    if (spec == nullptr) {
      const VariantSpec* variant = FindVariant(key);
      if (variant != nullptr) ++fields.ninjs_keys;
      if (!(variant != nullptr ? ReadVariant(reader, *value, key, *variant, fields, list) : reader.Skip(*value, 1)))
        return false;
      continue;
    }
    if (spec->shape == kNinjs) ++fields.ninjs_keys;
    if (spec->shape == kFlat) ++fields.flat_keys;
    switch (spec->use) {
      case Use::kText:
      case Use::kTexts:
        if (!ReadText(reader, *value, *spec, fields, list)) return false;
        break;
      case Use::kList:
        if (!ReadList(reader, *value, *spec, fields)) return false;
        break;
      case Use::kSkip:
        fields.says_ninjs |= spec->name.ends_with("standard");
        if (!reader.Skip(*value, 1)) return false;
        break;
    }
  }
  return true;
}

}  // namespace

struct ArticleDecoder::Rep {
  Rep(const DecodeLimits& limits, FieldPointers given) : reader(limits), mapping(std::move(given)) {}

  bool Read(std::string_view payload, std::size_t readable_after) {
    ondemand::object root;
    if (reader.Open(payload, readable_after, root) && ReadRoot(root)) return true;
    if (reader.was_copied()) return false;
    // What simdjson finds wrong with broken JSON depends on the byte behind it. A record has one reason to be rejected,
    // in every process: that of its copy.
    return reader.OpenCopy(payload, root) && ReadRoot(root);
  }

  bool ReadRoot(ondemand::object& root) {
    raw.Clear();
    if (!mapping.empty()) {
      first_unreadable = &mapping.first_unreadable();
      return mapping.Read(reader, root, raw) && reader.Close();
    }
    if (!ReadFields(reader, root, fields, list) || !reader.Close()) return false;
    const bool ninjs = IsNinjs(fields);
    ninjs ? FillFromNinjs(fields, raw) : FillFromFlat(fields, raw);
    const auto shape = static_cast<std::size_t>(ninjs ? RecordShape::kNinjs : RecordShape::kFlat);
    raw.unreadable = fields.unreadable[shape];
    first_unreadable = &fields.first_unreadable[shape];
    return true;
  }

  // Why a record that is JSON has no text to search.
  Rejection NoText(std::string_view payload) {
    const std::string& unreadable = *first_unreadable;
    const bool searchable = raw.unreadable.Has(ArticleField::kTitle) || raw.unreadable.Has(ArticleField::kSummary) ||
                            raw.unreadable.Has(ArticleField::kBody);
    if (searchable && mapping.empty()) {
      return {DeadLetterReason::kWrongType,
              fmt::format("no text that can be searched: {}{}", unreadable, WayOut(payload))};
    }
    return {searchable ? DeadLetterReason::kWrongType : DeadLetterReason::kNoText,
            fmt::format("neither title nor summary nor body has text{}{}", unreadable.empty() ? "" : "; ", unreadable) +
                WayOut(payload)};
  }

  // The keys that the record has, and where its texts may be found.
  std::string WayOut(std::string_view payload) {
    std::vector<std::string> keys;
    std::string told;
    ondemand::object root;
    if (!reader.OpenCopy(payload, root)) return {};
    std::size_t more = 0;
    bool unknown = false;
    std::string_view envelope;
    for (auto next : root) {
      std::string_view key;
      ondemand::value* const value = reader.Next(next, key);
      if (value == nullptr) return {};
      unknown |= kKeyTable.Find(key) == nullptr;
      if (const std::string_view name = EnvelopeNamed(key); !name.empty() && TypeOf(*value) == JsonType::kArray) {
        envelope = name;
      }
      if (!reader.Skip(*value, 1)) return {};
      if (keys.size() == kMostKeysTold) {
        ++more;
        continue;
      }
      keys.emplace_back(key);
      told += fmt::format("{}'{}'", keys.size() > 1 ? ", " : "", Shortened(key));
    }
    if (more > 0) told += fmt::format(" and {} more", more);
    if (!mapping.empty()) return fmt::format("; decode.mapping finds none in a record with the keys {}", told);
    if (!unknown) return {};
    if (!envelope.empty()) {
      return fmt::format("; it holds a list '{0}': send each of its elements as a record (jq -c '.{0}[]')", envelope);
    }
    const std::string_view preset = PresetForKeys(keys);
    return fmt::format("; the record has the keys {}: {}", told,
                       preset.empty() ? "decode.mapping says which of them are what (docs/articles.md)"
                                      : fmt::format("try decode.mapping: {}", preset));
  }

  JsonReader reader;
  FieldPointers mapping;
  RecordFields fields;  // reused, as the memory of the rest
  ItemList list;        // of the field at hand
  RawArticle raw;
  const std::string* first_unreadable = nullptr;
};

ArticleDecoder::ArticleDecoder(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}
ArticleDecoder::~ArticleDecoder() = default;
ArticleDecoder::ArticleDecoder(ArticleDecoder&&) noexcept = default;
ArticleDecoder& ArticleDecoder::operator=(ArticleDecoder&&) noexcept = default;

Result<ArticleDecoder> ArticleDecoder::Create(DecodeLimits limits, DecodeMapping mapping) {
  if (limits.max_record_bytes == 0 || limits.max_record_bytes > kMostRecordBytes) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("decode.max_record_bytes must be between 1 and {}", kMostRecordBytes)};
  }
  if (limits.max_depth == 0 || limits.max_depth > kMostDepth) {
    return Error{ErrorCode::kInvalid, fmt::format("decode.max_depth must be between 1 and {}", kMostDepth)};
  }
  auto parsed = FieldPointers::Create(mapping);
  if (!parsed) return std::move(parsed).error();
  return ArticleDecoder(std::make_unique<Rep>(limits, *std::move(parsed)));
}

std::optional<Rejection> ArticleDecoder::Decode(std::string_view payload, std::size_t readable_after,
                                                Article& article) {
  if (!rep_->Read(payload, readable_after)) return rep_->reader.TakeRejection();
  Tidy(rep_->raw, article);
  // A withdrawal needs no text: by its id it is known what is withdrawn.
  const bool withdraws = article.status == PublicationStatus::kCanceled && !rep_->raw.text(ArticleField::kId).empty();
  if (article.title.empty() && article.summary.empty() && article.body.empty() && !withdraws) {
    return rep_->NoText(payload);
  }
  return std::nullopt;
}

}  // namespace wirewatch
