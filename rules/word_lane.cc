#include "rules/word_lane.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>

namespace wirewatch {
namespace {

bool InScope(Scope scope, Field field, TokenRange tokens, const FoldedDocument& folded) {
  switch (field) {
    case Field::kTitle: return Includes(scope, Scope::kTitle);
    case Field::kSummary: return Includes(scope, Scope::kLead);
    case Field::kBody: break;
  }
  return Includes(scope, Scope::kBody) || (Includes(scope, Scope::kLead) && folded.first_paragraph.Contains(tokens));
}

}  // namespace

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
  std::erase_if(rows, [&](const Filed& filed) {
    const std::uint32_t word = rows_[filed.row];
    const bool alone = filed.size == 1 && filed.scope == Scope::kAnywhere && filed.written == 0 &&
                       !vocabulary_.has_wildcards(word) && alone_[word] == kNoTerm;
    if (!alone) return false;
    alone_[word] = filed.term;
    vocabulary_.MarkActing(word);
    return true;
  });

  struct Placed {
    std::size_t bucket;  // word and side
    std::uint32_t neighbour;
    Filed filed;
  };
  std::vector<Placed> placed;
  for (Filed& filed : rows) {
    const auto row = std::span(rows_).subspan(filed.row, filed.size);
    // Words that many phrases share are frequent in the news too. Of equals the longest.
    const auto rarer = [&](std::uint32_t a, std::uint32_t b) {
      return uses[a] != uses[b] ? uses[a] < uses[b] : vocabulary_.word(a).size() > vocabulary_.word(b).size();
    };
    filed.offset = static_cast<std::uint16_t>(std::min_element(row.begin(), row.end(), rarer) - row.begin());
    const std::uint32_t word = row[filed.offset];
    vocabulary_.MarkActing(word);
    Side side = Side::kNone;
    std::uint32_t neighbour = 0;
    if (filed.offset + 1U < filed.size && !vocabulary_.has_wildcards(row[filed.offset + 1U])) {
      side = Side::kBehind;
      neighbour = row[filed.offset + 1U];
    } else if (filed.offset > 0 && !vocabulary_.has_wildcards(row[filed.offset - 1U])) {
      side = Side::kBefore;
      neighbour = row[filed.offset - 1U];
    }
    placed.push_back({word * kSides + static_cast<std::size_t>(side), neighbour, filed});
  }
  std::stable_sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) {
    return std::pair(a.bucket, a.neighbour) < std::pair(b.bucket, b.neighbour);
  });
  first_.assign(vocabulary_.size() * kSides + 1, 0);
  for (const Placed& one : placed) {
    ++first_[one.bucket + 1];
    filed_.push_back(one.filed);
    neighbours_.push_back(one.neighbour);
  }
  std::partial_sum(first_.begin(), first_.end(), first_.begin());
}

struct WordLane::Scanner {
  const WordLane& lane;
  const Document& document;
  const FoldedDocument& folded;
  const Memory& memory;
  Positions& positions;

  // `word`, of the vocabulary, stands at `token`.
  void Visit(std::uint32_t word, std::uint32_t token) {
    const std::uint32_t* const first = &lane.first_[word * kSides];
    for (std::uint32_t i = first[0]; i < first[1]; ++i) TryAt(lane.filed_[i], token);
    if (token > 0) TryNeighbour(first[1], first[2], token - 1, token);
    if (token + 1 < memory.of_token.size()) TryNeighbour(first[2], first[3], token + 1, token);
  }

  // The terms of [begin, end) in filed_ whose neighbour stands at `beside`.
  void TryNeighbour(std::uint32_t begin, std::uint32_t end, std::uint32_t beside, std::uint32_t token) {
    if (begin == end) return;
    const std::uint32_t neighbour = memory.words.PlainOf(memory.of_token[beside]);
    if (neighbour == WordMemory::kNone) return;
    const std::uint32_t* const neighbours = lane.neighbours_.data();
    const auto* at = std::lower_bound(neighbours + begin, neighbours + end, neighbour);
    for (; at != neighbours + end && *at == neighbour; ++at)
      TryAt(lane.filed_[static_cast<std::size_t>(at - neighbours)], token);
  }

  void TryAt(const Filed& filed, std::uint32_t token) {
    if (filed.size > 1 && !RowStandsAround(filed, token)) return;
    const std::uint32_t first = token - filed.offset;
    const TokenRange tokens{first, first + filed.size};
    if (filed.scope != Scope::kAnywhere && !InScope(filed.scope, folded.FieldOf(tokens), tokens, folded)) return;
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
      if (i != filed.offset && !Is(memory.of_token[first + i], lane.rows_[filed.row + i])) return false;
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
  memory.words.LookUp(folded, memory.of_token, memory.acting);
  Scanner scanner{*this, document, folded, memory, positions};
  for (const std::uint32_t token : memory.acting) {
    const std::uint32_t word = memory.of_token[token];
    if (const std::uint32_t plain = memory.words.PlainOf(word); plain != WordMemory::kNone) {
      // Most words of the news are terms by themselves, and few of these decide anything: noted once, found later.
      if (alone_[plain] != kNoTerm && memory.words.FirstSight(word)) {
        positions.Add(alone_[plain], memory.of_token, word);
      }
      scanner.Visit(plain, token);
    }
    for (const std::uint32_t wildcard : memory.words.WildcardsOf(word)) scanner.Visit(wildcard, token);
  }
}

}  // namespace wirewatch
