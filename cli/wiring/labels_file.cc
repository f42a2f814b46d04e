#include "cli/wiring/labels_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "base/file_read.h"
#include "base/text/printable.h"
#include "base/text/trim.h"

namespace wirewatch {
namespace {

using Json = nlohmann::json;

Error Wrong(std::size_t line, std::string_view what) {
  return {ErrorCode::kInvalid, fmt::format("line {}: {}", line, what)};
}

std::optional<Grade> GradeOf(std::string_view text) {
  if (text == "0") return Grade::kMustNot;
  if (text == "1") return Grade::kMay;
  if (text == "2") return Grade::kMust;
  return std::nullopt;
}

// The verdicts of readers (pipeline/deliver/delivery_store.h); a duplicate gives none.
struct VerdictGrade {
  bool known = true;
  std::optional<Grade> grade;
};
VerdictGrade GradeOfVerdict(std::string_view verdict) {
  if (verdict == "useful") return {true, Grade::kMust};
  if (verdict == "not-useful") return {true, Grade::kMustNot};
  return {verdict == "duplicate", std::nullopt};
}

class Reading {
 public:
  Status Label(std::size_t line, std::string_view article, std::string_view topic, std::optional<Grade> grade) {
    if (article.empty()) return Wrong(line, "there is no article id");
    if (topic.empty()) return Wrong(line, "there is no topic");
    if (!grade) {
      return Wrong(
          line,
          "a label is 2 (the topic must fire), 1 (it may) or 0 (it must not), or in a table nothing or - where "
          "nobody has judged");
    }
    if (!file_.labels.Add(article, file_.labels.TopicIndex(topic), *grade)) {
      return Wrong(line, fmt::format("article {} has another label for topic {} above; keep one of them",
                                     Printable(article), Printable(topic)));
    }
    return {};
  }

  // Readers may disagree: then an alert is neither right nor wrong.
  Status Said(std::size_t line, std::string_view article, std::string_view topic, std::string_view verdict) {
    const VerdictGrade said = GradeOfVerdict(verdict);
    if (!said.known) {
      return Wrong(line, fmt::format("verdict '{}' is none of useful, not-useful and duplicate", Printable(verdict)));
    }
    if (!said.grade || article.empty() || topic.empty()) {
      ++file_.left_out;
      return {};
    }
    const std::size_t at = file_.labels.TopicIndex(topic);
    if (!file_.labels.Add(article, at, *said.grade)) {
      if (Labels::Of(*file_.labels.Find(article), at) != Grade::kMay) ++file_.disagreements;
      file_.labels.Set(article, at, Grade::kMay);
    }
    return {};
  }

  LabelsFile Take() { return std::move(file_); }

