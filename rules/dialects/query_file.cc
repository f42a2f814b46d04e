#include "rules/dialects/query_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "base/text/ascii.h"
#include "base/text/trim.h"

namespace wirewatch {
namespace {

constexpr std::string_view kQueryNames[] = {"query", "boolean", "expression", "q", "search"};
constexpr std::string_view kNameNames[] = {"name", "title", "id", "_id", "topic", "label"};

bool IsOneOf(std::string_view name, std::span<const std::string_view> names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view n) { return EqualsInAnyCase(n, name); });
}

// The bytes [begin, end) as they stand, without blanks at the ends.
SourceQuery PlainQuery(std::string_view text, std::size_t begin, std::size_t end) {
  while (begin < end && IsSpace(text[begin])) ++begin;
  while (end > begin && IsSpace(text[end - 1])) --end;
  SourceQuery query;
  query.text = text.substr(begin, end - begin);
  for (std::size_t at = begin; at <= end; ++at) query.origin.push_back(static_cast<std::uint32_t>(at));
  return query;
}

std::vector<SourceQuery> ReadLines(std::string_view text) {
  std::vector<SourceQuery> queries;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    SourceQuery query = PlainQuery(text, at, end);
    if (!query.text.empty() && query.text != "#" && !query.text.starts_with("# ")) queries.push_back(std::move(query));
    at = end + 1;
  }
  return queries;
}

// Records of fields, with their places.
class TableReader {
 public:
  TableReader(std::string_view text, char separator) : text_(text), separator_(separator) {}

  std::vector<std::vector<SourceQuery>> Run() {
    std::vector<std::vector<SourceQuery>> records;
    while (at_ < text_.size()) {
      records.emplace_back();
      while (true) {
        records.back().push_back(ReadField());
        if (at_ >= text_.size() || text_[at_] != separator_) break;
        ++at_;
      }
      if (at_ < text_.size()) ++at_;
      if (records.back().size() == 1 && records.back()[0].text.empty()) records.pop_back();
    }
    return records;
  }

