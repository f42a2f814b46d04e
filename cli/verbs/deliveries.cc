// wirewatch deliveries: who was told what, when and why; and what failed, sent again.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/text/json_writer.h"
#include "base/text/printable.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/since.h"
#include "cli/terminal/table.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/pipeline_run.h"
#include "cli/wiring/store_input.h"
#include "connectors/desk/answers.h"
#include "connectors/stdio/terminal.h"
#include "pipeline/deliver/correction.h"
#include "pipeline/deliver/subscription_set.h"

namespace wirewatch {
namespace {

struct Options {
  StoreInput store;
  LedgerQuery query;
  std::string state, since;
  std::string alert;  // of show and why
  std::int64_t limit = 50;
  std::string format = "auto";
};

constexpr std::size_t kPage = 500;

bool AsJson(const Options& options) {
  return options.format == "json" || (options.format == "auto" && !IsTerminal(STDOUT_FILENO));
}

std::optional<MessageState> ParseState(std::string_view name) {
  const auto* const state = std::find_if(std::begin(kMessageStates), std::end(kMessageStates),
                                         [&](MessageState one) { return Name(one) == name; });
  return state != std::end(kMessageStates) ? std::optional(*state) : std::nullopt;
}

LedgerQuery QueryOf(const Options& options) {
  LedgerQuery query = options.query;
  query.state = ParseState(options.state);
  if (!options.since.empty()) query.since = ParseSince(options.since);
  return query;
}

// The last `limit` entries, as they were decided; 0: all.
Result<std::vector<LedgerRow>> Read(DeliveryStore& store, const LedgerQuery& query, std::size_t limit) {
  std::deque<LedgerRow> last;
  Page page{.after = "", .limit = kPage};
  while (true) {
    auto read = store.Ledger(query, page);
    if (!read) return std::move(read).error();
    if (read->empty()) break;
    const bool was_last = read->size() < page.limit;
    page.after = read->back().key;
    std::move(read->begin(), read->end(), std::back_inserter(last));
    if (limit != 0 && last.size() > limit) last.erase(last.begin(), last.end() - static_cast<std::ptrdiff_t>(limit));
    if (was_last) break;
  }
  return std::vector<LedgerRow>(std::make_move_iterator(last.begin()), std::make_move_iterator(last.end()));
}

void PrintJson(const std::vector<LedgerRow>& rows) {
  for (const LedgerRow& row : rows) {
    std::string line;
    {
      JsonWriter json(line);
      Write(json, row);
    }
    fmt::print("{}\n", line);
  }
}

// Since when, or for when.
std::string TimeOf(const OutboxMessage& message) {
  if (message.finished) return FormatRfc3339(*message.finished);
  return "due " + FormatRfc3339(message.due);
}

Result<ExitCode> List(const Options& options) {
  const auto store = OpenStore(options.store, false);
  if (!store) return store.error();
  const auto rows = Read(**store, QueryOf(options), static_cast<std::size_t>(options.limit));
  if (!rows) return rows.error();
  if (AsJson(options)) {
    PrintJson(*rows);
    return kOk;
  }
  if (rows->empty()) {
    Tell("there is no such entry in the ledger\n");
    return kOk;
  }
  Table table({"DECIDED", "SUBSCRIPTION", "CHANNEL", "REASON", "STATE", "AT", "ALERT", "ANSWER"});
  for (const LedgerRow& row : *rows) {
    table.Add({FormatRfc3339(row.entry.decided), Printable(row.entry.subscription), Printable(row.entry.channel),
               std::string(Name(row.entry.reason)), std::string(Name(row.message.state)), TimeOf(row.message),
               Printable(row.entry.alert), Printable(row.message.answer)});
  }
  fmt::print("{}", table.Text());
  return kOk;
}

// What an alert is about, in two lines.
void PrintAlert(const AlertNotice& alert) {
  fmt::print("alert {}: {}, topic {}, {}, {}\n  {}\n  {}\n", Printable(alert.id), Name(alert.kind),
             Printable(alert.topic), Name(alert.severity), FormatRfc3339(alert.alerted), Printable(alert.title),
             Printable(alert.because));
}

void PrintEntry(const LedgerRow& row) {
  const OutboxMessage& message = row.message;
  fmt::print("{}, channel {}, for {}\n", Printable(row.entry.subscription), Printable(row.entry.channel),
             Printable(message.reader));
  fmt::print("  decided {}: {}, by revision {} of the subscription\n", FormatRfc3339(row.entry.decided),
             Name(row.entry.reason), row.entry.revision);
  fmt::print("  message {}: {} to {}, {}, {}, attempts: {}\n", message.id, Name(message.kind),
             Printable(message.destination), Name(message.state), TimeOf(message), message.attempts);
  if (!message.answer.empty()) fmt::print("  answer: {}\n", Printable(message.answer));
}

Error NoSuchAlert(const std::string& id) {
  return {ErrorCode::kNotFound,
          fmt::format("{}: the store has no such alert: it never came here, or is no longer kept (deliver.retention)",
                      Printable(id))};
}

Result<ExitCode> Show(const Options& options) {
  const auto store = OpenStore(options.store, false);
  if (!store) return store.error();
  const auto alert = (*store)->FindAlert(options.alert);
  if (!alert) return alert.error();
  if (!*alert) return NoSuchAlert(options.alert);
  LedgerQuery query = QueryOf(options);
  query.alert = options.alert;
  const auto rows = Read(**store, query, 0);
  if (!rows) return rows.error();
  if (AsJson(options)) {
    PrintJson(*rows);
    return kOk;
  }
  PrintAlert(**alert);
  if (rows->empty()) fmt::print("nobody was to be told of it\n");
  for (const LedgerRow& row : *rows) PrintEntry(row);
  return kOk;
}

// Why the subscription as it is today does not take the alert; empty: it does.
Result<std::string> WhyNotToday(const StoredSubscription& subscription, const AlertNotice& alert) {
  const auto set = SubscriptionSet::Compile({subscription});
  if (!set) return set.error();
  if ((*set)->subscriptions().empty()) return std::string("it is not enabled");
  auto matcher = SubscriptionMatcher::Create(*set);
  if (!matcher) return matcher.error();
  return matcher->WhyNot(alert, 0);
}

// The sentence after all entries.
Result<std::string> Explain(DeliveryStore& store, const Options& options, const AlertNotice& alert, bool told) {
  const std::string& id = options.query.subscription;
  const auto subscription = store.FindSubscription(id);
  if (!subscription) return subscription.error();
  if (!*subscription) {
    if (told) return std::string();
    return Error{ErrorCode::kNotFound, fmt::format("{}: there is no such subscription", Printable(id))};
  }
  if (told) return std::string();
  if ((*subscription)->deleted) return std::string("not told: the subscription is deleted");
  if (!(*subscription)->disabled_because.empty()) {
    return "not told: the subscription was disabled: " + (*subscription)->disabled_because;
  }
  auto why = WhyNotToday(**subscription, alert);
  if (!why) return why;
  const auto must_reach = MustReach(store, (*subscription)->subscription, alert);
  if (!must_reach) return must_reach.error();
  const bool takes = why->empty() || (*must_reach && (*subscription)->subscription.enabled);
  if (!takes) return "not told: " + *why;
  return fmt::format(
      "not told, though the subscription as it is today would take it: it was changed at {}, after the "
      "alert of {}",
      FormatRfc3339((*subscription)->changed), FormatRfc3339(alert.alerted));
}

Result<ExitCode> Why(const Options& options) {
  const auto store = OpenStore(options.store, false);
  if (!store) return store.error();
  const auto alert = (*store)->FindAlert(options.alert);
  if (!alert) return alert.error();
  if (!*alert) return NoSuchAlert(options.alert);
  LedgerQuery query;
  query.alert = options.alert;
  query.subscription = options.query.subscription;
  const auto rows = Read(**store, query, 0);
  if (!rows) return rows.error();
  const auto why = Explain(**store, options, **alert, !rows->empty());
  if (!why) return why.error();
  if (AsJson(options)) {
    PrintJson(*rows);
    if (!why->empty()) {
      std::string line;
      {
        JsonWriter json(line);
        json.BeginObject();
        json.Put("subscription", options.query.subscription);
        json.Put("alert", options.alert);
        json.Put("why_not", *why);
        json.EndObject();
      }
      fmt::print("{}\n", line);
    }
    return kOk;
  }
  PrintAlert(**alert);
  for (const LedgerRow& row : *rows) PrintEntry(row);
  if (!why->empty()) fmt::print("{}: {}\n", Printable(options.query.subscription), Printable(*why));
  return kOk;
}

Result<ExitCode> Replay(const Options& options) {
  const LedgerQuery query = QueryOf(options);
  const auto store = OpenStore(options.store, false);
  if (!store) return store.error();
  const auto replayed = (*store)->Replay(query, WallNow());
  if (!replayed) return replayed.error();
  Tell(fmt::format("{} message{} go out again, with the same ids\n", Grouped(static_cast<double>(*replayed)),
                   *replayed == 1 ? "" : "s"));
  return kOk;
}

void AddChoice(Verb& verb, Options& options) {
  verb.Value("--subscription", options.query.subscription, "Only of this one");
  verb.Value("--alert", options.query.alert, "Only of this alert");
  verb.Value("--reader", options.query.reader, "Only to this reader");
  verb.Value("--message", options.query.message, "Only in this message");
  verb.Value("--since", options.since, "Decided since a time, or so long ago: 2h, 7d").Check(CheckSince);
}

void AddFormat(Verb& verb, Options& options) {
  verb.Value("--format", options.format, "text, json (a line an entry), or auto (text on a terminal)")
      .OneOf({"text", "json", "auto"});
}

}  // namespace

void AddDeliveries(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb parent(app, "deliveries", "Tell who was told what, when and why; send again what failed");
  parent.NeedsVerb();
  parent.Footer(
      "Examples:\n"
      "  wirewatch deliveries list --config wirewatch.yaml --since 1d --state failed\n"
      "  wirewatch deliveries show ALERT --config wirewatch.yaml\n"
      "  wirewatch deliveries why ALERT --subscription floods --config wirewatch.yaml\n"
      "  wirewatch deliveries replay --subscription floods --since 2h --config wirewatch.yaml");
  const auto run = [options, &exit_code](Result<ExitCode> (*verb)(const Options&)) {
    return [options, &exit_code, verb] {
      NeedStore(options->store);
      exit_code = Finish(verb(*options));
    };
  };
  std::vector<std::string> states;
  for (const MessageState state : kMessageStates) states.emplace_back(Name(state));

  Verb list = parent.Add("list", "The ledger: the last entries, in the order of their decisions");
  AddStoreOptions(list, options->store);
  AddChoice(list, *options);
  list.Value("--state", options->state, "Only what is in this state").OneOf(states);
  list.Value("--limit,-n", options->limit, "So many at most").Between(1, 1'000'000);
  AddFormat(list, *options);
  list.OnChosen(run(List));

  Verb show = parent.Add("show", "All that was decided on an alert, and what came of it");
  AddStoreOptions(show, options->store);
  show.Value("alert", options->alert, "The alert's id").Required();
  AddFormat(show, *options);
  show.OnChosen(run(Show));

  Verb why = parent.Add("why", "Why a subscription was told of an alert, or why not");
  AddStoreOptions(why, options->store);
  why.Value("alert", options->alert, "The alert's id").Required();
  why.Value("--subscription", options->query.subscription, "The subscription's id").Required();
  AddFormat(why, *options);
  why.OnChosen(run(Why));

  Verb replay = parent.Add("replay", "Send failed messages again; with --message also one that was delivered");
  AddStoreOptions(replay, options->store);
  AddChoice(replay, *options);
  replay.OnChosen(run(Replay));
}

}  // namespace wirewatch
