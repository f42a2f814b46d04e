// More than 500 lines: the whole meaning of the rule language in one place, to be read beside docs/rules.md.
#include "rules/reference/reference_matcher.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/c_handle.h"
#include "base/clock.h"
#include "rules/codes/country_code.h"
#include "rules/codes/host.h"
#include "rules/codes/language_code.h"
#include "rules/language/limits.h"
#include "rules/reference/letters_wrong.h"
#include "rules/reference/reference_sentences.h"
#include "rules/text/fold.h"
#include "rules/text/han_variants.h"
#include "rules/text/particles.h"
#include "rules/text/stems.h"
#include "rules/text/text_unit.h"
#include "rules/text/word_spelling.h"

namespace wirewatch {
namespace {

using PcreCode = CHandle<pcre2_code, pcre2_code_free>;
using PcreMatch = CHandle<pcre2_match_data, pcre2_match_data_free>;
using PcreCompileContext = CHandle<pcre2_compile_context, pcre2_compile_context_free>;

using Place = ReferencePlace;

std::vector<std::string_view> SplitAtBlanks(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    words.push_back(word);
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return words;
}

std::size_t SizeOfFirstCharacter(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (text[size] & 0xC0) == 0x80) ++size;
  return size;
}

std::string_view LastCharacter(std::string_view text) {
  std::size_t begin = text.size() - 1;
  while (begin > 0 && (text[begin] & 0xC0) == 0x80) --begin;
  return text.substr(begin);
}

// docs/rules.md: * is any number of characters, ? is one. A * takes as few as it can; where what follows does not fit,
// the last * takes one more. Those before it need not: what they could leave to it, it can take itself.
bool WordIs(std::string_view pattern, std::string_view word) {
  std::optional<std::string_view> behind_star;  // of the pattern
  std::string_view left_by_star;                // of the word
  while (!pattern.empty() || !word.empty()) {
    if (pattern.starts_with('*')) {
      pattern.remove_prefix(1);
      behind_star = pattern;
      left_by_star = word;
    } else if (!word.empty() && pattern.starts_with('?')) {
      pattern.remove_prefix(1);
      word.remove_prefix(SizeOfFirstCharacter(word));
    } else if (!word.empty() && pattern.starts_with(word.front())) {
      pattern.remove_prefix(1);
      word.remove_prefix(1);
    } else if (behind_star && !left_by_star.empty()) {
      left_by_star.remove_prefix(SizeOfFirstCharacter(left_by_star));
      pattern = *behind_star;
      word = left_by_star;
    } else {
      return false;
    }
  }
  return true;
}

// White space that does not end a line, as code points of Unicode's White_Space.
bool IsBlank(std::uint32_t c) {
  return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (0x2000 <= c && c <= 0x200A) || c == 0x202F || c == 0x205F || c == 0x3000;
}
bool IsLineEnd(std::uint32_t c) { return c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029; }

struct Character {
  std::uint32_t code_point;
  std::string_view bytes;
};

std::vector<Character> CharactersOf(std::string_view text) {
  std::vector<Character> characters;
  while (!text.empty()) {
    const std::size_t size = SizeOfFirstCharacter(text);
    std::uint32_t c = static_cast<unsigned char>(text[0]);
    if (size == 2) c &= 0x1F;
    if (size == 3) c &= 0x0F;
    if (size == 4) c &= 0x07;
    for (std::size_t i = 1; i < size; ++i) c = c << 6 | (static_cast<unsigned char>(text[i]) & 0x3F);
    characters.push_back({c, text.substr(0, size)});
    text.remove_prefix(size);
  }
  return characters;
}

// The text with every run of blanks as one ' '.
std::string Blanked(std::string_view text) {
  std::string out;
  bool blank_before = false;
  for (const Character& character : CharactersOf(text)) {
    const bool blank = IsBlank(character.code_point);
    if (!blank) out += character.bytes;
    if (blank && !blank_before) out += ' ';
    blank_before = blank;
  }
  return out;
}

// A term written with line ends in it means blanks; those at its ends are nothing.
std::string WithoutLineEnds(std::string_view text) {
  std::string out;
  for (const Character& character : CharactersOf(text)) {
    if (IsLineEnd(character.code_point)) {
      out += ' ';
    } else {
      out += character.bytes;
    }
  }
  out = Blanked(out);
  if (out.starts_with(' ')) out.erase(0, 1);
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

// One evaluation: expressions against a document.
class Evaluation {
 public:
  explicit Evaluation(const Document& document) : document_(document) { Fold(document, folded_); }

  bool Holds(const Expression& expression);
  void AddSpans(const Expression& expression, std::vector<std::pair<Place, Term>>& spans);
  bool LanguagePasses(const std::vector<std::string>& languages) const;

  // The places of a term, or of those of an OR.
  std::vector<std::pair<Place, Term>> PlacesIn(const Expression& expression);
  // Those of one side of a NEAR or SAME that cover a word.
  std::vector<std::pair<Place, Term>> PlacesOfSide(const Expression& side);
  // Whether two places stand together as NEAR or SAME asks.
  bool Together(const Expression& pair, const Place& left, const Place& right);
  // The numbers of the sentences or paragraphs that the words of a place stand in.
  std::set<std::uint32_t> UnitsOf(TextUnit unit, const Place& place);

  const FoldedDocument& folded() const { return folded_; }
  const std::optional<Error>& error() const { return error_; }

 private:
  bool AttributeHolds(Attribute attribute, std::string_view value) const;
  bool NumberHolds(const Expression& expression) const;

  const std::vector<Place>& PlacesOf(const Term& term);
  std::vector<Place> FindWords(const Term& term) const;
  // Whether a word of a term that is no exact one stands for a word of the article.
  bool StandsFor(const Term& term, std::string_view word, bool is_whole_term, std::string_view here) const;
  const std::vector<std::string>& StemsKnown(std::string_view word, StemLanguage language) const;
  std::vector<Place> FindRegex(const Term& term);
  std::vector<Span> LongestMatches(const Term& term, std::string_view text);
  bool SameParagraph(TokenRange tokens) const;
  bool InScope(Scope scope, const Place& place) const;
  // The bytes that are written like `written`, where its words stand at `place`.
  std::optional<Span> FindWritten(std::string_view written, const Place& place) const;

  bool HasPartner(const Expression& pair, const Place& left);
  static bool Near(const Expression& near, const Place& left, const Place& right);

  const Document& document_;
  FoldedDocument folded_;
  std::map<Term, std::vector<Place>> places_;                    // found before
  std::map<TextUnit, std::vector<std::uint32_t>> unit_numbers_;  // of each token; made before
  mutable std::map<std::pair<std::string, StemLanguage>, std::vector<std::string>> stems_;  // asked for before
  std::optional<Error> error_;                                                              // PCRE2 gave up
};

bool Evaluation::Holds(const Expression& expression) {
  switch (expression.kind) {
    case Expression::Kind::kTerm: return !PlacesOf(expression.term).empty();
    case Expression::Kind::kAttribute:
      return IsNumber(expression.attribute) ? NumberHolds(expression)
                                            : AttributeHolds(expression.attribute, expression.value);
    case Expression::Kind::kAnd:
      for (const Expression& child : expression.children) {
        if (!Holds(child)) return false;
      }
      return true;
    case Expression::Kind::kOr:
      for (const Expression& child : expression.children) {
        if (Holds(child)) return true;
      }
      return false;
    case Expression::Kind::kNot: return !Holds(expression.children[0]);
    case Expression::Kind::kAtLeast: {
      std::uint32_t holding = 0;
      for (const Expression& child : expression.children) holding += Holds(child) ? 1 : 0;
      return holding >= expression.count;
    }
    case Expression::Kind::kRepeated: {
      std::set<std::pair<Field, Span>> different;
      for (const auto& [place, term] : PlacesIn(expression.children[0])) different.emplace(place.field, place.span);
      return different.size() >= expression.count;
    }
    case Expression::Kind::kNear:
    case Expression::Kind::kSame:
      for (const auto& [left, term] : PlacesOfSide(expression.children[0])) {
        if (HasPartner(expression, left) != expression.negated) return true;
      }
      return false;
  }
  std::abort();
}

void Evaluation::AddSpans(const Expression& expression, std::vector<std::pair<Place, Term>>& spans) {
  const auto add = [&](const Place& place, const Term& term) { spans.emplace_back(place, term); };
  switch (expression.kind) {
    case Expression::Kind::kTerm:
      for (const Place& place : PlacesOf(expression.term)) add(place, expression.term);
      return;
    case Expression::Kind::kAnd:
    case Expression::Kind::kOr:
    case Expression::Kind::kAtLeast:
    case Expression::Kind::kRepeated:
      for (const Expression& child : expression.children) {
        if (Holds(child)) AddSpans(child, spans);
      }
      return;
    case Expression::Kind::kNear:
    case Expression::Kind::kSame:
      for (const auto& [left, left_term] : PlacesOfSide(expression.children[0])) {
        if (expression.negated && !HasPartner(expression, left)) add(left, left_term);
        for (const auto& [right, right_term] : PlacesOfSide(expression.children[1])) {
          if (expression.negated || !Together(expression, left, right)) continue;
          add(left, left_term);
          add(right, right_term);
        }
      }
      return;
    case Expression::Kind::kNot:
    case Expression::Kind::kAttribute: return;
  }
}

std::vector<std::pair<Place, Term>> Evaluation::PlacesIn(const Expression& expression) {
  std::vector<std::pair<Place, Term>> places;
  if (expression.kind == Expression::Kind::kTerm) {
    for (const Place& place : PlacesOf(expression.term)) places.emplace_back(place, expression.term);
    return places;
  }
  for (const Expression& child : expression.children) {
    for (auto& place : PlacesIn(child)) places.push_back(std::move(place));
  }
  return places;
}

std::vector<std::pair<Place, Term>> Evaluation::PlacesOfSide(const Expression& side) {
  auto places = PlacesIn(side);
  std::erase_if(places, [](const auto& place) { return place.first.tokens.size() == 0; });
  return places;
}

bool Evaluation::HasPartner(const Expression& pair, const Place& left) {
  for (const auto& [right, term] : PlacesOfSide(pair.children[1])) {
    if (Together(pair, left, right)) return true;
  }
  return false;
}

bool Evaluation::Together(const Expression& pair, const Place& left, const Place& right) {
  const bool apart = left.tokens.end <= right.tokens.begin || right.tokens.end <= left.tokens.begin;
  if (!apart) return pair.negated;  // "travel ban" is near ban, but no ban beside it
  if (pair.kind == Expression::Kind::kNear) return Near(pair, left, right);
  const std::set<std::uint32_t> units = UnitsOf(pair.unit, left);
  for (const std::uint32_t unit : UnitsOf(pair.unit, right)) {
    if (units.contains(unit)) return true;
  }
  return false;
}

std::set<std::uint32_t> Evaluation::UnitsOf(TextUnit unit, const Place& place) {
  std::vector<std::uint32_t>& numbers = unit_numbers_[unit];
  if (numbers.empty()) {
    std::uint32_t number = 0;
    for (const bool ends : ReferenceEnds(unit, document_, folded_)) {
      numbers.push_back(number);
      if (ends) ++number;
    }
  }
  return {numbers.begin() + place.tokens.begin, numbers.begin() + place.tokens.end};
}

bool Evaluation::Near(const Expression& near, const Place& left, const Place& right) {
  if (left.field != right.field) return false;
  if (left.tokens.end <= right.tokens.begin) return right.tokens.begin - left.tokens.end <= near.distance;
  if (right.tokens.end <= left.tokens.begin && !near.ordered) {
    return left.tokens.begin - right.tokens.end <= near.distance;
  }
  return false;
}

const std::vector<Place>& Evaluation::PlacesOf(const Term& term) {
  const auto known = places_.find(term);
  if (known != places_.end()) return known->second;
  std::vector<Place>& places = places_[term];
  places = term.kind == Term::Kind::kRegex ? FindRegex(term) : FindWords(term);
  if (places.size() > kMaxPlaces) places.resize(kMaxPlaces);
  return places;
}

std::vector<Place> Evaluation::FindWords(const Term& term) const {
  std::vector<Place> places;
  const bool exact = term.kind == Term::Kind::kExact;
  const std::string written = exact ? WithoutLineEnds(term.text) : "";
  const std::string pattern = exact ? FoldText(written).text : FoldPattern(term.text);
  const std::vector<std::string_view> words = SplitAtBlanks(pattern);
  if (words.empty()) return places;
  for (std::uint32_t first = 0; first + words.size() <= folded_.tokens.size(); ++first) {
    const auto last = first + static_cast<std::uint32_t>(words.size());
    bool equal = true;
    for (std::uint32_t i = first; equal && i < last; ++i) {
      const std::string_view word = words[i - first], here = folded_.Word(i);
      equal = exact ? word == here : StandsFor(term, word, words.size() == 1, here);
    }
    if (!equal || !SameParagraph({first, last})) continue;
    Place place{folded_.FieldOf({first, last}), {first, last}, folded_.Original({first, last})};
    if (exact) {
      const std::optional<Span> span = FindWritten(written, place);
      if (!span) continue;
      place.span = *span;
    }
    if (InScope(term.scope, place)) places.push_back(place);
  }
  return places;
}

const std::vector<std::string>& Evaluation::StemsKnown(std::string_view word, StemLanguage language) const {
  const auto [stems, is_new] = stems_.try_emplace({std::string(word), language});
  if (is_new) stems->second = StemsOf(word, language);
  return stems->second;
}

bool Evaluation::StandsFor(const Term& term, std::string_view word, bool is_whole_term, std::string_view here) const {
  if (word.starts_with('~')) {
    const StemLanguages languages = LanguagesOfForms(document_.language, term.languages);
    for (std::size_t i = 0; i < kStemLanguages; ++i) {
      const auto language = static_cast<StemLanguage>(i);
      if ((languages & BitOf(language)) == 0) continue;
      const std::vector<std::string>& stems = StemsKnown(here, language);
      for (const std::string& stem : StemsKnown(word.substr(1), language)) {
        if (std::find(stems.begin(), stems.end(), stem) != stems.end()) return true;
      }
    }
    return word.substr(1) == here;
  }
  if (word.ends_with("~1") || word.ends_with("~2")) {
    const std::string_view right = word.substr(0, word.size() - 2);
    std::vector<std::string_view> letters, letters_here;
    for (const Character& character : CharactersOf(right)) letters.push_back(character.bytes);
    for (const Character& character : CharactersOf(here)) letters_here.push_back(character.bytes);
    return LettersWrong(letters, letters_here) <= static_cast<std::size_t>(word.back() - '0');
  }
  if (TakesParticles(word, is_whole_term) && IsWithParticles(word, here)) return true;
  if (term.han_same && !HanClassOf(word).empty()) return HanClassOf(word) == HanClassOf(here);
  return WordIs(word, here);
}

// Words of one paragraph are parted by blanks in the folded text, paragraphs and fields by newlines.
bool Evaluation::SameParagraph(TokenRange tokens) const {
  const std::uint32_t begin = folded_.tokens[tokens.begin].folded.begin;
  const std::uint32_t end = folded_.tokens[tokens.end - 1].folded.end;
  return Span{begin, end}.Of(folded_.text).find('\n') == std::string_view::npos;
}

bool Evaluation::InScope(Scope scope, const Place& place) const {
  const Span lead = folded_.first_paragraph_span;
  switch (scope) {
    case Scope::kAnywhere: return true;
    case Scope::kTitle: return place.field == Field::kTitle;
    case Scope::kBody: return place.field == Field::kBody;
    case Scope::kTitleLead: return InScope(Scope::kTitle, place) || InScope(Scope::kLead, place);
    case Scope::kTitleBody: return InScope(Scope::kTitle, place) || InScope(Scope::kBody, place);
    case Scope::kLeadBody: return InScope(Scope::kLead, place) || InScope(Scope::kBody, place);
    case Scope::kLead:
      if (place.field == Field::kSummary) return true;
      if (place.field != Field::kBody) return false;
      if (place.tokens.size() > 0 && !folded_.first_paragraph.Contains(place.tokens)) return false;
      return place.span.empty() || (lead.begin <= place.span.begin && place.span.end <= lead.end);
  }
  std::abort();
}

// Compares piece by piece, as a reader sees them: what stands before the words, each word, what stands between, and
// what stands behind.
std::optional<Span> Evaluation::FindWritten(std::string_view written, const Place& place) const {
  const auto seen = [](std::string_view text) { return Blanked(AsSeen(text)); };
  const std::string_view text = document_.text(place.field);
  const FoldedDocument term = FoldText(written);
  for (std::size_t i = 0; i < term.tokens.size(); ++i) {
    const Span here = folded_.tokens[place.tokens.begin + i].original;
    if (seen(here.Of(text)) != seen(term.tokens[i].original.Of(written))) return std::nullopt;
    if (i + 1 == term.tokens.size()) break;
    const Span gap{here.end, folded_.tokens[place.tokens.begin + i + 1].original.begin};
    const Span written_gap{term.tokens[i].original.end, term.tokens[i + 1].original.begin};
    if (seen(gap.Of(text)) != seen(written_gap.Of(written))) return std::nullopt;
  }

  // The texts before and behind are as long as it takes to be what is written there, or too long. A character that
  // changes nothing, being not drawn or one more blank, is passed over at once: there may be any number of them.
  const auto changes = [&](std::string_view character, std::string_view neighbour) {
    const std::string alone = seen(character);
    return !alone.empty() && !(alone == " " && neighbour == " ");
  };
  const std::string before = seen(written.substr(0, term.tokens.front().original.begin));
  const std::string behind = seen(written.substr(term.tokens.back().original.end));
  Span span = place.span;
  std::string here;
  while ((here = seen(text.substr(span.begin, place.span.begin - span.begin))) != before) {
    if (here.size() > before.size()) return std::nullopt;
    std::string_view next;
    do {
      if (span.begin == 0) return std::nullopt;
      next = LastCharacter(text.substr(0, span.begin));
      span.begin -= static_cast<std::uint32_t>(next.size());
    } while (!changes(next, here.substr(0, 1)));
  }
  while ((here = seen(text.substr(place.span.end, span.end - place.span.end))) != behind) {
    if (here.size() > behind.size()) return std::nullopt;
    std::string_view next;
    do {
      if (span.end == text.size()) return std::nullopt;
      next = text.substr(span.end, SizeOfFirstCharacter(text.substr(span.end)));
      span.end += static_cast<std::uint32_t>(next.size());
    } while (!changes(next, here.empty() ? here : here.substr(here.size() - 1)));
  }
  return span;
}

std::vector<Place> Evaluation::FindRegex(const Term& term) {
  std::vector<Place> places;
  for (std::size_t f = 0; f < kFieldCount; ++f) {
    const auto field = static_cast<Field>(f);
    for (const Span& span : LongestMatches(term, document_.text(field))) {
      TokenRange touched{0, 0};
      for (std::uint32_t i = folded_.fields[f].begin; i < folded_.fields[f].end; ++i) {
        const Span word = folded_.tokens[i].original;
        if (word.end <= span.begin || span.end <= word.begin) continue;
        if (touched.size() == 0) touched.begin = i;
        touched.end = i + 1;
      }
      const Place place{field, touched, span};
      if (InScope(term.scope, place)) places.push_back(place);
    }
  }
  return places;
}

// From each character on, PCRE2's DFA matcher gives the longest match; those that lie in no other are kept.
std::vector<Span> Evaluation::LongestMatches(const Term& term, std::string_view text) {
  const auto fail = [&](int code) {
    PCRE2_UCHAR8 message[256] = {};
    pcre2_get_error_message_8(code, message, sizeof message);
    error_ = Error{ErrorCode::kInternal,
                   "PCRE2 cannot check " + ToText(term) + ": " + reinterpret_cast<const char*>(message)};
    return std::vector<Span>();
  };
  const PcreCompileContext context(pcre2_compile_context_create(nullptr));
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  int code = 0;
  PCRE2_SIZE where = 0;
  const PcreCode regex(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(term.text.data()), term.text.size(),
                                     PCRE2_UTF | (term.ignore_case ? PCRE2_CASELESS : 0), &code, &where,
                                     context.get()));
  if (!regex) return fail(code);
  const PcreMatch match(pcre2_match_data_create(1, nullptr));
  std::vector<int> workspace(1000);
  const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.data());

