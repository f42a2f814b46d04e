#include "pipeline/decode/json_text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "base/text/ascii.h"
#include "base/text/hex.h"
#include "base/text/utf8.h"

namespace wirewatch {
namespace {

// The value of four hex digits at the front of `text`.
std::optional<char32_t> HexDigits(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  char32_t value = 0;
  for (const char c : text.substr(0, 4)) {
    const int digit = HexDigit(c);
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<char32_t>(digit);
  }
  return value;
}

// The characters that the escapes of one letter stand for; 0: none. (A switch would be guessed wrong at every other
// escape of a text with quotes and paragraphs.)
constexpr std::array<char, 256> kShortEscapes = [] {
  std::array<char, 256> table{};
  table['"'] = '"';
  table['\\'] = '\\';
  table['/'] = '/';
  table['b'] = '\b';
  table['f'] = '\f';
  table['n'] = '\n';
  table['r'] = '\r';
  table['t'] = '\t';
  return table;
}();

// Copies whole blocks at `from`, and of the one with an escape what stands before it; returns how many bytes. Pieces
// between escapes are so short that two calls, to search and to copy, would take longer than both.
std::size_t CopyUntilEscape([[maybe_unused]] const char* from, [[maybe_unused]] const char* end,
                            [[maybe_unused]] char* to) {
  std::size_t size = 0;
#ifdef __SSE2__
  constexpr std::size_t kBlock = 32, kMost = 1024;  // of long pieces the rest goes by larger blocks
  const __m128i escape = _mm_set1_epi8('\\');
  for (; size < kMost && static_cast<std::size_t>(end - from) - size >= kBlock; size += kBlock) {
    const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + size));
    const __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + size + 16));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + size), low);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + size + 16), high);
    const auto escapes = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(low, escape))) |
                         static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(high, escape))) << 16;
    if (escapes != 0) return size + static_cast<std::size_t>(std::countr_zero(escapes));
  }
#endif
  return size;
}

}  // namespace

std::optional<std::size_t> UnescapeJson(std::string_view raw, char* out) {
  char* const begin = out;
  const char* at = raw.data();
  const char* const end = at + raw.size();
  while (at < end) {
    if (*at != '\\') {  // escapes often follow each other: the search is for the text between them
      const std::size_t copied = CopyUntilEscape(at, end, out);
      at += copied;
      out += copied;
      if (at == end || *at == '\\') continue;
      const void* found = std::memchr(at, '\\', static_cast<std::size_t>(end - at));
      const char* next = found == nullptr ? end : static_cast<const char*>(found);
      const auto size = static_cast<std::size_t>(next - at);
      std::memcpy(out, at, size);
      out += size;
      at = next;
      continue;
    }
    if (end - at < 2) return std::nullopt;
    if (at[1] != 'u') {
      const char c = kShortEscapes[static_cast<unsigned char>(at[1])];
      if (c == 0) return std::nullopt;
      *out++ = c;
      at += 2;
      continue;
    }
    const auto rest = [&](std::ptrdiff_t skip) {
      return std::string_view(at + std::min(skip, end - at),
                              static_cast<std::size_t>(end - at - std::min(skip, end - at)));
    };
    const auto unit = HexDigits(rest(2));
    if (!unit) return std::nullopt;
    char32_t c = *unit;
    at += 6;
    if (c >= 0xD800 && c < 0xDC00 && rest(0).substr(0, 2) == "\\u") {
      const auto low = HexDigits(rest(2));
      if (low && *low >= 0xDC00 && *low < 0xE000) {
        c = 0x10000 + ((c - 0xD800) << 10) + (*low - 0xDC00);
        at += 6;
      }
    }
    out += EncodeUtf8(c, out);
  }
  return static_cast<std::size_t>(out - begin);
}

bool IsJsonNumber(std::string_view token) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t begin = at;
    while (at < token.size() && IsAsciiDigit(token[at])) ++at;
    return at - begin;
  };
  const auto next = [&](char a, char b) {
    const bool found = at < token.size() && (token[at] == a || token[at] == b);
    at += found ? 1 : 0;
    return found;
  };
  next('-', '-');
  const std::size_t integer = at;
  const std::size_t size = digits();
  if (size == 0 || (size > 1 && token[integer] == '0')) return false;
  if (next('.', '.') && digits() == 0) return false;
  if (next('e', 'E')) {
    next('+', '-');
    if (digits() == 0) return false;
  }
  return at == token.size();
}

bool IsJsonLiteral(std::string_view token) {
  return token == "null" || token == "true" || token == "false" || IsJsonNumber(token);
}

}  // namespace wirewatch
