#include "rules/lanes/word_lane.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>

#include "rules/text/han_variants.h"
#include "rules/text/particles.h"

namespace wirewatch {

WordLane::WordLane(const TermTable& terms) {
  std::vector<More> words, pairs;
  Rows rows;
  std::vector<std::uint32_t> uses;  // of each word: how often it stands in terms
  for (std::uint32_t i = 0; i < terms.size(); ++i) {
    if (terms.kind(i) == Term::Kind::kRegex) continue;
    const Term term = terms.At(i);
    const std::string pattern = PatternOf(term);
    if (pattern.empty()) continue;
    More entry;
    entry.term = i;
    entry.scope = term.scope;
    entry.row = static_cast<std::uint32_t>(rows.size());
    for (std::string_view rest = pattern; !rest.empty();) {
      const std::string_view word = rest.substr(0, rest.find(' '));
      rows.push_back(AddWord(term, word, word == pattern));
      rest.remove_prefix(std::min(word.size() + 1, rest.size()));
      uses.resize(vocabulary_.size());
      ++uses[rows.back()];
      ++entry.size;
    }
    if (term.kind == Term::Kind::kExact) {
      written_.emplace_back(term.text);
      entry.written = static_cast<std::uint32_t>(written_.size());
    }
    const std::uint32_t word = rows[entry.row];
    if (entry.size > 1) {
      pairs.push_back(entry);
    } else if (entry.scope == Scope::kAnywhere && entry.written == 0 && !vocabulary_.has_wildcards(word) &&
               vocabulary_.alone(word) == Vocabulary::kNone) {
      vocabulary_.SetAlone(word, i);
      vocabulary_.AddUse(word, kAlone);
    } else {
      words.push_back(entry);
    }
  }
  vocabulary_.FinishAdding();
  AddWordPostings(words, rows);
  AddPairPostings(pairs, rows, uses);
  more_.shrink_to_fit();
  rows_.shrink_to_fit();
  written_.shrink_to_fit();
}

void WordLane::Memory::UseLanguage(const Vocabulary& vocabulary, TextLanguage language) {
  std::unique_ptr<WordMemory>& memory = by_language[language.number()];
  if (!memory) {
    memory = std::make_unique<WordMemory>();
    memory->Use(vocabulary, language);
  }
  words = memory.get();
}

std::uint32_t WordLane::AddWord(const Term& term, std::string_view word, bool is_whole_term) {
  using Meaning = Vocabulary::Meaning;
  if (term.kind != Term::Kind::kWords) return vocabulary_.Add(word);
  const PatternWord read = ReadPatternWord(word);
  switch (read.kind) {
    case PatternWord::Kind::kForms: return vocabulary_.Add(read.text, Meaning::kForms, term.languages);
    case PatternWord::Kind::kMisspelled:
      return vocabulary_.Add(read.text, read.edits == 1 ? Meaning::kOneWrong : Meaning::kTwoWrong);
    case PatternWord::Kind::kWritten: break;
  }
  if (term.han_same) {
    const std::string_view of_class = HanClassOf(word);
    if (!of_class.empty()) return vocabulary_.Add(of_class, Meaning::kHanClass);
  }
  return vocabulary_.Add(word, TakesParticles(word, is_whole_term) ? Meaning::kParticles : Meaning::kWritten);
}

WordLane::Posting WordLane::MakePosting(const More& term, const Rows& rows) {
  if (term.size <= 2 && term.scope == Scope::kAnywhere && term.written == 0) return term.term;
  More more = term;
  if (more.size > 2) {
    more.row = static_cast<std::uint32_t>(rows_.size());
    rows_.insert(rows_.end(), rows.begin() + term.row, rows.begin() + term.row + term.size);
  }
  more_.push_back(more);
  return kMore | static_cast<Posting>(more_.size() - 1);
}

void WordLane::AddWordPostings(const std::vector<More>& terms, const Rows& rows) {
  if (terms.empty()) return;  // and nobody will ask
  first_.assign(vocabulary_.size() + 1, 0);
  for (const More& one : terms) {
    vocabulary_.AddUse(rows[one.row], kHasPostings);
    ++first_[rows[one.row] + 1];
  }
  std::partial_sum(first_.begin(), first_.end(), first_.begin());
  by_word_.resize(terms.size());
  std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
  for (const More& one : terms) by_word_[next[rows[one.row]]++] = MakePosting(one, rows);
}

// uses[w]: how often word w stands in terms; such words are frequent in the news, too. The pair is chosen around the
// rarest word; of equally rare ones the longest.
void WordLane::AddPairPostings(std::vector<More>& terms, const Rows& rows, std::span<const std::uint32_t> uses) {
  const auto is_rarer = [&](std::uint32_t a, std::uint32_t b) {
    return uses[a] != uses[b] ? uses[a] < uses[b] : vocabulary_.word(a).size() > vocabulary_.word(b).size();
  };
  std::vector<PairTable::Entry> entries;
  entries.reserve(terms.size());
  for (More& one : terms) {
    const auto row = std::span(rows).subspan(one.row, one.size);
    const auto rarest = std::min_element(row.begin(), row.end(), is_rarer);
    one.offset = static_cast<std::uint32_t>(rarest - row.begin());
    // Beside it the rarer neighbour.
    if (one.offset == 0 || (one.offset + 1 < one.size && is_rarer(row[one.offset + 1], row[one.offset - 1]))) {
      ++one.offset;
    }
    const PairTable::Pair pair{row[one.offset - 1], row[one.offset]};
    const PairUses uses_in = UsesIn(pair);
    vocabulary_.AddUse(pair.left, uses_in.left);
    vocabulary_.AddUse(pair.right, uses_in.right);
    entries.push_back({pair, MakePosting(one, rows)});
  }
  pairs_ = PairTable(entries);
}

WordLane::PairUses WordLane::UsesIn(PairTable::Pair pair) const {
  if (!vocabulary_.has_wildcards(pair.left)) {
    return vocabulary_.has_wildcards(pair.right) ? PairUses{kLeftOfWildcard, kRightOfPlain} : PairUses{kLeft, kRight};
  }
  return vocabulary_.has_wildcards(pair.right) ? PairUses{kLeftOfTwo, kRightOfTwo}
                                               : PairUses{kLeftOfPlain, kRightOfWildcard};
}

struct WordLane::Scanner {
  const WordLane& lane;
  const Document& document;
  const FoldedDocument& folded;
  const Memory& memory;
  Positions& positions;

