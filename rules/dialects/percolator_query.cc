#include "rules/dialects/percolator_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "base/text/ascii.h"
#include "base/text/json_writer.h"
#include "rules/codes/country_code.h"
#include "rules/codes/language_code.h"
#include "rules/language/attributes.h"
#include "rules/language/word_pattern.h"

namespace wirewatch {
namespace {

// A query; nothing: it has no equal, and what it stands in must do without.
using Dsl = std::optional<std::string>;

enum class IndexField : std::uint8_t { kTitle, kSummary, kBody, kLead };
constexpr std::array<std::string_view, 4> kFieldNames = {"title", "summary", "body", "lead"};
constexpr std::string_view NameOf(IndexField field) { return kFieldNames[static_cast<std::size_t>(field)]; }

// The fields of the index in which a term of `scope` may stand. `lead` has the summary and the first paragraph, which
// are also in the other two.
std::vector<IndexField> FieldsOf(Scope scope) {
  if (scope == Scope::kAnywhere) return {IndexField::kTitle, IndexField::kSummary, IndexField::kBody};
  std::vector<IndexField> fields;
  if (Includes(scope, Scope::kTitle)) fields.push_back(IndexField::kTitle);
  if (Includes(scope, Scope::kLead)) fields.push_back(IndexField::kLead);
  if (Includes(scope, Scope::kBody)) fields.push_back(IndexField::kBody);
  return fields;
}

// Whether it may stand in `field` as a part of a pair.
bool MayStandIn(Scope scope, IndexField field) {
  switch (field) {
    case IndexField::kTitle: return Includes(scope, Scope::kTitle);
    case IndexField::kSummary: return scope == Scope::kAnywhere;
    case IndexField::kBody: return Includes(scope, Scope::kBody);
    case IndexField::kLead: return Includes(scope, Scope::kLead);
  }
  return false;
}

std::string Wrap(std::string_view name, std::string_view inside) {
  return fmt::format("{{{}:{}}}", JsonString(name), inside);
}

std::string Bool(std::string_view clause, const std::vector<std::string>& queries, std::size_t least = 0) {
  std::string inside = fmt::format("{{\"{}\":[{}]", clause, fmt::join(queries, ","));
  if (least > 0) inside += fmt::format(",\"minimum_should_match\":{}", least);
  return Wrap("bool", inside + "}");
}
std::string AnyOf(const std::vector<std::string>& queries) {
  return queries.size() == 1 ? queries[0] : Bool("should", queries, 1);
}
std::string MustNot(std::string_view query) { return fmt::format("{{\"bool\":{{\"must_not\":[{}]}}}}", query); }

std::string TermIs(std::string_view field, std::string_view value) {
  return Wrap("term", Wrap(field, JsonString(value)));
}

// A word of a pattern.
struct Word {
  enum class Kind : std::uint8_t { kPlain, kPrefix, kWildcard, kFuzzy };
  Kind kind = Kind::kPlain;
  std::string text;
  std::uint32_t edits = 0;
};

std::vector<Word> WordsOf(std::string_view pattern) {
  std::vector<Word> words;
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t end = std::min(pattern.find(' ', at), pattern.size());
    const PatternWord read = ReadPatternWord(pattern.substr(at, end - at));
    Word word;
    word.text = read.text;
    word.edits = read.edits;
    const std::size_t wildcard = word.text.find_first_of("*?");
    if (read.kind == PatternWord::Kind::kMisspelled) {
      word.kind = Word::Kind::kFuzzy;
    } else if (wildcard != std::string::npos) {
      const bool prefix = wildcard + 1 == word.text.size() && word.text.back() == '*';
      word.kind = prefix ? Word::Kind::kPrefix : Word::Kind::kWildcard;
      if (prefix) word.text.pop_back();
    }
    words.push_back(std::move(word));
    at = end + 1;
  }
  return words;
}

bool AllPlain(const std::vector<Word>& words) {
  return std::all_of(words.begin(), words.end(), [](const Word& w) { return w.kind == Word::Kind::kPlain; });
}
std::string TextOf(const std::vector<Word>& words) {
  std::string text;
  for (const Word& word : words) text += (text.empty() ? "" : " ") + word.text;
  return text;
}

std::string WordQuery(const Word& word, std::string_view field) {
  switch (word.kind) {
    case Word::Kind::kPlain: return Wrap("match_phrase", Wrap(field, JsonString(word.text)));
    case Word::Kind::kPrefix: return Wrap("prefix", Wrap(field, JsonString(word.text)));
    case Word::Kind::kWildcard: return Wrap("wildcard", Wrap(field, JsonString(word.text)));
    case Word::Kind::kFuzzy:
      return Wrap("fuzzy",
                  Wrap(field, fmt::format("{{\"value\":{},\"fuzziness\":{}}}", JsonString(word.text), word.edits)));
  }
  return "";
}

std::string WordInterval(const Word& word) {
  switch (word.kind) {
    case Word::Kind::kPlain: return fmt::format("{{\"match\":{{\"query\":{}}}}}", JsonString(word.text));
    case Word::Kind::kPrefix: return fmt::format("{{\"prefix\":{{\"prefix\":{}}}}}", JsonString(word.text));
    case Word::Kind::kWildcard: return fmt::format("{{\"wildcard\":{{\"pattern\":{}}}}}", JsonString(word.text));
    case Word::Kind::kFuzzy:
      return fmt::format("{{\"fuzzy\":{{\"term\":{},\"fuzziness\":{}}}}}", JsonString(word.text), word.edits);
  }
  return "";
}

std::string TermInterval(const std::vector<Word>& words) {
  if (words.size() == 1) return WordInterval(words[0]);
  if (AllPlain(words))
    return fmt::format("{{\"match\":{{\"query\":{},\"max_gaps\":0,\"ordered\":true}}}}", JsonString(TextOf(words)));
  std::vector<std::string> parts;
  for (const Word& word : words) parts.push_back(WordInterval(word));
  return fmt::format("{{\"all_of\":{{\"intervals\":[{}],\"max_gaps\":0,\"ordered\":true}}}}", fmt::join(parts, ","));
}

std::string TermSpan(const std::vector<Word>& words, std::string_view field) {
  std::vector<std::string> parts;
  for (const Word& word : words) {
    parts.push_back(word.kind == Word::Kind::kPlain
                        ? Wrap("span_term", Wrap(field, JsonString(word.text)))
                        : fmt::format("{{\"span_multi\":{{\"match\":{}}}}}", WordQuery(word, field)));
  }
  if (parts.size() == 1) return parts[0];
  return fmt::format("{{\"span_near\":{{\"clauses\":[{}],\"slop\":0,\"in_order\":true}}}}", fmt::join(parts, ","));
}

// The codes of the index's field `lang` that hold for `wanted`.
std::string LanguageQuery(std::string_view wanted) {
  const std::string code = CanonicalLanguage(wanted);
  if (code == "no") return R"({"terms":{"lang":["no","nb","nn"]}})";
  if (code == "zh") return R"({"terms":{"lang":["zh","cmn"]}})";
  return TermIs("lang", code);
}

class Maker {
 public:
  PercolatorQuery Run(const Expression& expression) {
    PercolatorQuery made;
    if (Dsl dsl = Make(expression)) {
      made.json = *std::move(dsl);
    } else {
      Note(expression.place, QueryEffect::kNarrowed, "nothing is left of this rule");
      notes_.back().failed = true;
    }
    Settle(0, QueryEffect::kNarrowed);
    made.notes = std::move(notes_);
    return made;
  }

