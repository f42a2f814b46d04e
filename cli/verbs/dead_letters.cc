// wirewatch dead-letters: what could not be processed: looked at, and sent back once its cause is mended.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/pipeline_run.h"
#include "connectors/kafka/admin/kafka_cluster.h"
#include "connectors/kafka/admin/stored_dead_letter.h"
#include "connectors/kafka/consume/kafka_reader.h"
#include "connectors/kafka/kafka_connectors.h"
#include "connectors/kafka/produce/kafka_producer.h"
#include "connectors/stdio/plain_text.h"
#include "connectors/stdio/terminal.h"
#include "monitoring/metrics.h"

namespace wirewatch {
namespace {

constexpr std::chrono::seconds kReplayPatience{30};  // for what is sent to be acknowledged
constexpr std::string_view kRole = "dead-letters-tool";

using Place = std::pair<Partition, Offset>;

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

// ------------------------------------------------------------------------------------------------------- choosing

// Which dead letters are asked for; each condition that is not given lets all through.
struct Choice {
  std::string reason;
  std::optional<WallTime> since;
  std::set<Place> places;

  bool Takes(const StoredDeadLetter& letter) const {
    return (reason.empty() || letter.reason == reason) && (!since || letter.time >= *since) &&
           (places.empty() || places.contains({letter.record.partition, letter.record.offset}));
  }
};

// "3:1017"
std::optional<Place> ParsePlace(std::string_view text) {
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  const char* const end = text.data() + text.size();
  const auto [colon, wrong_partition] = std::from_chars(text.data(), end, partition);
  if (wrong_partition != std::errc() || colon == end || *colon != ':') return std::nullopt;
  const auto [last, wrong_offset] = std::from_chars(colon + 1, end, offset);
  if (wrong_offset != std::errc() || last != end || partition < 0 || offset < 0) return std::nullopt;
  return Place{Partition{partition}, Offset{offset}};
}

std::string TextOf(const Place& place) {
  return fmt::format("{}:{}", static_cast<std::int32_t>(place.first), static_cast<std::int64_t>(place.second));
}

// A time, or how long ago.
std::optional<WallTime> ParseSince(const std::string& text) {
  if (const auto ago = ParseDuration(text)) return WallNow() - *ago;
  return ParseRfc3339(text);
}

// For the command line: what is wrong with a value; empty: nothing.
std::string CheckPlace(const std::string& text) {
  return ParsePlace(text) ? "" : "'" + text + "' is not PARTITION:OFFSET, such as 0:1017";
}
std::string CheckSince(const std::string& text) {
  return ParseSince(text) ? ""
                          : "'" + text + "' is neither a duration such as 2h nor a time such as 2026-11-23T09:30:00Z";
}

// REQUIRES: the options passed the checks above.
Choice ChoiceOf(const Options& options) {
  Choice choice{.reason = options.reason, .since = {}, .places = {}};
  if (!options.since.empty()) choice.since = ParseSince(options.since);
  for (const std::string& place : options.places) choice.places.insert(*ParsePlace(place));
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
  if (config->dead_letters.name != "kafka") {
    return Error{ErrorCode::kInvalid, fmt::format("{}: its dead letters go to {}, not to a kafka topic", options.config,
                                                  config->dead_letters.name)};
  }
  auto reader = KafkaReader::Connect(KafkaSectionOf(*config), config->dead_letters.fields.String("topic"), kRole);
  if (!reader) return std::move(reader).error();
  return Input{*std::move(config), *std::move(reader)};
}

// Of the places that are asked for the least ranges that hold them, or all that is there now. What replays of this call
// add behind that is not read.
Result<KafkaRanges> RangesOf(KafkaReader& reader, const Choice& choice) {
  auto all = reader.All();
  if (!all || choice.places.empty()) return all;
  KafkaRanges ranges;
  for (const auto& [partition, offset] : choice.places) {
    const auto known = all->find(partition);
    if (known == all->end() || offset < known->second.begin || offset >= known->second.end) continue;
    const Offset end{static_cast<std::int64_t>(offset) + 1};
    ranges.try_emplace(partition, KafkaRange{offset, end}).first->second.end = end;  // the set is in order
  }
  return ranges;
}

// What was met while reading, chosen or not.
struct Met {
  std::set<std::string> reasons;
  std::set<Place> places;  // of those that were asked for
};

Result<Met> ReadChosen(KafkaReader& reader, const Choice& choice, const std::function<Status(StoredDeadLetter)>& take) {
  const auto ranges = RangesOf(reader, choice);
  if (!ranges) return ranges.error();
  Met met;
  const Status read = reader.Read(*ranges, [&](KafkaRecord record) -> Status {
    StoredDeadLetter letter = ReadDeadLetter(std::move(record));
    met.reasons.insert(letter.reason);
    const Place place{letter.record.partition, letter.record.offset};
    if (choice.places.contains(place)) met.places.insert(place);
    return choice.Takes(letter) ? take(std::move(letter)) : Status();
  });
  if (!read) return read.error();
  return met;
}

// For when none were chosen: what there was to choose from.
void TellNone(const Choice& choice, const Met& met) {
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
  const Choice choice = ChoiceOf(options);
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
               fmt::format("kafka topic {} has no record at {}", input->config.dead_letters.fields.String("topic"),
                           options.places.front())};
}

// ---------------------------------------------------------------------------------------------------------- replay

// Sends records back to where they came from: one producer for each kafka topic, made when it is needed.
class Replayer {
 public:
  // `cluster` and `shared` are borrowed.
  Replayer(KafkaCluster& cluster, const Fields& shared, bool dry_run)
      : cluster_(cluster), shared_(shared), dry_run_(dry_run) {}

