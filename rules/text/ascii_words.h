// The fast part of the fold: words of ASCII, many at a time, from blocks of 64 bytes.
//
// One algorithm (ascii_words_inl.h) over bit masks of a block; a kernel is that algorithm with the masks made by one
// kind of processor. All kernels do the same, bit for bit: which one runs decides speed alone, and the portable one by
// itself is a whole program.
#ifndef WIREWATCH_RULES_TEXT_ASCII_WORDS_H_
#define WIREWATCH_RULES_TEXT_ASCII_WORDS_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "rules/text/fold.h"

namespace wirewatch {

// A stretch of one field, and how far folding it has come. Bytes of the field and of the folded text are counted from
// their begins.
struct AsciiRun {
  static constexpr std::uint32_t kTokens = 256, kTokensOfBlock = 36;

  const char* text = nullptr;
  std::uint32_t text_end = 0;
  std::uint32_t at = 0;          // next byte to read; no word reaches to it
  char* folded = nullptr;        // with room for what is left of the text and FoldedDocument::kPadding bytes more
  std::uint32_t folded_end = 0;  // bytes written; REQUIRES: at least 1, so that every word has a separator before it
  bool newline_before = false;   // a newline stands between the last word and `at`
  bool stop_at_newline = false;
  std::uint32_t token_count = 0;  // of this call
  Token tokens[kTokens];

  bool IsFull() const { return token_count > kTokens - kTokensOfBlock; }
};

// Folds words up to the first that needs care: a word with a non-ASCII character in it or beside it, or with a full
// stop that may vanish or an "n't" and more than a plain end behind it, or a newline if `stop_at_newline`. May stop
// earlier: when `tokens` is full, or before a word of more than 60 letters. Then `at` is the begin of a word or of what
// parts words; it may be where it was. Dashes and curly quotes (U+2010 to U+2027) need no care. Nothing behind the text
// is read.
struct AsciiKernel {
  const char* name;
  void (*fold)(AsciiRun& run);
};

// Those that this processor can run, the fastest first; the last is the portable one.
std::span<const AsciiKernel> AsciiKernels();

// Each in a file of its own.
void FoldAsciiWordsPortable(AsciiRun& run);
void FoldAsciiWordsAvx2(AsciiRun& run);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TEXT_ASCII_WORDS_H_