 private:
  Dsl Make(const Expression& e) {
    switch (e.kind) {
      case Expression::Kind::kTerm: return OfTerm(e);
      case Expression::Kind::kAttribute: return OfAttribute(e);
      case Expression::Kind::kAnd: return OfAnd(e);
      case Expression::Kind::kOr: return OfOr(e, 1);
      case Expression::Kind::kAtLeast: return OfOr(e, e.count);
      case Expression::Kind::kNot: {
        const std::size_t from = notes_.size();
        Dsl inside = Make(e.children[0]);
        Invert(from);
        return inside ? Dsl(MustNot(*inside)) : std::nullopt;
      }
      case Expression::Kind::kRepeated:
        Note(e.place, QueryEffect::kWidened, fmt::format("{{{},}} has no equal: once is enough", e.count));
        return Make(e.children[0]);
      case Expression::Kind::kNear:
      case Expression::Kind::kSame: return OfPair(e);
    }
    return std::nullopt;
  }

  // What is noted of the term itself; nothing: it has no equal at all.
  std::optional<std::vector<Word>> WordsOfTerm(const Expression& e) {
    const Term& term = e.term;
    if (term.kind == Term::Kind::kRegex) {
      LeaveOut(e.place,
               "regular expressions of ours are matched with the text, those of Elasticsearch with single words");
      return std::nullopt;
    }
    const std::string pattern = PatternOf(term);
    if (pattern.empty()) {
      LeaveOut(e.place, "this has no word");
      return std::nullopt;
    }
    if (term.kind == Term::Kind::kExact) {
      Note(e.place, QueryEffect::kWidened,
           fmt::format("{} is exactly as written: any case and punctuation was written", ToText(term)));
    } else if (pattern.find('~') != std::string::npos && HasForms(pattern)) {
      Note(e.place, QueryEffect::kNarrowed,
           fmt::format("{} is every form of a word: the word itself was written", ToText(term)));
    }
    if (term.han_same)
      Note(e.place, QueryEffect::kNarrowed, "han: same has no equal: the characters as they are written");
    return WordsOf(pattern);
  }
  static bool HasForms(std::string_view pattern) {
    return pattern.starts_with('~') || pattern.find(" ~") != std::string_view::npos;
  }

