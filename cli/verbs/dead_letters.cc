// wirewatch dead-letters: what could not be processed: looked at, and sent back once its cause is mended.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/since.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/pipeline_run.h"
#include "connectors/kafka/admin/dead_letter_replay.h"
#include "connectors/kafka/admin/stored_dead_letter.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "connectors/kafka/consume/kafka_reader.h"
#include "connectors/kafka/kafka_connectors.h"
#include "connectors/stdio/terminal.h"
#include "rules/text/plain_text.h"

namespace wirewatch {
namespace {

constexpr std::chrono::seconds kReplayPatience{30};  // for what is sent to be acknowledged

struct Options {
  std::string config;
  std::string reason;
  std::string since;
  std::string format = "auto";
  std::vector<std::string> places;
  bool all = false;
  bool dry_run = false;
  std::int64_t limit = 3;
};

// For the command line: what is wrong with a value; empty: nothing.
std::string CheckPlace(const std::string& text) {
  return ParseDeadLetterPlace(text) ? "" : "'" + text + "' is not PARTITION:OFFSET, such as 0:1017";
}

// REQUIRES: the options passed the checks above.
DeadLetterChoice ChoiceOf(const Options& options) {
  DeadLetterChoice choice{.reason = options.reason, .since = {}, .places = {}};
  if (!options.since.empty()) choice.since = ParseSince(options.since);
  for (const std::string& place : options.places) choice.places.insert(*ParseDeadLetterPlace(place));
  return choice;
}

// ------------------------------------------------------------------------------------------------------- reading

struct Input {
  Config config;
  std::unique_ptr<KafkaReader> reader;
};

Result<Input> Open(const Options& options) {
  log::SetLevel(log::Level::kWarn);
  auto config = LoadConfig(options.config);
  if (!config) return std::move(config).error();
  if (config->dead_letters.name != kKafka) {
    return Error{ErrorCode::kInvalid, fmt::format("{}: its dead letters go to {}, not to a kafka topic", options.config,
                                                  config->dead_letters.name)};
  }
  auto reader =
      KafkaReader::Connect(KafkaSettingsOf(*config), KafkaTopicOf(config->dead_letters.fields), kDeadLettersRole);
  if (!reader) return std::move(reader).error();
  return Input{*std::move(config), *std::move(reader)};
}

// For when none were chosen: what there was to choose from.
void TellNone(const DeadLetterChoice& choice, const DeadLettersMet& met) {
  std::string text = "no dead letters";
  if (!choice.reason.empty()) text += fmt::format(" of reason '{}'", PlainLine(choice.reason));
  if (!choice.reason.empty() && !met.reasons.empty() && !met.reasons.contains(choice.reason)) {
    std::vector<std::string> reasons;
    for (const std::string& reason : met.reasons) reasons.push_back(PlainLine(reason));
    text += fmt::format("; there are: {}", fmt::join(reasons, ", "));
  }
  Tell(text + "\n");
}

// --------------------------------------------------------------------------------------------------- list and show

bool AsText(const Options& options) {
  return options.format == "text" || (options.format == "auto" && IsTerminal(STDOUT_FILENO));
}

struct Group {
  std::uint64_t count = 0;
  WallTime first{}, last{};
  std::string example_place, example_message;  // of the last
};

void PrintGroup(const std::string& reason, const Group& group, bool as_text) {
  const std::string first = FormatRfc3339(group.first), last = FormatRfc3339(group.last);
  if (as_text) {
    fmt::print("{}: {}, from {} to {}\n  {} {}\n", PlainLine(reason), Grouped(static_cast<double>(group.count)), first,
               last, group.example_place, PlainLine(group.example_message));
    return;
  }
  const nlohmann::ordered_json json{{"reason", reason},
                                    {"count", group.count},
                                    {"first", first},
                                    {"last", last},
                                    {"example", {{"place", group.example_place}, {"message", group.example_message}}}};
  fmt::print("{}\n", json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

Result<ExitCode> List(const Options& options) {
  auto input = Open(options);
  if (!input) return std::move(input).error();
  std::map<std::string, Group> groups;
  const DeadLetterChoice choice = ChoiceOf(options);
  const auto read = ReadChosen(*input->reader, choice, [&](StoredDeadLetter letter) -> Status {
    Group& group = groups[letter.reason];
    if (group.count++ == 0) group.first = group.last = letter.time;
    group.first = std::min(group.first, letter.time);
    group.last = std::max(group.last, letter.time);
    group.example_place = PlaceOf(letter.record);
    group.example_message = std::move(letter.message);
    return {};
  });
  if (!read) return read.error();
  for (const auto& [reason, group] : groups) PrintGroup(reason, group, AsText(options));
  if (groups.empty()) TellNone(choice, *read);
  return kOk;
}

void PrintWhole(const StoredDeadLetter& letter, bool as_text) {
  if (!as_text) {
    fmt::print("{}\n", ToJson(letter));
    return;
  }
  if (letter.record.key) fmt::print("key: {}\n", PlainLine(*letter.record.key));
  for (const RecordHeader& header : letter.record.headers) {
    fmt::print("{}: {}\n", PlainLine(header.name), PlainLine(header.value));
  }
  // Its lines stay lines, whatever else is in them.
  std::string_view rest = letter.record.value ? std::string_view(*letter.record.value) : std::string_view();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    fmt::print("\n{}", PlainLine(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  fmt::print("\n");
}

Result<ExitCode> Show(const Options& options) {
  auto input = Open(options);
  if (!input) return std::move(input).error();
  bool found = false;
  const auto read = ReadChosen(*input->reader, ChoiceOf(options), [&](const StoredDeadLetter& letter) -> Status {
    PrintWhole(letter, AsText(options));
    found = true;
    return {};
  });
  if (!read) return read.error();
  if (found) return kOk;
  return Error{ErrorCode::kNotFound,
               fmt::format("kafka topic {} has no record at {}", KafkaTopicOf(input->config.dead_letters.fields),
                           options.places.front())};
}

// ---------------------------------------------------------------------------------------------------------- replay

class ReplayTeller : public DeadLetterReplay::Listener {
 public:
  void OnRefused(const StoredDeadLetter& letter, const std::string& why) override {
    Tell(fmt::format("{} {}: refused: {}\n", PlaceOf(letter.record), PlainLine(letter.reason), PlainLine(why)));
  }
  void OnWouldSend(const StoredDeadLetter& letter) override {
    Tell(fmt::format("{} {}: would be sent to kafka topic {} partition {}\n", PlaceOf(letter.record),
                     PlainLine(letter.reason), letter.stream, letter.partition));
  }
  void OnFailed(const std::string& place, const Error& error) override {
    Tell(fmt::format("{}: failed: {}\n", place, error.message));
  }
  void OnUnacknowledged(const std::string& topic, const std::string& why) override {
    Tell(fmt::format("kafka topic {}: not everything was acknowledged in time{}\n", topic,
                     why.empty() ? "" : ": " + why));
  }
};

Result<ExitCode> Replay(const Options& options) {
  auto input = Open(options);
  if (!input) return std::move(input).error();
  auto brokers = ConnectForReplay(KafkaSettingsOf(input->config));
  if (!brokers) return std::move(brokers).error();
  ReplayTeller teller;
  DeadLetterReplay replay(**brokers, {TopicsRead(input->config), options.config, options.limit, options.dry_run},
                          teller);
  const DeadLetterChoice choice = ChoiceOf(options);
  const auto read =
      ReadChosen(*input->reader, choice, [&](StoredDeadLetter letter) { return replay.Replay(std::move(letter)); });
  replay.Finish(SteadyNow() + kReplayPatience);
  fmt::print("{} {}, {} refused, {} failed\n", replay.sent(), options.dry_run ? "would be sent" : "sent",
             replay.refused(), replay.failed());
  if (!read) return read.error();
  if (replay.sent() + replay.failed() + replay.refused() == 0) TellNone(choice, *read);
  for (const DeadLetterPlace& place : choice.places) {
    if (!read->places.contains(place)) Tell(fmt::format("{}: there is no such record\n", TextOf(place)));
  }
  if (replay.refused() + replay.failed() != 0) return kFailure;
  return read->places.size() == choice.places.size() ? kOk : kUnreachable;
}

// ---------------------------------------------------------------------------------------------------- command line

Verb AddVerb(Verb& parent, const std::string& name, const std::string& help, Options& options) {
  Verb verb = parent.Add(name, help);
  verb.Value("--config,-c", options.config, "The configuration whose dead letters go to a kafka topic").Required();
  return verb;
}

struct ChoiceOptions {
  VerbOption reason;
  VerbOption since;
};

ChoiceOptions AddChoice(Verb& verb, Options& options) {
  const VerbOption reason = verb.Value("--reason", options.reason, "Only of this reason");
  const VerbOption since =
      verb.Value("--since", options.since, "Only from this time on, or of the last 2h, 3d").Check(CheckSince);
  return {reason, since};
}

void AddFormat(Verb& verb, Options& options) {
  verb.Value("--format", options.format, "text, json (a line each), or auto (text on a terminal)")
      .OneOf({"text", "json", "auto"});
}

}  // namespace

void AddDeadLetters(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb parent(app, "dead-letters", "List, show and replay the dead letters in a kafka topic");
  parent.NeedsVerb();
  parent.Footer(
      "They are read up to where the kafka topic ends at the time of the call. Nothing in it is changed or deleted.\n\n"
      "Examples:\n"
      "  wirewatch dead-letters list --config wirewatch.yaml --since 2h\n"
      "  wirewatch dead-letters show 0:1017 --config wirewatch.yaml\n"
      "  wirewatch dead-letters replay --reason too-large --config wirewatch.yaml --dry-run");
  const auto run = [options, &exit_code](Result<ExitCode> (*verb)(const Options&)) {
    return [options, &exit_code, verb] { exit_code = Finish(verb(*options)); };
  };

  Verb list = AddVerb(parent, "list", "Group them by reason: how many, since when, an example", *options);
  AddChoice(list, *options);
  AddFormat(list, *options);
  list.OnChosen(run(List));

  Verb show = AddVerb(parent, "show", "Print one whole: headers and payload", *options);
  show.Value("place", options->places, "PARTITION:OFFSET in the kafka topic of dead letters")
      .Required()
      .OneValue()
      .Check(CheckPlace);
  AddFormat(show, *options);
  show.OnChosen(run(Show));

  Verb replay = AddVerb(parent, "replay", "Send them back to the kafka topic that they came from", *options);
  const VerbOption places =
      replay.Value("places", options->places, "PARTITION:OFFSET of those to send").Check(CheckPlace);
  const ChoiceOptions choice = AddChoice(replay, *options);
  replay.Flag("--all", options->all, "All of them; else --reason, --since or places are needed")
      .Excludes(choice.reason)
      .Excludes(choice.since)
      .Excludes(places);
  replay.Value("--limit", options->limit, "Refuse what was replayed so many times already")
      .Between(1, 1000)
      .ShowDefault();
  replay.Flag("--dry-run", options->dry_run, "Only tell what would be sent");
  replay.OnChosen([options, replay_chosen = run(Replay)] {
    if (!options->all && options->reason.empty() && options->since.empty() && options->places.empty()) {
      FailMissing("--reason, --since, PARTITION:OFFSET or --all");
    }
    replay_chosen();
  });
}

}  // namespace wirewatch
