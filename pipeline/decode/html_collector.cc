#include "pipeline/decode/html_collector.h"

#include "base/text/ascii.h"

namespace wirewatch {

bool IsNoteMark(std::string_view before, std::string_view mark) {
  std::size_t word = 0, characters = 0;  // the letters and digits directly before
  bool digits = true, small = true;
  while (word < before.size() && word < 32) {
    const char c = before[before.size() - word - 1];
    const bool ascii = static_cast<unsigned char>(c) < 0x80;
    if (ascii && !IsAsciiLetter(c) && !IsAsciiDigit(c)) break;
    ++word;
    characters += IsUtf8Tail(c) ? 0 : 1;
    digits = digits && IsAsciiDigit(c);
    small = small && !(c >= 'A' && c <= 'Z');
  }
  if (word == 0 || mark.empty()) return false;
  if (mark.find_first_not_of("0123456789,;-") == std::string_view::npos) {
    return digits ? characters > 1 && before.substr(before.size() - word) != "10" : characters > (small ? 2u : 1u);
  }
  std::string upper(mark);
  std::transform(upper.begin(), upper.end(), upper.begin(), AsciiUpper);
  if (upper == "TM" || upper == "SM" || upper == "MC" || upper == "MD") return characters > 1;
  const char last = before.back();
  bool letters = mark.size() % 2 == 1;  // "a", "a,b"
  for (std::size_t i = 0; i < mark.size(); ++i)
    letters = letters && (i % 2 == 0 ? IsAsciiLetter(mark[i]) : mark[i] == ',');
  return letters && characters > 2 && last >= 'a' && last <= 'z';
}

}  // namespace wirewatch
