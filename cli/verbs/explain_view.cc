#include "cli/verbs/explain_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text/utf8.h"

namespace wirewatch {
namespace {

using Kind = Expression::Kind;

bool IsOneLine(const Expression& e) {
  switch (e.kind) {
    case Kind::kTerm:
    case Kind::kAttribute:
    case Kind::kNear:
    case Kind::kSame:
    case Kind::kRepeated: return true;
    case Kind::kNot: return IsOneLine(e.children[0]);
    case Kind::kOr:
    case Kind::kAtLeast:
      return !e.list.empty() || std::all_of(e.children.begin(), e.children.end(), [](const Expression& child) {
        return child.kind == Kind::kTerm || child.kind == Kind::kAttribute ||
               (child.kind == Kind::kOr && IsOneLine(child));
      });
    case Kind::kAnd: return false;
  }
  return false;
}

struct RawMark {
  Field field;
  Mark mark;
};

void AddMark(const FoundPlace& place, MarkKind kind, const Expression& clause, std::vector<RawMark>& marks) {
  marks.push_back({place.field, {place.span, kind, ShortText(clause, 60)}});
}

// The leaves that are told.
void AddMarks(const Clause& clause, std::vector<RawMark>& marks) {
  const Expression& e = *clause.expression;
  if (clause.holds && (IsOneLine(clause) || e.kind == Kind::kNot)) {
    for (const FoundPlace& place : clause.places) {
      Expression by;
      by.term = place.term;
      AddMark(place, MarkKind::kHit, by, marks);
    }
    return;
  }
  if (!clause.holds && clause.miss && (IsOneLine(e) || e.kind == Kind::kNot)) {
    const bool excluded = clause.miss->kind == MissKind::kExcluded;
    for (const FoundPlace& place : clause.miss->places) {
      AddMark(place, excluded ? MarkKind::kExcluded : MarkKind::kMiss, e, marks);
    }
    // Of a pair, a count or a group, what does stand.
    for (const Clause& child : clause.children) {
      if (!excluded && child.holds) {
        for (const FoundPlace& place : child.places) AddMark(place, MarkKind::kMiss, *child.expression, marks);
      }
    }
    return;
  }
  for (const Clause* child : ShownChildren(clause)) AddMarks(*child, marks);
}

void AddUnless(const Clause& unless, std::vector<RawMark>& marks) {
  if (!unless.holds) return;
  for (const FoundPlace& place : unless.places) AddMark(place, MarkKind::kExcluded, *unless.expression, marks);
}

int Weight(MarkKind kind) { return kind == MarkKind::kExcluded ? 2 : kind == MarkKind::kHit ? 1 : 0; }

// Cut where marks begin and end.
std::vector<Mark> Flat(const std::vector<const Mark*>& marks) {
  std::set<std::uint32_t> edges;
  for (const Mark* mark : marks) {
    edges.insert(mark->span.begin);
    edges.insert(mark->span.end);
  }
  std::vector<Mark> flat;
  std::vector<const Mark*> rest = marks;
  std::stable_sort(rest.begin(), rest.end(), [](const Mark* a, const Mark* b) { return a->span < b->span; });
  std::size_t first = 0;
  for (auto edge = edges.begin(); edge != edges.end() && std::next(edge) != edges.end(); ++edge) {
    const Span piece{*edge, *std::next(edge)};
    while (first < rest.size() && rest[first]->span.end <= piece.begin) ++first;
    const Mark* best = nullptr;
    std::set<std::string> whys;
    for (std::size_t i = first; i < rest.size() && rest[i]->span.begin <= piece.begin; ++i) {
      if (!rest[i]->span.Contains(piece)) continue;
      if (best == nullptr || Weight(rest[i]->kind) > Weight(best->kind)) best = rest[i];
      if (whys.size() < 6) whys.insert(rest[i]->why);
    }
    if (best == nullptr || piece.empty()) continue;
    std::string why = fmt::format("{}", fmt::join(whys, "; "));
    if (!flat.empty() && flat.back().span.end == piece.begin && flat.back().kind == best->kind &&
        flat.back().why == why) {
      flat.back().span.end = piece.end;
    } else {
      flat.push_back({piece, best->kind, std::move(why)});
    }
  }
  return flat;
}

std::vector<Span> ParagraphsOf(std::string_view text) {
  std::vector<Span> paragraphs;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (text.find_first_not_of(" \t\r", begin) < end) {
      paragraphs.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
    }
    begin = end + 1;
  }
  return paragraphs;
}

// Moved to the beginning of a character and, if one is near, of a word.
std::uint32_t ToBlank(std::string_view text, std::size_t at, int step, std::uint32_t low, std::uint32_t high) {
  std::size_t near = at;
  for (int i = 0; i < 20 && low < near && near < high; ++i) {
    if (text[near] == ' ') return static_cast<std::uint32_t>(near);
    near = step < 0 ? near - 1 : near + 1;
  }
  while (low < at && at < high && IsUtf8Tail(text[at])) --at;
  return static_cast<std::uint32_t>(std::clamp<std::size_t>(at, low, high));
}

// Of a very long paragraph what stands around its marks.
void AddPieces(Field field, std::string_view text, Span paragraph, const std::vector<Mark>& marks, std::size_t left_out,
               std::vector<ShownParagraph>& shown) {
  constexpr std::uint32_t kLong = 1500, kAround = 300;
  if (paragraph.size() <= kLong) {
    shown.push_back({field, paragraph, left_out});
    return;
  }
  const std::size_t before = shown.size();
  for (const Mark& mark : marks) {
    if (!paragraph.Contains(mark.span)) continue;
    const std::uint32_t from = mark.span.begin - std::min(mark.span.begin - paragraph.begin, kAround);
    const std::uint32_t to = mark.span.end + std::min(paragraph.end - mark.span.end, kAround);
    const Span piece{ToBlank(text, from, -1, paragraph.begin, paragraph.end),
                     ToBlank(text, to, 1, paragraph.begin, paragraph.end)};
    if (shown.size() > before && piece.begin <= shown.back().span.end) {
      shown.back().span.end = std::max(shown.back().span.end, piece.end);
    } else {
      shown.push_back({field, piece, shown.size() == before ? left_out : 0, piece.begin > paragraph.begin, true});
    }
    shown.back().cut_behind = shown.back().span.end < paragraph.end;
  }
  if (shown.size() == before) {
    const Span piece{paragraph.begin, ToBlank(text, paragraph.begin + kLong, 1, paragraph.begin, paragraph.end)};
    shown.push_back({field, piece, left_out, false, true});
  }
}

}  // namespace

