#include "rules/language/foreign_syntax.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/diagnostic.h"
#include "base/text/ascii.h"
#include "base/text/numbers.h"
#include "base/text/utf8.h"
#include "rules/language/expression_lexer.h"
#include "rules/language/expression_words.h"
#include "rules/text/text_unit.h"

namespace wirewatch {
namespace {

utf8proc_category_t CategoryOf(char32_t c) { return utf8proc_category(static_cast<utf8proc_int32_t>(c)); }

struct Meaning {
  std::string_view name;  // upper case
  std::string_view ours;
};

// A distance follows, with or without a slash.
constexpr std::array<Meaning, 14> kProximity = {{{"NEAR", "NEAR"},
                                                 {"N", "NEAR"},
                                                 {"W", "NEAR"},
                                                 {"WITHIN", "NEAR"},
                                                 {"WITH", "NEAR"},
                                                 {"AROUND", "NEAR"},
                                                 {"PROX", "NEAR"},
                                                 {"", "NEAR"},
                                                 {"ONEAR", "ONEAR"},
                                                 {"ADJ", "ONEAR"},
                                                 {"PRE", "ONEAR"},
                                                 {"P", "ONEAR"},
                                                 {"F", "ONEAR"},
                                                 {"BEFORE", "ONEAR"}}};

constexpr std::array<Meaning, 22> kWhole = {{{"AND", "AND"},
                                             {"OR", "OR"},
                                             {"NOT", "AND NOT"},
                                             {"ANDNOT", "AND NOT"},
                                             {"AND-NOT", "AND NOT"},
                                             {"BUTNOT", "AND NOT"},
                                             {"BUT-NOT", "AND NOT"},
                                             {"XOR", "XOR"},
                                             {"ADJ", "ONEAR/1"},
                                             {"W/S", "SAME SENTENCE"},
                                             {"W/SENT", "SAME SENTENCE"},
                                             {"W/SENTENCE", "SAME SENTENCE"},
                                             {"/S", "SAME SENTENCE"},
                                             {"/SENT", "SAME SENTENCE"},
                                             {"+S", "SAME SENTENCE"},
                                             {"W/P", "SAME PARAGRAPH"},
                                             {"W/PARA", "SAME PARAGRAPH"},
                                             {"W/PARAGRAPH", "SAME PARAGRAPH"},
                                             {"/P", "SAME PARAGRAPH"},
                                             {"/PARA", "SAME PARAGRAPH"},
                                             {"+P", "SAME PARAGRAPH"},
                                             {"W/SEG", "AND"}}};

std::optional<std::uint32_t> DistanceOf(std::string_view digits) {
  const auto number = ParseNumber<std::uint32_t>(digits);
  return number ? std::optional(std::clamp(*number, kMinNearDistance, kMaxNearDistance)) : std::nullopt;
}

// `W/5`, `ADJ5`, `NEAR10`, `/5`, `NEAR/5f`. `upper` is in upper case.
std::string MeantProximity(std::string_view upper) {
  const std::size_t digits = upper.find_first_of("0123456789");
  if (digits == std::string_view::npos) return "";
  std::string_view name = upper.substr(0, digits), distance = upper.substr(digits);
  const bool slash = name.ends_with('/');
  const bool plus = name == "+";  // Westlaw's, in order
  if (slash) name.remove_suffix(1);
  if (!slash && name.empty()) return "";
  bool ordered = plus;
  while (distance.ends_with('/') || distance.ends_with('F') || distance.ends_with('N')) {
    ordered = ordered || distance.ends_with('F');
    distance.remove_suffix(1);
  }
  const auto number = DistanceOf(distance);
  if (!number) return "";
  const auto known =
      std::find_if(kProximity.begin(), kProximity.end(), [&](const Meaning& m) { return m.name == name; });
  if (known == kProximity.end() && !plus) return "";
  // Letters and digits together are names as well: P5, F16, W3. The slash or a longer word makes them an operator.
  if (!slash && !plus && name.size() < 3 && name != "N" && name != "W") return "";
  return fmt::format("{}/{}", ordered ? std::string_view("ONEAR") : known->ours, *number);
}

// A prefix that is not known here.
struct ForeignPrefix {
  std::string_view ours;     // "source:"; empty: there is none
  std::string_view way_out;  // what is not supported, and what to write instead; empty where `ours` says it
};

struct NamedPrefix {
  std::string_view name;  // in lower case, without the colon
  ForeignPrefix meaning;
};

constexpr std::string_view kNoAuthors =
    "authors are read but cannot be asked for; ask for the name in the text: \"Jane Doe\"";
constexpr std::string_view kNoSentiment = "sentiment is not supported; ask for the words that carry it";
constexpr std::string_view kNoReach =
    "reach, rank and engagement are not supported; ask for sources: source:reuters.com";
constexpr std::string_view kNoDate = "dates are asked for as an age: published: < 48h";
constexpr std::string_view kNoRaw = "there is no raw search; exactly as written is =ZTE, or =\"ZTE Corp.\"";

constexpr std::array<NamedPrefix, 73> kPrefixes = {{
    {"site", {"source:", ""}},
    {"domain", {"source:", ""}},
    {"host", {"source:", ""}},
    {"url", {"source:", ""}},
    {"link", {"source:", ""}},
    {"sourcename", {"source:", ""}},
    {"publication", {"source:", ""}},
    {"publisher", {"source:", ""}},
    {"pub", {"source:", ""}},
    {"sn", {"source:", ""}},
    {"rst", {"source:", ""}},
    {"outlet", {"source:", ""}},
    {"media", {"source:", ""}},
    {"inurl", {"source:", ""}},
    {"feed", {"source:", ""}},
    {"language", {"lang:", ""}},
    {"languages", {"lang:", ""}},
    {"la", {"lang:", ""}},
    {"languagecode", {"lang:", ""}},
    {"location", {"country:", ""}},
    {"region", {"country:", ""}},
    {"geo", {"country:", ""}},
    {"countrycode", {"country:", ""}},
    {"sourcecountry", {"country:", ""}},
    {"countries", {"country:", ""}},
    {"headline", {"title:", ""}},
    {"hl", {"title:", ""}},
    {"hlead", {"title:", ""}},
    {"intitle", {"title:", ""}},
    {"allintitle", {"title:", ""}},
    {"heading", {"title:", ""}},
    {"ti", {"title:", ""}},
    {"hd", {"title:", ""}},
    {"subject", {"title:", ""}},
    {"headlines", {"title:", ""}},
    {"lp", {"lead:", ""}},
    {"summary", {"lead:", ""}},
    {"abstract", {"lead:", ""}},
    {"ab", {"lead:", ""}},
    {"intro", {"lead:", ""}},
    {"firstparagraph", {"lead:", ""}},
    {"description", {"lead:", ""}},
    {"text", {"body:", ""}},
    {"intext", {"body:", ""}},
    {"content", {"body:", ""}},
    {"fulltext", {"body:", ""}},
    {"tx", {"body:", ""}},
    {"td", {"body:", ""}},
    {"keyword", {"tag:", ""}},
    {"keywords", {"tag:", ""}},
    {"topic", {"tag:", ""}},
    {"category", {"section:", ""}},
    {"tags", {"tag:", ""}},
    {"desk", {"section:", ""}},
    {"priority", {"urgency:", ""}},
    {"wordcount", {"words:", ""}},
    {"wc", {"words:", ""}},
    {"length", {"words:", ""}},
    {"age", {"published:", ""}},
    {"author", {"", kNoAuthors}},
    {"byline", {"", kNoAuthors}},
    {"by", {"", kNoAuthors}},
    {"au", {"", kNoAuthors}},
    {"sentiment", {"", kNoSentiment}},
    {"tone", {"", kNoSentiment}},
    {"reach", {"", kNoReach}},
    {"rank", {"", kNoReach}},
    {"date", {"", kNoDate}},
    {"pd", {"", kNoDate}},
    {"after", {"", kNoDate}},
    {"before", {"", kNoDate}},
    {"since", {"", kNoDate}},
    {"raw", {"", kNoRaw}},
}};

std::optional<ForeignPrefix> FindForeignPrefix(std::string_view name) {
  const auto known =
      std::find_if(kPrefixes.begin(), kPrefixes.end(), [&](const NamedPrefix& prefix) { return prefix.name == name; });
  if (known == kPrefixes.end()) return std::nullopt;
  return known->meaning;
}

}  // namespace

std::string MeantOperator(std::string_view word, std::string_view behind) {
  const std::string upper = Upper(word);
  if (upper == "SAME") {
    const std::string unit = Upper(behind);
    if (unit == Name(TextUnit::kSentence) || unit == Name(TextUnit::kParagraph)) return upper;
    return "";
  }
  if (upper == "NEAR" || upper == "ONEAR") return upper + "/10";
  for (const Meaning& meaning : kWhole) {
    if (meaning.name == upper) return std::string(meaning.ours);
  }
  return MeantProximity(upper);
}

std::optional<std::string> OurPrefix(std::string_view name) {
  if (FindScope(name) || FindAttribute(name)) return fmt::format("{}:", name);
  const auto foreign = FindForeignPrefix(name);
  return foreign ? std::optional(std::string(foreign->ours)) : std::nullopt;
}

std::string MeantPrefix(std::string_view name, std::string_view written) {
  const std::vector<std::string_view> known = PrefixNames();
  if (std::find(known.begin(), known.end(), name) != known.end()) return fmt::format("did you mean '{}:'?", name);
  if (const auto foreign = FindForeignPrefix(name)) {
    return foreign->ours.empty() ? std::string(foreign->way_out) : fmt::format("did you mean '{}'?", foreign->ours);
  }
  const std::string_view nearest = Nearest(name, known);
  if (!nearest.empty()) return fmt::format("did you mean '{}:'?", nearest);
  std::string quoted(written);
  std::erase(quoted, '"');
  return fmt::format("known are {}:; if the text itself is meant, put it in quotes: \"{}\"", fmt::join(known, ":, "),
                     quoted);
}

std::string MeantDistance(std::string_view word, std::string_view name) {
  const std::string meant = MeantOperator(word, "");
  const bool letters =
      word.find_last_of("FfNn") > word.find('/') && word.find_last_of("FfNn") != std::string_view::npos;
  if (!meant.empty() && letters) return fmt::format("did you mean {}?", meant);
  return fmt::format("write {}/10: at most 10 words between", name);
}

std::string_view MeantByReserved(char c) {
  switch (c) {
    case ',':
    case ';': return "terms are joined by AND or OR, not by commas; a phrase goes in quotes";
    case '~':
      return "every form of a word is ~ban, one wrong letter is huawei~1; put the term in quotes if the character "
             "belongs to it";
    case '|': return "write OR between terms, or put the term in quotes if the character belongs to it";
    case '^': return "weights of terms are not supported: a rule has a score; or put the term in quotes";
    case '[':
    case ']':
      return "ranges are not supported: published: < 48h asks for the age; put the term in quotes if the character "
             "belongs to it";
    case '<':
    case '>':
      return "numbers are compared behind words:, urgency: and published:; put the term in quotes if the character "
             "belongs to it";
    case '\\': return "nothing is escaped here: put the term in quotes, without the backslash";
    default: return "put the term in quotes if the character belongs to it";
  }
}

std::vector<std::string_view> ClosingQuotes(std::string_view text) {
  for (std::string_view opening : {"“", "”", "„", "‟", "«", "»", "″", "＂"}) {
    if (text.starts_with(opening)) return {"”", "“", "»", "«", "″", "＂", "\""};
  }
  for (std::string_view opening : {"「", "『", "《", "〈", "〝", "﹁", "﹃", "｢"}) {
    if (text.starts_with(opening)) return {"」", "』", "》", "〉", "〞", "〟", "﹂", "﹄", "｣"};
  }
  for (std::string_view opening : {"'", "‘", "’", "‚", "‹", "`"}) {
    if (text.starts_with(opening)) return {"’", "‘", "›", "'", "`"};
  }
  return {};
}

std::size_t NegatingSign(std::string_view word) {
  if (word.front() == '-' || word.front() == '!') return 1;
  const auto [character, size] = DecodeUtf8(word, 0);
  const bool negates = CategoryOf(character) == UTF8PROC_CATEGORY_PD || character == 0x2212 || character == 0xAC;
  return negates && size < word.size() ? size : 0;
}

std::optional<ForeignBracketPlace> FindForeignBracket(std::string_view word) {
  for (std::uint32_t at = 0; at < word.size();) {
    const auto [character, size] = DecodeUtf8(word, at);
    const utf8proc_category_t category = CategoryOf(character);
    const bool quote = category == UTF8PROC_CATEGORY_PI || category == UTF8PROC_CATEGORY_PF || character == 0xFF02;
    const bool bracket = category == UTF8PROC_CATEGORY_PS || category == UTF8PROC_CATEGORY_PE;
    const bool apostrophe = character == 0x2018 || character == 0x2019;
    if (character >= 0x80 && !apostrophe && (quote || bracket)) return ForeignBracketPlace{{at, at + size}, quote};
    at += size;
  }
  return std::nullopt;
}

}  // namespace wirewatch