  // The postings of the word at `token`.
  void VisitWord(std::uint32_t token) {
    ForAllOf(memory.of_token[token], [&](std::uint32_t number) {
      for (std::uint32_t i = lane.first_[number]; i < lane.first_[number + 1]; ++i) {
        const Posting posting = lane.by_word_[i];
        if ((posting & kMore) != 0) {
          TryAt(lane.more_[posting & ~kMore], token);
        } else {
          positions.Add(posting, {token, token + 1});
        }
      }
    });
  }

  // The postings of this pair, whose right word is at `token`.
  void VisitPair(PairTable::Pair pair, std::uint32_t token) {
    for (const PairTable::Entry& entry : lane.pairs_.Find(pair)) {
      if ((entry.posting & kMore) != 0) {
        TryAt(lane.more_[entry.posting & ~kMore], token);
      } else if (FollowsInParagraph(token)) {
        positions.Add(entry.posting, {token - 1, token + 1});
      }
    }
  }

  // Calls with every number of the vocabulary that a word of the memory is.
  template <typename Call>
  void ForAllOf(std::uint32_t word, Call call) const {
    if (const std::uint32_t plain = memory.words->known(word).plain; plain != WordMemory::kNone) call(plain);
    for (const WordMemory::Wildcard& wildcard : memory.words->WildcardsOf(word)) call(wildcard.number);
  }

