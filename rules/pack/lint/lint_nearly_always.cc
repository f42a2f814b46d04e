#include <fmt/format.h>

#include <string_view>

#include "rules/pack/lint/breadth.h"
#include "rules/pack/lint/lints.h"

namespace wirewatch {

bool LintNearlyAlways(const LintedExpression& linted, std::vector<ExpressionError>& findings) {
  const Expression* part = BroadPart(linted.expression, linted.languages, !linted.is_unless);
  if (part == nullptr) return false;
  const std::string_view effect = linted.is_unless                         ? ", so the topic hardly ever fires"
                                  : part->place == linted.expression.place ? ""
                                                                           : ", and the rest with it";
  if (part->kind == Expression::Kind::kAttribute && part->attribute == Attribute::kLanguage) {
    findings.push_back(
        {part->place, "nearly-always",
         fmt::format("nothing but the language is asked for: {} holds on all articles in it{}", ToText(*part), effect),
         "join it with AND to a term; the languages of a topic stand in its 'languages:'"});
    return false;
  }
  findings.push_back({part->place, "nearly-always",
                      fmt::format("{} holds on nearly every article{}", ShortText(*part), effect),
                      "join it with AND to a term that few articles have"});
  return false;
}

}  // namespace wirewatch