  // What is given back is why it cannot be sent; empty: it can. REQUIRES: RefusalOf(letter) is empty.
  Result<std::string> Send(const StoredDeadLetter& letter) {
    const auto target = TargetFor(letter.stream);
    if (!target) return target.error();
    if (letter.partition < 0 || letter.partition >= (*target)->partitions) {
      return fmt::format("kafka topic {} has no partition {}", letter.stream, letter.partition);
    }
    ++sent_;
    if (dry_run_) {
      Tell(fmt::format("{} {}: would be sent to kafka topic {} partition {}\n", PlaceOf(letter.record),
                       PlainLine(letter.reason), letter.stream, letter.partition));
      return std::string();
    }
    (*target)->producer->Send(ToReplay(letter),
                              Delivery([this, place = PlaceOf(letter.record)](std::optional<Error> error) {
                                if (!error) {
                                  ++acknowledged_;
                                } else {
                                  Tell(fmt::format("{}: failed: {}\n", place, error->message));
                                }
                              }));
    return std::string();
  }

  // Waits for all delivery reports; what has none by then has failed.
  void Finish() {
    const SteadyTime deadline = SteadyNow() + kReplayPatience;
    for (auto& [topic, target] : targets_) {
      if (target.producer == nullptr) continue;
      const Status ready = target.producer->Ready();
      if (const Status closed = target.producer->Close(deadline); !closed) {
        Tell(fmt::format("kafka topic {}: not everything was acknowledged in time{}\n", topic,
                         ready ? "" : ": " + ready.error().message));
      }
    }
    targets_.clear();
  }

  // After Finish.
  std::uint64_t sent() const { return dry_run_ ? sent_ : acknowledged_.load(); }
  std::uint64_t failed() const { return sent_ - sent(); }

 private:
  struct Target {
    int partitions = 0;
    std::unique_ptr<KafkaProducer> producer;  // null in a dry run
  };

  // kNotFound: the kafka topic is not there (any more).
  Result<Target*> TargetFor(const std::string& topic) {
    if (const auto known = targets_.find(topic); known != targets_.end()) return &known->second;
    const auto states = cluster_.Describe({topic});
    if (!states) return states.error();
    if (!states->front().exists) {
      return Error{ErrorCode::kNotFound,
                   fmt::format("kafka topic {}, where dead letters came from, does not exist", topic)};
    }
    Target target{states->front().partitions, nullptr};
    if (!dry_run_) {
      auto made = KafkaProducer::Create("replay", topic, shared_, metrics_, Compression::kSmall);
      if (!made) return std::move(made).error();
      target.producer = *std::move(made);
    }
    return &targets_.emplace(topic, std::move(target)).first->second;
  }

  KafkaCluster& cluster_;
  const Fields& shared_;
  const bool dry_run_;
  Metrics metrics_;  // of this call; nobody reads them
  std::uint64_t sent_ = 0;
  std::atomic<std::uint64_t> acknowledged_{0};  // counted by the producers' threads
  std::map<std::string, Target> targets_;
};

// Looks for the whole of dead letters that were cut, where they came from.
class Originals {
 public:
  // `shared` is borrowed.
  explicit Originals(const Fields& shared) : shared_(shared) {}

