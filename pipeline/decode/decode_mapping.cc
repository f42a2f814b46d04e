#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/diagnostic.h"
#include "pipeline/decode/decode_mapping_internal.h"

namespace wirewatch {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr FieldKind KindOf(ArticleField field) { return SpecOf(field).kind; }

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

}  // namespace

Result<Mapping> Mapping::Create(const DecodeMapping& pointers) {
  Mapping mapping;
  std::vector<std::string> mistakes;
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kArticleFieldCount; ++i) names.push_back(Name(static_cast<ArticleField>(i)));
  for (const auto& [name, written] : pointers) {
    const auto known = std::find(names.begin(), names.end(), name);
    if (known == names.end()) {
      const std::string_view near = Nearest(name, names);
      mistakes.push_back(near.empty()
                             ? fmt::format("unknown article field '{}'; fields are {}", name, fmt::join(names, ", "))
                             : fmt::format("unknown article field '{}'; did you mean '{}'?", name, near));
      continue;
    }
    const auto field = static_cast<ArticleField>(known - names.begin());
    if (written.all.empty()) mistakes.push_back(fmt::format("{}: has no JSON pointer", name));
    for (const std::string& pointer : written.all) {
      auto segments = ParsePointer(pointer);
      if (!segments) {
        mistakes.push_back(fmt::format("{}: {}", name, segments.error().message));
        continue;
      }
      const auto star = std::find(segments->begin(), segments->end(), kEveryElement);
      const bool many = star != segments->end();
      const auto list = static_cast<std::size_t>(star - segments->begin());
      if (many && KindOf(field) == FieldKind::kText) {
        mistakes.push_back(fmt::format(
            "{}: '{}' has '*', every element of a list; only authors, tags, source, summary and body can be several",
            name, pointer));
        continue;
      }
      const auto through_same_list = [&](const Pointer& other) {
        return KindOf(field) == FieldKind::kParagraphs && many && other.many && other.field == field &&
               other.list == list &&
               std::equal(other.segments.begin(), other.segments.begin() + static_cast<std::ptrdiff_t>(list) + 1,
                          segments->begin());
      };
      const auto leads = std::find_if(mapping.pointers_.begin(), mapping.pointers_.end(), through_same_list);
      const auto position = static_cast<std::size_t>(leads - mapping.pointers_.begin());
      mapping.pointers_.push_back({field, pointer, *std::move(segments), many, list, position});
    }
  }
  if (mapping.pointers_.size() > kMostPointers) {
    mistakes.push_back(fmt::format("has {} JSON pointers, more than {}", mapping.pointers_.size(), kMostPointers));
  }
  for (const Pointer& outer : mapping.pointers_) {
    for (const Pointer& inner : mapping.pointers_) {
      // Of one field they are ways to write it: a text, or an object that has it.
      if (outer.field == inner.field || !LeadsInto(outer.segments, inner.segments)) continue;
      mistakes.push_back(fmt::format("{} reads '{}', and {} wants '{}' inside it; one value cannot be both",
                                     Name(outer.field), outer.written, Name(inner.field), inner.written));
    }
  }
  if (!mistakes.empty())
    return Error{ErrorCode::kInvalid, fmt::format("decode.mapping: {}", fmt::join(mistakes, "; "))};
  mapping.found_.resize(mapping.pointers_.size());
  mapping.chosen_.resize(mapping.pointers_.size());
  return mapping;
}

// Of the active pointers those whose segment at `level` is the key or index `name`.
Mapping::Set Mapping::Step(const Set& active, std::size_t level, std::string_view name, bool element) const {
  Set next;
  for (std::size_t i = 0; i < pointers_.size(); ++i) {
    if (!active[i] || pointers_[i].segments.size() <= level) continue;
    const std::string& segment = pointers_[i].segments[level];
    next[i] = segment == name || (element && segment == kEveryElement);
  }
  return next;
}

bool Mapping::Read(JsonReader& reader, ondemand::object& root, RawArticle& raw) {
  for (auto& texts : found_) texts.clear();
  std::fill(chosen_.begin(), chosen_.end(), 0);
  first_unreadable_.clear();
  if (!ReadObject(reader, root, 1, Set().set(), raw)) return false;
  Choose(raw);
  return true;
}

