// Compiled for AVX2 and BMI (rules/CMakeLists.txt).
#include <immintrin.h>

#include "rules/text/ascii_words_inl.h"

namespace wirewatch {
namespace {

struct Block {
  __m256i low, high;
};

std::uint64_t Bits(Block bytes) {
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(bytes.low)) |
         std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(bytes.high))} << 32;
}

Block Or(Block a, Block b) { return {_mm256_or_si256(a.low, b.low), _mm256_or_si256(a.high, b.high)}; }

Block Equal(Block bytes, int byte) {
  const __m256i wanted = _mm256_set1_epi8(static_cast<char>(byte));
  return {_mm256_cmpeq_epi8(bytes.low, wanted), _mm256_cmpeq_epi8(bytes.high, wanted)};
}

// AVX2 compares signed bytes only. Moved so that `last` becomes the greatest of them, the bytes of the range are those
// greater than all others.
Block Between(Block bytes, int first, int last) {
  const __m256i move = _mm256_set1_epi8(static_cast<char>(0x7F - last));
  const __m256i below = _mm256_set1_epi8(static_cast<char>(0x7F - last + first - 1));
  return {_mm256_cmpgt_epi8(_mm256_add_epi8(bytes.low, move), below),
          _mm256_cmpgt_epi8(_mm256_add_epi8(bytes.high, move), below)};
}

struct Avx2 {
  static AsciiMasks MakeMasks(const char* at) {
    const Block bytes{_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)),
                      _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + 32))};
    const __m256i case_bit = _mm256_set1_epi8(0x20);
    const Block letter = Between(Or(bytes, {case_bit, case_bit}), 'a', 'z');
    return {.word = Bits(Or(letter, Between(bytes, '0', '9'))),
            .letter = Bits(letter),
            .newline = Bits(Or(Equal(bytes, '\n'), Equal(bytes, '\r'))),
            .full_stop = Bits(Equal(bytes, '.')),
            .apostrophe = Bits(Equal(bytes, '\'')),
            .non_ascii = Bits(bytes),
            .e2 = Bits(Equal(bytes, 0xE2)),
            .x80 = Bits(Equal(bytes, 0x80)),
            .x90_to_a7 = Bits(Between(bytes, 0x90, 0xA7))};
  }

  static std::uint32_t LowestBit(std::uint64_t bits) { return static_cast<std::uint32_t>(_tzcnt_u64(bits)); }
  static std::uint32_t Width(std::uint64_t bits) { return 64 - static_cast<std::uint32_t>(_lzcnt_u64(bits)); }
  static std::uint64_t Lowest(std::uint32_t count) { return _bzhi_u64(~std::uint64_t{0}, count); }
};

}  // namespace

void FoldAsciiWordsAvx2(AsciiRun& run) { FoldAsciiWords<Avx2>(run); }

}  // namespace wirewatch
