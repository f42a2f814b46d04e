#include "rules/text/half_width.h"

#include <utf8proc.h>

#include <algorithm>

#include "base/text/ascii.h"
#include "base/text/utf8.h"

namespace wirewatch {
namespace {

constexpr char32_t kIdeographicComma = 0x3001;

bool IsOfAnotherWidth(const utf8proc_property_t& property) {
  switch (property.decomp_type) {
    case UTF8PROC_DECOMP_TYPE_WIDE:
    case UTF8PROC_DECOMP_TYPE_NARROW:
    case UTF8PROC_DECOMP_TYPE_SMALL:
    case UTF8PROC_DECOMP_TYPE_VERTICAL: return true;
    default: return false;
  }
}

}  // namespace

char AsciiFormOf(char32_t character) {
  if (character < 0x80) return 0;
  switch (character) {
    case 0x055D:  // Armenian
    case 0x060C:  // Arabic
    case 0x07F8:  // N'Ko
    case 0x1363:  // Ethiopic
    case 0x1802:  // Mongolian
    case 0xA4FE:  // Lisu
    case 0xA60D:  // Vai
    case kIdeographicComma: return ',';
    case 0x061B: return ';';  // Arabic
    case 0x037E: return ';';  // the Greek question mark is one
    case 0x066D:              // Arabic
    case 0x2217: return '*';
    case 0x2236: return ':';
    default: break;
  }
  const utf8proc_property_t& property = *utf8proc_get_property(static_cast<utf8proc_int32_t>(character));
  if (!IsOfAnotherWidth(property)) return 0;
  constexpr auto kOptions = static_cast<utf8proc_option_t>(UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE);
  utf8proc_int32_t decomposed[8];
  int boundary = 0;
  const auto count =
      utf8proc_decompose_char(static_cast<utf8proc_int32_t>(character), decomposed, 8, kOptions, &boundary);
  if (count != 1) return 0;
  if (static_cast<char32_t>(decomposed[0]) == kIdeographicComma) return ',';
  return decomposed[0] < 0x80 ? static_cast<char>(decomposed[0]) : '\0';
}

HalfWidth::HalfWidth(std::string_view original) : original_(original) {
  if (IsAllAscii(original)) return;
  bool changed = false;
  for (std::size_t at = 0; at < original.size();) {
    const DecodedUtf8 character = DecodeUtf8(original, at);
    char ascii = AsciiFormOf(character.code_point);
    if (ascii == '"') ascii = 0;
    if (ascii == '/') {
      const std::size_t behind = at + character.size;
      const DecodedUtf8 next = behind < original.size() ? DecodeUtf8(original, behind) : DecodedUtf8{0, 1};
      const char digit = next.code_point < 0x80 ? static_cast<char>(next.code_point) : AsciiFormOf(next.code_point);
      const bool in_word = !text_.empty() && (IsAsciiLetter(text_.back()) || IsAsciiDigit(text_.back()));
      if (!in_word || !IsAsciiDigit(digit)) ascii = 0;
    }
    if (ascii != 0) {
      text_ += ascii;
      origins_.push_back(static_cast<std::uint32_t>(at));
      changed = true;
    } else {
      text_ += original.substr(at, character.size);
      for (std::size_t i = 0; i < character.size; ++i) origins_.push_back(static_cast<std::uint32_t>(at + i));
    }
    at += character.size;
  }
  origins_.push_back(static_cast<std::uint32_t>(original.size()));
  if (!changed) origins_.clear();
}

}  // namespace wirewatch
