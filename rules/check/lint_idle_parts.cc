#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "rules/check/lints.h"
#include "rules/pack/lint/breadth.h"
#include "rules/pack/lint/lints.h"
#include "rules/pack/lint/never_holds.h"

namespace wirewatch {
namespace {

// NOTs that leave out nothing, and NOTs that leave out nearly everything.
class IdleNots {
 public:
  IdleNots(YamlText& text, const YamlNode& node, const std::vector<std::string>& languages)
      : text_(text), node_(node), languages_(languages) {}

  void Find(const Expression& e) {
    if (!e.list.empty()) return;
    if (e.kind == Expression::Kind::kAnd) {
      for (const Expression& child : e.children) {
        if (child.kind == Expression::Kind::kNot) Look(e, child);
      }
    }
    for (const Expression& child : e.children) Find(child);
  }

 private:
  void Look(const Expression& all, const Expression& negation) {
    const Expression& left_out = negation.children[0];
    std::vector<const Expression*> rest;
    for (const Expression& child : all.children) {
      if (&child != &negation) rest.push_back(&child);
    }
    if (NeverHolds(rest, {}, languages_)) return;  // told as a whole
    std::vector<const Expression*> both = rest;
    both.push_back(&left_out);
    if (NeverHolds(both, {}, languages_)) {
      Report(negation, "idle-not",
             fmt::format("this NOT leaves out nothing: {} never holds where the rest does", ShortText(left_out)),
             "delete it, or mend it");
      return;
    }
    if (const Expression* const broad = BroadPart(left_out, languages_, false)) {
      Report(*broad, "nearly-never",
             fmt::format("{} holds on nearly every article, so with this NOT hardly any is left", ShortText(*broad)),
             "take it out, or ask for a phrase that it stands in");
    }
  }

  void Report(const Expression& at, std::string code, std::string message, std::string help) {
    text_.ReportInside(node_, at.place, Severity::kWarning, std::move(code), std::move(message), std::move(help));
  }

  YamlText& text_;
  const YamlNode& node_;
  const std::vector<std::string>& languages_;
};

// An `unless`, or an alternative of it, that holds on nothing that a rule holds on.
void FindIdleUnless(YamlText& text, const LintedTopic& linted, const Expression& e, bool is_whole) {
  const Topic& topic = linted.topic;
  if (NeverHolds({&e}, {}, topic.languages)) return;  // told elsewhere
  const bool idle = std::all_of(topic.rules.begin(), topic.rules.end(), [&](const Rule& rule) {
    const std::vector<std::string>& languages = LanguagesOf(topic, rule);
    return NeverHolds({&rule.match, &e}, {}, languages) && !NeverHolds({&rule.match}, {}, languages);
  });
  if (idle) {
    text.ReportInside(*linted.unless, e.place, Severity::kWarning, "idle-not",
                      is_whole ? std::string("this 'unless' leaves out nothing: it never holds where a rule does")
                               : fmt::format("{} leaves out nothing: it never holds where a rule does", ShortText(e)),
                      "delete it, or mend it");
    return;
  }
  if (e.kind != Expression::Kind::kOr || !e.list.empty()) return;
  for (const Expression& child : e.children) FindIdleUnless(text, linted, child, false);
}

}  // namespace

void LintIdleParts(YamlText& text, const LintedTopic& linted) {
  const Topic& topic = linted.topic;
  for (std::size_t i = 0; i < topic.rules.size(); ++i) {
    IdleNots(text, *linted.matches[i], LanguagesOf(topic, topic.rules[i])).Find(topic.rules[i].match);
  }
  if (!topic.unless) return;
  IdleNots(text, *linted.unless, topic.languages).Find(*topic.unless);
  FindIdleUnless(text, linted, *topic.unless, true);
}

}  // namespace wirewatch
