#include "base/text/base64.h"

#include <array>
#include <cstdint>
#include <utility>

namespace wirewatch {
namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// The value of each character, -1 of those that are no digit.
using Values = std::array<signed char, 256>;
constexpr Values ValuesOf(std::string_view digits) {
  Values values{};
  for (signed char& value : values) value = -1;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    values[static_cast<unsigned char>(digits[i])] = static_cast<signed char>(i);
  }
  return values;
}

// Without padding.
std::optional<std::string> Decode(std::string_view text, const Values& values) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  int count = 0;  // of bits that are no byte yet
  for (const char c : text) {
    const int digit = values[static_cast<unsigned char>(c)];
    if (digit < 0) return std::nullopt;
    bits = (bits << 6 | static_cast<std::uint32_t>(digit)) & 0xFFFF;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> count & 0xFF);
    }
  }
  return bytes;
}

// Without padding.
void Append(std::string_view bytes, std::string_view digits, std::string& text) {
  const auto byte = [&](std::size_t at) -> std::uint32_t {
    return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
  };
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::uint32_t group = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
    text += digits[group >> 18];
    text += digits[group >> 12 & 63];
    if (at + 1 < bytes.size()) text += digits[group >> 6 & 63];
    if (at + 2 < bytes.size()) text += digits[group & 63];
  }
}

}  // namespace

void AppendBase64(std::string_view bytes, std::string& text) {
  const std::size_t padding = (3 - bytes.size() % 3) % 3;
  Append(bytes, kDigits, text);
  text.append(padding, '=');
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  constexpr Values kValues = ValuesOf(kDigits);
  std::string_view digits = text;
  for (int padding = 0; padding < 2 && digits.ends_with('='); ++padding) digits.remove_suffix(1);
  std::optional<std::string> bytes = Decode(digits, kValues);
  if (!bytes) return std::nullopt;
  // One text for each: neither a wrong length nor bits behind the last byte.
  std::string again;
  AppendBase64(*bytes, again);
  return again == text ? std::move(bytes) : std::nullopt;
}

std::string Base64Url(std::string_view bytes) {
  std::string text;
  text.reserve(Base64Size(bytes.size()));
  Append(bytes, kUrlDigits, text);
  return text;
}

std::optional<std::string> DecodeBase64Url(std::string_view text) {
  constexpr Values kValues = ValuesOf(kUrlDigits);
  return Decode(text, kValues);
}

}  // namespace wirewatch