  Dsl OfTerm(const Expression& e) {
    const auto words = WordsOfTerm(e);
    if (!words) return std::nullopt;
    const std::vector<IndexField> fields = FieldsOf(e.term.scope);
    if (AllPlain(*words) && fields.size() > 1) {
      std::vector<std::string> names;
      for (const IndexField field : fields) names.push_back(JsonString(NameOf(field)));
      return fmt::format("{{\"multi_match\":{{\"query\":{},\"type\":\"phrase\",\"fields\":[{}]}}}}",
                         JsonString(TextOf(*words)), fmt::join(names, ","));
    }
    std::vector<std::string> queries;
    for (const IndexField field : fields) {
      if (words->size() == 1) {
        queries.push_back(WordQuery((*words)[0], NameOf(field)));
      } else if (AllPlain(*words)) {
        queries.push_back(Wrap("match_phrase", Wrap(NameOf(field), JsonString(TextOf(*words)))));
      } else {
        queries.push_back(Wrap("intervals", Wrap(NameOf(field), TermInterval(*words))));
      }
    }
    return AnyOf(queries);
  }

  Dsl OfAnd(const Expression& e) {
    const std::size_t from = notes_.size();
    std::vector<std::string> must, must_not;
    for (const Expression& child : e.children) {
      const bool negated = child.kind == Expression::Kind::kNot;
      const std::size_t own = notes_.size();
      Dsl dsl = Make(negated ? child.children[0] : child);
      if (negated) Invert(own);
      if (dsl) (negated ? must_not : must).push_back(*std::move(dsl));
    }
    if (must.empty() && must_not.empty()) return std::nullopt;
    Settle(from, QueryEffect::kWidened);
    if (must_not.empty()) return must.size() == 1 ? must[0] : Bool("must", must);
    std::string inside;
    if (!must.empty()) inside = fmt::format("\"must\":[{}],", fmt::join(must, ","));
    return fmt::format("{{\"bool\":{{{}\"must_not\":[{}]}}}}", inside, fmt::join(must_not, ","));
  }

  Dsl OfOr(const Expression& e, std::size_t least) {
    const std::size_t from = notes_.size();
    std::vector<std::string> queries;
    for (const Expression& child : e.children) {
      if (Dsl dsl = Make(child)) queries.push_back(*std::move(dsl));
    }
    if (queries.size() < std::max<std::size_t>(least, 1)) {
      // What is left can never be enough: as if nothing were.
      return std::nullopt;
    }
    Settle(from, QueryEffect::kNarrowed);
    return queries.size() == 1 ? queries[0] : Bool("should", queries, least);
  }

  // ---- Pairs

  struct SideTerm {
    Scope scope;
    std::vector<Word> words;
  };
  void CollectSide(const Expression& side, std::vector<SideTerm>& terms) {
    if (side.kind == Expression::Kind::kTerm) {
      if (auto words = WordsOfTerm(side)) terms.push_back({side.term.scope, *std::move(words)});
    } else {
      for (const Expression& child : side.children) CollectSide(child, terms);
    }
  }