bool IsOneLine(const Clause& clause) {
  return IsOneLine(*clause.expression) || (clause.expression->kind == Kind::kNot && clause.holds);
}

std::string MoreText(const Clause& clause) {
  const std::size_t more = clause.children.size() - ShownChildren(clause).size();
  if (more == 0) return "";
  return fmt::format("{} more {}", more,
                     clause.holds ? (more == 1 ? "does not hold" : "do not hold")
                                  : (more == 1 ? "is farther away" : "are farther away"));
}

std::string HeadOf(const Expression& e) {
  switch (e.kind) {
    case Kind::kAnd: return "all of";
    case Kind::kOr: return "one of";
    case Kind::kNot: return "none of";
    case Kind::kAtLeast: return fmt::format("{} of", e.count);
    default: return ShortText(e);
  }
}

std::vector<const Clause*> ShownChildren(const Clause& clause) {
  std::vector<const Clause*> shown;
  for (const Clause& child : clause.children) {
    if (clause.expression->kind == Kind::kOr && child.holds != clause.holds) continue;
    shown.push_back(&child);
  }
  constexpr std::size_t kMostAlternatives = 3;
  const bool choice = clause.expression->kind == Kind::kOr || clause.expression->kind == Kind::kAtLeast;
  if (choice && shown.size() > kMostAlternatives && clause.expression->kind == Kind::kOr) {
    std::stable_sort(shown.begin(), shown.end(),
                     [](const Clause* a, const Clause* b) { return a->closeness > b->closeness; });
    if (!clause.holds) shown.resize(kMostAlternatives);
    std::stable_sort(shown.begin(), shown.end(), [](const Clause* a, const Clause* b) { return a < b; });
  }
  return shown;
}

Marks MarksOf(const ExplainView& view) {
  std::vector<RawMark> raw;
  for (const ExplainedTopic& topic : view.topics) {
    for (const std::size_t rule : topic.rules) AddMarks(topic.explanation.rules[rule].root, raw);
    if (topic.explanation.unless) AddUnless(*topic.explanation.unless, raw);
  }
  Marks marks;
  for (std::size_t field = 0; field < kFieldCount; ++field) {
    std::vector<const Mark*> of_field;
    for (const RawMark& mark : raw) {
      if (static_cast<std::size_t>(mark.field) == field) of_field.push_back(&mark.mark);
    }
    marks[field] = Flat(of_field);
  }
  return marks;
}

