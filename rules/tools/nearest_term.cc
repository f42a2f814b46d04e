#include "rules/tools/nearest_term.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "base/text/utf8.h"
#include "rules/language/expression_words.h"
#include "rules/language/word_pattern.h"
#include "rules/reference/letters_wrong.h"
#include "rules/text/fold.h"
#include "rules/text/plain_text.h"

namespace wirewatch {
namespace {

constexpr std::size_t kLongestWord = 64;  // characters; longer ones are like none

std::vector<std::string> WordsOf(std::string_view pattern) {
  std::vector<std::string> words;
  while (!pattern.empty()) {
    const std::string_view word = pattern.substr(0, pattern.find(' '));
    words.emplace_back(word);
    pattern.remove_prefix(std::min(word.size() + 1, pattern.size()));
  }
  return words;
}

std::size_t CommonBeginning(std::u32string_view a, std::u32string_view b) {
  std::size_t size = 0;
  while (size < std::min(a.size(), b.size()) && a[size] == b[size]) ++size;
  return size;
}

double Likeness(std::u32string_view a, std::u32string_view b) {
  if (a == b) return 1;
  if (a.size() > b.size()) return Likeness(b, a);
  if (a.size() < 3 || b.size() > kLongestWord) return 0;
  const auto longest = static_cast<double>(b.size());
  double likeness = 0;
  constexpr std::size_t kLongestEnding = 4;
  const std::size_t beginning = CommonBeginning(a, b);
  if (beginning >= 3 && beginning * 2 >= b.size() && b.size() - beginning <= kLongestEnding) {
    likeness = 2.0 * static_cast<double>(beginning) / static_cast<double>(a.size() + b.size());
  }
  const std::size_t most = a.size() >= 9 ? 2 : a.size() >= 4 ? 1 : 0;
  if (b.size() - a.size() <= most) {
    const std::size_t distance = LettersWrong(a, b);
    if (distance <= most) likeness = std::max(likeness, 1 - static_cast<double>(distance) / longest);
  }
  return std::min(likeness, 0.95);
}

std::string_view PartName(Scope scope, const ReferencePlace& place, bool in_lead) {
  if (place.field == Field::kTitle) return "title";
  if (place.field == Field::kSummary) return "summary";
  return in_lead && !Includes(scope, Scope::kBody) ? "first paragraph" : "body";
}

// "title", "title or lead".
std::string ScopeName(Scope scope) {
  std::string name;
  for (const auto& [part, word] : {std::pair{Scope::kTitle, "title"}, {Scope::kLead, "lead"}, {Scope::kBody, "body"}}) {
    if (Includes(scope, part)) name += (name.empty() ? "" : " or ") + std::string(word);
  }
  return name;
}

}  // namespace

double Likeness(std::string_view a, std::string_view b) { return Likeness(DecodeUtf8(a), DecodeUtf8(b)); }

double LikenessToPattern(std::string_view pattern, std::string_view word) {
  const std::size_t wildcard = pattern.find_first_of("*?");
  if (wildcard == std::string_view::npos) return Likeness(pattern, word);
  const std::u32string stem = DecodeUtf8(pattern.substr(0, wildcard)), letters = DecodeUtf8(word);
  const std::size_t beginning = CommonBeginning(stem, letters);
  if (beginning < 3 || beginning + 2 < stem.size()) return 0;
  return 0.9 * static_cast<double>(beginning) / static_cast<double>(stem.size());
}

std::string PlaceText(const FoldedDocument& folded, const ReferencePlace& place) {
  const std::string_view field = Name(place.field);
  if (place.tokens.size() == 0) return std::string(field);
  const std::uint32_t first = folded.fields[static_cast<std::size_t>(place.field)].begin;
  return fmt::format("{} {}", field, place.tokens.begin - first + 1);
}

std::string FoundPlaceText(const FoldedDocument& folded, const FoundPlace& place) {
  ReferencePlace here{place.field, {}, place.span};
  const TokenRange field = folded.fields[static_cast<std::size_t>(place.field)];
  for (std::uint32_t token = field.begin; token < field.end; ++token) {
    if (folded.tokens[token].original.end <= place.span.begin) continue;
    if (folded.tokens[token].original.begin < place.span.end) here.tokens = {token, token + 1};
    break;
  }
  return PlaceText(folded, here);
}

std::string QuotedPlace(const Document& document, Field field, Span span) {
  constexpr std::size_t kMost = 80;
  const std::string_view text = span.Of(document.text(field));
  return text.size() <= kMost ? fmt::format("'{}'", PlainLine(text))
                              : fmt::format("'{}...'", PlainLine(BeginningOf(text, kMost)));
}

NearestTerm::NearestTerm(ReferenceEvaluation& evaluation, const Document& document)
    : evaluation_(evaluation), document_(document) {
  const FoldedDocument& folded = evaluation_.folded();
  for (std::uint32_t token = 0; token < folded.tokens.size(); ++token) {
    Word& word = words_[folded.Word(token)];
    word.folded = folded.Word(token);
    word.tokens.push_back(token);
  }
}

NearestTerm::Found NearestTerm::Find(const Term& term) {
  if (auto found = InOtherPart(term)) return *std::move(found);
  if (auto found = InOtherSpelling(term)) return *std::move(found);
  if (term.kind == Term::Kind::kRegex) {
    if (auto found = ShorterRegex(term)) return *std::move(found);
  } else {
    auto similar = SimilarWords(term);
    auto apart = WordsApart(term);
    if (similar && (!apart || similar->closeness >= apart->closeness)) return *std::move(similar);
    if (apart) return *std::move(apart);
  }
  Found found;
  found.miss.sentence = fmt::format("{} does not stand in the text", ToText(term));
  return found;
}

bool NearestTerm::Holds(const Term& term) {
  Expression expression;
  expression.term = term;
  return evaluation_.Holds(expression);
}

std::optional<ReferencePlace> NearestTerm::FirstPlace(const Term& term) {
  Expression expression;
  expression.term = term;
  const auto places = evaluation_.PlacesIn(expression);
  if (places.empty()) return std::nullopt;
  return places.front().first;
}

std::optional<NearestTerm::Found> NearestTerm::InOtherPart(const Term& term) {
  if (term.scope == Scope::kAnywhere) return std::nullopt;
  Term wider = term;
  wider.scope = Scope::kAnywhere;
  if (!Holds(wider)) return std::nullopt;
  // The fewest parts first.
  for (const Scope scope : {Scope::kTitleLead, Scope::kLeadBody, Scope::kTitleBody, Scope::kAnywhere}) {
    wider.scope = scope;
    if (!Includes(scope, term.scope) || !Holds(wider)) continue;
    const ReferencePlace place = *FirstPlace(wider);
    const FoldedDocument& folded = evaluation_.folded();
    const bool in_lead = place.tokens.size() > 0 && folded.first_paragraph.Contains(place.tokens);
    Found found;
    found.miss.kind = MissKind::kOtherPart;
    found.miss.sentence =
        fmt::format("{} stands in the {} ({}), {} asked", QuotedPlace(document_, place.field, place.span),
                    PartName(term.scope, place, in_lead), wirewatch::PlaceText(folded, place), ScopeName(term.scope));
    found.miss.places = {{place.field, place.span, term}};
    found.closeness = 0.75;
    found.term = wider;
    found.replaces = true;
    return found;
  }
  return std::nullopt;
}

std::optional<NearestTerm::Found> NearestTerm::InOtherSpelling(const Term& term) {
  if (term.kind != Term::Kind::kExact && term.kind != Term::Kind::kRegex) return std::nullopt;
  for (const Scope scope : {term.scope, Scope::kAnywhere}) {
    Term other = term;
    other.scope = scope;
    if (term.kind == Term::Kind::kRegex) {
      if (term.ignore_case) return std::nullopt;
      other.ignore_case = true;
    } else {
      other.kind = Term::Kind::kWords;
      other.text = FoldText(term.text).text;
    }
    const auto place = other.text.empty() ? std::nullopt : FirstPlace(other);
    if (!place) continue;
    Found found;
    found.miss.kind = MissKind::kOtherSpelling;
    found.miss.sentence =
        fmt::format("{} stands there ({}), {} asked, {}", QuotedPlace(document_, place->field, place->span),
                    wirewatch::PlaceText(evaluation_.folded(), *place), ToText(term),
                    term.kind == Term::Kind::kRegex ? "and its case counts" : "exactly as written");
    found.miss.places = {{place->field, place->span, term}};
    found.closeness = 0.8;
    found.term = other;
    if (term.kind == Term::Kind::kExact) {
      Term written = term;  // as it stands there
      written.scope = scope;
      written.text = place->span.Of(document_.text(place->field));
      if (written.text.find_first_of("\"\n\r") == std::string::npos && Holds(written)) found.term = written;
    }
    found.replaces = term.kind == Term::Kind::kRegex;
    return found;
  }
  return std::nullopt;
}

// Its longest beginning that stands in the text, cut where no group is open.
std::optional<NearestTerm::Found> NearestTerm::ShorterRegex(const Term& term) {
  std::vector<std::size_t> cuts;
  int groups = 0;
  bool in_class = false;
  for (std::size_t i = 0; i < term.text.size(); ++i) {
    const char c = term.text[i];
    const bool continues = (c & 0xC0) == 0x80;
    if (groups == 0 && !in_class && i > 0 && !continues &&
        std::string_view("*+?{}").find(c) == std::string_view::npos) {
      cuts.push_back(i);
    }
    if (c == '|' && groups == 0 && !in_class) return std::nullopt;  // no beginning of the whole
    if (c == '\\') {
      ++i;
      continue;
    }
    if (c == '[' && !in_class) {
      in_class = true;
      if (i + 1 < term.text.size() && term.text[i + 1] == '^') ++i;
      if (i + 1 < term.text.size() && term.text[i + 1] == ']') ++i;
    } else if (c == ']') {
      in_class = false;
    } else if (!in_class) {
      groups += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == '{') i = std::min(term.text.find('}', i), term.text.size());
    }
  }
  for (auto cut = cuts.rbegin(); cut != cuts.rend(); ++cut) {
    Term shorter = term;
    shorter.text.resize(*cut);
    ReferenceEvaluation alone(document_);  // what PCRE2 does not take is no error of the explanation
    Expression expression;
    expression.term = shorter;
    if (!alone.Holds(expression) || alone.error()) continue;
    const ReferencePlace place = alone.PlacesIn(expression).front().first;
    Found found;
    found.miss.kind = MissKind::kSimilarWord;
    found.miss.sentence =
        fmt::format("{} does not stand in the text; its beginning {} does: {} ({})", ToText(term), ToText(shorter),
                    QuotedPlace(document_, place.field, place.span), wirewatch::PlaceText(evaluation_.folded(), place));
    found.miss.places = {{place.field, place.span, term}};
    found.closeness = 0.5 * static_cast<double>(*cut) / static_cast<double>(term.text.size());
    found.term = shorter;
    found.replaces = true;
    return found;
  }
  return std::nullopt;
}

