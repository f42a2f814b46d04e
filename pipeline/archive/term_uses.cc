#include "pipeline/archive/term_uses.h"

#include <algorithm>

#include "base/text/utf8.h"
#include "rules/language/common_words.h"
#include "rules/text/code_point_table.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMostWords = 3, kMostCharacters = 4;

bool IsLoneCharacter(std::string_view word) {
  if (static_cast<unsigned char>(word.front()) < 0xE0) return false;
  return CodePointTable::Get().At(DecodeUtf8(word, 0).code_point).alone;
}

bool IsNumber(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Whether a rule should have it as its first or last word.
bool IsTelling(std::string_view word, const std::vector<std::string>& languages) {
  if (IsLoneCharacter(word)) return true;
  return word.size() > 1 && !IsNumber(word) && CommonIn(word, languages).empty();
}

// `keep(first, last)`: whether the term of these tokens is wanted.
template <class Keep, class Take>
void Walk(const FoldedDocument& folded, Keep keep, Take take) {
  const auto& [title, summary, body] = folded.fields;
  const auto count = static_cast<std::uint32_t>(std::min(folded.tokens.size(), kMostTermWords));
  for (std::uint32_t first = 0; first < count; ++first) {
    const bool lone = IsLoneCharacter(folded.Word(first));
    const std::size_t most = lone ? kMostCharacters : kMostWords;
    for (std::uint32_t last = first; last < count && last - first < most; ++last) {
      // A phrase stands in one paragraph, and is of words or of characters.
      if (last > first &&
          (folded.text[folded.tokens[last - 1].folded.end] != ' ' || IsLoneCharacter(folded.Word(last)) != lone)) {
        break;
      }
      if ((lone && last == first) || !keep(first, last)) continue;
      const Span span{folded.tokens[first].folded.begin, folded.tokens[last].folded.end};
      const std::string_view term = span.Of(folded.text);
      const TokenRange range{first, last + 1};
      TermUse use = std::hash<std::string_view>()(term) & kTermBits;
      if (title.Contains(range)) use |= 1;
      if (summary.Contains(range) || folded.first_paragraph.Contains(range)) use |= 2;
      take(use, term);
    }
  }
}

}  // namespace

std::vector<TermUse> TermUsesOf(const FoldedDocument& folded, const std::string& language) {
  const std::vector<std::string> languages =
      language.empty() ? std::vector<std::string>() : std::vector<std::string>{language};
  const std::size_t count = std::min(folded.tokens.size(), kMostTermWords);
  std::vector<bool> telling(count);
  for (std::uint32_t i = 0; i < count; ++i) telling[i] = IsTelling(folded.Word(i), languages);
  std::vector<TermUse> uses;
  Walk(
      folded, [&](std::uint32_t first, std::uint32_t last) { return telling[first] && telling[last]; },
      [&](TermUse use, std::string_view) { uses.push_back(use); });
  std::sort(uses.begin(), uses.end());
  std::vector<TermUse> once;
  for (const TermUse use : uses) {
    if (!once.empty() && (once.back() & kTermBits) == (use & kTermBits)) {
      once.back() |= use;
    } else {
      once.push_back(use);
    }
  }
  return once;
}

void ForEachTerm(const FoldedDocument& folded, const std::function<void(TermUse use, std::string_view term)>& take) {
  Walk(
      folded, [](std::uint32_t, std::uint32_t) { return true; }, take);
}

std::string TermText(std::string_view term) {
  std::string text;
  std::string_view before;
  while (!term.empty()) {
    const std::string_view word = term.substr(0, term.find(' '));
    if (!before.empty() && !(IsLoneCharacter(before) && IsLoneCharacter(word))) text += ' ';
    text += word;
    before = word;
    term.remove_prefix(std::min(word.size() + 1, term.size()));
  }
  return text;
}

}  // namespace wirewatch
