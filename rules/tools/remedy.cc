#include "rules/tools/remedy.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "base/clock.h"
#include "rules/codes/country_code.h"
#include "rules/codes/host.h"
#include "rules/codes/language_code.h"

namespace wirewatch {
namespace {

void DropListNames(Expression& expression) {
  expression.list.clear();
  for (Expression& child : expression.children) DropListNames(child);
}

// As text that can be read without the pack's lists.
std::string WithoutLists(Expression expression) {
  DropListNames(expression);
  return ToText(expression);
}

}  // namespace

ChangedArticle::ChangedArticle(const Document& document)
    : language_(document.language),
      country_(document.country),
      source_(document.source),
      source_host_(document.source_host),
      section_(document.section),
      tags_(document.tags.begin(), document.tags.end()),
      published_at_(document.published_at),
      now_(document.now),
      urgency_(document.urgency) {
  for (std::size_t field = 0; field < kFieldCount; ++field) texts_[field] = document.texts[field];
}

Document ChangedArticle::document() const {
  Document document;
  for (std::size_t field = 0; field < kFieldCount; ++field) document.texts[field] = texts_[field];
  document.language = language_;
  document.country = country_;
  document.source = source_;
  document.source_host = source_host_;
  document.section = section_;
  document.tags = tags_;
  document.published_at = published_at_;
  document.now = now_;
  document.urgency = urgency_;
  return document;
}

void ChangedArticle::Apply(const ArticleChange& change) {
  if (change.field) {
    std::string& text = texts_[static_cast<std::size_t>(*change.field)];
    if (change.at_begin) {
      text = change.text + '\n' + text;
    } else {
      if (!text.empty() && !text.ends_with('\n')) text += '\n';
      text += change.text;
    }
    return;
  }
  switch (change.attribute) {
    case Attribute::kLanguage: language_ = CanonicalLanguage(change.text); break;
    case Attribute::kCountry: country_ = CanonicalCountry(change.text); break;
    case Attribute::kSource:
      if (change.text.starts_with("*.")) {
        source_host_ = "news." + CanonicalHost(change.text.substr(2));
      } else {
        source_ = change.text;
      }
      break;
    case Attribute::kTag: tags_.push_back(change.text); break;
    case Attribute::kSection: section_ = change.text; break;
    case Attribute::kUrgency: {
      int urgency = 0;
      std::from_chars(change.text.data(), change.text.data() + change.text.size(), urgency);
      urgency_ = urgency;
      break;
    }
    case Attribute::kPublished:
      published_at_ = WallTime();
      now_ = WallTime() + ParseDuration(change.text).value_or(std::chrono::milliseconds(0));
      break;
    case Attribute::kWords: break;  // of the text
  }
}

Topic Apply(const Remedy& remedy, const Topic& topic, std::size_t rule) {
  Topic changed = topic;
  if (remedy.match) {
    changed.rules[rule].match = *remedy.match;
    changed.rules[rule].match_text = ToText(*remedy.match);
  }
  if (remedy.drops_unless) {
    changed.unless.reset();
    changed.unless_text.clear();
  }
  if (remedy.unless) {
    changed.unless = remedy.unless;
    changed.unless_text = ToText(*remedy.unless);
  }
  for (std::vector<std::string>* languages : {&changed.languages, &changed.rules[rule].languages}) {
    if (languages->empty()) continue;  // it reads all
    languages->insert(languages->end(), remedy.languages.begin(), remedy.languages.end());
  }
  return changed;
}

Document Apply(const Remedy& remedy, ChangedArticle& article) {
  for (const ArticleChange& change : remedy.article) article.Apply(change);
  return article.document();
}

Result<std::optional<Remedy>> FindRemedy(const Topic& topic, std::size_t rule, const Document& document) {
  constexpr int kMostRounds = 8;
  Remedy remedy;
  ChangedArticle article(document);
  for (int round = 0; round < kMostRounds; ++round) {
    Topic changed = Apply(remedy, topic, rule);
    const Document now = article.document();
    Explainer explainer(now);
    const auto explained = explainer.Explain(changed);
    if (!explained) return explained.error();
    const Clause& root = explained->rules[rule].root;
    if (explained->fired() && explained->rules[rule].holds()) {
      if (round == 0) return std::optional<Remedy>();
      // Taking parts out may leave what no pack can hold: a rule that needs nothing to be found.
      const auto is_writable = [](const std::optional<Expression>& e) {
        return !e || ParseExpression(WithoutLists(*e), {}).expression.has_value();
      };
      if (!is_writable(remedy.match) || !is_writable(remedy.unless)) return std::optional<Remedy>();
      return std::optional(std::move(remedy));
    }
    if (explained->outcome == TopicExplanation::Outcome::kLanguage || !explained->rules[rule].reads) {
      const std::string primary(document.language.substr(0, document.language.find('-')));
      if (LanguageHolds(document.language, CanonicalLanguage(primary))) {
        remedy.steps.push_back(fmt::format("languages: also {}", primary));
        remedy.languages.push_back(primary);
      } else {
        const ArticleChange change{
            .attribute = Attribute::kLanguage,
            .text = (topic.rules[rule].languages.empty() ? topic.languages : topic.rules[rule].languages).front()};
        remedy.steps.push_back(fmt::format("the article would have to be in {}", change.text));
        article.Apply(change);
        remedy.article.push_back(change);
      }
    }
    const auto take = [&](const Suggestion& suggestion) {
      remedy.steps.push_back(suggestion.sentence);
      for (const ArticleChange& change : suggestion.article) {
        article.Apply(change);
        remedy.article.push_back(change);
      }
    };
    if (!root.holds) {
      const auto& suggestion = root.suggestion;
      if (!suggestion || suggestion->drops) return std::optional<Remedy>();  // nothing would be left of the rule
      take(*suggestion);
      if (suggestion->replacement) remedy.match = suggestion->replacement;
    }
    if (explained->unless && explained->unless->holds) {
      const auto& suggestion = explained->unless->suggestion;
      if (!suggestion) return std::optional<Remedy>();
      remedy.steps.push_back(fmt::format("unless: {}", suggestion->sentence));
      remedy.drops_unless = suggestion->drops;
      if (suggestion->replacement) remedy.unless = suggestion->replacement;
      if (suggestion->drops) remedy.unless.reset();
    }
  }
  return std::optional<Remedy>();
}

}  // namespace wirewatch