  void TryAt(const More& term, std::uint32_t token) {
    if (term.size > 1 && !RowStandsAround(term, token)) return;
    const std::uint32_t first = token - term.offset;
    const TokenRange tokens{first, first + term.size};
    if (term.scope != Scope::kAnywhere &&
        !InScope(term.scope, folded.FieldOf(tokens), folded.first_paragraph.Contains(tokens))) {
      return;
    }
    if (term.written == 0) {
      positions.Add(term.term, tokens);
      return;
    }
    const Field field = folded.FieldOf(tokens);
    if (const auto written = lane.written_[term.written - 1].MatchAt(document.text(field), folded, first)) {
      positions.Add(term.term, {field, tokens, *written});
    }
  }

  // Words of one paragraph are parted by a blank: a phrase cannot cross a paragraph or a field.
  bool FollowsInParagraph(std::uint32_t token) const {
    return folded.text[folded.tokens[token].folded.begin - 1] == ' ';
  }

  bool RowStandsAround(const More& term, std::uint32_t token) const {
    if (term.offset > token || token - term.offset + term.size > memory.of_token.size()) return false;
    const std::uint32_t first = token - term.offset;
    for (std::uint32_t i = 0; i < term.size; ++i) {
      if (i > 0 && !FollowsInParagraph(first + i)) return false;
      if (i != term.offset && i + 1 != term.offset && !Is(memory.of_token[first + i], lane.rows_[term.row + i]))
        return false;
    }
    return true;
  }

