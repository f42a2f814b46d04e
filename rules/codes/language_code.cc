#include "rules/codes/language_code.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/text/ascii.h"
#include "rules/codes/country_code.h"
#include "rules/codes/language_table.h"

namespace wirewatch {
namespace {

// A code of two or three letters as a number: base 27, 'a' is 1. 0: none.
using Code = std::uint16_t;
constexpr std::size_t kCodes = 27 * 27 * 27;

constexpr Code CodeOf(std::string_view letters) {
  if (letters.size() < 2 || letters.size() > 3) return 0;
  unsigned code = 0;
  for (const char c : letters) {
    if (!IsAsciiLetter(c)) return 0;
    code = code * 27 + static_cast<unsigned>(AsciiLower(c) - 'a' + 1);
  }
  return static_cast<Code>(code);
}

std::string LettersOf(Code code) {
  std::string letters;
  for (unsigned left = code; left > 0; left /= 27)
    letters.insert(letters.begin(), static_cast<char>('a' + left % 27 - 1));
  return letters;
}

// Takes the next word of a table.
std::string_view TakeWord(std::string_view& table) {
  const std::string_view word = table.substr(0, table.find(' '));
  table.remove_prefix(std::min(word.size() + 1, table.size()));
  return word;
}

class LanguageTable {
 public:
  LanguageTable() {
    using namespace language_table;
    for (std::string_view left = kShortCodes; !left.empty();) AddKnown(CodeOf(TakeWord(left)));
    for (std::string_view left = kLongCodes; !left.empty();) {
      const std::string begin(TakeWord(left));
      for (const char last : TakeWord(left)) AddKnown(CodeOf(begin + last));
    }
    for (char second = 'a'; second <= 't'; ++second) {  // qaa to qtz: for private use, known for being codes
      for (char third = 'a'; third <= 'z'; ++third) AddKnown(CodeOf(std::string{'q', second, third}));
    }
    for (std::string_view left : {kSameLanguage, kRetiredCodes, kStandardMembers}) {
      while (!left.empty()) {
        const Code written = CodeOf(TakeWord(left));
        canonical_[written] = CodeOf(TakeWord(left));
      }
    }
    Code macro = 0;
    for (std::string_view left = kOtherMembers; !left.empty();) {
      const std::string_view word = TakeWord(left);
      if (word.ends_with(':')) {
        macro = CodeOf(word.substr(0, word.size() - 1));
      } else {
        macro_[CodeOf(word)] = macro;
      }
    }
  }

  Code Canonical(Code code) const { return canonical_[code]; }
  Code Macro(Code code) const { return macro_[code]; }

 private:
  void AddKnown(Code code) { canonical_[code] = code; }

  std::array<Code, kCodes> canonical_{};  // 0: no code
  std::array<Code, kCodes> macro_{};      // of a canonical code; 0: member of none
};

const LanguageTable& Table() {
  static const auto table = std::make_unique<const LanguageTable>();
  return *table;
}

// The language that `subtag` names behind `code`; 0: it names none. Some codes of three letters are also a country's.
Code ExtendedLanguage(Code code, std::string_view subtag) {
  if (subtag.size() != 3) return 0;
  const Code extended = Table().Canonical(CodeOf(subtag));
  const bool member = extended != 0 && (extended == code || Table().Macro(extended) == code || code == CodeOf("sgn"));
  return member ? extended : 0;
}

// Whole tags that are registered as they are and mean a language of today (RFC 5646, 2.2.8; IANA, "grandfathered"), and
// the two for Chinese that .NET wrote before it had scripts.
constexpr std::pair<std::string_view, std::string_view> kWholeTags[] = {
    {"art-lojban", "jbo"}, {"cel-gaulish", "xtg"}, {"i-ami", "ami"},      {"i-bnn", "bnn"},      {"i-hak", "hak"},
    {"i-klingon", "tlh"},  {"i-lux", "lb"},        {"i-navajo", "nv"},    {"i-pwn", "pwn"},      {"i-tao", "tao"},
    {"i-tay", "tay"},      {"i-tsu", "tsu"},       {"no-bok", "nb"},      {"no-nyn", "nn"},      {"sgn-be-fr", "sfb"},
    {"sgn-be-nl", "vgt"},  {"sgn-ch-de", "sgg"},   {"zh-chs", "zh-Hans"}, {"zh-cht", "zh-Hant"}, {"zh-guoyu", "zh"},
    {"zh-hakka", "hak"},   {"zh-min", "zh"},       {"zh-min-nan", "nan"}, {"zh-xiang", "hsn"},
};

bool IsAlphanumeric(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return IsAsciiLetter(c) || IsAsciiDigit(c); });
}
bool IsLetters(std::string_view text) { return std::all_of(text.begin(), text.end(), IsAsciiLetter); }
bool IsDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), IsAsciiDigit); }

