#include "rules/evaluator.h"

#include <algorithm>
#include <cstdlib>
#include <span>

namespace wirewatch {
namespace {

// NEAR in time n log n: of all places behind x, the one that begins first is the nearest; if that one is too far, or in
// another field (fields lie one after the other in the tokens), all are.
template <typename Places>
bool AnyBehind(const Occurrence& x, const Places& by_begin, std::uint32_t distance) {
  const auto next = std::partition_point(by_begin.begin(), by_begin.end(), [&](const auto& place) {
    return place.occurrence->tokens.begin < x.tokens.end;
  });
  return next != by_begin.end() && next->occurrence->field == x.field &&
         next->occurrence->tokens.begin - x.tokens.end <= distance;
}

// Likewise of all places before x the one that ends last.
bool AnyBefore(const Occurrence& x, std::span<const Occurrence* const> by_end, std::uint32_t distance) {
  const auto next = std::partition_point(by_end.begin(), by_end.end(),
                                         [&](const Occurrence* place) { return place->tokens.end <= x.tokens.begin; });
  if (next == by_end.begin()) return false;
  const Occurrence& last = **std::prev(next);
  return last.field == x.field && x.tokens.begin - last.tokens.end <= distance;
}

}  // namespace

bool Evaluator::Holds(const ProgramNode& node) {
  const auto children = programs_.ChildrenOf(node);
  const auto holds = [&](const ProgramNode& child) { return Holds(child); };
  switch (node.kind) {
    case Expression::Kind::kTerm: return !positions_.Of(node.number).empty();
    case Expression::Kind::kAttribute: return attributes_.Holds(programs_.attributes()[node.number]);
    case Expression::Kind::kAnd: return std::all_of(children.begin(), children.end(), holds);
    case Expression::Kind::kOr: return std::any_of(children.begin(), children.end(), holds);
    case Expression::Kind::kNot: return !Holds(children.front());
    case Expression::Kind::kNear:
      if (!Holds(children[0]) || !Holds(children[1])) return false;
      FillSides(node);
      return std::any_of(left_.places.begin(), left_.places.end(),
                         [&](const Place& place) { return LeftHasPartner(node, *place.occurrence); });
  }
  std::abort();
}

void Evaluator::Collect(const ProgramNode& node, std::uint32_t rule, std::vector<MatchSpan>& spans) {
  const auto add = [&](const Occurrence& place, std::uint32_t term) {
    spans.push_back({place.field, place.original, rule, term});
  };
  switch (node.kind) {
    case Expression::Kind::kTerm:
      for (const Occurrence& place : positions_.Of(node.number)) add(place, node.number);
      return;
    case Expression::Kind::kAttribute:
    case Expression::Kind::kNot: return;
    case Expression::Kind::kAnd:
      for (const ProgramNode& child : programs_.ChildrenOf(node)) Collect(child, rule, spans);
      return;
    case Expression::Kind::kOr:
      for (const ProgramNode& child : programs_.ChildrenOf(node)) {
        if (Holds(child)) Collect(child, rule, spans);
      }
      return;
    case Expression::Kind::kNear:
      FillSides(node);
      for (const Place& place : left_.places) {
        if (LeftHasPartner(node, *place.occurrence)) add(*place.occurrence, place.term);
      }
      for (const Place& place : right_.places) {
        if (RightHasPartner(node, *place.occurrence)) add(*place.occurrence, place.term);
      }
      return;
  }
}

void Evaluator::Gather(const ProgramNode& node, Side& side) const {
  if (node.kind == Expression::Kind::kOr) {
    for (const ProgramNode& child : programs_.ChildrenOf(node)) Gather(child, side);
    return;
  }
  if (node.kind != Expression::Kind::kTerm) std::abort();  // expression.h: a side is a term or an OR of terms
  for (const Occurrence& occurrence : positions_.Of(node.number)) {
    if (occurrence.tokens.size() > 0) side.places.push_back({&occurrence, node.number});
  }
}

void Evaluator::FillSides(const ProgramNode& near) {
  const auto children = programs_.ChildrenOf(near);
  for (Side* side : {&left_, &right_}) {
    side->places.clear();
    Gather(children[side == &left_ ? 0 : 1], *side);
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

bool Evaluator::LeftHasPartner(const ProgramNode& near, const Occurrence& left) const {
  return AnyBehind(left, right_.places, near.number) || (!near.ordered && AnyBefore(left, right_.by_end, near.number));
}

bool Evaluator::RightHasPartner(const ProgramNode& near, const Occurrence& right) const {
  return AnyBefore(right, left_.by_end, near.number) || (!near.ordered && AnyBehind(right, left_.places, near.number));
}

}  // namespace wirewatch
