// bench_deliver: which subscriptions take an alert and what follows: decisions a second on one core, where a decision
// is one subscription and one alert.
//
//   bench_deliver [--alerts N] [--passes N] [SUBSCRIPTIONS...]
//
// For each number of subscriptions, none, half and all of them with an expression of their own: the compile of all,
// after an edit of one expression and after one of none; then the alerts matched, and matched and planned. Beside them
// the loop that one would write first, in the same run: every subscription's conditions, compared as texts in their
// order, and its expression, each compiled by itself and evaluated by the reference matcher. It is slow, so it gets
// some of the alerts and at most kNaiveSubscriptions; its figure is by decision all the same.
//
// Alerts: articles that nobody wrote (bench_articles.h), with up to five snippets, of 1,000 topics, of which the
// frequent ones have most alerts and most readers. Subscriptions: of three topics at most, of tags, a few of all that
// is critical. Expressions: those of bench_rules.h, nine of ten of names that stand in few articles, beside words of
// every day, the others of any words; half of those who have one name no topic. Many ask for a severity or a language,
// some for a source. Schedules, quiet hours, caps and snoozes as people have them.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "pipeline/decode/article.h"
#include "pipeline/decode/article_decoder.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/notice_text.h"
#include "pipeline/deliver/plan.h"
#include "pipeline/deliver/subscription_set.h"
#include "rules/codes/host.h"
#include "rules/codes/language_code.h"
#include "rules/engine/rule_set.h"
#include "rules/language/expression.h"
#include "rules/pack/pack.h"
#include "rules/reference/reference_matcher.h"
#include "rules/text/fold.h"
#include "tests/support/bench_articles.h"
#include "tests/support/bench_rows.h"
#include "tests/support/bench_rules.h"

namespace wirewatch {
namespace {

constexpr std::size_t kTopics = 1'000, kTags = 50, kSources = 300;
constexpr std::size_t kNaiveSubscriptions = 10'000, kNaiveAlerts = 20;
constexpr std::size_t kSnippetBytes = 170, kDenseShare = 10;

struct Options {
  std::vector<std::size_t> subscriptions = {10'000, 100'000};
  std::size_t alerts = 1'000;
  int passes = 3;
};

[[noreturn]] void Die(const std::string& message) {
  fmt::print(stderr, "bench_deliver: {}\n", message);
  std::exit(1);
}

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}
  std::size_t Below(std::size_t below) { return static_cast<std::size_t>(random_() % below); }
  bool Percent(std::size_t percent) { return Below(100) < percent; }
  // Zipf: the number r with a frequency of 1 / (r + 1), about.
  std::size_t Rank(std::size_t below) {
    const double share = static_cast<double>(random_() >> 11) * 0x1p-53;
    return std::min(below - 1, static_cast<std::size_t>(std::pow(static_cast<double>(below), share)) - 1);
  }

  std::string Topic() { return fmt::format("topic-{}", Rank(kTopics)); }
  std::string Tag() { return fmt::format("tag-{}", Rank(kTags)); }
  std::string Source() { return fmt::format("wire{}.example.org", Rank(kSources)); }
  std::string Language() {
    constexpr std::string_view kLanguages[] = {"en", "de", "es", "fr", "pl", "zh"};
    return std::string(kLanguages[Rank(std::size(kLanguages))]);
  }

  AlertNotice Alert(std::size_t number, const Article& article) {
    AlertNotice notice;
    notice.id = fmt::format("{:032x}", number);
    notice.kind = kAlertKinds[Percent(70) ? 0 : Below(5)];
    notice.topic = Topic();
    notice.severity = static_cast<TopicSeverity>(Rank(4));
    notice.score = static_cast<std::uint32_t>(40 + Below(61));
    notice.tags = {Tag(), Tag()};
    notice.title = article.title;
    notice.first_paragraph = article.body.substr(0, article.body.find('\n'));
    for (std::size_t i = 0; i < 1 + Below(5); ++i) {
      NoticeSpan& span = notice.spans.emplace_back();
      span.field = "body";
      const std::size_t begin = Below(article.body.size() - std::min(article.body.size(), kSnippetBytes) + 1);
      span.snippet = article.body.substr(begin, kSnippetBytes);
      std::replace(span.snippet.begin(), span.snippet.end(), '\n', ' ');
    }
    notice.source = Source();
    notice.url = "https://" + notice.source + "/" + notice.id;
    notice.language = Language();
    notice.alerted = *ParseRfc3339("2026-11-02T08:00:00Z") + std::chrono::seconds(60 * number);
    return notice;
  }

