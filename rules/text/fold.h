// Fold: the searchable text of a document, made once, with the way back to the original bytes.
//
// Folded text is the words of the original, lower case and without accents, parted by exactly one byte: ' ' between
// words of one paragraph, '\n' between paragraphs and between fields. Punctuation and symbols part words and are not
// kept, so "5G-network", "5G network" and "5g  network," fold alike, and a phrase is found by its bytes. Terms of rules
// are folded by the same function, so that text and term never differ. By hand: ICU folds differently by version.
//
//   original  "La Moncloa: «Prohibición» del 5G.\nHuawei's reply, 华为"
//   folded    "la moncloa prohibicion del 5g\nhuawei reply 华 为"
//
// What is a word (docs/rules.md, "Words"):
// - A run of letters, digits and marks of any script. Case is folded (Unicode full case folding: ß as ss, ς as σ),
//   characters are taken apart (full Unicode decomposition, compatibility forms included: full-width letters,
//   ligatures, superscripts, letters in circles, radicals), and letters that Unicode leaves whole are made plain by a
//   written list: æ ae, ø o, ł l, Persian ک as Arabic ك, ... (code_point_table.cc). Digits of every script become 0-9.
// - Accents, Hebrew and Arabic points and marks of recitation are dropped. All other marks stay: a word never loses a
//   vowel, a tone or a voicing that it is never written without. The dropped ones are a list (code_point_table.cc).
//   Cyrillic й ї ў ѓ ќ are letters, no и і у г к with an accent.
// - Spellings of several characters that a reader takes for one word become one (word_spelling.h).
// - Hangul stays in syllables, and is parted from letters and digits of other scripts: "5G를" is "5g" and "를".
// - Every character of a script written without blanks (Han, kana, Bopomofo, Thai, Lao, Khmer, Myanmar) is a word by
//   itself, together with the vowel signs and tones that follow it. Marks with no letter before them are a word by
//   themselves if any of them is of such a script; else they begin the word of the letter that follows.
// - Soft hyphens, zero-width characters, bidi marks, variation selectors and the Arabic tatweel vanish inside a word;
//   the dot of the Catalan l·l, too.
// - A full stop between two single letters vanishes: "U.S." is the word "us" and "e.g." is "eg", without the last full
//   stop. "J.Smith" and "3.a" stay two words each.
// - What English ties to the end of a word by an apostrophe (' ’ ‘ and their like) is no word: 's 'd 'm 'll 're 've.
//   "Huawei's reply" is "huawei reply", the same as without the 's; so is what stands behind the full stop of an
//   abbreviation ("the U.S.'s"). In n't the apostrophe vanishes, since it turns the meaning round: "can't" is "cant".
//   Any other apostrophe parts words: "l'État" is the words "l" and "etat", "O'Brien" is "o" and "brien".
// - All else parts words: punctuation, symbols, emoji, blanks.
// A paragraph ends at \n, \r, U+2028 or U+2029; paragraphs without a word do not count.
//
// Guarantees: folding the original bytes of a token by themselves gives the token's folded bytes; folding folded text
// gives the same text; canonically equivalent texts fold alike. Folded words hold no ASCII but a-z and 0-9. Invalid
// UTF-8 parts words; nothing is read behind a text.
#ifndef WIREWATCH_RULES_TEXT_FOLD_H_
#define WIREWATCH_RULES_TEXT_FOLD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"
#include "rules/text/document.h"

namespace wirewatch {

// One word: its bytes in the folded text, and in the original text of its field from the first to the last byte of its
// characters, accents included.
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
  // Bytes behind the end of `text` that may be read, whatever they hold: so a word of up to 16 bytes takes one load.
  // Guaranteed after Fold and FoldText, and after a move of their result; not after a copy.
  static constexpr std::uint32_t kPadding = 32;

  std::string text;           // of all fields, in the order of Field
  std::vector<Token> tokens;  // in order of text
  std::array<TokenRange, kFieldCount> fields;
  // The first paragraph of the body that holds a word. `lead:` is about the summary and this paragraph. The span counts
  // bytes of the body, without the newlines around.
  TokenRange first_paragraph;
  Span first_paragraph_span;

  // The original bytes, in the text of its field, from the first to the last token of a range that lies in one field.
  // REQUIRES: range is not empty.
  Span Original(TokenRange range) const {
    return {tokens[range.begin].original.begin, tokens[range.end - 1].original.end};
  }
  // REQUIRES: range is not empty and lies in one field.
  Field FieldOf(TokenRange range) const;
  // The folded bytes of a token.
  std::string_view Word(std::uint32_t token) const { return tokens[token].folded.Of(text); }
};

// Folds `document` into `folded`, whose memory is reused. No allocation once the memory has grown.
void Fold(const Document& document, FoldedDocument& folded);

// With a kernel of ascii_words.h in place of the fastest one; for tests: the result is the same.
struct AsciiKernel;
void Fold(const Document& document, FoldedDocument& folded, const AsciiKernel& kernel);

// A text by itself, as if it were a title: for terms of rules and for attributes.
FoldedDocument FoldText(std::string_view text);

// A term with wildcards as words parted by ' ': the text is folded, and * and ? stay where they are: "Telecom* réseau?"
// gives "telecom* reseau?". So does ~ before a word, and behind a word before the digit 1 or 2: "~Ban Huawei~1" gives
// "~ban huawei~1"; elsewhere it parts words. Unambiguous, since folded words hold none of them.
std::string FoldPattern(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TEXT_FOLD_H_
