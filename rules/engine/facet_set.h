// FacetSet: the names of libraries with a `facet:` (pack_library.h), compiled together; FacetFinder: which of them
// stand in a document, and which of those near the words that made a topic match.
//
//   countries: NL 3 near, CN 1       vendors: Huawei 4 near
//
// The names are looked for by the same engine as rules, in a set of their own, and only in documents that matched: that
// costs nothing where nothing matches.
#ifndef WIREWATCH_RULES_ENGINE_FACET_SET_H_
#define WIREWATCH_RULES_ENGINE_FACET_SET_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "rules/engine/match.h"
#include "rules/engine/matcher.h"
#include "rules/engine/rule_set.h"
#include "rules/pack/pack_library.h"
#include "rules/text/document.h"
#include "rules/text/fold.h"

namespace wirewatch {

struct FacetValue {
  std::string value;        // the name of a list: "NL"
  std::uint32_t count = 0;  // places in the document
  bool near = false;        // one of them is in the title, or near a span
  bool operator==(const FacetValue&) const = default;
};

struct Facet {
  std::string name;                // "countries"
  std::vector<FacetValue> values;  // near ones first, then by count, then by name; at most kMaxFacetValues
  bool operator==(const Facet&) const = default;
};
using Facets = std::vector<Facet>;  // by name; without empty ones

inline constexpr std::size_t kMaxFacetValues = 20;
// So many words, at most, stand between a name and a span that it is near to. Paragraphs do not count.
inline constexpr std::uint32_t kFacetWords = 25;

// Immutable; shared by threads.
class FacetSet {
 public:
  using Libraries = std::vector<std::shared_ptr<const PackLibrary>>;

  // Null: no library has a facet. Values of one name in one facet are one, whichever library they come from. `before`:
  // is taken, if it has the same names; may be null. Errors: the sentence says what the engine did not take.
  static Result<std::shared_ptr<const FacetSet>> Compile(const Libraries& libraries,
                                                         const std::shared_ptr<const FacetSet>& before);

  // Of all facets, values, terms and their languages.
  const Digest& digest() const { return digest_; }

 private:
  friend class FacetFinder;
  struct Value {
    std::string facet;
    std::string name;                    // empty: what only looks like a value
    std::vector<std::string> languages;  // of each rule of its topic; empty: any
  };

  FacetSet() = default;

  std::vector<Value> values_;  // of each topic
  std::shared_ptr<const RuleSet> rules_;
  Digest digest_{};
};

// Threads: one at a time; make one a thread.
class FacetFinder {
 public:
  // kInternal: as Matcher::Create.
  static Result<FacetFinder> Create(std::shared_ptr<const FacetSet> set);

  // Looks through a document, for the calls of Near that follow. A name counts if it is of no language, of the
  // document's, or the document's is not known. Of names that overlap the longest counts: no Sudan in South Sudan.
  // `folded` is the fold of `document`; both are borrowed until the last Near. kInternal: the engine failed.
  Status Find(const Document& document, const FoldedDocument& folded);

  // What was found, and what of it is near these spans of the document.
  Facets Near(const std::vector<MatchSpan>& spans) const;

 private:
  // A name that counts.
  struct Place {
    std::uint32_t value = 0;  // index into FacetSet::values_
    Field field = Field::kTitle;
    TokenRange words;
  };

  FacetFinder(std::shared_ptr<const FacetSet> set, Matcher matcher)
      : set_(std::move(set)), matcher_(std::move(matcher)) {}
  TokenRange WordsOf(Field field, Span span) const;

  std::shared_ptr<const FacetSet> set_;
  Matcher matcher_;
  const FoldedDocument* folded_ = nullptr;
  std::vector<Place> places_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_ENGINE_FACET_SET_H_
