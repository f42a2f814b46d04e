#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "rules/pack/lint/lints.h"
#include "rules/pack/lint/never_holds.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMostParts = 40;  // of an AND whose parts are compared two by two

// Without NOT and attributes nothing excludes anything: most rules need no proof.
bool MayExclude(const Expression& e) {
  if (e.kind == Expression::Kind::kAttribute || e.kind == Expression::Kind::kNot) return true;
  return std::any_of(e.children.begin(), e.children.end(), MayExclude);
}

// The two parts of an AND that exclude each other, if there are two.
std::optional<std::pair<const Expression*, const Expression*>> Opponents(const Expression& e,
                                                                         const std::vector<std::string>& languages) {
  if (e.kind != Expression::Kind::kAnd || e.children.size() > kMostParts) return std::nullopt;
  for (std::size_t i = 0; i < e.children.size(); ++i) {
    for (std::size_t k = i + 1; k < e.children.size(); ++k) {
      if (NeverHolds({&e.children[i], &e.children[k]}, {}, languages)) return std::pair(&e.children[i], &e.children[k]);
    }
  }
  return std::nullopt;
}

class NeverLint {
 public:
  NeverLint(const LintedExpression& linted, std::vector<ExpressionError>& findings)
      : languages_(linted.languages), is_unless_(linted.is_unless), findings_(findings) {}

  // Reports the parts that can never hold: the whole, or what stands in an OR in vain. True: the whole.
  bool FindNever(const Expression& e) {
    if (!MayExclude(e)) return false;
    if (NeverHolds({&e}, {}, languages_)) {
      Report(e);
      return true;
    }
    const bool parts = e.kind == Expression::Kind::kOr || e.kind == Expression::Kind::kAtLeast;
    for (const Expression& child : e.children) {
      if (parts || e.kind == Expression::Kind::kAnd) FindNever(child);
    }
    return false;
  }

 private:
  void Report(const Expression& e) {
    const std::vector<std::string> any;
    const std::string_view instead = is_unless_ ? "delete it, or mend it" : "mend or delete one of the parts";
    if (e.kind == Expression::Kind::kAnd) {
      for (const Expression& child : e.children) {
        if (NeverHolds({&child}, {}, languages_)) return Report(child);
      }
      if (const auto pair = Opponents(e, languages_)) {
        const Span place{std::min(pair->first->place.begin, pair->second->place.begin),
                         std::max(pair->first->place.end, pair->second->place.end)};
        Add(place, "never-holds",
            fmt::format("this can never hold: {} and {} exclude each other", ShortText(*pair->first),
                        ShortText(*pair->second)),
            std::string(instead));
        return;
      }
    }
    if (!NeverHolds({&e}, {}, any)) {
      Add(e.place, "never-holds",
          fmt::format("{} can never hold: this topic reads articles in {} only", ShortText(e),
                      fmt::join(languages_, ", ")),
          "add the language to 'languages:', or take it out here");
      return;
    }
    if (e.kind == Expression::Kind::kAttribute) {
      Add(e.place, "never-holds", fmt::format("{} can never hold", ToText(e)),
          e.attribute == Attribute::kUrgency ? "urgency is from 1, the most urgent, to 9"
                                             : "no article has less than 0 words");
      return;
    }
    Add(e.place, "never-holds", "this can never hold: its parts exclude each other", std::string(instead));
  }

  void Add(Span place, std::string code, std::string message, std::string help) {
    findings_.push_back({place, std::move(code), std::move(message), std::move(help)});
  }

  const std::vector<std::string>& languages_;
  const bool is_unless_;
  std::vector<ExpressionError>& findings_;
};

}  // namespace

bool LintNeverHolds(const LintedExpression& linted, std::vector<ExpressionError>& findings) {
  return NeverLint(linted, findings).FindNever(linted.expression);
}

}  // namespace wirewatch