  StoredSubscription Subscription(std::size_t number, const std::string& match) {
    StoredSubscription stored;
    stored.revision = static_cast<std::int64_t>(number);
    wirewatch::Subscription& subscription = stored.subscription;
    subscription.id = fmt::format("subscription-{}", number);
    subscription.reader = fmt::format("reader-{}@example.org", number / 2);
    SubscriptionFilter& filter = subscription.filter;
    filter.match = match;
    const std::size_t what = Below(100);
    const bool any = !match.empty() && Percent(50);
    if (!any && what < 72) {
      for (std::size_t i = 0; i < 1 + Below(3); ++i) filter.topics.push_back(Topic());
    } else if (!any && what < 97) {
      filter.tags = {Tag()};
      filter.severity = TopicSeverity::kHigh;
    } else if (!any) {
      filter.severity = TopicSeverity::kCritical;
    }
    if (Percent(30)) filter.severity = std::max(filter.severity, TopicSeverity::kMedium);
    if (Percent(30)) filter.languages = {Language(), Language()};
    if (Percent(5)) filter.sources = {Source(), Source(), Source()};
    SubscribedChannel& channel = subscription.channels.emplace_back();
    channel.kind = Percent(60) ? ChannelKind::kEmail : ChannelKind::kSlack;
    channel.id = Name(channel.kind);
    channel.url = "https://hooks.example.org/services/secret";
    channel.to = {subscription.reader};
    if (Percent(10)) subscription.channels.push_back({ChannelKind::kFeed, "feed", "", "", {}});
    constexpr std::string_view kZones[] = {"Europe/Berlin", "UTC", "America/New_York", "Asia/Tokyo"};
    subscription.time_zone = kZones[Below(std::size(kZones))];
    if (Percent(30)) {
      subscription.schedule = {Percent(50) ? DeliverySchedule::Kind::kDaily : DeliverySchedule::Kind::kHourly,
                               std::chrono::minutes(30), kEveryDay};
    }
    if (Percent(30)) subscription.quiet = QuietHours{std::chrono::hours(22), std::chrono::hours(7)};
    if (Percent(20)) subscription.cap = RateCap{20, std::chrono::hours(1)};
    if (Percent(5)) {
      subscription.snoozes = {{Snooze::Of::kTopic, Topic(), *ParseRfc3339("2026-12-01T00:00:00Z")}};
    }
    return stored;
  }

 private:
  std::mt19937_64 random_;
};

std::vector<Article> MakeArticles(std::size_t count) {
  auto decoder = ArticleDecoder::Create(DecodeLimits(), DecodeMapping());
  if (!decoder) Die(decoder.error().message);
  std::vector<Article> articles;
  for (const Record& record : GenerateRecords(count)) {
    Article& article = articles.emplace_back();
    if (const auto rejection = decoder->Decode(record.payload, record.readable_after, article)) Die(rejection->message);
  }
  return articles;
}

// Different ones, about articles like those of the alerts. One in kDenseShare holds on many.
std::vector<std::string> MakeExpressions(std::size_t count, const std::vector<Article>& articles) {
  std::vector<FoldedDocument> folded(articles.size());
  for (std::size_t i = 0; i < articles.size(); ++i) Fold(DocumentOf(articles[i]), folded[i]);
  const auto make = [&](BenchRules::Profile profile) {
    std::vector<std::string> texts;
    for (const Topic& topic : BenchRules(profile, 1, folded).Make(count).topics) {
      for (const Rule& rule : topic.rules) texts.push_back(rule.match_text);
    }
    return texts;
  };
  std::vector<std::string> expressions = make(BenchRules::Profile::kSelective);
  const std::vector<std::string> dense = make(BenchRules::Profile::kDense);
  for (std::size_t i = 0; i < count; i += kDenseShare) expressions[i] = dense[i];
  return expressions;
}