const std::vector<std::pair<double, const NearestTerm::Word*>>& NearestTerm::AlikeWords(std::string_view word) {
  const auto known = alike_.find(word);
  if (known != alike_.end()) return known->second;
  auto& alike = alike_[std::string(word)];
  // Of words that begin otherwise few are meant, and all would have to be looked at.
  const std::string_view text = ReadPatternWord(word).text;
  const std::string_view first = text.substr(0, 1);
  for (auto i = words_.lower_bound(first); i != words_.end() && i->first.starts_with(first); ++i) {
    const double likeness = LikenessToPattern(text, i->first);
    if (likeness > 0) alike.emplace_back(likeness, &i->second);
  }
  std::stable_sort(alike.begin(), alike.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  return alike;
}

const std::vector<bool>& NearestTerm::TokensOf(const Term& term, const std::string& word) {
  Expression expression;
  expression.term = term;
  expression.term.kind = Term::Kind::kWords;
  expression.term.text = word;
  expression.term.scope = Scope::kAnywhere;
  const auto known = tokens_.find(expression.term);
  if (known != tokens_.end()) return known->second;
  std::vector<bool>& stands = tokens_[expression.term];
  stands.resize(evaluation_.folded().tokens.size());
  for (const auto& [place, found] : evaluation_.PlacesIn(expression)) {
    for (std::uint32_t token = place.tokens.begin; token < place.tokens.end; ++token) stands[token] = true;
  }
  return stands;
}

NearestTerm::Window NearestTerm::NearestWindow(const Term& term, const std::vector<std::string>& words) {
  const FoldedDocument& folded = evaluation_.folded();
  std::vector<std::vector<double>> likeness(words.size());  // of each word of the term, to each token
  for (std::size_t i = 0; i < words.size(); ++i) {
    likeness[i].resize(folded.tokens.size());
    for (const auto& [alike, word] : AlikeWords(words[i])) {
      for (const std::uint32_t token : word->tokens) likeness[i][token] = alike;
    }
    const std::vector<bool>& stands = TokensOf(term, words[i]);
    for (std::size_t token = 0; token < stands.size(); ++token) {
      if (stands[token]) likeness[i][token] = 1;
    }
  }
  Window best;
  for (std::uint32_t first = 0; first + words.size() <= folded.tokens.size(); ++first) {
    double sum = 0;
    for (std::uint32_t i = 0; i < words.size(); ++i) sum += likeness[i][first + i];
    const TokenRange tokens{first, first + static_cast<std::uint32_t>(words.size())};
    if (sum <= best.likeness) continue;
    const Span span{folded.tokens[tokens.begin].folded.begin, folded.tokens[tokens.end - 1].folded.end};
    if (span.Of(folded.text).find('\n') != std::string_view::npos) continue;
    best = {tokens, sum};
  }
  best.likeness /= static_cast<double>(words.size());
  return best;
}

std::optional<Term> NearestTerm::TermFor(TokenRange tokens, const Term& asked) {
  const FoldedDocument& folded = evaluation_.folded();
  Term term;
  term.han_same = asked.han_same;
  term.text = Span{folded.tokens[tokens.begin].folded.begin, folded.tokens[tokens.end - 1].folded.end}.Of(folded.text);
  for (const Scope wider : {asked.scope, Scope::kTitleLead, Scope::kLeadBody, Scope::kTitleBody, Scope::kAnywhere}) {
    term.scope = wider;
    if (Includes(wider, asked.scope) && Holds(term)) return term;
  }
  return std::nullopt;
}

NearestTerm::Found NearestTerm::Made(MissKind kind, double closeness, std::string sentence, TokenRange tokens,
                                     const Term& asked, std::optional<Term> term) const {
  const FoldedDocument& folded = evaluation_.folded();
  Found found;
  found.miss.kind = kind;
  found.miss.sentence = std::move(sentence);
  found.miss.places = {{folded.FieldOf(tokens), folded.Original(tokens), asked}};
  found.closeness = closeness;
  found.term = std::move(term);
  return found;
}

std::optional<NearestTerm::Found> NearestTerm::SimilarWords(const Term& term) {
  const std::vector<std::string> words = WordsOf(PatternOf(term));
  if (words.empty()) return std::nullopt;
  const Window window = NearestWindow(term, words);
  constexpr double kAlikeEnough = 0.55;  // "kills" is 0.73 like "killed"
  if (window.likeness < kAlikeEnough || (words.size() > 1 && window.likeness < 0.7)) return std::nullopt;
  const auto near = TermFor(window.tokens, term);
  if (!near) return std::nullopt;
  const FoldedDocument& folded = evaluation_.folded();
  const ReferencePlace place{folded.FieldOf(window.tokens), window.tokens, folded.Original(window.tokens)};
  return Made(MissKind::kSimilarWord, 0.7 * window.likeness,
              fmt::format("{} does not stand in the text; nearest: {} ({})", ToText(term),
                          QuotedPlace(document_, place.field, place.span), wirewatch::PlaceText(folded, place)),
              window.tokens, term, near);
}

// The words of a phrase in any order, with few others between.
std::optional<NearestTerm::Found> NearestTerm::WordsApart(const Term& term) {
  const std::vector<std::string> words = WordsOf(PatternOf(term));
  if (words.size() < 2) return std::nullopt;
  constexpr std::uint32_t kMostBetween = 8;
  const FoldedDocument& folded = evaluation_.folded();
  const auto size = static_cast<std::uint32_t>(words.size());
  const std::set<std::string> different(words.begin(), words.end());
  std::optional<TokenRange> best;
  const auto tokens = static_cast<std::uint32_t>(folded.tokens.size());
  for (std::uint32_t first = 0; first < tokens; ++first) {
    std::set<std::string_view> seen;
    const std::uint32_t most = best ? best->size() - 1 : size + kMostBetween;
    for (std::uint32_t token = first; token < std::min(tokens, first + most); ++token) {
      if (token > first && folded.text[folded.tokens[token].folded.begin - 1] == '\n') break;
      const std::size_t before = seen.size();
      for (const std::string& word : different) {
        if (TokensOf(term, word)[token]) seen.insert(word);
      }
      if (token == first && seen.empty()) break;
      if (seen.size() == different.size() && seen.size() > before) {
        best = TokenRange{first, token + 1};
        break;
      }
    }
  }
  if (!best) return std::nullopt;
  const auto near = TermFor(*best, term);
  if (!near) return std::nullopt;
  const ReferencePlace place{folded.FieldOf(*best), *best, folded.Original(*best)};
  return Made(MissKind::kWordsApart, 0.6,
              fmt::format("the words of {} do not stand side by side; nearest: {} ({})", ToText(term),
                          QuotedPlace(document_, place.field, place.span), wirewatch::PlaceText(folded, place)),
              *best, term, near);
}

}  // namespace wirewatch