std::vector<Mark> MarksIn(const std::vector<Mark>& marks, Span span) {
  std::vector<Mark> inside;
  for (const Mark& mark : marks) {
    Mark part = mark;
    part.span.begin = std::max(mark.span.begin, span.begin);
    part.span.end = std::min(mark.span.end, span.end);
    if (part.span.begin >= part.span.end) continue;
    part.span.begin -= span.begin;
    part.span.end -= span.begin;
    inside.push_back(std::move(part));
  }
  return inside;
}

ShownText ShownTextOf(const ExplainView& view, const Marks& marks) {
  constexpr std::size_t kShort = 1500;  // bytes, of the body
  ShownText shown;
  std::size_t left_out = 0;
  for (std::size_t f = 0; f < kFieldCount; ++f) {
    const auto field = static_cast<Field>(f);
    const std::string_view text = view.document.text(field);
    left_out = 0;
    for (const Span paragraph : ParagraphsOf(text)) {
      const bool marked = !MarksIn(marks[f], paragraph).empty();
      if (!marked && field == Field::kBody && text.size() > kShort) {
        ++left_out;
        continue;
      }
      AddPieces(field, text, paragraph, marks[f], left_out, shown.paragraphs);
      left_out = 0;
    }
  }
  shown.left_out_behind = left_out;
  return shown;
}

PlaceInContext InContext(const Document& document, const FoundPlace& place) {
  constexpr std::uint32_t kAround = 36;
  const std::string_view text = document.text(place.field);
  std::size_t low = place.span.begin == 0 ? std::string_view::npos : text.rfind('\n', place.span.begin - 1);
  low = low == std::string_view::npos ? 0 : low + 1;
  const std::size_t high = std::min(text.find('\n', place.span.end), text.size());
  const auto begin32 = static_cast<std::uint32_t>(low), end32 = static_cast<std::uint32_t>(high);
  std::uint32_t from = place.span.begin - std::min(place.span.begin - begin32, kAround);
  std::uint32_t to = place.span.end + std::min(end32 - place.span.end, kAround);
  if (from > begin32) from = ToBlank(text, from, 1, begin32, place.span.begin);
  if (to < end32) to = ToBlank(text, to, -1, place.span.end, end32);
  std::string_view before = text.substr(from, place.span.begin - from);
  std::string_view behind = text.substr(place.span.end, to - place.span.end);
  while (from > begin32 && before.starts_with(' ')) before.remove_prefix(1);
  while (to < end32 && behind.ends_with(' ')) behind.remove_suffix(1);
  return {before, place.span.Of(text), behind, from > begin32, to < end32};
}

std::string LanguageMiss(const TopicExplanation& explanation, const RuleExplanation& rule) {
  return fmt::format("the rule reads articles in {}, and this one is in {}", fmt::join(rule.rule->languages, ", "),
                     explanation.language);
}

RuleStatus StatusOf(const TopicExplanation& explanation) {
  const Topic& topic = *explanation.topic;
  if (!explanation.fired()) return topic.status;
  RuleStatus status = RuleStatus::kOff;
  for (const RuleExplanation& rule : explanation.rules) {
    if (rule.holds()) status = std::min(status, StatusOf(topic, *rule.rule));
  }
  return status;
}

std::string_view VerdictOf(const TopicExplanation& explanation) {
  if (!explanation.fired()) return "does not fire";
  switch (StatusOf(explanation)) {
    case RuleStatus::kActive: return "fires";
    case RuleStatus::kShadow: return "holds in shadow, and alerts nobody";
    case RuleStatus::kOff: return "would fire, and is off";
  }
  return "";
}

std::string_view StatusText(const TopicExplanation& explanation, const RuleExplanation& rule) {
  switch (StatusOf(*explanation.topic, *rule.rule)) {
    case RuleStatus::kActive: return "";
    case RuleStatus::kShadow: return ", in shadow";
    case RuleStatus::kOff: return ", off";
  }
  return "";
}

std::string OutcomeText(const TopicExplanation& explanation) {
  using Outcome = TopicExplanation::Outcome;
  switch (explanation.outcome) {
    case Outcome::kFired: return std::string(VerdictOf(explanation));
    case Outcome::kLanguage: return "does not fire: " + WhyNot(explanation);
    case Outcome::kUnless: return "does not fire: a rule holds, but so does `unless`";
    case Outcome::kNoRule: return "does not fire: no rule holds";
  }
  return "";
}

}  // namespace wirewatch