void Mapping::Choose(RawArticle& raw) const {
  for (std::size_t i = 0; i < pointers_.size(); ++i) {
    const ArticleField field = pointers_[i].field;
    const bool first = i == 0 || pointers_[i - 1].field != field;
    if (!first && KindOf(field) != FieldKind::kList) continue;
    // The first of the field's pointers that leads to a text; of a list this one, whatever the others do.
    std::size_t chosen = i;
    const auto has_text = [&](std::size_t at) {
      return std::any_of(found_[at].begin(), found_[at].end(),
                         [](std::string_view text) { return !IsBlankText(text); });
    };
    while (KindOf(field) != FieldKind::kList && !has_text(chosen) && chosen + 1 < pointers_.size() &&
           pointers_[chosen + 1].field == field) {
      ++chosen;
    }
    for (const std::string_view text : found_[chosen]) {
      if (IsBlankText(text)) continue;
      raw.Add(field, text);
      if (KindOf(field) == FieldKind::kText || KindOf(field) == FieldKind::kFirst) break;
    }
  }
}

// Behind an element of the list that is the pointers' segment `list`: of those that lead through it the first with a
// text in this element is taken, and what it led to stands with the first pointer.
void Mapping::ChooseOfElement(const Set& active, std::size_t list) {
  for (std::size_t i = 0; i < pointers_.size(); ++i) {
    if (!active[i] || !pointers_[i].many || pointers_[i].list != list || pointers_[i].leads == i) continue;
    const std::size_t leads = pointers_[i].leads;
    const auto is_text = [](std::string_view text) { return !IsBlankText(text); };
    const auto begin = found_[leads].begin() + static_cast<std::ptrdiff_t>(chosen_[leads]);
    if (std::none_of(begin, found_[leads].end(), is_text)) {
      found_[leads].insert(found_[leads].end(), found_[i].begin(), found_[i].end());
    }
    found_[i].clear();
  }
  for (std::size_t i = 0; i < pointers_.size(); ++i) {
    if (active[i] && pointers_[i].list == list) chosen_[i] = found_[i].size();
  }
}

void Mapping::NoteUnreadable(const Pointer& pointer, JsonType type, RawArticle& raw) {
  raw.unreadable.Add(pointer.field);
  if (!first_unreadable_.empty()) return;
  first_unreadable_ =
      fmt::format("field '{}' ({}) is {}, not text", Name(pointer.field), pointer.written, Describe(type));
}

bool Mapping::ReadObject(JsonReader& reader, ondemand::object& object, std::size_t depth, const Set& active,
                         RawArticle& raw) {
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
bool Mapping::ReadValue(JsonReader& reader, ondemand::value& value, std::size_t depth, const Set& active,
                        RawArticle& raw) {
  Set leaves;
  for (std::size_t i = 0; i < pointers_.size(); ++i) leaves[i] = active[i] && pointers_[i].segments.size() == depth;
  const JsonType type = TypeOf(value);
  const bool goes_on = (active & ~leaves).any() && (type == JsonType::kObject || type == JsonType::kArray);
  if (leaves.any() && !goes_on) return ReadLeaf(reader, value, depth, leaves, raw);
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
    ChooseOfElement(inside, depth);
  }
  return true;
}

bool Mapping::ReadLeaf(JsonReader& reader, ondemand::value& value, std::size_t depth, const Set& leaves,
                       RawArticle& raw) {
  std::size_t first = 0;
  while (!leaves[first]) ++first;
  if (!reader.List(value, Name(pointers_[first].field), depth, list_)) return false;
  for (std::size_t i = first; i < pointers_.size(); ++i) {
    if (!leaves[i]) continue;
    const Pointer& pointer = pointers_[i];
    // A key that stands twice in a record: the last one counts, here as everywhere.
    if (!pointer.many) found_[i].clear();
    for (const Item& item : list_.items) found_[i].push_back(item.text);
    if (list_.wrong != JsonType::kNull) NoteUnreadable(pointer, list_.type, raw);
  }
  return true;
}

}  // namespace wirewatch
