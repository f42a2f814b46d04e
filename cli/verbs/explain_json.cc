// `wirewatch explain ARTICLE --json`.
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/text/json_writer.h"
#include "cli/verbs/explain_view.h"
#include "rules/language/expression_words.h"

namespace wirewatch {
namespace {

std::string_view NameOf(Expression::Kind kind) {
  constexpr std::string_view kNames[] = {"term", "attribute", "and", "or", "not", "near", "same", "of", "repeated"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view NameOf(TopicExplanation::Outcome outcome) {
  constexpr std::string_view kNames[] = {"fired", "language", "unless", "no_rule"};
  return kNames[static_cast<std::size_t>(outcome)];
}

std::string_view NameOf(Attribute attribute) {
  const std::string_view prefix = Prefix(attribute);
  return prefix.substr(0, prefix.find(':'));
}

class JsonView {
 public:
  JsonView(const ExplainView& view, const Explainer& explainer) : view_(view), explainer_(explainer), json_(out_) {}

  std::string Write() {
    json_.BeginObject();
    json_.Key("article");
    json_.BeginObject();
    json_.Put("id", view_.article.id);
    json_.Put("title", view_.article.title);
    json_.Put("source", view_.article.source);
    json_.Put("language", view_.article.language);
    if (view_.article.published_at) json_.Put("published_at", FormatRfc3339(*view_.article.published_at));
    json_.EndObject();
    json_.Key("topics");
    json_.BeginArray();
    for (const ExplainedTopic& topic : view_.topics) WriteTopic(topic);
    json_.EndArray();
    json_.Put("topics_not_shown", view_.others);
    json_.EndObject();
    out_ += '\n';
    return std::move(out_);
  }

 private:
  void WriteTopic(const ExplainedTopic& topic) {
    const TopicExplanation& explanation = topic.explanation;
    json_.BeginObject();
    json_.Put("topic", explanation.topic->id);
    json_.Put("fired", explanation.fired());
    json_.Put("status", Name(StatusOf(explanation)));
    json_.Put("outcome", NameOf(explanation.outcome));
    json_.Put("closeness", explanation.closeness);
    if (!explanation.fired()) json_.Put("why_not", WhyNot(explanation));
    json_.Key("rules");
    json_.BeginArray();
    for (const std::size_t rule : topic.rules) {
      const RuleExplanation& explained = explanation.rules[rule];
      json_.BeginObject();
      json_.Put("rule", explained.rule->id);
      json_.Put("status", Name(StatusOf(*explanation.topic, *explained.rule)));
      json_.Put("holds", explained.holds());
      json_.Put("reads", explained.reads);
      json_.Key("clause");
      WriteClause(explained.root);
      json_.EndObject();
    }
    json_.EndArray();
    json_.Put("rules_not_shown", explanation.rules.size() - topic.rules.size());
    if (explanation.unless) {
      json_.Key("unless");
      WriteClause(*explanation.unless);
    }
    if (topic.remedy) WriteRemedy(topic);
    json_.EndObject();
  }

  void WriteClause(const Clause& clause) {
    json_.BeginObject();
    json_.Put("text", ToText(*clause.expression));
    json_.Put("kind", NameOf(clause.expression->kind));
    json_.Put("holds", clause.holds);
    json_.Put("closeness", clause.closeness);
    WritePlaces(clause.places);
    if (clause.miss) {
      json_.Key("miss");
      json_.BeginObject();
      json_.Put("kind", Name(clause.miss->kind));
      json_.Put("sentence", clause.miss->sentence);
      if (clause.miss->asked) json_.Put("asked", *clause.miss->asked);
      if (clause.miss->found) json_.Put("found", *clause.miss->found);
      WritePlaces(clause.miss->places);
      json_.EndObject();
    }
    if (clause.suggestion) {
      json_.Key("suggestion");
      json_.BeginObject();
      json_.Put("sentence", clause.suggestion->sentence);
      if (clause.suggestion->replacement) json_.Put("replacement", ToText(*clause.suggestion->replacement));
      json_.Put("drops", clause.suggestion->drops);
      WriteArticleChanges(clause.suggestion->article);
      json_.EndObject();
    }
    // Of long lists only what says something.
    constexpr std::size_t kLongList = 20;
    const bool is_long = clause.children.size() > kLongList;
    // Deeper than anybody writes, and than the writer can go.
    constexpr int kDeepest = 24;
    ++depth_;
    json_.Key("children");
    json_.BeginArray();
    for (const Clause& child : clause.children) {
      if (depth_ < kDeepest && (!is_long || child.closeness > 0)) WriteClause(child);
    }
    json_.EndArray();
    --depth_;
    json_.EndObject();
  }

  void WritePlaces(const std::vector<FoundPlace>& places) {
    json_.Key("places");
    json_.BeginArray();
    for (const FoundPlace& place : places) {
      json_.BeginObject();
      json_.Put("field", Name(place.field));
      json_.Put("begin", place.span.begin);
      json_.Put("end", place.span.end);
      json_.Put("text", place.span.Of(view_.document.text(place.field)));
      json_.Put("place", explainer_.PlaceText(place));
      json_.Put("term", ToText(place.term));
      json_.EndObject();
    }
    json_.EndArray();
  }

  void WriteArticleChanges(const std::vector<ArticleChange>& changes) {
    json_.Key("article");
    json_.BeginArray();
    for (const ArticleChange& change : changes) {
      json_.BeginObject();
      if (change.field) {
        json_.Put("field", Name(*change.field));
        json_.Put("add", change.text);
        json_.Put("at", change.at_begin ? "begin" : "end");
      } else {
        json_.Put("attribute", NameOf(change.attribute));
        json_.Put("value", change.text);
      }
      json_.EndObject();
    }
    json_.EndArray();
  }

  void WriteRemedy(const ExplainedTopic& topic) {
    const Remedy& remedy = *topic.remedy;
    json_.Key("remedy");
    json_.BeginObject();
    json_.Put("rule", topic.explanation.rules[topic.rules.front()].rule->id);
    json_.Put("steps", remedy.steps);
    if (remedy.match) json_.Put("match", ToText(*remedy.match));
    if (remedy.unless) json_.Put("unless", ToText(*remedy.unless));
    json_.Put("drops_unless", remedy.drops_unless);
    json_.Put("languages", remedy.languages);
    WriteArticleChanges(remedy.article);
    json_.EndObject();
  }

  const ExplainView& view_;
  const Explainer& explainer_;
  std::string out_;
  JsonWriter json_;
  int depth_ = 0;  // of clauses
};

}  // namespace

std::string ExplainJson(const ExplainView& view, const Explainer& explainer) {
  return JsonView(view, explainer).Write();
}

}  // namespace wirewatch
