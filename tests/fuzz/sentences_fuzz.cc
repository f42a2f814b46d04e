// Engine and reference agree where sentences and paragraphs end, in texts that are as long as they come: a fragment
// that stands a hundred thousand times. An input is
//
//   3 de       how often the fragment stands (10 to the power of the digit; as often as 200 KB hold), and the language
//   a text
//   the fragment, of all other lines; then the text once more
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/ascii.h"
#include "rules/reference/reference_sentences.h"
#include "rules/text/paragraphs.h"
#include "rules/text/sentences.h"
#include "rules/text/text_unit.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/utf8_check.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMostText = 200'000;

void RequireSameEnds(TextUnit unit, const Document& document, const FoldedDocument& folded) {
  const std::vector<bool> reference = ReferenceEnds(unit, document, folded);
  Require(reference.size() == folded.tokens.size(), "the reference judges every word");
  Sentences sentences;
  sentences.Begin(document, folded);
  std::uint32_t begin = 0;
  for (std::uint32_t token = 0; token < reference.size(); ++token) {
    const TokenRange around = sentences.Around(unit, {token, token + 1});
    const bool same = around.begin == begin && (around.end == token + 1) == reference[token];
    if (!same) Require(false, "engine and reference end units behind the same words", folded.Word(token), folded.text);
    if (reference[token]) begin = token + 1;
  }
}

void RequireOnlyNewlinesChange(std::string text) {
  const std::string before = text;
  JoinWrappedLines(text);
  Require(text.size() == before.size(), "no byte moves");
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool joined = text[i] == ' ' && (before[i] == '\n' || (before[i] == '\r' && before[i + 1] == '\n'));
    if (text[i] != before[i] && !joined) Require(false, "only newlines become blanks", before);
  }
}

}  // namespace
}  // namespace wirewatch

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wirewatch;
  std::string_view rest = TextOf(data, size);
  if (!IsUtf8(rest)) return -1;
  std::string_view head = TakeUntil('\n', rest);
  const std::string_view text = TakeUntil('\n', rest);
  std::size_t times = 1;
  if (!head.empty() && IsAsciiDigit(head[0])) {
    for (int power = std::min(head[0] - '0', 6); power > 0; --power) times *= 10;
    head.remove_prefix(std::min<std::size_t>(2, head.size()));
  }
  if (!rest.empty()) times = std::min(times, std::max<std::size_t>(1, kMostText / rest.size()));
  std::string body(text);
  for (std::size_t i = 0; i < times; ++i) body += rest;
  body += text;
  RequireOnlyNewlinesChange(body);

  Document document;
  document.texts = {text, rest, body};
  document.language = head;
  FoldedDocument folded;
  Fold(document, folded);
  RequireSameEnds(TextUnit::kSentence, document, folded);
  RequireSameEnds(TextUnit::kParagraph, document, folded);
  return 0;
}
