#include "rules/check/term_index.h"

#include <algorithm>

#include "rules/language/word_pattern.h"
#include "rules/pack/lint/never_holds.h"

namespace wirewatch {
namespace {

std::vector<std::string> WordsOf(const Term& term) {
  std::vector<std::string> words;
  if (term.kind != Term::Kind::kWords && term.kind != Term::Kind::kExact) return words;
  const std::string pattern = PatternOf(term);
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t end = std::min(pattern.find(' ', at), pattern.size());
    if (end > at) words.push_back(pattern.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

}  // namespace

void TermIndex::Add(const Term& term) {
  terms_.push_back(&term);
  words_.push_back(WordsOf(term));
  if (words_.back().empty()) return;
  const std::string& first = words_.back()[0];
  std::vector<std::size_t>& alike =
      first.ends_with('*') ? by_beginning_[first.substr(0, first.find_first_of("*?"))] : by_word_[first];
  if (alike.size() < kMostAlike) alike.push_back(terms_.size() - 1);
}

bool TermIndex::Covers(std::size_t wide, std::size_t narrow, bool same_places) const {
  if (wide == narrow || (same_places && words_[wide].size() != words_[narrow].size())) return false;
  if (!TermHoldsWherever(*terms_[wide], *terms_[narrow])) return false;
  return wide < narrow || !TermHoldsWherever(*terms_[narrow], *terms_[wide]);
}

std::size_t TermIndex::FindWider(std::size_t number, bool same_places) const {
  const auto find = [&](const auto& alike, const std::string& beginning) {
    const auto found = alike.find(beginning);
    if (found == alike.end()) return kNone;
    const auto wider = std::find_if(found->second.begin(), found->second.end(),
                                    [&](std::size_t other) { return Covers(other, number, same_places); });
    return wider == found->second.end() ? kNone : *wider;
  };
  for (const std::string& word : words_[number]) {
    if (const std::size_t wider = find(by_word_, word); wider != kNone) return wider;
    for (std::size_t length = 1; length <= word.size(); ++length) {
      if (const std::size_t wider = find(by_beginning_, word.substr(0, length)); wider != kNone) return wider;
    }
  }
  return kNone;
}

}  // namespace wirewatch
