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

// A byte in every place, made once: the compiler would make it anew for every block, as it takes constants for cheap.
__m256i Everywhere(int byte) {
  __m256i bytes = _mm256_set1_epi8(static_cast<char>(byte));
  asm("" : "+x"(bytes));
  return bytes;
}

Block Equal(Block bytes, __m256i wanted) {
  return {_mm256_cmpeq_epi8(bytes.low, wanted), _mm256_cmpeq_epi8(bytes.high, wanted)};
}

// AVX2 compares signed bytes only. Moved so that `last` becomes the greatest of them, the bytes of the range are those
// greater than all others.
struct Range {
  Range(int first, int last) : move(Everywhere(0x7F - last)), below(Everywhere(0x7F - last + first - 1)) {}

  const __m256i move, below;
};

Block Within(Block bytes, const Range& range) {
  return {_mm256_cmpgt_epi8(_mm256_add_epi8(bytes.low, range.move), range.below),
          _mm256_cmpgt_epi8(_mm256_add_epi8(bytes.high, range.move), range.below)};
}

struct Avx2 {
  AsciiMasks MakeMasks(const char* at) const {
    const Block bytes{_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)),
                      _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + 32))};
    const Block letter = Within(Or(bytes, {case_bit, case_bit}), letters);
    return {.word = Bits(Or(letter, Within(bytes, digits))),
            .letter = Bits(letter),
            .newline = Bits(Or(Equal(bytes, line_feed), Equal(bytes, carriage_return))),
            .full_stop = Bits(Equal(bytes, full_stop)),
            .apostrophe = Bits(Equal(bytes, apostrophe)),
            .non_ascii = Bits(bytes),
            .e2 = Bits(Equal(bytes, e2)),
            .x80 = Bits(Equal(bytes, x80)),
            .x90_to_a7 = Bits(Within(bytes, x90_to_a7))};
  }

  const Range letters{'a', 'z'}, digits{'0', '9'}, x90_to_a7{0x90, 0xA7};
  const __m256i case_bit = Everywhere(0x20), line_feed = Everywhere('\n'), carriage_return = Everywhere('\r');
  const __m256i full_stop = Everywhere('.'), apostrophe = Everywhere('\''), e2 = Everywhere(0xE2),
                x80 = Everywhere(0x80);

  static std::uint32_t LowestBit(std::uint64_t bits) { return static_cast<std::uint32_t>(_tzcnt_u64(bits)); }
  static std::uint32_t Width(std::uint64_t bits) { return 64 - static_cast<std::uint32_t>(_lzcnt_u64(bits)); }
  static std::uint64_t Lowest(std::uint32_t count) { return _bzhi_u64(~std::uint64_t{0}, count); }
};

}  // namespace

void FoldAsciiWordsAvx2(AsciiRun& run) { FoldAsciiWords<Avx2>(run); }

}  // namespace wirewatch