  Dsl OfPair(const Expression& e) {
    std::vector<SideTerm> left, right;
    const std::size_t from = notes_.size();
    CollectSide(e.children[0], left);
    Settle(from, QueryEffect::kNarrowed);
    const std::size_t middle = notes_.size();
    CollectSide(e.children[1], right);
    Settle(middle, QueryEffect::kNarrowed);
    if (e.negated) Invert(middle);
    if (left.empty() || (right.empty() && !e.negated)) {
      LeaveOut(e.place, "a pair without one of its sides");
      return std::nullopt;
    }
    const bool same = e.kind == Expression::Kind::kSame;
    if (same && e.negated) {
      Note(e.place, QueryEffect::kWidened, "NOT SAME has no equal: the left side alone was written");
      right.clear();
    } else if (same) {
      Note(e.place, QueryEffect::kWidened,
           fmt::format("SAME {} has no equal: both in the same field was written",
                       e.unit == TextUnit::kSentence ? "SENTENCE" : "PARAGRAPH"));
    }
    if (MeetsBeyondLead(left) != MeetsBeyondLead(right) && (AsksForLead(left) || AsksForLead(right))) {
      Note(e.place, e.negated ? QueryEffect::kWidened : QueryEffect::kNarrowed,
           "a term of the lead near one behind it has no equal: both in the lead was written");
    }
    std::vector<std::string> queries;
    for (const IndexField field : FieldsOfPair(left, e.negated ? left : right)) {
      const std::vector<const SideTerm*> lefts = In(left, field), rights = In(right, field);
      if (lefts.empty() || (rights.empty() && !e.negated)) continue;
      queries.push_back(e.negated ? NotNear(e, lefts, rights, NameOf(field)) : Near(e, lefts, rights, NameOf(field)));
    }
    if (queries.empty()) {
      LeaveOut(e.place, "its sides never stand in the same field");
      return std::nullopt;
    }
    return AnyOf(queries);
  }

  static bool AsksForLead(const std::vector<SideTerm>& side) {
    return std::any_of(side.begin(), side.end(), [](const SideTerm& t) {
      return t.scope != Scope::kAnywhere && Includes(t.scope, Scope::kLead);
    });
  }
  static bool MeetsBeyondLead(const std::vector<SideTerm>& side) {
    return std::any_of(side.begin(), side.end(), [](const SideTerm& t) { return Includes(t.scope, Scope::kBody); });
  }

  // In which the sides can meet. Of `lead` only where a side asks for it: its text is in the others, too.
  static std::vector<IndexField> FieldsOfPair(const std::vector<SideTerm>& left, const std::vector<SideTerm>& right) {
    bool anywhere = false, lead = false;
    for (const auto* side : {&left, &right}) {
      for (const SideTerm& term : *side) {
        anywhere = anywhere || term.scope == Scope::kAnywhere;
        lead = lead || (term.scope != Scope::kAnywhere && Includes(term.scope, Scope::kLead));
      }
    }
    std::vector<IndexField> fields = {IndexField::kTitle};
    if (anywhere) fields.push_back(IndexField::kSummary);
    fields.push_back(IndexField::kBody);
    if (lead) fields.push_back(IndexField::kLead);
    return fields;
  }

  static std::vector<const SideTerm*> In(const std::vector<SideTerm>& side, IndexField field) {
    std::vector<const SideTerm*> terms;
    for (const SideTerm& term : side) {
      if (MayStandIn(term.scope, field)) terms.push_back(&term);
    }
    return terms;
  }

  static std::string SideInterval(const std::vector<const SideTerm*>& terms) {
    std::vector<std::string> parts;
    for (const SideTerm* term : terms) parts.push_back(TermInterval(term->words));
    return parts.size() == 1 ? parts[0] : fmt::format("{{\"any_of\":{{\"intervals\":[{}]}}}}", fmt::join(parts, ","));
  }

  static std::string Near(const Expression& e, const std::vector<const SideTerm*>& left,
                          const std::vector<const SideTerm*>& right, std::string_view field) {
    const std::string gaps = e.kind == Expression::Kind::kNear ? fmt::format(",\"max_gaps\":{}", e.distance) : "";
    return Wrap("intervals", Wrap(field, fmt::format("{{\"all_of\":{{\"intervals\":[{},{}]{},\"ordered\":{}}}}}",
                                                     SideInterval(left), SideInterval(right), gaps, e.ordered)));
  }

  static std::string SideSpan(const std::vector<const SideTerm*>& terms, std::string_view field) {
    std::vector<std::string> parts;
    for (const SideTerm* term : terms) parts.push_back(TermSpan(term->words, field));
    return parts.size() == 1 ? parts[0] : fmt::format("{{\"span_or\":{{\"clauses\":[{}]}}}}", fmt::join(parts, ","));
  }