  std::vector<Span> spans;
  std::uint32_t reach = 0;  // how far the matches so far reach: one that ends before lies in another
  for (std::size_t start = 0; start < text.size();) {
    code = pcre2_dfa_match(regex.get(), subject, text.size(), start, PCRE2_NOTEMPTY | PCRE2_NO_UTF_CHECK, match.get(),
                           nullptr, workspace.data(), workspace.size());
    if (code == PCRE2_ERROR_NOMATCH) break;
    if (code == PCRE2_ERROR_DFA_WSSIZE && workspace.size() < 10'000'000) {
      workspace.resize(workspace.size() * 10);
      continue;
    }
    if (code < 0) return fail(code);
    const PCRE2_SIZE* found = pcre2_get_ovector_pointer(match.get());
    const Span span{static_cast<std::uint32_t>(found[0]), static_cast<std::uint32_t>(found[1])};
    if (span.end > reach) {
      spans.push_back(span);
      reach = span.end;
    }
    start = span.begin + 1;
    while (start < text.size() && (text[start] & 0xC0) == 0x80) ++start;
  }
  return spans;
}

bool Evaluation::AttributeHolds(Attribute attribute, std::string_view value) const {
  const auto same_words = [&](std::string_view text) {
    return !FoldText(value).text.empty() && FoldText(text).text == FoldText(value).text;
  };
  const auto of_domain = [](std::string_view host, const std::string& domain) {
    return !domain.empty() && (host == domain || host.ends_with("." + domain));
  };
  if (value.empty()) return false;
  switch (attribute) {
    case Attribute::kLanguage: return LanguageHolds(document_.language, CanonicalLanguage(value));
    case Attribute::kCountry: return !CanonicalCountry(value).empty() && document_.country == CanonicalCountry(value);
    case Attribute::kSource: {
      const std::string source = HostOf(document_.source);
      if (value.starts_with("*.")) {
        const std::string domain = CanonicalHost(value.substr(2));
        return (source != domain && of_domain(source, domain)) ||
               (document_.source_host != domain && of_domain(document_.source_host, domain));
      }
      const std::string domain = HostOf(value).empty() ? CanonicalHost(value) : HostOf(value);
      return same_words(document_.source) || of_domain(source, domain) || of_domain(document_.source_host, domain);
    }
    case Attribute::kTag: return std::any_of(document_.tags.begin(), document_.tags.end(), same_words);
    case Attribute::kSection: return same_words(document_.section);
    case Attribute::kPublished:
    case Attribute::kUrgency:
    case Attribute::kWords: break;  // NumberHolds
  }
  std::abort();
}

