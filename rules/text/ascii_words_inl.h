// The algorithm of ascii_words.h, for the files of its kernels alone.
//
// A kernel's file may be compiled for a newer processor than the rest, and the linker keeps one copy of an inline
// function from all files: so everything here is in an unnamed namespace, and nothing of the standard library is called
// but memcpy and memset.
#ifndef WIREWATCH_RULES_TEXT_ASCII_WORDS_INL_H_
#define WIREWATCH_RULES_TEXT_ASCII_WORDS_INL_H_

#include <cstdint>
#include <cstring>

#include "rules/text/ascii_words.h"

namespace wirewatch {
namespace {

constexpr std::uint32_t kBlock = 64;

// One bit for each byte of a block, the lowest bit for the first byte.
struct AsciiMasks {
  std::uint64_t word;        // a-z, A-Z, 0-9
  std::uint64_t letter;      // a-z, A-Z
  std::uint64_t newline;     // \n, \r
  std::uint64_t full_stop;   // .
  std::uint64_t apostrophe;  // '
  std::uint64_t non_ascii;
  // For the three bytes of U+2010 to U+2027, which all part words:
  std::uint64_t e2;         // first byte
  std::uint64_t x80;        // second byte
  std::uint64_t x90_to_a7;  // third byte
};

inline std::uint32_t CountBits(std::uint64_t bits) { return static_cast<std::uint32_t>(__builtin_popcountll(bits)); }

constexpr std::uint32_t kPiece = 16;
constexpr std::uint32_t kReadable = kBlock + kPiece;  // bytes that are read of a block and its words, piece by piece
constexpr std::uint32_t kHandful = 6;

// What to do about English clitics: letters that an apostrophe ties to the word before (fold.h).
struct Clitics {
  std::uint64_t vanishing = 0;  // bits of the letters to drop
  std::uint64_t care = 0;
  std::uint64_t nots = 0;  // the bits of `care` that are the n of an "n't" behind which no apostrophe follows
};

inline char Lowered(char c) { return static_cast<char>(c | 0x20); }

inline bool IsAsciiWordByte(char c) { return ('a' <= Lowered(c) && Lowered(c) <= 'z') || ('0' <= c && c <= '9'); }

// Letters of the clitic to drop at `at` ("s": 1, "ll": 2); 1 for the t of "n't", too. 0: there is no clitic.
inline std::uint32_t CliticLetters(const char* at) {
  const char first = Lowered(at[0]), second = Lowered(at[1]);
  if ((first == 'l' && second == 'l') || (first == 'r' && second == 'e') || (first == 'v' && second == 'e')) return 2;
  return first == 's' || first == 't' || first == 'd' || first == 'm' ? 1 : 0;
}

// Whether an apostrophe may begin with this byte.
inline bool MayTie(char c) { return c == '\'' || static_cast<unsigned char>(c) >= 0x80; }

// `apostrophes`: first bytes of what may be an apostrophe, each behind a bit of `word` or behind a full stop. `quotes`:
// first bytes of U+2010 to U+2027.
[[gnu::noinline]] inline Clitics FindClitics(const char* block, std::uint64_t word, std::uint64_t quotes,
                                             std::uint64_t apostrophes) {
  Clitics found;
  for (; apostrophes != 0; apostrophes &= apostrophes - 1) {
    const auto first = static_cast<std::uint32_t>(__builtin_ctzll(apostrophes));
    const bool is_curly = block[first] != '\'';
    if (is_curly && (static_cast<unsigned char>(block[first + 2]) & 0xFE) != 0x98) continue;
    const bool behind_stop = block[first - 1] == '.';
    const std::uint32_t last_of_word = first - (behind_stop ? 2 : 1);
    if ((word >> last_of_word & 1) == 0) continue;  // a clitic itself
    const std::uint32_t clitic = first + (is_curly ? 3 : 1), letters = CliticLetters(block + clitic);
    if (letters == 0) continue;
    const bool is_not = Lowered(block[clitic]) == 't';
    if (is_not && (behind_stop || Lowered(block[last_of_word]) != 'n')) continue;
    const std::uint32_t end = clitic + letters;
    const char behind = block[end];
    if (IsAsciiWordByte(behind)) continue;
    const bool is_parted = static_cast<unsigned char>(behind) < 0x80 || (end < kBlock && (quotes >> end & 1) != 0);
    const std::uint64_t last = std::uint64_t{1} << last_of_word;
    if (is_not) {
      found.care |= last;
      const bool may_tie = MayTie(behind) || (behind == '.' && MayTie(block[end + 1]));
      if (!may_tie) found.nots |= last;
    } else if (end > kBlock || !is_parted) {
      found.care |= last;
    } else {
      const std::uint64_t bits = ((std::uint64_t{1} << letters) - 1) << clitic;
      found.vanishing |= bits;
      word &= ~bits;
    }
  }
  return found;
}

// Makes letters lower case: in ASCII bit 5 is the case, and digits have it set.
inline void CopyPieceLowered(char* to, const char* from) {
  using Piece [[gnu::vector_size(kPiece)]] = unsigned char;
  Piece piece;
  std::memcpy(&piece, from, kPiece);
  piece |= 0x20;
  std::memcpy(to, &piece, kPiece);
}

// A word written without its apostrophes and inner full stops.
struct TiedWord {
  std::uint32_t end = 0;      // byte of the block behind it; 0: it is no such word, or what follows needs care
  std::uint32_t letters = 0;  // written
};

// Writes the word at `begin` whose `last` letter is the n of an "n't".
[[gnu::noinline]] inline TiedWord FoldNot(const char* block, std::uint32_t begin, std::uint32_t last, char* to) {
  const std::uint32_t apostrophe = last + 1, letters = apostrophe - begin;
  for (std::uint32_t piece = 0; piece < letters; piece += kPiece) CopyPieceLowered(to + piece, block + begin + piece);
  to[letters] = 't';
  return {apostrophe + (block[apostrophe] == '\'' ? 2 : 4), letters + 1};
}

// Writes the word of single letters and the full stops between them, "U.S.A", whose first letter is at `begin`.
[[gnu::noinline]] inline TiedWord FoldInitials(const char* block, std::uint32_t begin, char* to) {
  std::uint32_t end = begin + 1, letters = 1;
  to[0] = Lowered(block[begin]);
  while (end + 2 < kReadable && block[end] == '.' && IsAsciiWordByte(block[end + 1]) && block[end + 1] > '9' &&
         !IsAsciiWordByte(block[end + 2])) {
    to[letters++] = Lowered(block[end + 1]);
    end += 2;
  }
  const bool is_plain =
      letters > 1 && end + 2 < kReadable && !MayTie(block[end]) && !(block[end] == '.' && MayTie(block[end + 1]));
  return is_plain ? TiedWord{end, letters} : TiedWord();
}

// A Machine has
//   MakeMasks   the AsciiMasks of 64 bytes
//   LowestBit   number of the lowest bit; 64: no bit is set
//   Width       number of the highest bit plus 1; 0: no bit is set
//   Lowest      a mask of so many low bits, at most 64
//
// Every block begins between two words, and only words that end in it are taken, so nothing is carried from block to
// block but newline_before.
//
// One function of more than 60 lines: its parts share a dozen masks that are to stay in registers, and a part by itself
// would take most of them as arguments.
template <typename Machine>
inline void FoldAsciiWords(AsciiRun& run) {
  const char* const text = run.text;
  char* const folded = run.folded;
  const std::uint32_t text_end = run.text_end;
  const std::uint64_t stopping_newlines = run.stop_at_newline ? ~std::uint64_t{0} : 0;
  std::uint32_t at = run.at, size = run.folded_end;
  bool newline_before = run.newline_before;
  Token* token = run.tokens;
  const Machine machine{};

  while (at < text_end && token - run.tokens <= AsciiRun::kTokens - AsciiRun::kTokensOfBlock) {
    const char* block = text + at;
    char padded[kReadable];
    if (text_end - at < kReadable) {
      std::memset(padded, 0, kReadable);
      std::memcpy(padded, block, text_end - at);
      block = padded;
    }
    const AsciiMasks masks = machine.MakeMasks(block);

    const std::uint64_t quotes = masks.e2 & masks.x80 >> 1 & masks.x90_to_a7 >> 2;
    const std::uint64_t non_ascii = masks.non_ascii & ~(quotes | quotes << 1 | quotes << 2);
    // A full stop may vanish behind a word of one letter and before a letter that begins no longer word. What
    // stands behind the block is unknown.
    const std::uint64_t behind_single = masks.letter << 1 & ~(masks.word << 2);
    const std::uint64_t before_single = (masks.letter | non_ascii) >> 1 & ~(masks.word >> 2);
    constexpr std::uint64_t kUnknown = std::uint64_t{3} << 62;
    std::uint64_t care = non_ascii | (masks.full_stop & behind_single & (before_single | kUnknown)) |
                         (masks.newline & stopping_newlines);
    const std::uint64_t behind_stop = (masks.full_stop & masks.word << 1) << 1;
    // Most apostrophes and quotes end what is quoted: no letter follows them. What follows at the end is unknown.
    const std::uint64_t before_letter = (masks.apostrophe & (masks.letter >> 1 | std::uint64_t{1} << 63)) |
                                        (quotes & (masks.letter >> 3 | std::uint64_t{7} << 61));
    std::uint64_t all_words = masks.word, nots = 0;
    if (const std::uint64_t apostrophes = before_letter & (masks.word << 1 | behind_stop); apostrophes != 0) {
      const Clitics clitics = FindClitics(block, masks.word, quotes, apostrophes);
      all_words &= ~clitics.vanishing;
      care |= clitics.care;
      nots = clitics.nots;
    }
    // A full stop at the end may be followed by an apostrophe.
    constexpr std::uint64_t kLastStops = std::uint64_t{7} << 61;
    care |= (masks.full_stop & all_words << 1 & kLastStops) >> 1;

    // The words of the block that end before the first byte that needs care.
    const std::uint32_t limit = care != 0 ? Machine::LowestBit(care) : kBlock;
    const std::uint64_t below_limit = (care - 1) & ~care;
    const std::uint64_t gaps = ~all_words & below_limit;
    const std::uint32_t taken = Machine::Width(gaps);
    const std::uint64_t words = all_words & Machine::Lowest(taken);
    const std::uint64_t starts = words & ~(words << 1);
    std::uint64_t ends = words << 1 & ~words;

    // The words behind newlines: added to the bits that are no word's, the bit of a newline runs up to the begin of the
    // next word, or out of the block; and so does one from before the block.
    std::uint64_t sum = 0;
    const bool runs_out = __builtin_add_overflow(~words, masks.newline & below_limit, &sum) |
                          __builtin_add_overflow(sum, std::uint64_t{newline_before}, &sum);
    std::uint64_t after_newline = sum & starts;
    newline_before = runs_out;

    // Words by the handful, so that the processor guesses the number of rounds right: behind the last word a round
    // goes on with empty ones at the end of the block, which the next block overwrites.
    const std::uint32_t count = CountBits(ends);
    std::uint64_t begins = starts;
    std::uint32_t to = size;
    for (std::uint32_t done = 0; done < count; done += kHandful) {
#pragma GCC unroll 6
      for (std::uint32_t i = 0; i < kHandful; ++i) {
        const std::uint32_t begin = Machine::LowestBit(begins), end = Machine::LowestBit(ends);
        begins &= begins - 1;
        ends &= ends - 1;
        folded[to++] = ' ';
        CopyPieceLowered(folded + to, block + begin);
        for (std::uint32_t piece = kPiece; piece < end - begin; piece += kPiece) {
          CopyPieceLowered(folded + to + piece, block + begin + piece);
        }
        token[done + i] = {{to, to + end - begin}, {at + begin, at + end}};
        to += end - begin;
      }
    }
    size += CountBits(words) + count;
    // One round always, since nobody can guess whether a block has a line's end: without one it writes behind the last
    // word, where the next one's separator goes.
    token[count].folded.begin = size + 1;
    do {
      const std::uint64_t before = (after_newline & -after_newline) - 1;
      folded[token[CountBits(starts & before)].folded.begin - 1] = '\n';
      after_newline &= after_newline - 1;
    } while (after_newline != 0);
    token += count;

    // The first byte that needs care may be inside a word that is held together by an apostrophe or full stops.
    if (const std::uint64_t tied = (nots | masks.full_stop) & care & -care; tied != 0) {
      folded[size] = newline_before ? '\n' : ' ';
      const TiedWord word = (tied & nots) != 0   ? FoldNot(block, taken, limit, folded + size + 1)
                            : taken + 1 == limit ? FoldInitials(block, taken, folded + size + 1)
                                                 : TiedWord();
      if (word.end != 0) {
        *token++ = {{size + 1, size + 1 + word.letters}, {at + taken, at + word.end}};
        size += 1 + word.letters;
        at += word.end;
        newline_before = false;
        continue;
      }
    }

    at = text_end - at < taken ? text_end : at + taken;
    // At the end of a block, a character cut in two, a full stop or an apostrophe may turn out harmless.
    constexpr std::uint32_t kLongestTie = 8;
    if (taken == 0 || limit < kBlock - kLongestTie) break;
  }
  run.at = at;
  run.folded_end = size;
  run.newline_before = newline_before;
  run.token_count = static_cast<std::uint32_t>(token - run.tokens);
}

}  // namespace
}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TEXT_ASCII_WORDS_INL_H_
