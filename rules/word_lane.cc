#include "rules/word_lane.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>

namespace wirewatch {

WordLane::WordLane(std::span<const Term> terms) {
  std::vector<Filed> rows;
  std::vector<std::uint32_t> uses;  // of each word, by terms
  for (std::uint32_t i = 0; i < terms.size(); ++i) {
    if (terms[i].kind == Term::Kind::kRegex) continue;
    const std::string pattern = PatternOf(terms[i]);
    if (pattern.empty()) continue;
    Filed filed;
    filed.term = i;
    filed.scope = terms[i].scope;
    filed.row = static_cast<std::uint32_t>(rows_.size());
    for (std::string_view rest = pattern; !rest.empty();) {
      const std::string_view word = rest.substr(0, rest.find(' '));
      rows_.push_back(vocabulary_.Add(word));
      rest.remove_prefix(std::min(word.size() + 1, rest.size()));
      uses.resize(vocabulary_.size());
      ++uses[rows_.back()];
      ++filed.size;
    }
    if (terms[i].kind == Term::Kind::kExact) {
      written_.emplace_back(terms[i].text);
      filed.written = static_cast<std::uint32_t>(written_.size());
    }
    rows.push_back(filed);
  }

  alone_.assign(vocabulary_.size(), kNoTerm);
  std::vector<Filed> words, pairs;
  for (const Filed& filed : rows) {
    const std::uint32_t word = rows_[filed.row];
    if (filed.size > 1) {
      pairs.push_back(filed);
    } else if (filed.scope == Scope::kAnywhere && filed.written == 0 && !vocabulary_.has_wildcards(word) &&
               alone_[word] == kNoTerm) {
      alone_[word] = filed.term;
      vocabulary_.AddUse(word, kAlone);
    } else {
      words.push_back(filed);
    }
  }
  FileWords(words);
  FilePairs(std::move(pairs), uses);
}

void WordLane::FileWords(const std::vector<Filed>& filed) {
  first_.assign(vocabulary_.size() + 1, 0);
  for (const Filed& one : filed) {
    vocabulary_.AddUse(rows_[one.row], kFiled);
    ++first_[rows_[one.row] + 1];
  }
  std::partial_sum(first_.begin(), first_.end(), first_.begin());
  by_word_.resize(filed.size());
  std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
  for (const Filed& one : filed) by_word_[next[rows_[one.row]]++] = one;
}

// `uses`: of each word, by terms. Words that many terms hold are frequent in the news too; of equals the longest.
void WordLane::FilePairs(std::vector<Filed> filed, std::span<const std::uint32_t> uses) {
  const auto is_rarer = [&](std::uint32_t a, std::uint32_t b) {
    return uses[a] != uses[b] ? uses[a] < uses[b] : vocabulary_.word(a).size() > vocabulary_.word(b).size();
  };
  const auto pair_of = [&](const Filed& one) {
    return PairTable::Pair{rows_[one.row + one.offset - 1U], rows_[one.row + one.offset]};
  };
  for (Filed& one : filed) {
    const auto row = std::span(rows_).subspan(one.row, one.size);
    const auto rarest = std::min_element(row.begin(), row.end(), is_rarer);
    one.offset = static_cast<std::uint16_t>(rarest - row.begin());
    // Beside it the rarer neighbour.
    if (one.offset == 0 || (one.offset + 1U < one.size && is_rarer(row[one.offset + 1U], row[one.offset - 1U]))) {
      ++one.offset;
    }
    const PairTable::Pair pair = pair_of(one);
    vocabulary_.AddUse(pair.left, vocabulary_.has_wildcards(pair.left) ? kWildcardLeft : kLeft);
    vocabulary_.AddUse(pair.right, vocabulary_.has_wildcards(pair.right) ? kWildcardRight : kRight);
  }
  std::stable_sort(filed.begin(), filed.end(),
                   [&](const Filed& a, const Filed& b) { return PairTable::InOrder(pair_of(a), pair_of(b)); });
  std::vector<PairTable::Pair> pairs;
  for (const Filed& one : filed) pairs.push_back(pair_of(one));
  pairs_ = PairTable(pairs);
  by_pair_ = std::move(filed);
}

struct WordLane::Scanner {
  const WordLane& lane;
  const Document& document;
  const FoldedDocument& folded;
  const Memory& memory;
  Positions& positions;

  // What is filed under the word at `token`, and under it and the one before.
  void Visit(std::uint32_t token) {
    const std::uint32_t word = memory.of_token[token];
    ForAllOf(word, [&](std::uint32_t number) {
      for (std::uint32_t i = lane.first_[number]; i < lane.first_[number + 1]; ++i) TryAt(lane.by_word_[i], token);
    });
    if (token == 0) return;
    ForAllOf(memory.of_token[token - 1], [&](std::uint32_t left) {
      if ((lane.vocabulary_.uses(left) & (kLeft | kWildcardLeft)) == 0) return;
      ForAllOf(word, [&](std::uint32_t right) {
        if (!lane.pairs_.MayHold({left, right})) return;
        const PairTable::Range range = lane.pairs_.Find({left, right});
        for (std::uint32_t i = range.begin; i < range.end; ++i) TryAt(lane.by_pair_[i], token);
      });
    });
  }

