#include "base/yaml/yaml_problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>

#include "base/text/ascii.h"
#include "base/text/trim.h"

namespace wirewatch {
namespace {

struct Sentence {
  std::string_view libyaml;
  std::string_view ours;
};
constexpr Sentence kSentences[] = {
    {"did not find expected key", "end of map not found"},
    {"could not find expected ':'", "end of map not found"},
    {"did not find expected '-' indicator", "end of sequence not found"},
    {"did not find expected ',' or ']'", "end of sequence flow not found"},
    {"did not find expected ',' or '}'", "end of map flow not found"},
    {"mapping values are not allowed in this context", "illegal map value"},
    {"mapping keys are not allowed in this context", "illegal map key"},
    {"block sequence entries are not allowed in this context", "illegal block entry"},
    {"found character that cannot start any token", "unknown token"},
    {"found unexpected ':'", "unknown token"},
    {"did not find expected comment or line break", "unexpected character in block scalar"},
    {"did not find expected hexdecimal number", "bad character found while scanning hex number"},
};

// The length of a quoted value at the start of `text`, which is one line, with its quotes; nothing: it is not closed.
// The parser has not read it as a value where the problem lies before that.
std::optional<std::size_t> QuotedLength(std::string_view text) {
  const char quote = text.front();
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || i + 1 == text.size() || text[i + 1] != '\'') return i + 1;
      ++i;
    }
  }
  return std::nullopt;
}

// As YAML's single quotes hold it: each of its own doubled.
std::string InSingleQuotes(std::string_view value) {
  std::string quoted = "'";
  for (const char c : value) quoted.append(c == '\'' ? 2 : 1, c);
  return quoted + "'";
}

// Of `'huawei' AND 'zte corp'`: the same with phrases in double quotes, as the rule language has them.
std::string WithDoubleQuotes(std::string_view value) {
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool opens = value[i] == '\'' && (i == 0 || value[i - 1] == ' ' || value[i - 1] == '(');
    const std::size_t end = opens ? value.find('\'', i + 1) : std::string_view::npos;
    if (end == std::string_view::npos) {
      text += value[i] == '\'' ? std::string_view("''") : value.substr(i, 1);
      continue;
    }
    text += fmt::format("\"{}\"", value.substr(i + 1, end - i - 1));
    i = end;
  }
  return text;
}

}  // namespace

std::string YamlProblem(std::string_view problem, std::string_view at) {
  if (problem == "found unknown escape character") {
    return fmt::format("unknown escape character: {}", at.substr(std::min<std::size_t>(1, at.size()), 1));
  }
  if (problem == "did not find expected alphabetic or numeric character") {
    return at.starts_with('&') ? "anchor not found after &" : "alias not found after *";
  }
  if (problem == "did not find expected node content") {
    return at.empty() ? "end of sequence flow not found" : "a value is missing";
  }
  const auto known = std::find_if(std::begin(kSentences), std::end(kSentences),
                                  [&](const Sentence& sentence) { return sentence.libyaml == problem; });
  return std::string(known == std::end(kSentences) ? problem : known->ours);
}

std::string YamlProblemHelp(std::string_view message, std::string_view whole_line, std::string_view line_above) {
  const std::string_view line = Trimmed(whole_line);
  std::string_view before, value;
  if (const std::size_t colon = line.find(": "); colon != std::string_view::npos) {
    before = Trimmed(line.substr(0, colon + 1));
    value = Trimmed(line.substr(colon + 1));
  } else if (line.starts_with("- ")) {
    before = "-";
    value = Trimmed(line.substr(1));
  }
  if (line.size() > 2 && line.front() == '-' && line[1] != ' ' && line[1] != '-' &&
      line.find(':') != std::string_view::npos) {
    return fmt::format("put a blank behind the -: - {}", line.substr(1));
  }
  const bool flow =
      before.find_first_of("[{") != std::string_view::npos || value.starts_with('[') || value.starts_with('{');
  if (flow && message.find("flow") == std::string_view::npos) {
    return "within [ ] and { } put text in quotes that holds one of , [ ] { } or ends with ? or :";
  }
  if (!value.empty()) {
    const bool reserved = std::string_view("@`%*&!|>").find(value.front()) != std::string_view::npos;
    const bool quoted = value.front() == '"' || value.front() == '\'';
    const bool closed = quoted && QuotedLength(value) == value.size();
    if (value.front() == '\'' && !closed && QuotedLength(value)) {
      if (value.back() != '\'' || value.find("' AND ") != std::string_view::npos ||
          value.find("' OR ") != std::string_view::npos) {
        return fmt::format("single quotes are YAML's, and phrases go in double ones: {} '{}'", before,
                           WithDoubleQuotes(value));
      }
      return fmt::format("a single quote inside single quotes is doubled: {} {}", before,
                         InSingleQuotes(value.substr(1, value.size() - 2)));
    }
    if (reserved || (quoted && QuotedLength(value) && !closed) ||
        (!quoted && value.find(": ") != std::string_view::npos)) {
      return fmt::format("put the whole value in single quotes: {} {}", before, InSingleQuotes(value));
    }
  }
  if (message.find("unknown escape") != std::string_view::npos) {
    return "in double quotes a backslash begins an escape: use single quotes, where it is a plain character";
  }
  if (message.find("flow") != std::string_view::npos) return "look for a [ or { that is not closed";
  // The place is that of the first thing that does not fit, behind the line that is wrong.
  const std::string_view above = Trimmed(line_above);
  if (above.size() > 2 && above.front() == '-' && IsAsciiLetter(above[1])) {
    return fmt::format("in the line above, put a blank behind the -: - {}", above.substr(1));
  }
  return "look at the indentation of this line and the line above, and for a missing colon or quote";
}

}  // namespace wirewatch