 private:
  LabelsFile file_;
};

// --------------------------------------------------------------------------------------------------------- tables

struct TableRow {
  std::size_t line = 0;
  std::vector<std::string> cells;
};

// RFC 4180, with tabs or commas; lines of blanks are left out.
Result<std::vector<TableRow>> CutTable(std::string_view text, char separator) {
  std::vector<TableRow> rows;
  TableRow row{1, {""}};
  std::size_t line = 1;
  bool quoted = false, was_quoted = false;
  const auto end_row = [&] {
    const bool blank = row.cells.size() == 1 && Trimmed(row.cells.front()).empty();
    if (!blank) rows.push_back(std::move(row));
    row = {line, {""}};
    was_quoted = false;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    std::string& cell = row.cells.back();
    if (c == '\n') ++line;
    if (quoted) {
      if (c != '"') {
        cell += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        cell += text[++i];
      } else {
        quoted = false;
      }
    } else if (c == '"' && separator == ',' && cell.empty() && !was_quoted) {
      quoted = was_quoted = true;
    } else if (c == separator) {
      row.cells.emplace_back();
      was_quoted = false;
    } else if (c == '\n') {
      end_row();
    } else if (c != '\r' || (i + 1 < text.size() && text[i + 1] != '\n')) {
      cell += c;
    }
  }
  if (quoted) return Wrong(row.line, "a quote is not closed");
  end_row();
  for (TableRow& each : rows) {
    for (std::string& cell : each.cells) cell = std::string(Trimmed(cell));
  }
  return rows;
}

std::optional<std::size_t> ColumnOf(const std::vector<std::string>& heads, std::string_view name) {
  const auto at = std::find(heads.begin(), heads.end(), name);
  if (at == heads.end()) return std::nullopt;
  return static_cast<std::size_t>(at - heads.begin());
}

// As `feedback export` writes cells that a table calculator would take for formulas.
std::string_view WithoutGuard(std::string_view cell) {
  const bool guarded = cell.size() > 1 && cell[0] == '\'' && std::string_view("=+-@\t\r").find(cell[1]) != cell.npos;
  return guarded ? cell.substr(1) : cell;
}

Result<LabelsFile> ParseTable(std::string_view text) {
  const std::string_view first = text.substr(0, text.find('\n'));
  const char separator = first.find('\t') != first.npos ? '\t' : ',';
  const auto rows = CutTable(text, separator);
  if (!rows) return rows.error();
  const std::vector<std::string>& heads = rows->front().cells;
  const auto article = ColumnOf(heads, "article_id"), id = ColumnOf(heads, "id");
  const auto topic = ColumnOf(heads, "topic"), label = ColumnOf(heads, "label"), verdict = ColumnOf(heads, "verdict");
  const bool is_list = topic && label && (article || id);
  const bool is_feedback = verdict && topic && ColumnOf(heads, "article");
  const bool is_table = !is_list && !is_feedback && heads.size() > 1 && (heads[0] == "id" || heads[0] == "article_id");
  if (!is_list && !is_feedback && !is_table) {
    return Wrong(rows->front().line,
                 "these are no labels: the first line should be `id TOPIC TOPIC ...` or `article_id topic label`, with "
                 "tabs or commas between, or a JSON object");
  }
  for (std::size_t i = 1; is_table && i < heads.size(); ++i) {
    if (heads[i].empty()) return Wrong(rows->front().line, fmt::format("column {} has no topic", i + 1));
    if (std::find(heads.begin(), heads.begin() + static_cast<std::ptrdiff_t>(i), heads[i]) !=
        heads.begin() + static_cast<std::ptrdiff_t>(i)) {
      return Wrong(rows->front().line, fmt::format("two columns are '{}'", Printable(heads[i])));
    }
  }
  Reading reading;
  for (std::size_t i = 1; i < rows->size(); ++i) {
    const auto& [line, cells] = (*rows)[i];
    if (cells.size() > heads.size() || (!is_table && cells.size() < heads.size())) {
      return Wrong(line, fmt::format("it has {} cells, and the first line {}", cells.size(), heads.size()));
    }
    Status read;
    if (is_feedback) {
      read = reading.Said(line, WithoutGuard(cells[*ColumnOf(heads, "article")]), WithoutGuard(cells[*topic]),
                          cells[*verdict]);
    } else if (is_list) {
      read = reading.Label(line, cells[article ? *article : *id], cells[*topic], GradeOf(cells[*label]));
    } else {
      for (std::size_t at = 1; at < cells.size() && read; ++at) {
        if (cells[at].empty() || cells[at] == "-") continue;
        read = reading.Label(line, cells[0], heads[at], GradeOf(cells[at]));
      }
    }
    if (!read) return std::move(read).error();
  }
  return reading.Take();
}

// ----------------------------------------------------------------------------------------------------------- JSON

std::string TextOf(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : "";
}

Result<LabelsFile> ParseLines(std::string_view text) {
  Reading reading;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = Trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty()) continue;
    const Json json = Json::parse(line, nullptr, false);
    if (!json.is_object()) return Wrong(number, "it is no JSON object");
    Status read;
    if (json.contains("verdict")) {
      read = reading.Said(number, TextOf(json, "article_id"), TextOf(json, "topic"), TextOf(json, "verdict"));
    } else {
      const auto label = json.find("label");
      std::optional<Grade> grade;
      if (label != json.end() && label->is_number_integer()) grade = GradeOf(label->dump());
      if (label != json.end() && label->is_string()) grade = GradeOf(label->get<std::string>());
      read = reading.Label(number, TextOf(json, "article_id"), TextOf(json, "topic"), grade);
    }
    if (!read) return std::move(read).error();
  }
  return reading.Take();
}

}  // namespace

Result<LabelsFile> ParseLabels(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const std::string_view content = Trimmed(text);
  if (content.empty()) return Error{ErrorCode::kInvalid, "it is empty: there are no labels"};
  auto labels = content.front() == '{' ? ParseLines(text) : ParseTable(text);
  if (labels && labels->labels.articles().empty()) {
    return Error{ErrorCode::kInvalid, "it has no label, only a header or feedback that says nothing of the rules"};
  }
  return labels;
}

Result<LabelsFile> ReadLabels(const std::string& file) {
  const auto text = ReadWholeFile(file, {.most_bytes = 256 << 20, .pipe_wait = std::chrono::seconds(30)});
  if (!text) return Error(text.error()).In(file);
  auto labels = ParseLabels(*text);
  if (!labels) return std::move(labels).error().In(file);
  return labels;
}

}  // namespace wirewatch