  // Calls with every number of the vocabulary that a word of the memory is.
  template <typename Call>
  void ForAllOf(std::uint32_t word, Call call) const {
    if (const std::uint32_t plain = memory.words.PlainOf(word); plain != WordMemory::kNone) call(plain);
    for (const std::uint32_t wildcard : memory.words.WildcardsOf(word)) call(wildcard);
  }

  void TryAt(const Filed& filed, std::uint32_t token) {
    if (filed.size > 1 && !RowStandsAround(filed, token)) return;
    const std::uint32_t first = token - filed.offset;
    const TokenRange tokens{first, first + filed.size};
    if (filed.scope != Scope::kAnywhere &&
        !InScope(filed.scope, folded.FieldOf(tokens), folded.first_paragraph.Contains(tokens))) {
      return;
    }
    if (filed.written == 0) {
      positions.Add(filed.term, tokens);
      return;
    }
    const Field field = folded.FieldOf(tokens);
    if (const auto written = lane.written_[filed.written - 1].MatchAt(document.text(field), folded, first)) {
      positions.Add(filed.term, {field, tokens, *written});
    }
  }

  bool RowStandsAround(const Filed& filed, std::uint32_t token) const {
    if (filed.offset > token || token - filed.offset + filed.size > memory.of_token.size()) return false;
    const std::uint32_t first = token - filed.offset;
    for (std::uint32_t i = 0; i < filed.size; ++i) {
      // Words of one paragraph are parted by a blank: a phrase cannot cross a paragraph or a field.
      if (i > 0 && folded.text[folded.tokens[first + i].folded.begin - 1] != ' ') return false;
      if (i != filed.offset && (i + 1U) != filed.offset && !Is(memory.of_token[first + i], lane.rows_[filed.row + i]))
        return false;
    }
    return true;
  }

  bool Is(std::uint32_t word, std::uint32_t wanted) const {
    if (memory.words.PlainOf(word) == wanted) return true;
    const auto wildcards = memory.words.WildcardsOf(word);
    return std::find(wildcards.begin(), wildcards.end(), wanted) != wildcards.end();
  }
};

void WordLane::Scan(const Document& document, const FoldedDocument& folded, Memory& memory,
                    Positions& positions) const {
  if (vocabulary_.size() == 0) return;
  memory.words.LookUp(folded, memory.of_token);
  FindActing(memory);
  // Most words of the news are terms by themselves, and few of these decide anything: noted once, found later.
  for (const std::uint32_t token : memory.once) {
    const std::uint32_t word = memory.of_token[token];
    positions.Add(alone_[memory.words.PlainOf(word)], memory.of_token, word);
  }
  Scanner scanner{*this, document, folded, memory, positions};
  for (const std::uint32_t token : memory.acting) scanner.Visit(token);
}

// Tokens with a word that is a term by itself, the first of each word; and those where something may be filed. What
// holds cannot be guessed, and a wrong guess costs more than all of a round: no branches.
void WordLane::FindActing(Memory& memory) const {
  const std::size_t count = memory.of_token.size();
  memory.once.resize(count);
  memory.acting.resize(count);
  std::size_t once = 0, acting = 0;
  WordMemory& words = memory.words;
  std::uint32_t left = WordMemory::kNone;
  std::uint8_t left_uses = 0;
  for (std::uint32_t token = 0; token < count; ++token) {
    const std::uint32_t word = memory.of_token[token];
    const std::uint32_t right = words.PlainOf(word);
    const std::uint8_t uses = words.UsesOf(word);
    const bool is_first = words.FirstSight(word);
    memory.once[once] = token;
    once += static_cast<std::size_t>(((uses & kAlone) != 0) & is_first);
    const bool may_be_pair = (((left_uses & kLeft) != 0) & ((uses & kRight) != 0) & pairs_.MayHold({left, right})) |
                             (((left_uses & kWildcardLeft) != 0) & ((uses & (kRight | kWildcardRight)) != 0)) |
                             (((left_uses & (kLeft | kWildcardLeft)) != 0) & ((uses & kWildcardRight) != 0));
    memory.acting[acting] = token;
    acting += static_cast<std::size_t>(((uses & kFiled) != 0) | may_be_pair);
    left = right;
    left_uses = uses;
  }
  memory.once.resize(once);
  memory.acting.resize(acting);
}

}  // namespace wirewatch