  // What is given back is why there is none; empty: `letter` is whole now. REQUIRES: letter.oversize.
  // Errors: the brokers do not answer.
  Result<std::string> PutBack(StoredDeadLetter& letter) {
    auto reader = ReaderOf(letter.stream);
    if (!reader) return std::move(reader).error();
    const Partition partition{letter.partition};
    const auto all = (*reader)->All();
    if (!all) return all.error();
    const auto range = all->find(partition);
    const Offset offset{letter.offset}, end{letter.offset + 1};
    const bool is_kept = range != all->end() && range->second.begin <= offset && end <= range->second.end;
    std::optional<KafkaRecord> original;
    if (is_kept) {
      const Status read = (*reader)->Read({{partition, {offset, end}}}, [&](KafkaRecord record) -> Status {
        if (record.offset == offset) original = std::move(record);
        return {};
      });
      if (!read) return read.error();
    }
    if (original && MakeWhole(letter, *std::move(original))) return std::string();
    return fmt::format("only the head of its {} bytes is here, and kafka topic {} no longer keeps the whole",
                       *letter.oversize, letter.stream);
  }

 private:
  Result<KafkaReader*> ReaderOf(const std::string& topic) {
    if (const auto known = readers_.find(topic); known != readers_.end()) return known->second.get();
    auto made = KafkaReader::Connect(shared_, topic, kRole);
    if (!made) return std::move(made).error();
    return readers_.emplace(topic, *std::move(made)).first->second.get();
  }

  const Fields& shared_;
  std::map<std::string, std::unique_ptr<KafkaReader>> readers_;
};

// The kafka topics that the configuration's own processes read: what is sent to another one helps nobody, and is
// perhaps what somebody wishes who can write dead letters.
std::set<std::string> TopicsRead(const Config& config) {
  std::set<std::string> topics;
  if (config.source.name == "kafka") topics.insert(config.source.fields.String("topic"));
  if (config.matches) topics.insert(config.matches->fields.String("topic"));
  return topics;
}

Result<ExitCode> Replay(const Options& options) {
  auto input = Open(options);
  if (!input) return std::move(input).error();
  const Fields& shared = KafkaSectionOf(input->config);
  auto cluster = KafkaCluster::Connect(shared, kRole);
  if (!cluster) return std::move(cluster).error();
  Replayer replayer(**cluster, shared, options.dry_run);
  Originals originals(shared);
  std::uint64_t refused = 0;
  const std::set<std::string> topics = TopicsRead(input->config);
  const Choice choice = ChoiceOf(options);
  const auto read = ReadChosen(*input->reader, choice, [&](StoredDeadLetter letter) -> Status {
    std::string why = RefusalOf(letter, options.limit, true);
    if (why.empty() && !topics.contains(letter.stream)) {
      why = fmt::format("it came from kafka topic {}, which {} does not read", letter.stream, options.config);
    }
    if (why.empty() && letter.oversize) {
      auto missing = originals.PutBack(letter);
      if (!missing) return std::move(missing).error();
      why = *std::move(missing);
    }
    if (why.empty()) {
      auto refusal = replayer.Send(letter);
      if (!refusal) return std::move(refusal).error();
      why = *std::move(refusal);
    }
    if (!why.empty()) {
      ++refused;
      Tell(fmt::format("{} {}: refused: {}\n", PlaceOf(letter.record), PlainLine(letter.reason), PlainLine(why)));
    }
    return {};
  });
  replayer.Finish();
  fmt::print("{} {}, {} refused, {} failed\n", replayer.sent(), options.dry_run ? "would be sent" : "sent", refused,
             replayer.failed());
  if (!read) return read.error();
  if (replayer.sent() + replayer.failed() + refused == 0) TellNone(choice, *read);
  for (const Place& place : choice.places) {
    if (!read->places.contains(place)) Tell(fmt::format("{}: there is no such record\n", TextOf(place)));
  }
  if (refused + replayer.failed() != 0) return kFailure;
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
    return [options, &exit_code, verb] {
      const Result<ExitCode> done = verb(*options);
      exit_code = done ? *done : Finish(done.error());
    };
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
