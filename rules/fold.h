// Fold: the searchable text of a document, made once, with the way back to the original bytes.
//
// Folded text is the words of the original, lower case and without accents, parted by exactly one byte: ' ' between words
// of one paragraph, '\n' between paragraphs and between fields. Punctuation and symbols part words and are not kept, so
// "5G-network", "5G network" and "5g  network," fold alike, and a phrase is found by its bytes. Terms of rules are
// folded by the same function, so that text and term can never be folded differently.
//
//   original  "La Moncloa: «Prohibición» del 5G.\nHuawei's reply, 华为"
//   folded    "la moncloa prohibicion del 5g\nhuawei s reply 华 为"
//
// What is a word (docs/rules.md, "Words"):
// - a run of letters, digits and marks; accents and other combining marks are dropped (full Unicode decomposition,
//   compatibility forms included: full-width letters, ligatures), case is folded (Unicode simple case folding, and ß as ss);
// - every character of a script written without blanks (Han, Hiragana, Katakana, Thai, Lao, Khmer, Myanmar) by itself;
// - soft hyphens, zero-width characters and bidi marks vanish inside a word;
// - full stops between single letters vanish: "U.S." is the word "us".
#ifndef WIREWATCH_RULES_FOLD_H_
#define WIREWATCH_RULES_FOLD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"
#include "rules/document.h"

namespace wirewatch {

// One word: its bytes in the folded text and in the original text of its field.
struct Token {
  Span folded;
  Span original;
};

// A half-open range [begin, end) of indices into FoldedDocument::tokens.
struct TokenRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  bool Contains(const TokenRange& inner) const { return begin <= inner.begin && inner.end <= end; }
  std::uint32_t size() const { return end - begin; }
  auto operator<=>(const TokenRange&) const = default;
};

struct FoldedDocument {
  std::string text;           // of all fields, in the order of Field
  std::vector<Token> tokens;  // in order of text
  std::array<TokenRange, kFieldCount> fields;
  TokenRange first_paragraph;  // of the body: with the summary it is what `lead:` asks about

  // The original bytes, in the text of its field, from the first to the last token of a range that lies in one field.
  // REQUIRES: range is not empty.
  Span Original(TokenRange range) const { return {tokens[range.begin].original.begin, tokens[range.end - 1].original.end}; }
  Field FieldOf(TokenRange range) const;
  // Index of the token whose folded bytes hold `byte`, which must be a byte of a word.
  std::uint32_t TokenAt(std::uint32_t byte) const;
};

// Folds `document` into `folded`, whose memory is reused. No allocation once the memory has grown.
void Fold(const Document& document, FoldedDocument& folded);

// A text by itself, as if it were a title: for terms of rules and for attributes.
FoldedDocument FoldText(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_FOLD_H_
