#include "rules/codes/country_code.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <unordered_map>

#include "base/c_handle.h"
#include "base/text/ascii.h"
#include "rules/codes/country_table.h"

namespace wirewatch {
namespace {

constexpr std::size_t kLongestName = 128;  // bytes; the longest that is known has 56

// The letters and digits of a name in lower case, words parted by one blank, without "the" and "and" between others
// (AND is Andorra): what is left tells countries apart, however the rest is written.
std::string SimpleWords(std::string_view name) {
  std::string simple, word;
  const auto end_word = [&] {
    if (!word.empty() && (simple.empty() || word != "and") && word != "the") {
      if (!simple.empty()) simple += ' ';
      simple += word == "st" ? "saint" : word;
    }
    word.clear();
  };
  for (const char c : name) {
    if (c == '.' || c == '\'') continue;  // U.S., Cote d'Ivoire
    if (IsAsciiLetter(c) || IsAsciiDigit(c) || !IsAscii(c)) {
      word += AsciiLower(c);
    } else {
      end_word();
    }
  }
  end_word();
  return simple;
}

// The same without accents.
std::string Simple(std::string_view name) {
  if (IsAllAscii(name)) return SimpleWords(name);
  utf8proc_uint8_t* written = nullptr;
  const auto size = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(name.data()), static_cast<utf8proc_ssize_t>(name.size()), &written,
      static_cast<utf8proc_option_t>(UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD));
  const CHandle<utf8proc_uint8_t, std::free> owned(written);
  if (size < 0) return {};
  std::string plain(reinterpret_cast<const char*>(written), static_cast<std::size_t>(size));
  constexpr std::string_view kApostrophe = "\u2019";  // goes, as ' does
  for (std::size_t at; (at = plain.find(kApostrophe)) != std::string::npos;) plain.erase(at, kApostrophe.size());
  return SimpleWords(plain);
}

std::string_view TakeUntil(std::string_view& text, char end) {
  const std::string_view part = text.substr(0, text.find(end));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

// What Simple makes of codes and names, each with its code of two letters.
using Table = std::unordered_map<std::string, std::string>;

Table MakeTable() {
  Table table;
  for (std::string_view lines = country_table::kCountries; !lines.empty();) {
    std::string_view line = TakeUntil(lines, '\n');
    const std::string code(line.substr(0, 2));
    while (!line.empty()) {
      if (std::string known = Simple(TakeUntil(line, '|')); !known.empty()) table.emplace(std::move(known), code);
    }
  }
  for (std::string_view codes = country_table::kOtherCodes; !codes.empty();) {
    std::string known = Simple(TakeUntil(codes, ' '));
    table.emplace(std::move(known), TakeUntil(codes, ' '));
  }
  return table;
}

}  // namespace

std::string CanonicalCountry(std::string_view text) {
  static const auto table = std::make_unique<const Table>(MakeTable());
  if (text.empty() || text.size() > kLongestName) return {};
  std::string simple = Simple(text);
  const bool digits = std::all_of(simple.begin(), simple.end(), IsAsciiDigit);
  if (digits && simple.size() < 3) simple.insert(0, 3 - simple.size(), '0');
  if (const auto known = table->find(simple); known != table->end()) return known->second;
  // A part of a country (ISO 3166-2): two letters, a hyphen, up to three letters or digits.
  const bool part =
      text.size() >= 4 && text.size() <= 6 && text[2] == '-' && text.find('-', 3) == std::string_view::npos;
  if (!part) return {};
  const auto whole = table->find(Simple(text.substr(0, 2)));
  return whole == table->end() ? std::string() : whole->second;
}

}  // namespace wirewatch