bool Evaluation::NumberHolds(const Expression& expression) const {
  long double wanted = 0, number = 0;
  if (expression.attribute == Attribute::kPublished) {
    if (!document_.published_at || !document_.now) return false;
    using Seconds = std::chrono::duration<long double>;
    wanted = Seconds(ParseDuration(expression.value).value()).count();
    number = Seconds(*document_.now - *document_.published_at).count();
  } else {
    if (expression.attribute == Attribute::kUrgency && !document_.urgency) return false;
    wanted = std::stol(expression.value);
    number = expression.attribute == Attribute::kUrgency
                 ? *document_.urgency
                 : static_cast<long double>(FoldText(document_.text(Field::kBody)).tokens.size());
  }
  switch (expression.comparison) {
    case Comparison::kIs: return number == wanted;
    case Comparison::kLess: return number < wanted;
    case Comparison::kAtMost: return number <= wanted;
    case Comparison::kMore: return number > wanted;
    case Comparison::kAtLeast: return number >= wanted;
  }
  std::abort();
}

bool Evaluation::LanguagePasses(const std::vector<std::string>& languages) const {
  if (languages.empty() || document_.language.empty()) return true;
  for (const std::string& language : languages) {
    if (AttributeHolds(Attribute::kLanguage, language)) return true;
  }
  return false;
}

}  // namespace

