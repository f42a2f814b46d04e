// The fast part of the fold: words of ASCII, many at a time, from blocks of 64 bytes.
//
// One algorithm (ascii_words_inl.h) works on bit masks of a block. A kernel is that algorithm with the masks made by
// the instructions of one kind of processor. All kernels give the same result, bit for bit; they differ only in speed.
// The portable kernel alone would be enough.
#ifndef WIREWATCH_RULES_TEXT_ASCII_WORDS_H_
#define WIREWATCH_RULES_TEXT_ASCII_WORDS_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "rules/text/fold.h"

namespace wirewatch {

// A piece of one field, and how far it is folded. Offsets into the field and into the folded text count from their
// beginnings.
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

// Folds words up to the first place that needs care:
// - a word with a non-ASCII character in it or beside it; but dashes and curly quotes (U+2010 to U+2027) need no care;
// - a word with a full stop that may vanish ("U.S") or with "n't", if an apostrophe may follow it;
// - a newline, if `stop_at_newline`.
// May stop earlier: when `tokens` is full, or before a word of more than 60 letters. After the call `at` is the begin
// of a word or of the bytes between two words; it may be where it was before. Nothing behind the text is read.
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