// The loop that one would write first.
class Naive {
 public:
  explicit Naive(const std::vector<StoredSubscription>& subscriptions) : subscriptions_(subscriptions) {
    for (const StoredSubscription& stored : subscriptions) {
      auto& rules = rules_.emplace_back();
      const std::string& match = stored.subscription.filter.match;
      if (match.empty()) continue;
      Pack pack;
      Topic& topic = pack.topics.emplace_back();
      topic.id = "match";
      Rule& rule = topic.rules.emplace_back();
      rule.id = "match";
      rule.match = *ParseExpression(match, {}).expression;
      rules = RuleSet::Compile(std::vector<Pack>{pack}).rule_set;
    }
  }

  std::size_t Match(const AlertNotice& notice) {
    text_.Begin(notice);
    std::size_t takers = 0;
    for (std::size_t i = 0; i < subscriptions_.size(); ++i) {
      if (!Meets(notice, subscriptions_[i].subscription.filter)) continue;
      if (rules_[i] != nullptr && ReferenceMatch(*rules_[i], text_.document())->empty()) continue;
      ++takers;
    }
    return takers;
  }

 private:
  static bool Meets(const AlertNotice& notice, const SubscriptionFilter& filter) {
    const auto one_of = [](const std::vector<std::string>& wanted, const auto& holds) {
      return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), holds);
    };
    return one_of(filter.topics, [&](const std::string& topic) { return topic == notice.topic; }) &&
           one_of(filter.tags,
                  [&](const std::string& tag) {
                    return std::find(notice.tags.begin(), notice.tags.end(), tag) != notice.tags.end();
                  }) &&
           notice.severity >= filter.severity && notice.score >= filter.score &&
           one_of(filter.languages,
                  [&](const std::string& language) { return LanguageHolds(notice.language, language); }) &&
           one_of(filter.sources, [&](const std::string& source) { return IsOfDomain(HostOf(notice.url), source); });
  }

  const std::vector<StoredSubscription>& subscriptions_;
  std::vector<std::shared_ptr<const RuleSet>> rules_;
  NoticeText text_;
};

std::shared_ptr<const SubscriptionSet> Compile(std::string_view what, const std::vector<StoredSubscription>& all,
                                               const SubscriptionSet* before) {
  auto copy = all;
  const double begin = ThreadSeconds(), wall = WallSeconds();
  auto set = SubscriptionSet::Compile(std::move(copy), before);
  if (!set) Die(set.error().message);
  fmt::print("  compiled {:<34} {:>8.0f} ms of one core, {:>6.0f} ms on the wall\n", what,
             (ThreadSeconds() - begin) * 1e3, (WallSeconds() - wall) * 1e3);
  return *set;
}

