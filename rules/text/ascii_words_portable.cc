#include "rules/text/ascii_words_inl.h"

namespace wirewatch {
namespace {

// The classes of a byte, one a bit, in the order of AsciiMasks.
enum : std::uint8_t {
  kWord = 1,
  kLetter = 2,
  kNewline = 4,
  kFullStop = 8,
  kNonAscii = 16,
  kE2 = 32,
  kX80 = 64,
  kX90 = 128
};

struct ByteClasses {
  std::uint8_t of[256] = {};

  constexpr ByteClasses() {
    for (int c = '0'; c <= '9'; ++c) of[c] = kWord;
    for (int c = 'a'; c <= 'z'; ++c) of[c] = of[c - 'a' + 'A'] = kWord | kLetter;
    of[static_cast<int>('\n')] = of[static_cast<int>('\r')] = kNewline;
    of[static_cast<int>('.')] = kFullStop;
    for (int c = 0x80; c <= 0xFF; ++c) of[c] = kNonAscii;
    for (int c = 0x90; c <= 0xA7; ++c) of[c] |= kX90;
    of[0xE2] |= kE2;
    of[0x80] |= kX80;
  }
};
constexpr ByteClasses kClasses;

// Eight classes of eight bytes are an 8 by 8 matrix of bits; transposed, it has eight bits of every mask.
std::uint64_t Transpose(std::uint64_t matrix) {
  std::uint64_t swap = (matrix ^ matrix >> 7) & 0x00AA00AA00AA00AAu;
  matrix ^= swap ^ swap << 7;
  swap = (matrix ^ matrix >> 14) & 0x0000CCCC0000CCCCu;
  matrix ^= swap ^ swap << 14;
  swap = (matrix ^ matrix >> 28) & 0x00000000F0F0F0F0u;
  return matrix ^ swap ^ swap << 28;
}

// A ninth class would not fit a byte: one bit a byte that is `byte`.
std::uint64_t Equal(const char* eight, std::uint64_t byte) {
  constexpr std::uint64_t kOnes = 0x0101010101010101u, kLow = 0x7F * kOnes;
  std::uint64_t bytes;
  std::memcpy(&bytes, eight, sizeof(bytes));
  bytes ^= byte * kOnes;
  const std::uint64_t zeros = ~(((bytes & kLow) + kLow) | bytes | kLow);  // the high bit of every byte that was equal
  return (zeros >> 7) * 0x0102040810204080u >> 56;
}

struct Portable {
  static AsciiMasks MakeMasks(const char* block) {
    std::uint64_t masks[8] = {}, apostrophe = 0;
    for (std::uint32_t at = 0; at < kBlock; at += 8) {
      std::uint64_t classes = 0;
      for (std::uint32_t i = 0; i < 8; ++i) {
        classes |= std::uint64_t{kClasses.of[static_cast<unsigned char>(block[at + i])]} << (8 * i);
      }
      apostrophe |= Equal(block + at, '\'') << at;
      const std::uint64_t by_class = Transpose(classes);
      for (std::uint32_t i = 0; i < 8; ++i) masks[i] |= (by_class >> (8 * i) & 0xFF) << at;
    }
    return {.word = masks[0],
            .letter = masks[1],
            .newline = masks[2],
            .full_stop = masks[3],
            .apostrophe = apostrophe,
            .non_ascii = masks[4],
            .e2 = masks[5],
            .x80 = masks[6],
            .x90_to_a7 = masks[7]};
  }

  static std::uint32_t LowestBit(std::uint64_t bits) {
    return bits == 0 ? 64 : static_cast<std::uint32_t>(__builtin_ctzll(bits));
  }
  static std::uint32_t Width(std::uint64_t bits) {
    return bits == 0 ? 0 : 64 - static_cast<std::uint32_t>(__builtin_clzll(bits));
  }
  static std::uint64_t Lowest(std::uint32_t count) {
    return count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
  }
};

}  // namespace

void FoldAsciiWordsPortable(AsciiRun& run) { FoldAsciiWords<Portable>(run); }

}  // namespace wirewatch
