// wirewatch subscriptions: check files of subscriptions, list them, try them on an archive.

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/diagnostic.h"
#include "base/io/stop_signal.h"
#include "base/log.h"
#include "base/text/json_writer.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/signals.h"
#include "cli/terminal/standard_output.h"
#include "cli/terminal/table.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/decision_replay.h"
#include "cli/wiring/pipeline_run.h"
#include "connectors/file/line_read.h"
#include "pipeline/alert/alert.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/plan.h"
#include "pipeline/deliver/schedule.h"
#include "pipeline/deliver/subscription.h"
#include "pipeline/deliver/subscription_file.h"
#include "pipeline/deliver/subscription_set.h"
#include "pipeline/deliver/subscription_values.h"
#include "rules/text/plain_text.h"

namespace wirewatch {
namespace {

struct Options {
  std::vector<std::string> files;
  bool strict = false;
  bool json = false;
  std::vector<std::string> alerts;  // files of alerts
  QuickConfig quick;                // packs and articles, from which alerts are made
  bool by_record_time = false;
  std::string subscription;  // empty: all
  std::string why_not;       // id of an alert; empty: nothing is asked
  std::size_t lines = 5;     // messages of each subscription that are printed
};

constexpr std::string_view kOver = Name(DeliveryReason::kOverCap);
constexpr std::size_t kShownTitles = 3;  // of the alerts of one message

// --------------------------------------------------------------------------------------------------------- reading

struct Loaded {
  std::vector<Subscription> subscriptions;
  bool good = false;
};

// What is wrong is told. Nothing is sent, so nothing needs secrets.
Loaded Load(const Options& options) {
  const std::vector<std::filesystem::path> paths(options.files.begin(), options.files.end());
  ReadSubscriptions read = LoadSubscriptions(paths, SecretReferences::kLeave);
  if (options.strict) {
    for (Diagnostic& diagnostic : read.diagnostics) diagnostic.severity = Severity::kError;
  }
  Tell(Render(read.diagnostics, ColourOnStderr()));
  return {std::move(read.subscriptions), !HasErrors(read.diagnostics)};
}

// ---------------------------------------------------------------------------------------------------------- in words

std::string DaysText(const Weekdays& days) {
  if (days == kEveryDay) return "";
  std::vector<std::string_view> names;
  for (std::size_t day = 0; day < days.size(); ++day) {
    if (days[day]) names.push_back(kWeekdayNames[day]);
  }
  return fmt::format(" on {}", fmt::join(names, ", "));
}

// "daily at 07:30 on mon, tue (Europe/Amsterdam); quiet 22:00 to 07:00; at most 20 in 1h"
std::string ScheduleText(const Subscription& subscription) {
  using Kind = DeliverySchedule::Kind;
  const DeliverySchedule& schedule = subscription.schedule;
  const std::string time = FormatTimeOfDay(schedule.at), days = DaysText(schedule.days);
  std::string text = schedule.kind == Kind::kAtOnce   ? "at once"
                     : schedule.kind == Kind::kHourly ? fmt::format("hourly at {}{}", time.substr(2), days)
                                                      : fmt::format("daily at {}{}", time, days);
  if (subscription.time_zone != Subscription().time_zone) text += fmt::format(" ({})", subscription.time_zone);
  if (const auto& quiet = subscription.quiet) {
    text += fmt::format("; quiet {} to {}{}", FormatTimeOfDay(quiet->from), FormatTimeOfDay(quiet->to),
                        DaysText(quiet->days));
  }
  if (const auto& cap = subscription.cap) {
    text += fmt::format("; at most {} in {}", cap->messages, FormatDuration(cap->per));
  }
  return subscription.enabled ? text : text + "; not enabled";
}

std::string FilterText(const SubscriptionFilter& filter) {
  std::vector<std::string> parts;
  const auto add = [&](std::string_view what, const std::vector<std::string>& values) {
    if (!values.empty()) parts.push_back(fmt::format("{} {}", what, fmt::join(values, ", ")));
  };
  add("topics", filter.topics);
  add("tags", filter.tags);
  if (filter.severity != TopicSeverity::kLow) parts.push_back(fmt::format("{} or more severe", Name(filter.severity)));
  if (filter.score != 0) parts.push_back(fmt::format("score {} or more", filter.score));
  std::vector<std::string> kinds;
  for (const AlertKind kind : filter.kinds) kinds.emplace_back(Name(kind));
  add("kinds", kinds);
  add("languages", filter.languages);
  add("countries", filter.countries);
  add("sources", filter.sources);
  if (!filter.match.empty()) parts.push_back(filter.match);
  return parts.empty() ? "every alert" : PlainLine(fmt::format("{}", fmt::join(parts, "; ")));
}

std::string ChannelsText(const std::vector<SubscribedChannel>& channels) {
  std::vector<std::string> names;
  for (const SubscribedChannel& channel : channels) {
    const std::string_view kind = Name(channel.kind);
    names.push_back(channel.id == kind ? channel.id : fmt::format("{} ({})", channel.id, kind));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

// ------------------------------------------------------------------------------------------------- check and list

Result<ExitCode> Check(const Options& options) {
  const Loaded loaded = Load(options);
  if (!loaded.good) return kInvalidInput;
  std::set<std::string_view> readers;
  for (const Subscription& subscription : loaded.subscriptions) readers.insert(subscription.reader);
  fmt::print("subscriptions: {} of {} readers\n", loaded.subscriptions.size(), readers.size());
  return kOk;
}

Result<ExitCode> List(const Options& options) {
  const Loaded loaded = Load(options);
  if (!loaded.good) return kInvalidInput;
  if (options.json) {
    for (const Subscription& subscription : loaded.subscriptions) {
      fmt::print("{}\n", ToJson(subscription, Secrets::kMask));
    }
    return kOk;
  }
  Table table({"subscription", "reader", "alerts", "channels", "schedule"});
  for (const Subscription& one : loaded.subscriptions) {
    table.Add({one.id, PlainLine(one.reader), FilterText(one.filter), ChannelsText(one.channels), ScheduleText(one)});
  }
  fmt::print("{}", table.Text());
  return kOk;
}

// ------------------------------------------------------------------------------------------------------------- test

// Alerts in the order of their times, each once.
class Archive {
 public:
  // False: it is there already.
  bool Add(AlertNotice notice) {
    if (!ids_.insert(notice.id).second) return false;
    notices_.push_back(std::move(notice));
    return true;
  }
  void Sort() {
    std::stable_sort(notices_.begin(), notices_.end(),
                     [](const AlertNotice& a, const AlertNotice& b) { return a.alerted < b.alerted; });
  }
  const std::vector<AlertNotice>& notices() const { return notices_; }

 private:
  std::vector<AlertNotice> notices_;
  std::set<std::string> ids_;
};

// When the article was recorded; nothing: the document does not say.
std::optional<WallTime> RecordTimeOf(const AlertNotice& notice) {
  const auto json = nlohmann::json::parse(notice.document, nullptr, false);
  const auto at = json.is_object() ? json.find("recorded_at") : json.end();
  return at != json.end() && at->is_string() ? ParseRfc3339(at->get_ref<const std::string&>()) : std::nullopt;
}

Status ReadAlerts(const Options& options, Archive& archive) {
  std::size_t others = 0;
  for (const std::string& file : options.alerts) {
    Status read = ForEachLineInFile(file, [&](std::string_view line) -> Status {
      auto notice = ReadNotice(line);
      if (!notice) {
        if (others++ == 0) Tell(fmt::format("{}: {}\n", PlainLine(file), PlainLine(notice.error().message)));
        return {};
      }
      if (options.by_record_time) notice->alerted = RecordTimeOf(*notice).value_or(notice->alerted);
      archive.Add(*std::move(notice));
      return {};
    });
    if (!read) return read;
  }
  if (others > 0) {
    Tell(fmt::format("lines that hold no alert are passed over: {}\n", Grouped(static_cast<double>(others))));
  }
  return {};
}

// The time in an archive at which an alert would have come: that of its article, or of what closed its hour.
std::optional<WallTime> TimeInArchive(const Alert& alert) {
  if (alert.summary) return alert.summary->end;
  return HasArticle(alert.kind) ? alert.match.times.recorded : std::nullopt;
}

// True: the input has no article.
Result<bool> ReplayArticles(const Options& options, Archive& archive, StopSwitch& stop) {
  const auto config = MakeConfig(options.quick);
  if (!config) return config.error();
  Status status;
  WallTime latest;
  const auto replay = ReplayAlerts(
      *config,
      [&](const Alert& raised) {
        Alert alert = raised;
        alert.alerted = latest = std::max(latest, TimeInArchive(alert).value_or(latest));
        auto notice = ReadNotice(ToJson(alert));
        if (notice) {
          archive.Add(*std::move(notice));
        } else if (status) {
          status = std::move(notice).error();
        }
      },
      stop);
  if (!replay) return replay.error();
  if (!replay->run.status) return replay->run.status.error();
  if (!status) return status.error();
  return replay->no_articles;
}

struct TriedMessage {
  OutboxMessage message;
  std::string_view what;                    // the reason, or kOver
  std::vector<const AlertNotice*> carries;  // by its message id
};

// What a subscription would have got.
struct Tried {
  std::size_t alerts = 0;
  std::map<std::string, TriedMessage> messages;  // by id
};

// Plays the archive as the deliver step would have.
class Trial {
 public:
  explicit Trial(SubscriptionMatcher matcher) : matcher_(std::move(matcher)), tried_(subscriptions().size()) {}

  const std::vector<StoredSubscription>& subscriptions() const { return matcher_.set().subscriptions(); }
  const Tried& tried(std::size_t subscription) const { return tried_[subscription]; }

  Status Play(const AlertNotice& notice) {
    const auto takers = matcher_.Match(notice);
    if (!takers) return takers.error();
    for (const std::uint32_t taker : *takers) {
      Tried& tried = tried_[taker];
      ++tried.alerts;
      std::vector<PlannedDelivery> planned;
      Plan(subscriptions()[taker], notice, notice.alerted, planned);
      for (PlannedDelivery& delivery : planned) Take(tried, std::move(delivery), notice);
    }
    return {};
  }

  Result<std::string> WhyNot(const AlertNotice& notice, std::size_t subscription) {
    return matcher_.WhyNot(notice, static_cast<std::uint32_t>(subscription));
  }

 private:
  // As DeliveryStore::Record counts caps: over all subscriptions of a reader.
  void Take(Tried& tried, PlannedDelivery delivery, const AlertNotice& notice) {
    std::string_view what = Name(delivery.entry.reason);
    if (delivery.cap && counts_[{delivery.cap->reader, delivery.cap->begin}]++ >= delivery.cap->limit) {
      delivery.message = std::move(delivery.cap->overflow);
      what = kOver;
    }
    std::string id = delivery.message.id;
    const auto [at, is_new] = tried.messages.try_emplace(std::move(id));
    if (is_new) {
      at->second.message = std::move(delivery.message);
      at->second.what = what;
    }
    at->second.carries.push_back(&notice);
  }

  SubscriptionMatcher matcher_;
  std::vector<Tried> tried_;
  std::map<std::pair<std::string, WallTime>, std::uint32_t> counts_;
};

// In the order in which they are due.
std::vector<const TriedMessage*> InOrder(const Tried& tried) {
  std::vector<const TriedMessage*> order;
  for (const auto& [id, message] : tried.messages) order.push_back(&message);
  std::stable_sort(order.begin(), order.end(), [](const TriedMessage* a, const TriedMessage* b) {
    return std::pair(a->message.due, a->carries.front()->alerted) <
           std::pair(b->message.due, b->carries.front()->alerted);
  });
  return order;
}

constexpr std::string_view kColumns[] = {"at-once", "digest", "quiet-hours", "snoozed", kOver, "feed"};

// A row for each day on which a message is due: messages, and the alerts in them by what was decided.
std::string DaysTable(const std::vector<const TriedMessage*>& messages, const std::string& zone) {
  std::vector<std::string> heads{"day", "messages"};
  heads.insert(heads.end(), std::begin(kColumns), std::end(kColumns));
  Table table(heads);
  for (std::size_t i = 0; i < messages.size();) {
    const auto day_of = [&](std::size_t at) {
      const std::string local = LocalTime(messages[at]->message.due, zone);
      return local.substr(0, local.find(','));
    };
    const std::string day = day_of(i);
    std::size_t count = 0, alerts[std::size(kColumns)] = {};
    for (; i < messages.size() && day_of(i) == day; ++i) {
      ++count;
      const auto column = std::find(std::begin(kColumns), std::end(kColumns), messages[i]->what) - std::begin(kColumns);
      alerts[column] += messages[i]->carries.size();
    }
    std::vector<std::string> row{day, std::to_string(count)};
    for (const std::size_t number : alerts) row.push_back(number == 0 ? "-" : std::to_string(number));
    table.Add(std::move(row));
  }
  return table.Text();
}

std::string MessageLine(const TriedMessage& tried, const std::string& zone) {
  std::string line = fmt::format("{}  {} by {}", LocalTime(tried.message.due, zone), tried.what, tried.message.channel);
  if (tried.carries.size() > 1) line += fmt::format(", {} alerts", tried.carries.size());
  for (std::size_t i = 0; i < tried.carries.size(); ++i) {
    if (i == kShownTitles) {
      line += fmt::format(" and {} more", tried.carries.size() - i);
      break;
    }
    const AlertNotice& notice = *tried.carries[i];
    const std::string& title = !notice.title.empty() ? notice.title : notice.because;
    line += fmt::format("{} [{}] {}", i == 0 ? ":" : ";", Name(notice.kind),
                        PlainLine(title.empty() ? notice.topic_title : title));
  }
  return line;
}

std::string TriedText(const Subscription& subscription, const Tried& tried, std::size_t of, const Options& options) {
  std::string text = fmt::format("{} for {}: {} of {} alerts, {} messages\n", subscription.id,
                                 PlainLine(subscription.reader), tried.alerts, of, tried.messages.size());
  if (tried.messages.empty()) return text;
  const std::vector<const TriedMessage*> messages = InOrder(tried);
  const auto indented = [&](std::string_view lines) {
    for (std::size_t begin = 0; begin < lines.size();) {
      const std::size_t end = std::min(lines.find('\n', begin), lines.size());
      text += fmt::format("  {}\n", lines.substr(begin, end - begin));
      begin = end + 1;
    }
  };
  indented(DaysTable(messages, subscription.time_zone));
  const std::size_t shown = std::min(options.lines, messages.size());
  for (std::size_t i = 0; i < shown; ++i) indented(MessageLine(*messages[i], subscription.time_zone));
  if (shown > 0 && shown < messages.size()) indented(fmt::format("and {} more messages", messages.size() - shown));
  return text;
}

std::string TriedJson(const Subscription& subscription, const Tried& tried) {
  std::string line;
  JsonWriter json(line);
  json.BeginObject();
  json.Put("subscription", subscription.id);
  json.Put("reader", subscription.reader);
  json.Put("alerts", tried.alerts);
  json.Key("messages");
  json.BeginArray();
  for (const TriedMessage* one : InOrder(tried)) {
    json.BeginObject();
    json.Put("due", FormatRfc3339(one->message.due));
    json.Put("channel", one->message.channel);
    json.Put("kind", Name(one->message.kind));
    json.Put("reason", one->what);
    json.Key("alerts");
    json.BeginArray();
    for (const AlertNotice* notice : one->carries) json.Value(notice->id);
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return line + '\n';
}

Result<std::string> WhyNotText(Trial& trial, std::size_t subscription, const Archive& archive, const std::string& id) {
  const auto notice = std::find_if(archive.notices().begin(), archive.notices().end(),
                                   [&](const AlertNotice& one) { return one.id == id; });
  if (notice == archive.notices().end()) {
    return Error{ErrorCode::kNotFound, fmt::format("there is no alert {} among those that were read", id)};
  }
  const auto why = trial.WhyNot(*notice, subscription);
  if (!why) return why.error();
  return fmt::format("{}: {}\n", trial.subscriptions()[subscription].subscription.id,
                     why->empty() ? "it takes the alert" : PlainLine(*why));
}

// All are compiled, also where one is asked for: the caps are those of readers.
Result<Trial> MakeTrial(const std::vector<Subscription>& subscriptions) {
  std::vector<StoredSubscription> stored;
  for (const Subscription& subscription : subscriptions) stored.emplace_back().subscription = subscription;
  auto set = SubscriptionSet::Compile(std::move(stored));
  if (!set) return std::move(set).error();
  auto matcher = SubscriptionMatcher::Create(*std::move(set));
  if (!matcher) return std::move(matcher).error();
  return Trial(*std::move(matcher));
}

// The one that is asked for is there, and enabled.
Status CheckAsked(const Options& options, const std::vector<Subscription>& subscriptions) {
  std::vector<std::string_view> ids;
  for (const Subscription& one : subscriptions) {
    ids.push_back(one.id);
    if (one.id != options.subscription) continue;
    if (one.enabled) return {};
    return Error{ErrorCode::kInvalid, fmt::format("the subscription '{}' is not enabled: it gets nothing", one.id)};
  }
  const std::string_view nearest = Nearest(options.subscription, ids);
  return Error{ErrorCode::kNotFound, fmt::format("there is no subscription '{}'{}", options.subscription,
                                                 nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest))};
}

Result<ExitCode> Test(const Options& options) {
  BlockSignals();
  log::SetLevel(log::Level::kWarn);
  StopSwitch stop;
  const SignalThread signals(stop, [] {});
  const Loaded loaded = Load(options);
  if (!loaded.good) return kInvalidInput;
  if (!options.subscription.empty()) {
    if (Status asked = CheckAsked(options, loaded.subscriptions); !asked) return std::move(asked).error();
  }
  auto trial = MakeTrial(loaded.subscriptions);
  if (!trial) return std::move(trial).error();

  Archive archive;
  if (Status read = ReadAlerts(options, archive); !read) return std::move(read).error();
  if (!options.quick.packs.empty()) {
    const auto no_articles = ReplayArticles(options, archive, stop);
    if (!no_articles) return no_articles.error();
    if (*no_articles) return kNoArticles;
  }
  archive.Sort();
  for (const AlertNotice& notice : archive.notices()) {
    if (stop.stopped()) break;
    if (Status played = trial->Play(notice); !played) return std::move(played).error();
  }
  if (stop.stopped()) {
    Tell("wirewatch: stopped by a signal, before the end of the input: nothing is printed\n");
    return kInterrupted;
  }

  std::string text;
  for (std::size_t i = 0; i < trial->subscriptions().size(); ++i) {
    const Subscription& subscription = trial->subscriptions()[i].subscription;
    if (!options.subscription.empty() && subscription.id != options.subscription) continue;
    if (!options.why_not.empty()) {
      auto why = WhyNotText(*trial, i, archive, options.why_not);
      if (!why) return std::move(why).error();
      text += *why;
    } else {
      text += options.json ? TriedJson(subscription, trial->tried(i))
                           : TriedText(subscription, trial->tried(i), archive.notices().size(), options);
    }
  }
  StopSignal stop_writing;
  stop.OnStop([&] { stop_writing.Raise(); });
  Status written = WriteToStandardOutput(text, stop_writing, "messages");
  stop.OnStop([] {});  // what it named is gone soon
  if (!written) return std::move(written).error();
  return kOk;
}

// --------------------------------------------------------------------------------------------------- command line

constexpr const char* kFilesHelp = "Files of subscriptions, and directories of them";

void AddSubscriptionsCheck(Verb& subscriptions, const std::shared_ptr<Options>& options, int& exit_code) {
  Verb check = subscriptions.Add("check", "Check files of subscriptions; secrets are not looked up");
  check.Value("files", options->files, kFilesHelp).Required();
  check.Flag("--strict", options->strict, "Take warnings for errors: exit code 3");
  check.Footer("Examples:\n  wirewatch subscriptions check subscriptions/");
  check.OnChosen([options, &exit_code] { exit_code = Finish(Check(*options)); });
}

void AddSubscriptionsList(Verb& subscriptions, const std::shared_ptr<Options>& options, int& exit_code) {
  Verb list = subscriptions.Add("list", "Print who gets which alerts, how and when");
  list.Value("files", options->files, kFilesHelp).Required();
  list.Flag("--json", options->json, "Print a JSON object a subscription, with its secrets masked");
  list.Footer("Examples:\n  wirewatch subscriptions list subscriptions/");
  list.OnChosen([options, &exit_code] { exit_code = Finish(List(*options)); });
}

void AddSubscriptionsTest(Verb& subscriptions, const std::shared_ptr<Options>& options, int& exit_code) {
  constexpr int kMost = 1'000'000'000;
  options->quick.record_time = "published";
  Verb test = subscriptions.Add("test", "Tell what subscriptions would have got from an archive; nothing is sent");
  test.Value("files", options->files, kFilesHelp).Required();
  const VerbOption on =
      test.Value("--on", options->alerts, "Files of alerts, as file sinks write them; more: say it again")
          .OneValueATime();
  const VerbOption articles = test.Value("--articles", options->quick.inputs,
                                         "Article files and directories, of which alerts are made; more: say it again")
                                  .OneValueATime();
  const VerbOption packs =
      test.Value("--packs,-p", options->quick.packs, "Rules for --articles, a file or a directory; more: say it again")
          .OneValueATime()
          .Needs(articles);
  test.Value("--config,-c", options->quick.decode,
             "For --articles: take limits and mapping from `decode` of this configuration")
      .Needs(articles);
  test.Flag("--record-time", options->by_record_time,
            "With --on: an alert comes when its article was recorded, not when the alert was written: for alerts of a "
            "replayed archive")
      .Needs(on);
  test.Value("--subscription,-s", options->subscription, "Print this one only");
  const VerbOption why =
      test.Value("--why-not", options->why_not, "Tell of the alert with this id why a subscription does not take it");
  test.Flag("--json", options->json, "Print a JSON object a subscription, with all its messages").Excludes(why);
  test.Value("--lines", options->lines, "Print so many messages of each subscription").Between(0, kMost).ShowDefault();
  test.Footer(
      "Alerts are taken in the order of their times, repeated ones once. Caps count over all subscriptions of a "
      "reader,\n"
      "those that are not printed, too.\n\n"
      "Examples:\n"
      "  wirewatch subscriptions test subscriptions/ --on alerts.ndjson\n"
      "  wirewatch subscriptions test desk.yaml --packs rules/packs --articles deploy/sample-wire\n"
      "  wirewatch subscriptions test desk.yaml --on alerts.ndjson -s desk --why-not 0123456789abcdef0123456789abcdef");
  test.OnChosen([options, on, articles, packs, &exit_code] {
    if (!on.given() && !articles.given()) FailMissing("--on, or --articles with --packs");
    if (articles.given() && !packs.given()) FailMissing("--packs, which make alerts of --articles");
    exit_code = Finish(Test(*options));
  });
}

}  // namespace

void AddSubscriptions(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb subscriptions(app, "subscriptions", "Check, list and try the subscriptions of readers");
  subscriptions.NeedsVerb();
  AddSubscriptionsCheck(subscriptions, options, exit_code);
  AddSubscriptionsList(subscriptions, options, exit_code);
  AddSubscriptionsTest(subscriptions, options, exit_code);
}

}  // namespace wirewatch
