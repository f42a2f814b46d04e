#include "pipeline/article_decoder.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <utility>

#include "pipeline/decode_mapping_handles.h"
#include "pipeline/json_reader_handles.h"
#include "pipeline/ninjs.h"
#include "pipeline/raw_article.h"
#include "pipeline/record_fields.h"

namespace wirewatch {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t kMostRecordBytes = std::size_t{1} << 30;  // a text must stay shorter than 2^31 bytes (Document)
constexpr std::size_t kMostDepth = 1000;                        // the decoder's own stack

// What a field may be.
enum class Use : std::uint8_t {
  kText,     // text or null
  kId,       // the same, or a number: its digits
  kLenient,  // text or a number; anything else counts as not given, for a bad date is no reason to lose an article
  kList,     // a text, a thing with a name, or a list of them
  kSkip,     // known for its name only
};

enum Shape : std::uint8_t { kFlat = 1, kNinjs = 2, kBoth = 3 };

struct KeySpec {
  std::string_view name;
  Shape shape = kBoth;
  Use use = Use::kSkip;
  std::uint8_t slot = 0;  // TextKey or ListKey
};

constexpr KeySpec Text(std::string_view name, Shape shape, TextKey key, Use use = Use::kText) {
  return {name, shape, use, static_cast<std::uint8_t>(key)};
}
constexpr KeySpec List(std::string_view name, Shape shape, ListKey key) {
  return {name, shape, Use::kList, static_cast<std::uint8_t>(key)};
}

// A key of kNinjs alone, beside `uri`, is what ninjs is known by. ninjs 3 writes its keys in camelCase.
constexpr std::array kKeys = {
    Text("id", kFlat, TextKey::kId, Use::kId),
    Text("uri", kNinjs, TextKey::kUri),
    Text("version", kBoth, TextKey::kVersion, Use::kLenient),
    Text("title", kBoth, TextKey::kTitle),
    Text("summary", kFlat, TextKey::kSummary),
    Text("body", kFlat, TextKey::kBody),
    Text("url", kBoth, TextKey::kUrl),
    Text("published_at", kFlat, TextKey::kPublishedAt, Use::kLenient),
    Text("language", kBoth, TextKey::kLanguage),
    Text("country", kFlat, TextKey::kCountry),
    Text("section", kFlat, TextKey::kSection),
    Text("status", kFlat, TextKey::kStatus, Use::kLenient),
    Text("pubstatus", kNinjs, TextKey::kStatus, Use::kLenient),
    Text("pubStatus", kNinjs, TextKey::kStatus, Use::kLenient),
    Text("embargoed_until", kFlat, TextKey::kEmbargoedUntil, Use::kLenient),
    Text("embargoed", kNinjs, TextKey::kEmbargoedUntil, Use::kLenient),
    Text("embargoedUntil", kNinjs, TextKey::kEmbargoedUntil, Use::kLenient),
    Text("urgency", kBoth, TextKey::kUrgency, Use::kLenient),
    Text("headline", kNinjs, TextKey::kHeadline),
    Text("byline", kNinjs, TextKey::kByline),
    Text("by", kNinjs, TextKey::kByline),
    Text("copyrightholder", kNinjs, TextKey::kCopyrightHolder),
    Text("copyrightHolder", kNinjs, TextKey::kCopyrightHolder),
    Text("versioncreated", kNinjs, TextKey::kVersionCreated, Use::kLenient),
    Text("versionCreated", kNinjs, TextKey::kVersionCreated, Use::kLenient),
    Text("firstcreated", kNinjs, TextKey::kFirstCreated, Use::kLenient),
    Text("firstCreated", kNinjs, TextKey::kFirstCreated, Use::kLenient),
    Text("contentcreated", kNinjs, TextKey::kContentCreated, Use::kLenient),
    Text("contentCreated", kNinjs, TextKey::kContentCreated, Use::kLenient),
    List("source", kBoth, ListKey::kSource),
    List("authors", kBoth, ListKey::kAuthors),
    List("tags", kFlat, ListKey::kTags),
    List("categories", kFlat, ListKey::kCategories),
    List("subject", kNinjs, ListKey::kSubjects),
    List("subjects", kNinjs, ListKey::kSubjects),
    List("infosource", kNinjs, ListKey::kInfosources),
    List("infosources", kNinjs, ListKey::kInfosources),
    List("infoSources", kNinjs, ListKey::kInfosources),
    List("headlines", kNinjs, ListKey::kHeadlines),
    List("descriptions", kNinjs, ListKey::kDescriptions),
    List("bodies", kNinjs, ListKey::kBodies),
    KeySpec{"standard", kNinjs},
    KeySpec{"$standard", kNinjs},
    KeySpec{"representationtype", kNinjs},
    KeySpec{"representationType", kNinjs},
    KeySpec{"slugline", kNinjs},
};

// ninjs 1.x: the rest of the key is the text's format or role.
struct VariantSpec {
  std::string_view prefix;
  ListKey key;
};
constexpr std::array kVariants = {
    VariantSpec{"headline_", ListKey::kHeadlineVariants},
    VariantSpec{"description_", ListKey::kDescriptionVariants},
    VariantSpec{"body_", ListKey::kBodyVariants},
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

void NoteWrong(RecordFields& fields, Shape shape, std::string_view key, JsonType type, std::string_view wanted) {
  for (std::string* wrong : {&fields.wrong_in_flat, &fields.wrong_in_ninjs}) {
    const bool concerned = (shape & (wrong == &fields.wrong_in_flat ? kFlat : kNinjs)) != 0;
    if (concerned && wrong->empty()) *wrong = fmt::format("field '{}' is {}, not {}", key, Describe(type), wanted);
  }
}

bool ReadText(JsonReader& reader, ondemand::value& value, const KeySpec& spec, RecordFields& fields) {
  JsonType type;
  std::string_view text;
  if (!reader.Scalar(value, spec.name, 1, type, text)) return false;
  const bool readable = type == JsonType::kString || (type == JsonType::kNumber && spec.use != Use::kText);
  fields.texts[spec.slot] = readable ? text : std::string_view();
  if (!readable && type != JsonType::kNull && spec.use != Use::kLenient) {
    NoteWrong(fields, spec.shape, spec.name, type, spec.use == Use::kId ? "text or a number" : "text");
  }
  return true;
}

bool ReadList(JsonReader& reader, ondemand::value& value, const KeySpec& spec, RecordFields& fields) {
  ItemList& list = fields.lists[spec.slot];
  if (!reader.List(value, spec.name, 1, list)) return false;
  // One source is a text: a number is as wrong as for a title. In lists numbers are names: tags [2024].
  const bool number = list.type == JsonType::kNumber;
  const JsonType wrong = number ? list.type : list.wrong;
  if (wrong == JsonType::kNull) return true;
  if (list.type == JsonType::kArray) {
    NoteWrong(fields, spec.shape, fmt::format("{}[]", spec.name), wrong, "text or an object with a name");
  } else {
    NoteWrong(fields, spec.shape, spec.name, wrong, "text");
  }
  return true;
}

// No article comes in so many formats; a record with a hundred thousand such keys must not cost their square.
constexpr std::size_t kMostVariants = 64;

// Replaces the text of an equal key: the last one counts.
bool ReadVariant(JsonReader& reader, ondemand::value& value, std::string_view key, const VariantSpec& spec,
                 RecordFields& fields) {
  JsonType type;
  std::string_view text;
  const std::string name(key);
  if (!reader.Scalar(value, name, 1, type, text)) return false;
  if (type != JsonType::kString) {
    if (type != JsonType::kNull) NoteWrong(fields, kNinjs, name, type, "text");
    return true;
  }
  const std::string_view role = key.substr(spec.prefix.size());
  auto& items = fields.list(spec.key).items;
  std::erase_if(items, [role](const Item& item) { return item.role == role; });
  if (items.size() < kMostVariants) items.push_back({text, {}, role, {}});
  return true;
}

const VariantSpec* FindVariant(std::string_view key) {
  for (const VariantSpec& spec : kVariants) {
    if (key.starts_with(spec.prefix)) return &spec;
  }
  return nullptr;
}

// One loop over the keys, in whatever order they come.
bool ReadFields(JsonReader& reader, ondemand::object& root, RecordFields& fields) {
  fields.Clear();
  for (auto next : root) {
    std::string_view key;
    ondemand::value* const value = reader.Next(next, key);
    if (value == nullptr) return false;
    const KeySpec* spec = kKeyTable.Find(key);
    if (spec == nullptr) {
      const VariantSpec* variant = FindVariant(key);
      if (variant != nullptr) fields.ninjs_key = true;
      if (!(variant != nullptr ? ReadVariant(reader, *value, key, *variant, fields) : reader.Skip(*value, 1)))
        return false;
      continue;
    }
    if (spec->shape == kNinjs && spec->name != "uri") fields.ninjs_key = true;
    switch (spec->use) {
      case Use::kText:
      case Use::kId:
      case Use::kLenient:
        if (!ReadText(reader, *value, *spec, fields)) return false;
        break;
      case Use::kList:
        if (!ReadList(reader, *value, *spec, fields)) return false;
        break;
      case Use::kSkip:
        if (!reader.Skip(*value, 1)) return false;
        break;
    }
  }
  return true;
}

void FillFromFlat(const RecordFields& fields, RawArticle& raw) {
  raw.id = fields.text(TextKey::kId);
  if (IsBlankText(raw.id)) raw.id = fields.text(TextKey::kUri);
  raw.version = fields.text(TextKey::kVersion);
  raw.title.push_back({fields.text(TextKey::kTitle)});
  raw.summary.push_back({fields.text(TextKey::kSummary)});
  if (const std::string_view body = fields.text(TextKey::kBody); !IsBlankText(body)) {
    raw.body.push_back({body});
  } else {
    for (const Item& item : fields.items(ListKey::kBodyVariants)) {
      if (item.role == "html" || item.role == "xhtml") raw.body = {{item.text, true}};
    }
  }
  raw.url = fields.text(TextKey::kUrl);
  if (const auto& sources = fields.items(ListKey::kSource); !sources.empty()) raw.source = sources.front().text;
  for (const Item& author : fields.items(ListKey::kAuthors)) raw.authors.push_back(author.text);
  for (const ListKey key : {ListKey::kTags, ListKey::kCategories}) {
    for (const Item& tag : fields.items(key)) raw.tags.push_back(tag.text);
  }
  raw.published_at = fields.text(TextKey::kPublishedAt);
  raw.language = fields.text(TextKey::kLanguage);
  raw.country = fields.text(TextKey::kCountry);
  raw.section = fields.text(TextKey::kSection);
  raw.status = fields.text(TextKey::kStatus);
  raw.embargoed_until = fields.text(TextKey::kEmbargoedUntil);
  raw.urgency = fields.text(TextKey::kUrgency);
}

}  // namespace

std::string_view Name(DecodeFailure failure) {
  constexpr std::string_view kNames[] = {"empty",        "too-large",  "too-deep", "invalid-utf8",
                                         "invalid-json", "wrong-type", "no-text"};
  return kNames[static_cast<std::size_t>(failure)];
}

struct ArticleDecoder::Rep {
  Rep(const DecodeLimits& limits, Mapping given) : reader(limits), mapping(std::move(given)) {}

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
    if (!mapping.empty()) return mapping.Read(reader, root, raw) && reader.Close();
    if (!ReadFields(reader, root, fields) || !reader.Close()) return false;
    const bool ninjs = IsNinjs(fields);
    const std::string& wrong = ninjs ? fields.wrong_in_ninjs : fields.wrong_in_flat;
    if (!wrong.empty()) return reader.Fail(DecodeFailure::kWrongType, wrong);
    ninjs ? FillFromNinjs(fields, raw) : FillFromFlat(fields, raw);
    return true;
  }

  JsonReader reader;
  Mapping mapping;
  RecordFields fields;  // reused, as the memory of the rest
  RawArticle raw;
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
  auto parsed = Mapping::Create(mapping);
  if (!parsed) return std::move(parsed).error();
  return ArticleDecoder(std::make_unique<Rep>(limits, *std::move(parsed)));
}

std::optional<DecodeError> ArticleDecoder::Decode(std::string_view payload, std::size_t readable_after,
                                                  Article& article) {
  if (!rep_->Read(payload, readable_after)) return rep_->reader.TakeError();
  Tidy(rep_->raw, article);
  if (article.title.empty() && article.summary.empty() && article.body.empty()) {
    return DecodeError{DecodeFailure::kNoText, "neither title nor summary nor body has text"};
  }
  return std::nullopt;
}

}  // namespace wirewatch
