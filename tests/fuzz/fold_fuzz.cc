// What fold.h promises of any texts: title, summary and body, parted by the byte FF, which no UTF-8 has.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/ascii.h"
#include "rules/text/ascii_words.h"
#include "rules/text/fold.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/utf8_check.h"
#include "tests/support/reference_fold.h"

namespace wirewatch {
namespace {

bool Equal(const Token& a, const Token& b) { return a.folded == b.folded && a.original == b.original; }

void RequireEqual(const FoldedDocument& folded, const FoldedDocument& reference, std::string_view kernel) {
  Require(folded.text == reference.text, "the folded text is the reference's", kernel, folded.text, reference.text);
  Require(
      std::equal(folded.tokens.begin(), folded.tokens.end(), reference.tokens.begin(), reference.tokens.end(), Equal),
      "the words stand where the reference's do", kernel, folded.text);
  Require(folded.fields == reference.fields, "the fields are the reference's", kernel, folded.text);
  Require(folded.first_paragraph == reference.first_paragraph &&
              folded.first_paragraph_span == reference.first_paragraph_span,
          "the first paragraph is the reference's", kernel, folded.text);
}

bool IsPlain(char c) { return static_cast<unsigned char>(c) >= 0x80 || IsAsciiDigit(c) || (c >= 'a' && c <= 'z'); }

void RequireWords(const Document& document, const FoldedDocument& folded) {
  Span before;  // bytes of the text of `field`
  std::uint32_t folded_end = 0;
  for (std::uint32_t i = 0; i < folded.tokens.size(); ++i) {
    const Token& token = folded.tokens[i];
    const Field field = folded.FieldOf({i, i + 1});
    const std::string_view text = document.text(field);
    if (i > 0 && folded.FieldOf({i - 1, i}) != field) before = {};
    Require(before.end <= token.original.begin && token.original.begin < token.original.end &&
                token.original.end <= text.size(),
            "words rise in the original text and do not overlap", folded.text);
    before = token.original;
    const std::string_view original = token.original.Of(text);
    Require(IsUtf8(original), "a word is whole characters of the original", original);

    Require(token.folded.begin == folded_end + (i == 0 ? 0 : 1) && token.folded.begin < token.folded.end,
            "words have one byte between them in the folded text", folded.text);
    folded_end = token.folded.end;
    const std::string_view word = folded.Word(i);
    Require(IsUtf8(word) && std::all_of(word.begin(), word.end(), IsPlain),
            "a folded word is UTF-8, and its ASCII is a-z and 0-9", word);
    Require(FoldText(original).text == word, "the bytes of a word by themselves fold to the word", original, word);
  }
  Require(folded_end == folded.text.size(), "the folded text ends with its last word", folded.text);
}

// Rules are folded by other functions than articles, and must come to the same words.
void RequireSameAsPattern(std::string_view text) {
  if (text.find_first_of("*?~") != std::string_view::npos) return;
  std::string words = FoldText(text).text;
  std::replace(words.begin(), words.end(), '\n', ' ');
  Require(FoldPattern(text) == words, "a term without wildcards folds as a text does", FoldPattern(text), words);
}

}  // namespace
}  // namespace wirewatch

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wirewatch;
  std::string_view rest = TextOf(data, size);
  Document document;
  for (std::string_view& text : document.texts) text = TakeUntil('\xFF', rest);

  FoldedDocument reference;
  ReferenceFold(document, reference);
  static FoldedDocument folded;  // with what the input before left in it, as the program reuses it
  for (const AsciiKernel& kernel : AsciiKernels()) {
    Fold(document, folded, kernel);
    RequireEqual(folded, reference, kernel.name);
  }
  RequireWords(document, folded);
  Require(FoldText(folded.text).text == folded.text, "what is folded folds to itself", folded.text,
          FoldText(folded.text).text);
  for (const std::string_view text : document.texts) RequireSameAsPattern(text);
  return 0;
}
