#include "tests/support/difference.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "rules/language/expression.h"
#include "rules/reference/reference_matcher.h"

namespace wirewatch {
namespace {

bool Differ(const Topic& topic, const StoredArticle& article) {
  const auto rule_set = CompileTopics({topic});
  if (!rule_set) return false;
  auto matcher = Matcher::Create(rule_set);
  if (!matcher) return false;
  FoldedDocument folded;
  const auto comparison = Compare(*matcher, article.document(), folded);
  return comparison && !comparison->equal();
}

// Smaller expressions than `expression`: a child in its place, or one child less, here or further down.
void ForEachSmaller(const Expression& expression, const std::function<void(Expression)>& visit) {
  for (std::size_t i = 0; i < expression.children.size(); ++i) {
    visit(expression.children[i]);
    const bool is_group = expression.kind == Expression::Kind::kAnd || expression.kind == Expression::Kind::kOr ||
                          expression.kind == Expression::Kind::kAtLeast;
    if (is_group && expression.children.size() > std::max(expression.count, 1u)) {
      Expression without = expression;
      without.children.erase(without.children.begin() + static_cast<std::ptrdiff_t>(i));
      visit(std::move(without));
    }
    ForEachSmaller(expression.children[i], [&](Expression smaller) {
      const bool side = expression.kind == Expression::Kind::kNear || expression.kind == Expression::Kind::kSame ||
                        expression.kind == Expression::Kind::kRepeated;
      if (side && smaller.kind != Expression::Kind::kTerm && smaller.kind != Expression::Kind::kOr) return;
      Expression with = expression;
      with.children[i] = std::move(smaller);
      visit(std::move(with));
    });
  }
}

bool ShrinkTopic(Topic& topic, const StoredArticle& article) {
  std::vector<Topic> smaller;
  const auto with = [&](const std::function<void(Topic&)>& change) {
    Topic changed = topic;
    change(changed);
    smaller.push_back(std::move(changed));
  };
  if (topic.unless) with([](Topic& t) { t.unless.reset(); });
  if (!topic.languages.empty()) with([](Topic& t) { t.languages.clear(); });
  for (std::size_t i = 0; i < topic.rules.size(); ++i) {
    if (topic.rules.size() > 1)
      with([&](Topic& t) { t.rules.erase(t.rules.begin() + static_cast<std::ptrdiff_t>(i)); });
    ForEachSmaller(topic.rules[i].match,
                   [&](Expression e) { with([&](Topic& t) { t.rules[i].match = std::move(e); }); });
  }
  for (Topic& candidate : smaller) {
    if (!Differ(candidate, article)) continue;
    topic = std::move(candidate);
    return true;
  }
  return false;
}

// Takes out ever smaller pieces of whole characters.
bool ShrinkText(const Topic& topic, StoredArticle& article, std::string StoredArticle::*field) {
  const std::string original = article.*field;
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < original.size(); ++i) {
    if ((original[i] & 0xC0) != 0x80) starts.push_back(i);
  }
  for (std::size_t size = starts.size(); size > 0; size /= 2) {
    for (std::size_t first = 0; first < starts.size(); first += size) {
      const std::size_t end = first + size < starts.size() ? starts[first + size] : original.size();
      article.*field = original.substr(0, starts[first]) + original.substr(end);
      if (Differ(topic, article)) return true;
    }
  }
  article.*field = original;
  return false;
}

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string Text(const std::vector<TopicMatch>& matches, const RuleSet& rule_set, const Document& document) {
  std::string out;
  for (const TopicMatch& match : matches) {
    out += "    " + rule_set.topics()[match.topic]->id + " " + std::string(Name(match.severity)) + " score " +
           std::to_string(match.score) + " rules";
    for (const std::uint32_t rule : match.rules) out += " " + std::to_string(rule);
    for (const MatchSpan& span : match.spans) {
      out += "\n      " + std::string(Name(span.field)) + "[" + std::to_string(span.span.begin) + ", " +
             std::to_string(span.span.end) + ") " + Quoted(span.span.Of(document.text(span.field))) + " rule " +
             std::to_string(span.rule) + " term " + ToText(rule_set.term(span.term));
    }
    out += "\n";
  }
  return out.empty() ? "    nothing\n" : out;
}

}  // namespace

Result<Answers> Compare(Matcher& matcher, const Document& document, FoldedDocument& folded) {
  Fold(document, folded);
  auto engine = matcher.Match(document, folded);
  if (!engine) return std::move(engine).error().In("engine");
  auto reference = ReferenceMatch(matcher.rule_set(), document);
  if (!reference) return std::move(reference).error().In("reference");
  return Answers{*std::move(engine), *std::move(reference)};
}

std::shared_ptr<const RuleSet> CompileTopics(std::vector<Topic> topics) {
  std::vector<Pack> packs(1);
  packs[0].name = packs[0].file = "generated";
  packs[0].topics = std::move(topics);
  return RuleSet::Compile(std::move(packs)).rule_set;
}

std::shared_ptr<const RuleSet> CompileByEdits(std::vector<Topic> topics) {
  const auto pack_of = [](std::span<const Topic> some) {
    Pack pack;
    pack.topics.assign(some.begin(), some.end());
    return std::make_shared<const Pack>(std::move(pack));
  };
  const std::size_t half = topics.size() / 2;
  const auto stays = pack_of(std::span(topics).first(half));
  std::vector<Topic> edited(topics.begin() + static_cast<std::ptrdiff_t>(half), topics.end());
  for (std::size_t i = 0; i < edited.size(); i += 2) edited[i].unless.reset();
  edited.pop_back();
  const auto before = RuleSet::Compile(Packs{pack_of(edited), stays}).rule_set;
  return RuleSet::Compile(Packs{stays, pack_of(std::span(topics).subspan(half))}, before.get()).rule_set;
}

std::string Describe(const RuleSet& rule_set, const StoredArticle& article, const Answers& comparison) {
  StoredArticle small = article;
  const auto& engine = comparison.engine;
  const auto& reference = comparison.reference;
  const auto [e, r] = std::mismatch(engine.begin(), engine.end(), reference.begin(), reference.end());
  const std::uint32_t number =
      std::min(e != engine.end() ? e->topic : UINT32_MAX, r != reference.end() ? r->topic : UINT32_MAX);
  Topic topic = *rule_set.topics()[number];
  std::string report = "engine and reference differ on article " + article.id + ", topic " + topic.id + "\n";
  if (!Differ(topic, small)) return report + "  (not with this topic alone: terms of others take part)\n";

  bool smaller = true;
  while (smaller) {
    smaller = ShrinkTopic(topic, small);
    for (const auto field : {&StoredArticle::title, &StoredArticle::summary, &StoredArticle::body}) {
      while (ShrinkText(topic, small, field)) smaller = true;
    }
  }
  const auto alone = CompileTopics({topic});
  auto matcher = Matcher::Create(alone);
  FoldedDocument folded;
  const auto both = Compare(*matcher, small.document(), folded);
  for (const Rule& rule : topic.rules) report += "  rule       " + ToText(rule.match) + "\n";
  if (topic.unless) report += "  unless     " + ToText(*topic.unless) + "\n";
  report += "  title      " + Quoted(small.title) + "\n  summary    " + Quoted(small.summary) + "\n  body       " +
            Quoted(small.body) + "\n  folded     " + Quoted(folded.text) + "\n";
  report += "  engine:\n" + Text(both->engine, *alone, small.document());
  report += "  reference:\n" + Text(both->reference, *alone, small.document());
  return report;
}

}  // namespace wirewatch
