// Positions: where each term of a rule set stands in one article. The lanes write them, the evaluator reads them.
//
// Add takes constant time. The places of a term are gathered and sorted only when somebody asks for them: few of the
// terms that occur in an article are ever asked for. Order of calls: Begin, Add by every lane, then reading. Memory is
// reused from article to article.
#ifndef WIREWATCH_RULES_LANES_POSITIONS_H_
#define WIREWATCH_RULES_LANES_POSITIONS_H_

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "base/span.h"
#include "rules/language/limits.h"
#include "rules/text/document.h"
#include "rules/text/fold.h"

namespace wirewatch {

// One place where a term stands.
struct Occurrence {
  Field field = Field::kTitle;
  TokenRange tokens;  // may be empty: a regular expression that touches no word
  Span original;      // bytes of the field's original text

  auto operator<=>(const Occurrence&) const = default;
};

// Threads: one at a time, reading included.
class Positions {
 public:
  explicit Positions(std::size_t term_count) : terms_(term_count) {}

  // Borrows `folded` until the next call.
  void Begin(const FoldedDocument& folded) {
    folded_ = &folded;
    ++article_;
    if (article_ == 0) {  // after 2^32 articles: those of long ago must not look like this one
      std::fill(terms_.begin(), terms_.end(), TermState());
      article_ = 1;
    }
    found_.clear();
    chains_.clear();
    log_.clear();
    own_bytes_.clear();
    places_in_use_ = 0;
  }

  // Prefetches the memory of a term that will be added soon. To be called for many terms at once: the waits overlap.
  void Fetch(std::uint32_t term) const { __builtin_prefetch(&terms_[term]); }

  // REQUIRES: for one term, places come in reading order, each once. After kMaxPlaces of a term no more are kept.
  // The original bytes of this place are those of its words.
  void Add(std::uint32_t term, TokenRange tokens) {
    if (HasRoom(term)) Log(term, {tokens, kNothing, kNothing});
  }
  // A term of one word, which stands at every token of the article that has this number. At least one token has it.
  // `numbers`: of all tokens; borrowed until Begin, the same in all calls. REQUIRES: one such call for a term and an
  // article, and no other Add for that term.
  void Add(std::uint32_t term, std::span<const std::uint32_t> numbers, std::uint32_t number) {
    numbers_ = numbers;
    Find(term).number = number;
  }
  // A place whose original bytes are not those of its words.
  void Add(std::uint32_t term, const Occurrence& occurrence) {
    if (!HasRoom(term)) return;
    own_bytes_.push_back(occurrence);
    Log(term, {occurrence.tokens, static_cast<std::uint32_t>(own_bytes_.size() - 1), kNothing});
  }

  // The terms that occur in the article, in no particular order.
  std::span<const std::uint32_t> found() const { return found_; }
  bool Occurs(std::uint32_t term) const { return terms_[term].article == article_; }
  // The places of a term, rising, each once. Valid until Begin.
  std::span<const Occurrence> Of(std::uint32_t term) const {
    if (!Occurs(term)) return {};
    Chain& chain = chains_[terms_[term].found];
    if (chain.places == 0) PutInOrder(chain);
    return places_[chain.places - 1];
  }

 private:
  static constexpr std::uint32_t kNothing = ~std::uint32_t{0};

  struct TermState {
    std::uint32_t article = 0;  // the last one that it occurred in
    std::uint32_t found = 0;    // there: index into found_ and chains_
  };
  struct Entry {
    TokenRange tokens;
    std::uint32_t own_bytes;  // index into own_bytes_; kNothing: the bytes of its words
    std::uint32_t before;     // the term's entry before this one
  };
  struct Chain {
    std::uint32_t last = kNothing;    // entry in log_
    std::uint32_t number = kNothing;  // of a word by itself
    std::uint32_t count = 0;          // entries
    std::size_t places = 0;           // into places_, one more; 0: not yet gathered
  };

  Chain& Find(std::uint32_t term) {
    TermState& state = terms_[term];
    if (state.article != article_) {
      state = {article_, static_cast<std::uint32_t>(found_.size())};
      found_.push_back(term);
      chains_.emplace_back();
    }
    return chains_[state.found];
  }

  bool HasRoom(std::uint32_t term) { return Find(term).count < kMaxPlaces; }

  void Log(std::uint32_t term, Entry entry) {
    Chain& chain = Find(term);
    ++chain.count;
    entry.before = chain.last;
    chain.last = static_cast<std::uint32_t>(log_.size());
    log_.push_back(entry);
  }

  Occurrence At(TokenRange tokens) const { return {folded_->FieldOf(tokens), tokens, folded_->Original(tokens)}; }

  void PutInOrder(Chain& chain) const {
    std::vector<Occurrence>& places = NewPlaces();
    if (chain.number != kNothing) {
      const auto* const begin = numbers_.data();
      const auto* const end = begin + numbers_.size();
      for (const auto* at = FindNumber(begin, end, chain.number); at != end && places.size() < kMaxPlaces;
           at = FindNumber(at + 1, end, chain.number)) {
        const auto token = static_cast<std::uint32_t>(at - begin);
        places.push_back(At({token, token + 1}));
      }
    }
    for (std::uint32_t at = chain.last; at != kNothing; at = log_[at].before) {
      const Entry& entry = log_[at];
      places.push_back(entry.own_bytes != kNothing ? own_bytes_[entry.own_bytes] : At(entry.tokens));
    }
    if (chain.last != kNothing) std::reverse(places.begin(), places.end());
    chain.places = places_in_use_;
  }

  // std::find, but many at a time: a word stands in few places of an article, and all of it is looked through.
  static const std::uint32_t* FindNumber(const std::uint32_t* begin, const std::uint32_t* end, std::uint32_t number) {
    constexpr std::ptrdiff_t kMany = 32;
    for (; end - begin >= kMany; begin += kMany) {
      std::uint32_t any = 0;
      for (std::ptrdiff_t i = 0; i < kMany; ++i) any |= begin[i] == number ? ~std::uint32_t{0} : 0;
      if (any != 0) break;
    }
    return std::find(begin, end, number);
  }

  // Vectors of their own, so that what Of gave out stays where it is; their memory is reused.
  std::vector<Occurrence>& NewPlaces() const {
    if (places_in_use_ == places_.size()) places_.emplace_back();
    std::vector<Occurrence>& places = places_[places_in_use_++];
    places.clear();
    return places;
  }

  const FoldedDocument* folded_ = nullptr;
  std::uint32_t article_ = 0;
  std::vector<TermState> terms_;
  std::vector<std::uint32_t> found_;
  mutable std::vector<Chain> chains_;  // of found_
  std::vector<Entry> log_;
  std::vector<Occurrence> own_bytes_;
  std::span<const std::uint32_t> numbers_;
  mutable std::deque<std::vector<Occurrence>> places_;
  mutable std::size_t places_in_use_ = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANES_POSITIONS_H_
