#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/diagnostic.h"
#include "pipeline/decode_mapping_handles.h"

namespace wirewatch {
namespace {

namespace ondemand = simdjson::ondemand;

enum class Kind {
  kText,    // text or null
  kTexts,   // the same; with "*" several, each a paragraph
  kScalar,  // text or a number; what cannot be read counts as not given
  kList,    // texts, or things with a name
};

struct FieldSpec {
  std::string_view name;
  Kind kind;
};

// In the order of MappedField.
constexpr std::array kFields = {
    FieldSpec{"id", Kind::kScalar},
    FieldSpec{"version", Kind::kScalar},
    FieldSpec{"title", Kind::kText},
    FieldSpec{"summary", Kind::kTexts},
    FieldSpec{"body", Kind::kTexts},
    FieldSpec{"url", Kind::kText},
    FieldSpec{"source", Kind::kList},
    FieldSpec{"authors", Kind::kList},
    FieldSpec{"published_at", Kind::kScalar},
    FieldSpec{"language", Kind::kText},
    FieldSpec{"country", Kind::kText},
    FieldSpec{"tags", Kind::kList},
    FieldSpec{"section", Kind::kText},
    FieldSpec{"status", Kind::kScalar},
    FieldSpec{"embargoed_until", Kind::kScalar},
    FieldSpec{"urgency", Kind::kScalar},
};
static_assert(kFields.size() == static_cast<std::size_t>(MappedField::kCount));

const FieldSpec& SpecOf(MappedField field) { return kFields[static_cast<std::size_t>(field)]; }

constexpr std::string_view kEveryElement = "*";

// RFC 6901 section 4: "~1" is '/', "~0" is '~'. Nothing: a '~' before something else.
std::optional<std::string> UnescapeSegment(std::string_view written) {
  std::string segment;
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (written[i] != '~') {
      segment += written[i];
      continue;
    }
    ++i;
    if (i == written.size() || (written[i] != '0' && written[i] != '1')) return std::nullopt;
    segment += written[i] == '0' ? '~' : '/';
  }
  return segment;
}

Result<std::vector<std::string>> ParsePointer(std::string_view written) {
  const auto invalid = [&](std::string_view why) {
    return Error{ErrorCode::kInvalid, fmt::format("the JSON pointer '{}' {}", written, why)};
  };
  if (written.empty()) return invalid("is the whole record; write '/' and the key, for example '/headline'");
  if (written.front() != '/') return invalid("must begin with '/'");
  std::vector<std::string> segments;
  while (!written.empty()) {
    written.remove_prefix(1);
    const std::size_t end = std::min(written.find('/'), written.size());
    auto segment = UnescapeSegment(written.substr(0, end));
    if (!segment) return invalid("has a '~' that is neither '~0' (for '~') nor '~1' (for '/')");
    segments.push_back(*std::move(segment));
    written.remove_prefix(end);
  }
  return segments;
}

// Whether pointer `a` ends at a value that `b` goes on into.
bool LeadsInto(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return a.size() < b.size() && std::equal(a.begin(), a.end(), b.begin(), [](const auto& x, const auto& y) {
           return x == y || x == kEveryElement || y == kEveryElement;
         });
}

void Put(RawArticle& raw, MappedField field, std::string_view text) {
  switch (field) {
    case MappedField::kId: raw.id = text; break;
    case MappedField::kVersion: raw.version = text; break;
    case MappedField::kTitle: raw.title.push_back({text}); break;
    case MappedField::kSummary: raw.summary.push_back({text}); break;
    case MappedField::kBody: raw.body.push_back({text}); break;
    case MappedField::kUrl: raw.url = text; break;
    case MappedField::kSource: raw.source = text; break;
    case MappedField::kAuthors: raw.authors.push_back(text); break;
    case MappedField::kPublishedAt: raw.published_at = text; break;
    case MappedField::kLanguage: raw.language = text; break;
    case MappedField::kCountry: raw.country = text; break;
    case MappedField::kTags: raw.tags.push_back(text); break;
    case MappedField::kSection: raw.section = text; break;
    case MappedField::kStatus: raw.status = text; break;
    case MappedField::kEmbargoedUntil: raw.embargoed_until = text; break;
    case MappedField::kUrgency: raw.urgency = text; break;
    case MappedField::kCount: break;
  }
}

// A key that stands twice in a record: the last one counts, here as everywhere.
void Forget(RawArticle& raw, MappedField field) {
  switch (field) {
    case MappedField::kTitle: raw.title.clear(); break;
    case MappedField::kSummary: raw.summary.clear(); break;
    case MappedField::kBody: raw.body.clear(); break;
    case MappedField::kAuthors: raw.authors.clear(); break;
    case MappedField::kTags: raw.tags.clear(); break;
    default: Put(raw, field, {}); break;
  }
}

}  // namespace