bool IsScript(std::string_view subtag) { return subtag.size() == 4 && IsLetters(subtag); }
bool IsRegion(std::string_view subtag) {
  return (subtag.size() == 2 && IsLetters(subtag)) || (subtag.size() == 3 && IsDigits(subtag));
}

std::string_view TakeSubtag(std::string_view& tag) {
  const std::string_view subtag = tag.substr(0, tag.find('-'));
  tag.remove_prefix(std::min(subtag.size() + 1, tag.size()));
  return subtag;
}

void AppendSubtag(std::string_view subtag, bool script, bool region, std::string& tag) {
  tag += '-';
  for (std::size_t i = 0; i < subtag.size(); ++i) {
    tag += region || (script && i == 0) ? AsciiUpper(subtag[i]) : AsciiLower(subtag[i]);
  }
}

// The script that Chinese is written in where a tag tells the region alone (CLDR 42, likelySubtags).
std::string_view ScriptOfChinese(std::string_view subtags) {
  for (const std::string_view region : {"TW", "HK", "MO"}) {
    if (subtags == region || (subtags.starts_with(region) && subtags[region.size()] == '-')) return "Hant";
  }
  return "Hans";
}

// RFC 4647, 3.3.2: whether the subtags of a range stand in those of a tag, in their order.
bool HasSubtags(std::string_view tag, std::string_view range) {
  std::string_view wanted = TakeSubtag(range);
  while (!wanted.empty()) {
    if (tag.empty()) return false;
    const std::string_view subtag = TakeSubtag(tag);
    if (subtag == wanted) {
      wanted = TakeSubtag(range);
    } else if (subtag.size() == 1) {
      return false;  // an extension's subtags are its own
    }
  }
  return true;
}

}  // namespace

std::string CanonicalLanguage(std::string_view written) {
  // A locale's character set and modifier: en_GB.UTF-8, sr_RS@latin.
  std::string tag(written.substr(0, written.find_first_of(".@")));
  std::transform(tag.begin(), tag.end(), tag.begin(), [](char c) { return c == '_' ? '-' : AsciiLower(c); });
  for (const auto& [whole, meant] : kWholeTags) {
    if (tag.size() <= 3) break;
    if (tag == whole) return std::string(meant);
  }
  std::string_view left = tag;
  Code code = Table().Canonical(CodeOf(TakeSubtag(left)));
  if (code == 0) return {};

  // An extended language says which language of the first (zh-yue, ar-arb, sgn-ase; RFC 5646, 4.5).
  std::string_view behind = left;
  if (const Code extended = ExtendedLanguage(code, TakeSubtag(behind)); extended != 0) {
    code = extended;
    left = behind;
  }

  std::string canonical = LettersOf(code);
  bool script = false, region = false;
  while (!left.empty()) {
    const std::string_view subtag = TakeSubtag(left);
    if (!region && subtag.size() == 3 && IsLetters(subtag)) {  // en-USA
      const std::string country = CanonicalCountry(subtag);
      if (country.empty()) break;
      AppendSubtag(country, false, true, canonical);
      region = true;
      continue;
    }
    if (subtag.empty() || subtag.size() > 8 || !IsAlphanumeric(subtag)) break;  // what is no tag ends it
    const bool is_script = !script && !region && IsScript(subtag);
    const bool is_region = !region && IsRegion(subtag);
    AppendSubtag(subtag, is_script, is_region, canonical);
    script |= is_script;
    region |= is_region || subtag.size() != 4;  // behind a region, variant or extension nothing is script or region
  }
  return canonical;
}

bool IsLanguage(std::string_view tag) { return !CanonicalLanguage(tag).empty(); }

bool LanguageHolds(std::string_view tag, std::string_view wanted) {
  if (tag.empty() || wanted.empty()) return false;
  const std::string_view language = TakeSubtag(tag);
  const std::string_view wanted_language = TakeSubtag(wanted);
  if (language != wanted_language) {
    const Code macro = Table().Macro(CodeOf(language));
    if (macro == 0 || macro != CodeOf(wanted_language)) return false;
  }
  if (HasSubtags(tag, wanted)) return true;
  if (language != "zh" || !IsScript(wanted.substr(0, wanted.find('-')))) return false;
  const bool has_script = IsScript(tag.substr(0, tag.find('-')));
  // `wanted` may go on behind its script: zh-Hant-TW holds for zh-TW.
  return !has_script && TakeSubtag(wanted) == ScriptOfChinese(tag) && !tag.empty() && HasSubtags(tag, wanted);
}

}  // namespace wirewatch