struct ReferenceEvaluation::Rep {
  Evaluation evaluation;
};

ReferenceEvaluation::ReferenceEvaluation(const Document& document) : rep_(new Rep{Evaluation(document)}) {}
ReferenceEvaluation::~ReferenceEvaluation() = default;
ReferenceEvaluation::ReferenceEvaluation(ReferenceEvaluation&&) noexcept = default;

bool ReferenceEvaluation::Holds(const Expression& expression) { return rep_->evaluation.Holds(expression); }
std::vector<ReferenceEvaluation::PlacedTerm> ReferenceEvaluation::SpansOf(const Expression& expression) {
  std::vector<PlacedTerm> spans;
  rep_->evaluation.AddSpans(expression, spans);
  return spans;
}
std::vector<ReferenceEvaluation::PlacedTerm> ReferenceEvaluation::PlacesIn(const Expression& expression) {
  return rep_->evaluation.PlacesIn(expression);
}
std::vector<ReferenceEvaluation::PlacedTerm> ReferenceEvaluation::PlacesOfSide(const Expression& side) {
  return rep_->evaluation.PlacesOfSide(side);
}
bool ReferenceEvaluation::Together(const Expression& pair, const ReferencePlace& left, const ReferencePlace& right) {
  return rep_->evaluation.Together(pair, left, right);
}
std::set<std::uint32_t> ReferenceEvaluation::UnitsOf(TextUnit unit, const ReferencePlace& place) {
  return rep_->evaluation.UnitsOf(unit, place);
}
bool ReferenceEvaluation::LanguagePasses(const std::vector<std::string>& languages) const {
  return rep_->evaluation.LanguagePasses(languages);
}
const FoldedDocument& ReferenceEvaluation::folded() const { return rep_->evaluation.folded(); }
const std::optional<Error>& ReferenceEvaluation::error() const { return rep_->evaluation.error(); }