  // Of span_not, n + 1 words in which none may begin are n between.
  static std::string NotNear(const Expression& e, const std::vector<const SideTerm*>& left,
                             const std::vector<const SideTerm*>& right, std::string_view field) {
    const std::string include = SideSpan(left, field);
    if (right.empty()) return include;
    return fmt::format("{{\"span_not\":{{\"include\":{},\"exclude\":{},\"pre\":{},\"post\":{}}}}}", include,
                       SideSpan(right, field), e.ordered ? 0 : e.distance + 1, e.distance + 1);
  }

  // ---- Attributes

  Dsl OfAttribute(const Expression& e) {
    const AttributeTest test(e.attribute, e.comparison, e.value);
    const bool is_code = e.attribute == Attribute::kLanguage || e.attribute == Attribute::kCountry;
    if (is_code && test.value.empty()) return R"({"match_none":{}})";  // no article has such a code
    switch (e.attribute) {
      case Attribute::kLanguage:
        if (test.value.find('-') != std::string::npos) {
          Note(e.place, QueryEffect::kWidened,
               fmt::format("lang:{} is a variety: the index has languages only", e.value));
        }
        return LanguageQuery(std::string_view(test.value).substr(0, test.value.find('-')));
      case Attribute::kCountry: return TermIs("country", test.value);
      case Attribute::kSource: return OfSource(test);
      case Attribute::kTag: return TermIs("tags", test.folded);
      case Attribute::kSection: return TermIs("section", test.folded);
      case Attribute::kUrgency: return OfNumber("urgency", test);
      case Attribute::kWords: return OfNumber("words", test);
      case Attribute::kPublished: {
        Note(e.place, QueryEffect::kChanged,
             "the age is measured against the clock of Elasticsearch, not against the time of the record");
        const bool younger = test.comparison == Comparison::kLess || test.comparison == Comparison::kAtMost;
        const bool counts = test.comparison == Comparison::kAtMost || test.comparison == Comparison::kAtLeast;
        return Wrap("range", Wrap("published_at", fmt::format("{{\"{}{}\":\"now-{}s\"}}", younger ? "gt" : "lt",
                                                              counts ? "e" : "", test.number / 1'000'000)));
      }
    }
    return std::nullopt;
  }

  static Dsl OfSource(const AttributeTest& test) {
    const std::string_view value = test.value;
    if (value.starts_with("*.")) return Wrap("wildcard", Wrap("source_host", JsonString(value)));
    if (value.find('.') == std::string_view::npos) return TermIs("source", test.folded);
    return AnyOf({TermIs("source_host", value),
                  Wrap("wildcard", Wrap("source_host", JsonString(fmt::format("*.{}", value)))),
                  TermIs("source", test.folded)});
  }

  static std::string OfNumber(std::string_view field, const AttributeTest& test) {
    if (test.comparison == Comparison::kIs) return Wrap("term", Wrap(field, fmt::to_string(test.number)));
    constexpr std::string_view kNames[] = {"", "lt", "lte", "gt", "gte"};
    return Wrap("range",
                Wrap(field, Wrap(kNames[static_cast<std::size_t>(test.comparison)], fmt::to_string(test.number))));
  }

  // ---- Notes: as those of query_translation.cc

  void Note(Span place, QueryEffect effect, std::string message) {
    notes_.push_back({place, "no-equal", effect, std::move(message), "", false});
  }
  void LeaveOut(Span place, std::string_view what) {
    Note(place, QueryEffect::kNone, fmt::format("no equal: {}; it is left out", what));
    open_.push_back(notes_.size() - 1);
  }
  void Settle(std::size_t from, QueryEffect effect) {
    while (!open_.empty() && open_.back() >= from) {
      notes_[open_.back()].effect = effect;
      open_.pop_back();
    }
  }
  void Invert(std::size_t from) {
    for (std::size_t i = from; i < notes_.size(); ++i) {
      QueryEffect& effect = notes_[i].effect;
      if (effect == QueryEffect::kWidened) {
        effect = QueryEffect::kNarrowed;
      } else if (effect == QueryEffect::kNarrowed) {
        effect = QueryEffect::kWidened;
      }
    }
  }

  std::vector<QueryNote> notes_;
  std::vector<std::size_t> open_;
};

}  // namespace

PercolatorQuery MakePercolatorQuery(const Expression& expression) { return Maker().Run(expression); }

std::string LanguagesQuery(const std::vector<std::string>& languages) {
  std::vector<std::string> queries;
  for (const std::string& language : languages) queries.push_back(LanguageQuery(language));
  queries.push_back(R"({"bool":{"must_not":[{"exists":{"field":"lang"}}]}})");
  return AnyOf(queries);
}

}  // namespace wirewatch