 private:
  SourceQuery ReadField() {
    SourceQuery field;
    std::size_t begin = at_;
    while (begin < text_.size() && text_[begin] == ' ') ++begin;
    if (begin >= text_.size() || text_[begin] != '"') {
      begin = at_;
      while (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n') ++at_;
      return PlainQuery(text_, begin, at_);
    }
    at_ = begin + 1;
    while (at_ < text_.size()) {
      if (text_[at_] == '"') {
        if (!text_.substr(at_ + 1).starts_with('"')) break;
        ++at_;
      }
      field.text += text_[at_];
      field.origin.push_back(static_cast<std::uint32_t>(at_++));
    }
    field.origin.push_back(static_cast<std::uint32_t>(at_));
    while (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n') ++at_;
    return field;
  }

  const std::string_view text_;
  const char separator_;
  std::size_t at_ = 0;
};

std::vector<SourceQuery> ReadTable(std::string_view text, char separator) {
  std::vector<std::vector<SourceQuery>> records = TableReader(text, separator).Run();
  std::vector<SourceQuery> queries;
  if (records.empty()) return queries;
  const std::vector<SourceQuery>& head = records.front();
  const auto column = [&](std::span<const std::string_view> names) {
    return static_cast<std::size_t>(
        std::find_if(head.begin(), head.end(), [&](const SourceQuery& f) { return IsOneOf(f.text, names); }) -
        head.begin());
  };
  std::size_t query_at = column(kQueryNames), name_at = column(kNameNames);
  const bool has_head = query_at < head.size();
  if (!has_head) query_at = head.size() > 1 ? 1 : 0, name_at = head.size() > 1 ? 0 : 1;
  for (std::size_t i = has_head ? 1 : 0; i < records.size(); ++i) {
    std::vector<SourceQuery>& record = records[i];
    if (query_at >= record.size() || Trimmed(record[query_at].text).empty()) continue;
    if (name_at < record.size() && name_at != query_at) record[query_at].name = record[name_at].text;
    queries.push_back(std::move(record[query_at]));
  }
  return queries;
}

class JsonQueries {
 public:
  void Add(JsonValue value) {
    if (value.is_array()) {
      for (JsonValue& element : value.elements) Add(std::move(element));
      return;
    }
    if (value.is_string()) return AddText(value, "");
    if (!value.is_object()) return;
    const JsonValue* action = value.members.size() == 1 ? value.Find("index") : nullptr;
    if (action == nullptr && value.members.size() == 1) action = value.Find("create");
    if (action != nullptr && action->is_object()) {
      const JsonValue* id = action->Find("_id");
      next_name_ = id != nullptr ? id->text : "";
      return;
    }
    std::string name = std::exchange(next_name_, "");
    for (std::string_view known : kNameNames) {
      const JsonValue* found = value.Find(known);
      if (name.empty() && found != nullptr && found->is_scalar()) name = found->text;
    }
    for (std::string_view known : kQueryNames) {
      const JsonValue* found = value.Find(known);
      if (found == nullptr) continue;
      if (found->is_string()) return AddText(*found, std::move(name));
      if (!found->is_object()) continue;
      JsonValue inner = *found;
      return AddJson(std::move(inner), std::move(name));
    }
    AddJson(std::move(value), std::move(name));
  }
  std::vector<SourceQuery> Take() { return std::move(queries_); }

 private:
  void AddText(const JsonValue& text, std::string name) {
    SourceQuery query;
    query.name = std::move(name);
    query.text = text.text;
    query.origin = text.origin;
    queries_.push_back(std::move(query));
  }
  void AddJson(JsonValue json, std::string name) {
    SourceQuery query;
    query.name = std::move(name);
    query.json = std::move(json);
    queries_.push_back(std::move(query));
  }

  std::vector<SourceQuery> queries_;
  std::string next_name_;
};

Result<std::vector<SourceQuery>> ReadJsonQueries(std::string_view text) {
  JsonQueries queries;
  for (std::size_t at = 0;;) {
    while (at < text.size() && (IsBlank(text[at]) || text[at] == ',')) ++at;
    if (at >= text.size()) return queries.Take();
    auto value = ReadJson(text, at);
    if (!value) {
      const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
      const std::size_t begin = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
      return Error{ErrorCode::kInvalid, fmt::format("{}:{}: {}", line, at - begin + 1, value.error().message)};
    }
    queries.Add(*std::move(value));
  }
}

}  // namespace

QueryFileFormat GuessQueryFormat(std::string_view file, std::string_view text) {
  const auto ends = [&](std::string_view end) {
    return file.size() > end.size() && EqualsInAnyCase(file.substr(file.size() - end.size()), end);
  };
  if (ends(".json") || ends(".ndjson") || ends(".jsonl")) return QueryFileFormat::kJson;
  if (ends(".csv")) return QueryFileFormat::kCsv;
  if (ends(".tsv") || ends(".tab")) return QueryFileFormat::kTsv;
  const std::string_view begin = Trimmed(text);
  if (begin.starts_with('{') || begin.starts_with('[')) {
    // A brace is also Brandwatch's, and a bracket Lucene's.
    const std::string_view inside = Trimmed(begin.substr(1));
    std::size_t at = 0;
    if (!inside.empty() && (inside[0] == '"' || inside[0] == '{') && ReadJson(begin, at)) return QueryFileFormat::kJson;
  }
  const std::string_view head = begin.substr(0, begin.find('\n'));
  for (const char separator : {'\t', ','}) {
    if (head.find(separator) == std::string_view::npos) continue;
    const std::vector<std::vector<SourceQuery>> records = TableReader(head, separator).Run();
    const bool is_head =
        !records.empty() && std::any_of(records[0].begin(), records[0].end(),
                                        [](const SourceQuery& f) { return IsOneOf(f.text, kQueryNames); });
    if (is_head) return separator == ',' ? QueryFileFormat::kCsv : QueryFileFormat::kTsv;
  }
  return QueryFileFormat::kLines;
}

Result<std::vector<SourceQuery>> ReadQueryFile(std::string_view text, QueryFileFormat format) {
  switch (format) {
    case QueryFileFormat::kLines: return ReadLines(text);
    case QueryFileFormat::kCsv: return ReadTable(text, ',');
    case QueryFileFormat::kTsv: return ReadTable(text, '\t');
    case QueryFileFormat::kJson: return ReadJsonQueries(text);
    case QueryFileFormat::kWhole: break;
  }
  std::vector<SourceQuery> one;
  one.push_back(PlainQuery(text, 0, text.size()));
  if (one[0].text.empty()) one.clear();
  return one;
}

}  // namespace wirewatch
