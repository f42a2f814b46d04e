#include "rules/engine/evaluator.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <span>
#include <utility>

#include "rules/text/text_unit.h"

namespace wirewatch {
namespace {

// Pairs take time n log n: partners are looked for in rows that are sorted by where places begin and end.

// True if a place outside x overlaps `reach`, which contains x. Only two can be nearest: the first that begins behind
// x, the last that ends before it.
template <typename Places>
bool AnyBeside(const Occurrence& x, TokenRange reach, const Places& by_begin,
               std::span<const Occurrence* const> by_end) {
  const auto behind = std::partition_point(by_begin.begin(), by_begin.end(), [&](const auto& place) {
    return place.occurrence->tokens.begin < x.tokens.end;
  });
  if (behind != by_begin.end() && behind->occurrence->tokens.begin < reach.end) return true;
  const auto before = std::partition_point(
      by_end.begin(), by_end.end(), [&](const Occurrence* place) { return place->tokens.end <= x.tokens.begin; });
  return before != by_end.begin() && (*std::prev(before))->tokens.end > reach.begin;
}

// True if a place overlaps `reach`: then more places begin before the end of `reach` than end before its beginning.
template <typename Places>
bool AnyIn(TokenRange reach, const Places& by_begin, std::span<const Occurrence* const> by_end) {
  const auto begun = std::partition_point(
      by_begin.begin(), by_begin.end(), [&](const auto& place) { return place.occurrence->tokens.begin < reach.end; });
  const auto ended = std::partition_point(by_end.begin(), by_end.end(),
                                          [&](const Occurrence* place) { return place->tokens.end <= reach.begin; });
  return begun - by_begin.begin() > ended - by_end.begin();
}

}  // namespace

void Evaluator::Begin(const Document& document, const FoldedDocument& folded) {
  folded_ = &folded;
  attributes_.Begin(document, folded);
  sentences_.Begin(document, folded);
}

bool Evaluator::Holds(ProgramNode node) {
  const auto children = node.children();
  const auto holds = [&](ProgramNode child) { return Holds(child); };
  switch (node.kind()) {
    case Expression::Kind::kTerm: return positions_.Occurs(node.number());
    case Expression::Kind::kAttribute: return attributes_.Holds(programs_.attributes()[node.number()]);
    case Expression::Kind::kAnd: return std::all_of(children.begin(), children.end(), holds);
    case Expression::Kind::kOr: return std::any_of(children.begin(), children.end(), holds);
    case Expression::Kind::kNot: return !Holds(children.first());
    case Expression::Kind::kAtLeast: {
      std::uint32_t missing = node.number();
      return std::any_of(children.begin(), children.end(),
                         [&](ProgramNode child) { return Holds(child) && --missing == 0; });
    }
    case Expression::Kind::kRepeated: return HasPlaces(children.first(), node.number());
    case Expression::Kind::kNear:
    case Expression::Kind::kSame:
      if (!Holds(children.first()) || (!node.negated() && !Holds(children.second()))) return false;
      FillSides(node);
      return std::any_of(left_.places.begin(), left_.places.end(),
                         [&](const Place& place) { return Counts(node, *place.occurrence, WhichSide::kLeft); });
  }
  std::abort();
}

void Evaluator::Collect(ProgramNode node, std::uint32_t rule, std::vector<MatchSpan>& spans) {
  const auto add = [&](const Occurrence& place, std::uint32_t term) {
    spans.push_back({place.field, place.original, rule, term});
  };
  switch (node.kind()) {
    case Expression::Kind::kTerm:
      for (const Occurrence& place : positions_.Of(node.number())) add(place, node.number());
      return;
    case Expression::Kind::kAttribute:
    case Expression::Kind::kNot: return;
    case Expression::Kind::kAnd:
    case Expression::Kind::kRepeated:
      for (const ProgramNode child : node.children()) Collect(child, rule, spans);
      return;
    case Expression::Kind::kOr:
    case Expression::Kind::kAtLeast:
      for (const ProgramNode child : node.children()) {
        if (Holds(child)) Collect(child, rule, spans);
      }
      return;
    case Expression::Kind::kNear:
    case Expression::Kind::kSame:
      FillSides(node);
      for (const Place& place : left_.places) {
        if (Counts(node, *place.occurrence, WhichSide::kLeft)) add(*place.occurrence, place.term);
      }
      if (node.negated()) return;
      for (const Place& place : right_.places) {
        if (Counts(node, *place.occurrence, WhichSide::kRight)) add(*place.occurrence, place.term);
      }
      return;
  }
}

void Evaluator::Gather(ProgramNode node, std::vector<Place>& places) const {
  if (node.kind() == Expression::Kind::kOr) {
    for (const ProgramNode child : node.children()) Gather(child, places);
    return;
  }
  if (node.kind() != Expression::Kind::kTerm) std::abort();  // expression.h: it is a term or an OR of terms
  for (const Occurrence& occurrence : positions_.Of(node.number())) places.push_back({&occurrence, node.number()});
}

// Several terms may be found at one place: it counts once.
bool Evaluator::HasPlaces(ProgramNode node, std::uint32_t count) {
  if (node.kind() == Expression::Kind::kTerm) return positions_.Of(node.number()).size() >= count;
  places_.clear();
  Gather(node, places_);
  if (places_.size() < count) return false;
  const auto key = [](const Place& place) { return std::pair(place.occurrence->field, place.occurrence->original); };
  std::sort(places_.begin(), places_.end(), [&](const Place& a, const Place& b) { return key(a) < key(b); });
  const auto end =
      std::unique(places_.begin(), places_.end(), [&](const Place& a, const Place& b) { return key(a) == key(b); });
  return end - places_.begin() >= static_cast<std::ptrdiff_t>(count);
}

void Evaluator::FillSides(ProgramNode pair) {
  for (Side* side : {&left_, &right_}) {
    side->places.clear();
    Gather(side == &left_ ? pair.children().first() : pair.children().second(), side->places);
    std::erase_if(side->places, [](const Place& place) { return place.occurrence->tokens.size() == 0; });
    const auto begins_before = [](const Place& a, const Place& b) {
      return a.occurrence->tokens.begin < b.occurrence->tokens.begin;
    };
    if (!std::is_sorted(side->places.begin(), side->places.end(), begins_before)) {
      std::sort(side->places.begin(), side->places.end(), begins_before);
    }
    side->by_end.clear();
    for (const Place& place : side->places) side->by_end.push_back(place.occurrence);
    const auto ends_before = [](const Occurrence* a, const Occurrence* b) { return a->tokens.end < b->tokens.end; };
    if (!std::is_sorted(side->by_end.begin(), side->by_end.end(), ends_before)) {
      std::sort(side->by_end.begin(), side->by_end.end(), ends_before);
    }
  }
}

TokenRange Evaluator::Reach(ProgramNode pair, const Occurrence& place, WhichSide side) {
  const TokenRange tokens = place.tokens;
  if (pair.kind() == Expression::Kind::kSame) return sentences_.Around(static_cast<TextUnit>(pair.number()), tokens);
  const TokenRange field = folded_->fields[static_cast<std::size_t>(place.field)];
  const std::uint32_t words = pair.number() + 1;  // the partner's own first word too
  TokenRange reach{tokens.begin - std::min(words, tokens.begin - field.begin),
                   tokens.end + std::min(words, field.end - tokens.end)};
  if (pair.ordered() && side == WhichSide::kLeft) reach.begin = tokens.begin;
  if (pair.ordered() && side == WhichSide::kRight) reach.end = tokens.end;
  return reach;
}

bool Evaluator::Counts(ProgramNode pair, const Occurrence& place, WhichSide side) {
  const Side& other = side == WhichSide::kLeft ? right_ : left_;
  const TokenRange reach = Reach(pair, place, side);
  return pair.negated() ? !AnyIn(reach, other.places, other.by_end)
                        : AnyBeside(place, reach, other.places, other.by_end);
}

}  // namespace wirewatch