// `percent`: of the subscriptions, with an expression.
void Bench(std::size_t count, std::size_t percent, const std::vector<AlertNotice>& alerts,
           const std::vector<std::string>& expressions, int passes) {
  Draw draw(count);
  std::vector<StoredSubscription> subscriptions;
  for (std::size_t i = 0; i < count; ++i) {
    subscriptions.push_back(draw.Subscription(i, i % 100 < percent ? expressions[i] : ""));
  }
  fmt::print("{} subscriptions, {} % with an expression of their own, {} alerts\n", count, percent, alerts.size());
  auto set = Compile("all", subscriptions, nullptr);
  if (percent > 0) {
    subscriptions[0].subscription.filter.match = "huawei AND \"an edit\"";
    set = Compile("after an edit of an expression", subscriptions, set.get());
    subscriptions[0].subscription.filter.match = expressions[0];
    set = Compile("after another", subscriptions, set.get());
  }
  subscriptions[1].subscription.filter.topics = {"topic-1"};
  set = Compile("after an edit of no expression", subscriptions, set.get());

  auto matcher = SubscriptionMatcher::Create(set);
  if (!matcher) Die(matcher.error().message);
  std::size_t taken = 0, planned_entries = 0;
  const auto match = [&](const AlertNotice& alert) {
    auto takers = matcher->Match(alert);
    if (!takers) Die(takers.error().message);
    return *std::move(takers);
  };
  BenchRow matched("matched", [&] {
    taken = 0;
    for (const AlertNotice& alert : alerts) taken += match(alert).size();
  });
  BenchRow planned("matched and planned", [&] {
    planned_entries = 0;
    std::vector<PlannedDelivery> deliveries;
    for (const AlertNotice& alert : alerts) {
      deliveries.clear();
      for (const std::uint32_t i : match(alert)) Plan(set->subscriptions()[i], alert, alert.alerted, deliveries);
      planned_entries += deliveries.size();
    }
  });
  std::vector<StoredSubscription> some(
      subscriptions.begin(), subscriptions.begin() + static_cast<std::ptrdiff_t>(std::min(count, kNaiveSubscriptions)));
  Naive loop(some);
  std::size_t naive_taken = 0;
  BenchRow naive("a loop over all, matched alone", [&] {
    naive_taken = 0;
    for (std::size_t i = 0; i < std::min(kNaiveAlerts, alerts.size()); ++i) naive_taken += loop.Match(alerts[i]);
  });
  BenchRow* const rows[] = {&matched, &planned, &naive};
  Measure(passes, rows);

  if (some.size() == subscriptions.size()) {
    std::size_t same = 0;
    for (std::size_t i = 0; i < std::min(kNaiveAlerts, alerts.size()); ++i) same += match(alerts[i]).size();
    if (same != naive_taken) Die(fmt::format("the loop finds {} takers, the set {}", naive_taken, same));
  }
  const auto decisions = static_cast<double>(count) * static_cast<double>(alerts.size());
  const auto naive_decisions =
      static_cast<double>(some.size()) * static_cast<double>(std::min(kNaiveAlerts, alerts.size()));
  const double naive_rate = naive_decisions / naive.seconds;
  fmt::print("  {:.3f} % of the decisions are \"yes\": {:.1f} readers an alert, {:.1f} ledger entries\n",
             100 * static_cast<double>(taken) / decisions,
             static_cast<double>(taken) / static_cast<double>(alerts.size()),
             static_cast<double>(planned_entries) / static_cast<double>(alerts.size()));
  for (const BenchRow* row : {&matched, &planned}) {
    fmt::print("  {:<32} {:>14.0f} decisions/s/core  {:>9.1f} us an alert\n", row->name, decisions / row->seconds,
               row->seconds / static_cast<double>(alerts.size()) * 1e6);
  }
  fmt::print("  {:<32} {:>14.0f} decisions/s/core: matching is {:.0f} times as fast\n\n", naive.name, naive_rate,
             decisions / matched.seconds / naive_rate);
}

void BenchAll(const Options& options) {
  const std::vector<Article> articles = MakeArticles(2 * options.alerts);
  const auto middle = articles.begin() + static_cast<std::ptrdiff_t>(options.alerts);
  Draw draw(1);
  std::vector<AlertNotice> alerts;
  for (std::size_t i = 0; i < options.alerts; ++i) alerts.push_back(draw.Alert(i, articles[i]));
  const std::size_t most = *std::max_element(options.subscriptions.begin(), options.subscriptions.end());
  const std::vector<std::string> expressions = MakeExpressions(most, {middle, articles.end()});
  for (const std::size_t count : options.subscriptions) {
    for (const std::size_t percent : {0, 50, 100}) Bench(count, percent, alerts, expressions, options.passes);
  }
}

}  // namespace
}  // namespace wirewatch

int main(int argc, char** argv) {
  wirewatch::Options options;
  CLI::App app("Which subscriptions take an alert and what follows: decisions a second on one core.");
  app.add_option("--alerts", options.alerts)->capture_default_str();
  app.add_option("--passes", options.passes, "The best of so many counts")->capture_default_str();
  app.add_option("subscriptions", options.subscriptions, "Numbers of subscriptions")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  wirewatch::BenchAll(options);
}