  bool Is(std::uint32_t word, std::uint32_t wanted) const {
    if (memory.words->known(word).plain == wanted) return true;
    const auto wildcards = memory.words->WildcardsOf(word);
    return std::any_of(wildcards.begin(), wildcards.end(), [&](const auto& one) { return one.number == wanted; });
  }
};

void WordLane::Scan(const Document& document, const FoldedDocument& folded, Memory& memory,
                    Positions& positions) const {
  if (vocabulary_.size() == 0) return;
  if (vocabulary_.has_forms()) {
    memory.UseLanguage(vocabulary_, vocabulary_.Reduced(TextLanguage(document.language)));
  }
  const Noted noted = LookUpWords(folded, memory);
  const auto alones = std::span(memory.alone).first(noted.alone);
  for (const Memory::Alone& alone : alones) positions.Fetch(alone.term);
  const auto plain_pairs = KeepLikely(std::span(memory.pairs).first(noted.pairs));
  NoteWildcardPairs(std::span(memory.beside_wildcards).first(noted.beside_wildcards), memory);
  const auto wildcard_pairs = KeepLikely(memory.wildcard_pairs);
  for (const auto pairs : {plain_pairs, wildcard_pairs}) {
    for (const Memory::Pair& pair : pairs) pairs_.FetchBucket(pair.pair);
  }

  // Most words of the news are terms by themselves, and few of these decide anything. So Positions keeps only the
  // word's number; its places are looked up when a rule asks.
  for (const Memory::Alone& alone : alones) {
    positions.Add(alone.term, memory.of_token, alone.number);
  }
  for (const auto pairs : {plain_pairs, wildcard_pairs}) {
    for (const Memory::Pair& pair : pairs) pairs_.FetchEntries(pair.pair);
  }
  Scanner scanner{*this, document, folded, memory, positions};
  for (const std::uint32_t token : std::span(memory.with_postings).first(noted.with_postings)) scanner.VisitWord(token);
  for (const auto pairs : {plain_pairs, wildcard_pairs}) {
    for (const Memory::Pair& pair : pairs) scanner.VisitPair(pair.pair, pair.token);
  }
}

// First pass. Fills four lists: words that are terms by themselves (each once an article), tokens with postings, pairs
// of plain words, and tokens that may make a pair with wildcards. An item is always written at the end of its list, and
// the end is advanced by 0 or 1: a mispredicted branch costs more than the whole look-up of a word.
WordLane::Noted WordLane::LookUpWords(const FoldedDocument& folded, Memory& memory) const {
  const std::size_t count = folded.tokens.size();
  memory.of_token.resize(count);
  if (memory.alone.size() < count) {
    memory.alone.resize(count);
    memory.with_postings.resize(count);
    memory.pairs.resize(count);
    memory.beside_wildcards.resize(count);
  }
  std::uint32_t* of_token = memory.of_token.data();
  Memory::Alone* alone = memory.alone.data();
  std::uint32_t* with_postings = memory.with_postings.data();
  Memory::Pair* pairs = memory.pairs.data();
  std::uint32_t* beside_wildcards = memory.beside_wildcards.data();
  std::uint32_t left = WordMemory::kNone, left_uses = 0;
  memory.words->LookUp(folded, [&](std::uint32_t token, const WordMemory::Word& word, bool is_first) {
    const std::uint32_t uses = word.uses, in_pairs = PairsOf(left_uses, uses);
    *of_token++ = word.number;
    *alone = {word.alone, word.number};
    alone += CountOf(kAlone, uses) & std::uint32_t{is_first};
    *with_postings = token;
    with_postings += CountOf(kHasPostings, uses);
    *pairs = {{left, word.plain}, token};
    pairs += CountOf(kRight, in_pairs);
    *beside_wildcards = token;
    beside_wildcards += static_cast<std::size_t>((in_pairs & kBesideWildcards) != 0);
    left = word.plain;
    left_uses = uses;
  });
  return {static_cast<std::size_t>(alone - memory.alone.data()),
          static_cast<std::size_t>(with_postings - memory.with_postings.data()),
          static_cast<std::size_t>(pairs - memory.pairs.data()),
          static_cast<std::size_t>(beside_wildcards - memory.beside_wildcards.data())};
}

// The uses of a token are those of its plain word and of all words with wildcards that it is, together. Here they are
// told apart: each pair of one of the left token and one of the right token is tried by itself.
void WordLane::NoteWildcardPairs(std::span<const std::uint32_t> tokens, Memory& memory) const {
  const WordMemory& words = *memory.words;
  for (const std::uint32_t token : tokens) {
    words.FetchKnown(memory.of_token[token - 1]);
    words.FetchKnown(memory.of_token[token]);
  }
  for (const std::uint32_t token : tokens) {
    words.FetchWildcards(memory.of_token[token - 1]);
    words.FetchWildcards(memory.of_token[token]);
  }
  memory.wildcard_pairs.clear();
  for (const std::uint32_t token : tokens) {
    const auto note = [&](std::uint32_t left, std::uint32_t right) {
      memory.wildcard_pairs.push_back({{left, right}, token});
    };
    const WordMemory::Known& plain_left = words.known(memory.of_token[token - 1]);
    const WordMemory::Known& plain_right = words.known(memory.of_token[token]);
    const auto rights = words.WildcardsOf(memory.of_token[token]);
    if ((plain_left.plain_uses & kLeftOfWildcard) != 0) {
      for (const WordMemory::Wildcard& right : rights) {
        if ((right.uses & kRightOfPlain) != 0) note(plain_left.plain, right.number);
      }
    }
    for (const WordMemory::Wildcard& left : words.WildcardsOf(memory.of_token[token - 1])) {
      if ((left.uses & kLeftOfPlain) != 0 && (plain_right.plain_uses & kRightOfWildcard) != 0) {
        note(left.number, plain_right.plain);
      }
      if ((left.uses & kLeftOfTwo) == 0) continue;
      for (const WordMemory::Wildcard& right : rights) {
        if ((right.uses & kRightOfTwo) != 0) note(left.number, right.number);
      }
    }
  }
}

// Moves the pairs that may have postings to the front and returns them. The filter of PairTable lets nearly no other
// pair through.
std::span<const WordLane::Memory::Pair> WordLane::KeepLikely(std::span<Memory::Pair> pairs) const {
  Memory::Pair* kept = pairs.data();
  for (const Memory::Pair pair : pairs) {
    *kept = pair;
    kept += static_cast<std::size_t>(pairs_.MayHold(pair.pair));
  }
  return pairs.first(static_cast<std::size_t>(kept - pairs.data()));
}

}  // namespace wirewatch