namespace {

// Of a term of the topic: a rule set has a number for it in each of its segments.
std::uint32_t NumberIn(const RuleSet::TermNumbers& around, const std::vector<std::uint32_t>& numbers) {
  for (const std::uint32_t number : numbers) {
    if (around.begin <= number && number < around.end) return number;
  }
  std::abort();
}

}  // namespace

Result<std::vector<TopicMatch>> ReferenceMatch(const RuleSet& rule_set, const Document& document,
                                               const std::stop_token& stop) {
  std::map<Term, std::vector<std::uint32_t>> term_numbers;
  for (std::uint32_t i = 0; i < rule_set.term_count(); ++i) term_numbers[rule_set.term(i)].push_back(i);
  ReferenceEvaluation evaluation(document);
  std::vector<TopicMatch> matches;
  for (std::uint32_t t = 0; t < rule_set.topics().size(); ++t) {
    const Topic& topic = *rule_set.topics()[t];
    if (!evaluation.LanguagePasses(topic.languages)) continue;
    TopicMatch match{.topic = t, .severity = {}, .score = 0, .rules = {}, .spans = {}};
    for (std::uint32_t r = 0; r < topic.rules.size(); ++r) {
      if (stop.stop_requested()) return Error{ErrorCode::kTimeout, "stopped"};
      if (StatusOf(topic, topic.rules[r]) == RuleStatus::kOff) continue;
      if (!evaluation.LanguagePasses(topic.rules[r].languages) || !evaluation.Holds(topic.rules[r].match)) continue;
      match.rules.push_back(r);
      match.severity = std::max(match.severity, topic.rules[r].severity.value_or(topic.severity));
      match.score = std::max(match.score, topic.rules[r].score);
      for (const auto& [place, term] : evaluation.SpansOf(topic.rules[r].match)) {
        const std::uint32_t number = NumberIn(rule_set.TermsAround(t), term_numbers.at(term));
        match.spans.push_back({place.field, place.span, r, number});
      }
    }
    if (match.rules.empty()) continue;
    if (topic.unless && evaluation.Holds(*topic.unless)) continue;
    std::sort(match.spans.begin(), match.spans.end());
    match.spans.erase(std::unique(match.spans.begin(), match.spans.end()), match.spans.end());
    matches.push_back(std::move(match));
  }
  if (evaluation.error()) return *evaluation.error();
  return matches;
}

}  // namespace wirewatch