Result<Mapping> Mapping::Create(const DecodeMapping& pointers) {
  Mapping mapping;
  std::vector<std::string> mistakes;
  std::vector<std::string_view> names;
  for (const FieldSpec& spec : kFields) names.push_back(spec.name);
  for (const auto& [name, written] : pointers) {
    const auto spec = std::find(names.begin(), names.end(), name);
    if (spec == names.end()) {
      const std::string_view near = Nearest(name, names);
      mistakes.push_back(near.empty()
                             ? fmt::format("unknown article field '{}'; fields are {}", name, fmt::join(names, ", "))
                             : fmt::format("unknown article field '{}'; did you mean '{}'?", name, near));
      continue;
    }
    const auto field = static_cast<MappedField>(spec - names.begin());
    auto segments = ParsePointer(written);
    if (!segments) {
      mistakes.push_back(fmt::format("{}: {}", name, segments.error().message));
      continue;
    }
    const bool many = std::find(segments->begin(), segments->end(), kEveryElement) != segments->end();
    const Kind kind = SpecOf(field).kind;
    if (many && (kind == Kind::kText || kind == Kind::kScalar)) {
      mistakes.push_back(fmt::format(
          "{}: '{}' has '*', every element of a list; only authors, tags, source, summary and body can be several",
          name, written));
      continue;
    }
    mapping.pointers_.push_back({field, name, written, *std::move(segments), many});
  }
  for (const Pointer& outer : mapping.pointers_) {
    for (const Pointer& inner : mapping.pointers_) {
      if (!LeadsInto(outer.segments, inner.segments)) continue;
      mistakes.push_back(fmt::format("{} reads '{}', and {} wants '{}' inside it; one value cannot be both", outer.name,
                                     outer.written, inner.name, inner.written));
    }
  }
  if (!mistakes.empty())
    return Error{ErrorCode::kInvalid, fmt::format("decode.mapping: {}", fmt::join(mistakes, "; "))};
  return mapping;
}

// Of the active pointers those whose segment at `level` is the key or index `name`.
Mapping::Set Mapping::Step(Set active, std::size_t level, std::string_view name, bool element) const {
  Set next;
  for (std::size_t i = 0; i < pointers_.size(); ++i) {
    if (!active[i] || pointers_[i].segments.size() <= level) continue;
    const std::string& segment = pointers_[i].segments[level];
    next[i] = segment == name || (element && segment == kEveryElement);
  }
  return next;
}

bool Mapping::Read(JsonReader& reader, ondemand::object& root, RawArticle& raw) {
  return ReadObject(reader, root, 1, Set().set(), raw);
}

bool Mapping::ReadObject(JsonReader& reader, ondemand::object& object, std::size_t depth, Set active, RawArticle& raw) {
  for (auto next : object) {
    std::string_view key;
    ondemand::value* const value = reader.Next(next, key);
    if (value == nullptr) return false;
    const Set inside = Step(active, depth - 1, key, false);
    if (!(inside.none() ? reader.Skip(*value, depth) : ReadValue(reader, *value, depth, inside, raw))) return false;
  }
  return true;
}

// A value of an object or array at `depth`, so `depth` segments of the active pointers are used up.
bool Mapping::ReadValue(JsonReader& reader, ondemand::value& value, std::size_t depth, Set active, RawArticle& raw) {
  Set leaves;
  for (std::size_t i = 0; i < pointers_.size(); ++i) leaves[i] = active[i] && pointers_[i].segments.size() == depth;
  if (leaves.any()) return ReadLeaf(reader, value, depth, leaves, raw);

  const JsonType type = TypeOf(value);
  if (type == JsonType::kObject) {
    ondemand::object object;
    return reader.Object(value, depth, object) && ReadObject(reader, object, depth + 1, active, raw);
  }
  if (type != JsonType::kArray) return reader.Skip(value, depth);  // the pointers lead nowhere: not given
  ondemand::array array;
  if (!reader.Array(value, depth, array)) return false;
  std::size_t index = 0;
  for (auto next : array) {
    ondemand::value* const element = reader.Next(next);
    if (element == nullptr) return false;
    std::array<char, 20> digits;
    const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), index++).ptr;
    const Set inside = Step(active, depth, {digits.data(), static_cast<std::size_t>(end - digits.data())}, true);
    const std::size_t inner = depth + 1;
    if (!(inside.none() ? reader.Skip(*element, inner) : ReadValue(reader, *element, inner, inside, raw))) return false;
  }
  return true;
}

bool Mapping::ReadLeaf(JsonReader& reader, ondemand::value& value, std::size_t depth, Set leaves, RawArticle& raw) {
  std::size_t first = 0;
  while (!leaves[first]) ++first;
  if (!reader.List(value, pointers_[first].name, depth, list_)) return false;
  for (std::size_t i = first; i < pointers_.size(); ++i) {
    if (!leaves[i]) continue;
    const Pointer& pointer = pointers_[i];
    const Kind kind = SpecOf(pointer.field).kind;
    const auto wrong = [&](JsonType type, std::string_view wanted) {
      return reader.Fail(DecodeFailure::kWrongType, fmt::format("field '{}' ({}) is {}, not {}", pointer.name,
                                                                pointer.written, Describe(type), wanted));
    };
    if (!pointer.many) Forget(raw, pointer.field);
    const bool text = list_.type == JsonType::kString;
    const bool number = list_.type == JsonType::kNumber;
    if (kind == Kind::kList) {
      if (list_.wrong != JsonType::kNull) return wrong(list_.wrong, "text or a thing with a name");
      for (const Item& item : list_.items) {
        Put(raw, pointer.field, item.text);
        if (pointer.field == MappedField::kSource) break;
      }
    } else if (text || (number && kind == Kind::kScalar)) {
      Put(raw, pointer.field, list_.items.front().text);
    } else if (list_.type != JsonType::kNull && (kind != Kind::kScalar || pointer.field == MappedField::kId)) {
      return wrong(list_.type,
                   list_.type == JsonType::kArray && kind == Kind::kTexts ? "text; end the pointer with '/*'" : "text");
    }
  }
  return true;
}

}  // namespace wirewatch
