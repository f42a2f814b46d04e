#include "pipeline/deliver/deliver_settings.h"

#include <string_view>

namespace wirewatch {

const FieldTable& DeliverSettings::Table() {
  static const FieldTable table = {
      TextListField("subscriptions",
                    "Subscription files and directories of them (docs/subscriptions.md). Those of people come by the "
                    "HTTP API, and need no file."),
      DurationField("reload_interval",
                    "How often changed subscription files, and changes by the HTTP API, are looked for.")
          .Default("2s"),
      TextField("public_url",
                "Where readers reach the HTTP API, such as https://wire.example.org: begins the links in messages "
                "(unsubscribe, snooze, feedback, feeds). Empty: messages have no links."),
      TextField("link_secret",
                "Signs these links: 32 characters or more, or ${env:NAME} or ${file:PATH}. Empty: one is made and "
                "kept in the store, for all processes that share it."),
      BoolField("api",
                "Serve the HTTP API (docs/api.md) and the pages behind the links of messages on monitoring.listen.")
          .Default("true"),
      TextField("templates",
                "Directory of message templates that stand in place of the program's own (docs/templates.md). Empty: "
                "none."),
      DurationField("retention", "How long alerts, the ledger and finished messages are kept.").Default("30d"),
      DurationField("give_up_after",
                    "A message that no attempt delivered is given up so long after it was due; it stays in the "
                    "outbox, and `wirewatch deliveries replay` sends it again. The attempts themselves end after "
                    "about 75 hours.")
          .Default("4d"),
      IntegerField("concurrency", "Most messages that are on their way to one destination at a time.")
          .Default("4")
          .Between(1, 1000),
      IntegerField("failures",
                   "So many failures in a row make a destination rest: its messages wait, and one of them tries it "
                   "again after `rest`.")
          .Default("5")
          .Between(1, 1000),
      DurationField("rest",
                    "How long such a destination rests at first. Each try that fails doubles it, up to 10 minutes.")
          .Default("30s"),
      DurationField("slack_interval", "Between two messages to one webhook of Slack, which takes one a second.")
          .Default("1s"),
      DurationField("lease",
                    "A process that sends a message has it for so long; when it died meanwhile, another sends it "
                    "then, under the same id. Longer than the longest send.")
          .Default("3m"),
  };
  return table;
}

DeliverSettings DeliverSettings::From(const Fields& fields) {
  const auto& subscriptions = fields.List("subscriptions");
  return {.subscriptions = {subscriptions.begin(), subscriptions.end()},
          .reload_interval = fields.Duration("reload_interval"),
          .public_url = fields.String("public_url"),
          .link_secret = fields.String("link_secret"),
          .api = fields.Bool("api"),
          .templates = fields.String("templates"),
          .retention = fields.Duration("retention"),
          .give_up_after = fields.Duration("give_up_after"),
          .concurrency = fields.Count("concurrency"),
          .failures = fields.Count("failures"),
          .rest = fields.Duration("rest"),
          .slack_interval = fields.Duration("slack_interval"),
          .lease = fields.Duration("lease")};
}

std::vector<SettingsProblem> DeliverSettings::Check(const Fields& fields) {
  using std::chrono::seconds;
  std::vector<SettingsProblem> problems;
  const DeliverSettings settings = From(fields);
  const std::string& url = settings.public_url;
  if (!url.empty() && !url.starts_with("https://") && !url.starts_with("http://")) {
    problems.push_back({"public_url", "deliver.public_url: a URL begins with https:// (or http:// on a test bench)"});
  } else if (url.ends_with('/')) {
    problems.push_back({"public_url", "deliver.public_url: leave out the slash at its end"});
  }
  const auto at_least = [&](std::string_view key, std::chrono::milliseconds value, std::chrono::milliseconds least,
                            std::string_view text) {
    if (value < least) {
      problems.push_back({std::string(key), "deliver." + std::string(key) + " is too short: " + std::string(text)});
    }
  };
  at_least("reload_interval", settings.reload_interval, std::chrono::milliseconds(100), "100ms or more");
  at_least("retention", settings.retention, std::chrono::hours(24),
           "a repeated alert would be delivered again; 1d or more");
  at_least("give_up_after", settings.give_up_after, seconds(1), "1s or more");
  at_least("rest", settings.rest, seconds(1), "1s or more");
  return problems;
}

}  // namespace wirewatch
