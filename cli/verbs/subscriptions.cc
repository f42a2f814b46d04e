// wirewatch subscriptions: check files of subscriptions, list them, try them on an archive or on what the store has.

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iterator>
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
#include "cli/terminal/since.h"
#include "cli/terminal/standard_output.h"
#include "cli/terminal/table.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/decision_replay.h"
#include "cli/wiring/delivery_parts.h"
#include "cli/wiring/pipeline_run.h"
#include "cli/wiring/store_input.h"
#include "cli/wiring/subscription_trial.h"
#include "connectors/file/line_read.h"
#include "pipeline/alert/alert.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/feed.h"
#include "pipeline/deliver/schedule.h"
#include "pipeline/deliver/subscription.h"
#include "pipeline/deliver/subscription_file.h"
#include "pipeline/deliver/subscription_values.h"
#include "rules/pack/pack_files.h"
#include "rules/pack/pack_loader.h"
#include "rules/text/plain_text.h"

namespace wirewatch {
namespace {

struct Options {
  std::vector<std::string> files;
  bool strict = false;
  bool json = false;
  StoreInput store;                 // of subscriptions where there are no files, and of alerts
  std::string since = "7d";         // of the store's alerts
  std::vector<std::string> alerts;  // files of alerts
  QuickConfig quick;                // packs and articles, from which alerts are made; of check: only packs
  bool by_record_time = false;
  std::string subscription;  // empty: all
  std::string why_not;       // id of an alert; empty: nothing is asked
  std::size_t lines = 5;     // messages of each subscription that are printed
};

constexpr std::size_t kShownTitles = 3;  // of the alerts of one message
constexpr std::size_t kPage = 500;       // of what a store is asked for

// --------------------------------------------------------------------------------------------------------- reading

struct Loaded {
  std::vector<StoredSubscription> subscriptions;
  bool good = false;
};

// What is wrong is told. Nothing is sent, so nothing needs secrets. `topics`: null, nobody knows them.
Loaded LoadFiles(const Options& options, const KnownTopics* topics) {
  const std::vector<std::filesystem::path> paths(options.files.begin(), options.files.end());
  ReadSubscriptions read = LoadSubscriptions(paths, SecretReferences::kLeave, topics);
  if (options.strict) {
    for (Diagnostic& diagnostic : read.diagnostics) diagnostic.severity = Severity::kError;
  }
  Tell(Render(read.diagnostics, ColourOnStderr()));
  Loaded loaded{{}, !HasErrors(read.diagnostics)};
  for (Subscription& one : read.subscriptions) loaded.subscriptions.emplace_back().subscription = std::move(one);
  return loaded;
}

// Of the files that are named, else of the store, which is null where none is named.
Result<Loaded> Load(const Options& options, DeliveryStore* store) {
  if (!options.files.empty()) return LoadFiles(options, nullptr);
  Loaded loaded{{}, true};
  Page page{.after = "", .limit = kPage};
  while (true) {
    auto read = store->Subscriptions(page, false);
    if (!read) return std::move(read).error();
    const bool was_last = read->size() < page.limit;
    if (!was_last) page.after = read->back().subscription.id;
    std::move(read->begin(), read->end(), std::back_inserter(loaded.subscriptions));
    if (was_last) return loaded;
  }
}

bool IsNamed(const StoreInput& store) { return !store.config.empty() || !store.file.empty(); }

// Null: none is named.
Result<std::unique_ptr<DeliveryStore>> FindStore(const StoreInput& input) {
  if (!IsNamed(input)) return std::unique_ptr<DeliveryStore>();
  return OpenStore(input, false);
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
std::string ScheduleText(const StoredSubscription& stored) {
  const Subscription& subscription = stored.subscription;
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
  if (!stored.disabled_because.empty()) return fmt::format("{}; disabled: {}", text, stored.disabled_because);
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
  for (const auto& [name, values] : filter.facets) add("near " + name, values);
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

// Of the packs that are named. Nothing: they have mistakes, which are told.
Result<std::optional<KnownTopics>> ReadTopics(const std::vector<std::string>& packs) {
  const auto files = FindPackFiles(std::vector<std::filesystem::path>(packs.begin(), packs.end()));
  if (!files) return files.error();
  const LoadedPacks loaded = LoadPacks(*files);
  if (!HasErrors(loaded.diagnostics)) return std::optional(KnownTopics(loaded.packs));
  Tell(Render(loaded.diagnostics, ColourOnStderr()));
  return std::optional<KnownTopics>();
}

Result<ExitCode> Check(const Options& options) {
  std::optional<KnownTopics> topics;
  if (!options.quick.packs.empty()) {
    auto read = ReadTopics(options.quick.packs);
    if (!read) return std::move(read).error();
    if (!*read) return kInvalidInput;
    topics = *std::move(read);
  }
  const Loaded loaded = LoadFiles(options, topics ? &*topics : nullptr);
  if (!loaded.good) return kInvalidInput;
  std::set<std::string_view> readers;
  for (const StoredSubscription& one : loaded.subscriptions) readers.insert(one.subscription.reader);
  fmt::print("subscriptions: {} of {} readers\n", loaded.subscriptions.size(), readers.size());
  return kOk;
}

Result<ExitCode> List(const Options& options) {
  const auto store = FindStore(options.store);
  if (!store) return store.error();
  const auto loaded = Load(options, store->get());
  if (!loaded) return loaded.error();
  if (!loaded->good) return kInvalidInput;
  if (options.json) {
    for (const StoredSubscription& one : loaded->subscriptions) {
      fmt::print("{}\n", ToJson(one.subscription, Secrets::kMask));
    }
    return kOk;
  }
  Table table({"subscription", "reader", "alerts", "channels", "schedule"});
  for (const StoredSubscription& stored : loaded->subscriptions) {
    const Subscription& one = stored.subscription;
    table.Add({one.id, PlainLine(one.reader), FilterText(one.filter), ChannelsText(one.channels),
               PlainLine(ScheduleText(stored))});
  }
  fmt::print("{}", table.Text());
  return kOk;
}

// The secret URLs of the feeds that a service with this configuration serves.
Result<ExitCode> Feeds(const Options& options) {
  const auto config = LoadConfig(options.store.config);
  if (!config) return config.error();
  const auto store = FindStore(options.store);
  if (!store) return store.error();
  const auto links = MakeLinkSigner(*config, **store);
  if (!links) return links.error();
  if (*links == nullptr) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("{}: there are no feeds: deliver.public_url says nothing", options.store.config)};
  }
  const auto loaded = Load(options, store->get());
  if (!loaded) return loaded.error();
  for (const StoredSubscription& one : loaded->subscriptions) {
    if (!HasFeed(one.subscription)) continue;
    for (const FeedFormat format : {FeedFormat::kAtom, FeedFormat::kJson}) {
      fmt::print("{}  {}\n", one.subscription.id, FeedUrl(format, one.subscription.id, **links));
    }
  }
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

// Those that the store has of the time that is asked for.
Status ReadStoredAlerts(DeliveryStore& store, const Options& options, Archive& archive, const StopSwitch& stop) {
  const auto since = ParseSince(options.since);
  Page page{.after = "", .limit = kPage};
  while (!stop.stopped()) {
    auto read = store.Alerts("", since, page);
    if (!read) return std::move(read).error();
    const bool was_last = read->size() < page.limit;
    if (!was_last) page.after = read->back().id;
    for (AlertNotice& notice : *read) archive.Add(std::move(notice));
    if (was_last) break;
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

constexpr std::string_view kColumns[] = {"at-once", "digest", "quiet-hours", "snoozed", "over-cap", "feed"};

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

std::string TriedText(const Subscription& subscription, const TriedSubscription& tried, std::size_t of,
                      const Options& options) {
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

std::string TriedJson(const Subscription& subscription, const TriedSubscription& tried) {
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

Result<std::string> WhyNotText(SubscriptionTrial& trial, std::size_t subscription, const Archive& archive,
                               const std::string& id) {
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

// The one that is asked for is there, and enabled.
Status CheckAsked(const Options& options, const std::vector<StoredSubscription>& subscriptions) {
  std::vector<std::string_view> ids;
  for (const StoredSubscription& stored : subscriptions) {
    const Subscription& one = stored.subscription;
    ids.push_back(one.id);
    if (one.id != options.subscription) continue;
    if (one.enabled && stored.disabled_because.empty()) return {};
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
  const bool of_store = options.alerts.empty() && options.quick.inputs.empty();  // the alerts
  // A configuration may be there for its `decode` alone.
  const auto store = FindStore(of_store || options.files.empty() ? options.store : StoreInput());
  if (!store) return store.error();
  auto loaded = Load(options, store->get());
  if (!loaded) return std::move(loaded).error();
  if (!loaded->good) return kInvalidInput;
  if (!options.subscription.empty()) {
    if (Status asked = CheckAsked(options, loaded->subscriptions); !asked) return std::move(asked).error();
  }
  // All are tried, also where one is asked for: the caps are those of readers.
  auto trial = SubscriptionTrial::Create(std::move(loaded->subscriptions));
  if (!trial) return std::move(trial).error();

  Archive archive;
  if (Status read = ReadAlerts(options, archive); !read) return std::move(read).error();
  if (!options.quick.packs.empty()) {
    const auto no_articles = ReplayArticles(options, archive, stop);
    if (!no_articles) return no_articles.error();
    if (*no_articles) return kNoArticles;
  }
  if (of_store) {
    if (Status read = ReadStoredAlerts(**store, options, archive, stop); !read) return std::move(read).error();
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
  check
      .Value("--packs,-p", options->quick.packs,
             "Rules, a file or a directory: topics and tags that none of them has are warnings; more: say it again")
      .OneValueATime();
  check.Flag("--strict", options->strict, "Take warnings for errors: exit code 3");
  check.Footer(
      "Examples:\n  wirewatch subscriptions check subscriptions/\n  wirewatch subscriptions check subscriptions/ "
      "--packs "
      "rules/packs");
  check.OnChosen([options, &exit_code] { exit_code = Finish(Check(*options)); });
}

void AddSubscriptionsList(Verb& subscriptions, const std::shared_ptr<Options>& options, int& exit_code) {
  Verb list = subscriptions.Add("list", "Print who gets which alerts, how and when");
  AddStoreOptions(list, options->store);
  const VerbOption files = list.Value("files", options->files, fmt::format("{}; none: those of the store", kFilesHelp));
  list.OthersExclude(files);
  list.Flag("--json", options->json, "Print a JSON object a subscription, with its secrets masked");
  list.Footer(
      "Examples:\n  wirewatch subscriptions list subscriptions/\n  wirewatch subscriptions list --config "
      "wirewatch.yaml");
  list.OnChosen([options, files, &exit_code] {
    if (!files.given() && !IsNamed(options->store)) FailMissing("files of subscriptions, or --config or --store");
    exit_code = Finish(List(*options));
  });
}

void AddSubscriptionsFeeds(Verb& subscriptions, const std::shared_ptr<Options>& options, int& exit_code) {
  Verb feeds =
      subscriptions.Add("feeds", "Print the secret URLs of feeds, Atom and JSON: who has one reads the alerts");
  feeds.Value("--config,-c", options->store.config, "The configuration that names the store and deliver.public_url")
      .Required();
  feeds.Footer("Example:\n  wirewatch subscriptions feeds --config wirewatch.yaml");
  feeds.OnChosen([options, &exit_code] { exit_code = Finish(Feeds(*options)); });
}

void AddSubscriptionsTest(Verb& subscriptions, const std::shared_ptr<Options>& options, int& exit_code) {
  constexpr int kMost = 1'000'000'000;
  options->quick.record_time = "published";
  Verb test = subscriptions.Add(
      "test", "Tell what subscriptions would have got last week, or from an archive; nothing is sent");
  const VerbOption files = test.Value("files", options->files, fmt::format("{}; none: those of the store", kFilesHelp));
  const VerbOption config =
      test.Value("--config,-c", options->store.config,
                 "The configuration that names the store; with --articles also: take limits and mapping from its "
                 "`decode`");
  test.Value("--store", options->store.file, "The store itself: a file of SQLite").Excludes(config);
  const VerbOption on = test.Value("--on", options->alerts,
                                   "Files of alerts, as file sinks write them, also .zst and .gz; more: say it again")
                            .OneValueATime();
  const VerbOption articles = test.Value("--articles", options->quick.inputs,
                                         "Article files and directories, of which alerts are made; more: say it again")
                                  .OneValueATime();
  const VerbOption packs =
      test.Value("--packs,-p", options->quick.packs, "Rules for --articles, a file or a directory; more: say it again")
          .OneValueATime()
          .Needs(articles);
  test.Value("--since", options->since, "Without --on and --articles: the store's alerts since a time, or so long ago")
      .Check(CheckSince)
      .ShowDefault()
      .Excludes(on)
      .Excludes(articles);
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
      "  wirewatch subscriptions test desk.yaml --config wirewatch.yaml\n"
      "  wirewatch subscriptions test --store deliver.db --since 30d\n"
      "  wirewatch subscriptions test subscriptions/ --on alerts.ndjson\n"
      "  wirewatch subscriptions test desk.yaml --packs rules/packs --articles deploy/sample-wire\n"
      "  wirewatch subscriptions test desk.yaml --on alerts.ndjson -s desk --why-not 0123456789abcdef0123456789abcdef");
  test.OnChosen([options, files, on, articles, packs, &exit_code] {
    if (!files.given() && !IsNamed(options->store)) FailMissing("files of subscriptions, or --config or --store");
    if (!on.given() && !articles.given() && !IsNamed(options->store)) {
      FailMissing("--config or --store, or --on, or --articles with --packs");
    }
    if (articles.given() && !packs.given()) FailMissing("--packs, which make alerts of --articles");
    if (articles.given()) options->quick.decode = options->store.config;
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
  AddSubscriptionsFeeds(subscriptions, options, exit_code);
  AddSubscriptionsTest(subscriptions, options, exit_code);
}

}  // namespace wirewatch
