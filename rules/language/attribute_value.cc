#include "rules/language/attribute_value.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "base/text/ascii.h"
#include "base/text/numbers.h"
#include "rules/codes/country_code.h"

namespace wirewatch {
namespace {

constexpr auto kMaxAge = std::chrono::days(3650);
constexpr std::uint32_t kMaxWords = 10'000'000;

}  // namespace

bool FitsAttribute(Attribute attribute, std::string_view value) {
  const auto letters = std::find_if_not(value.begin(), value.end(), IsAsciiLetter) - value.begin();
  const auto size = static_cast<std::ptrdiff_t>(value.size());
  if (attribute == Attribute::kCountry) {
    const bool is_part = size > 2 && value[2] == '-';  // GB-SCT would be read as GB
    return (letters == 2 && size == 2) || (!is_part && !CanonicalCountry(value).empty());
  }
  if (attribute == Attribute::kUrgency) return ParseNumberIn<std::uint32_t>(value, 1, kMostUrgency).has_value();
  if (attribute == Attribute::kWords) return ParseNumberIn<std::uint32_t>(value, 0, kMaxWords).has_value();
  if (attribute == Attribute::kPublished) {
    const auto age = ParseDuration(value);
    return age && *age <= kMaxAge;
  }
  if (attribute != Attribute::kLanguage) return true;
  return (letters == 2 || letters == 3) && (letters == size || value[static_cast<std::size_t>(letters)] == '-') &&
         value.back() != '-' && std::all_of(value.begin(), value.end(), [](char c) {
           return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '-';
         });
}

std::string_view AttributeExample(Attribute attribute) {
  switch (attribute) {
    case Attribute::kLanguage: return "en, a code of two or three letters (ISO 639), or zh-HK";
    case Attribute::kCountry: return "PL, a code of ISO 3166, or by its English name";
    case Attribute::kSource: return "reuters.com or source:\"Financial Times\"";
    case Attribute::kTag: return "telecom or tag:\"network security\"";
    case Attribute::kSection: return "business or section:\"world news\"";
    case Attribute::kPublished: return " < 48h: published less than 48 hours before; s, m, h or d, at most 3650d";
    case Attribute::kUrgency: return "3 or urgency: <= 3; it is from 1 to 9";
    case Attribute::kWords: return " >= 200: words of the body, at most 10000000";
  }
  return "";
}

}  // namespace wirewatch
