#include "connectors/kafka/admin/dead_letter_replay.h"

#include <fmt/format.h>

#include "connectors/kafka/admin/kafka_cluster.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "connectors/kafka/produce/kafka_producer.h"
#include "monitoring/metrics.h"

namespace wirewatch {

// ------------------------------------------------------------------------------------------------------- choosing

bool DeadLetterChoice::Takes(const StoredDeadLetter& letter) const {
  return (reason.empty() || letter.reason == reason) && (!since || letter.time >= *since) &&
         (places.empty() || places.contains({letter.record.partition, letter.record.offset}));
}

KafkaRanges DeadLetterChoice::RangesOf(const KafkaRanges& all) const {
  if (places.empty()) return all;
  KafkaRanges ranges;
  for (const auto& [partition, offset] : places) {
    const auto known = all.find(partition);
    if (known == all.end() || offset < known->second.begin || offset >= known->second.end) continue;
    const Offset end = Next(offset);
    ranges.try_emplace(partition, KafkaRange{offset, end}).first->second.end = end;  // the set is in order
  }
  return ranges;
}

Result<DeadLettersMet> ReadChosen(KafkaReader& reader, const DeadLetterChoice& choice,
                                  const std::function<Status(StoredDeadLetter)>& take) {
  const auto all = reader.All();
  if (!all) return all.error();
  DeadLettersMet met;
  const Status read = reader.Read(choice.RangesOf(*all), [&](KafkaRecord record) -> Status {
    StoredDeadLetter letter = ReadDeadLetter(std::move(record));
    met.reasons.insert(letter.reason);
    const DeadLetterPlace place{letter.record.partition, letter.record.offset};
    if (choice.places.contains(place)) met.places.insert(place);
    return choice.Takes(letter) ? take(std::move(letter)) : Status();
  });
  if (!read) return read.error();
  return met;
}

std::set<std::string> TopicsRead(const Config& config) {
  std::set<std::string> topics;
  if (config.source.name == kKafka) topics.insert(KafkaTopicOf(config.source.fields));
  if (config.matches) topics.insert(KafkaTopicOf(config.matches->fields));
  return topics;
}

// --------------------------------------------------------------------------------------------------------- brokers

namespace {

class KafkaReplayBrokers : public ReplayBrokers {
 public:
  KafkaReplayBrokers(const KafkaSettings& shared, std::unique_ptr<KafkaCluster> cluster)
      : shared_(shared), cluster_(std::move(cluster)) {}

  Result<std::optional<int>> CountPartitions(const std::string& topic) override {
    const auto states = cluster_->Describe({topic});
    if (!states) return states.error();
    if (!states->front().exists) return std::optional<int>();
    return std::optional(states->front().partitions);
  }

  Result<std::unique_ptr<MessageSender>> SenderTo(const std::string& topic) override {
    auto made = KafkaProducer::Create("replay", topic, shared_, metrics_, Compression::kSmall);
    if (!made) return std::move(made).error();
    return std::unique_ptr<MessageSender>(*std::move(made));
  }

  Result<std::optional<KafkaRecord>> Find(const std::string& topic, Partition partition, Offset offset) override {
    const auto original = OriginalOf(topic);
    if (!original) return original.error();
    const auto& [reader, ranges] = **original;
    const auto range = ranges.find(partition);
    const Offset end = Next(offset);
    std::optional<KafkaRecord> found;
    if (range == ranges.end() || offset < range->second.begin || end > range->second.end) return found;
    const Status read = reader->Read({{partition, {offset, end}}}, [&](KafkaRecord record) -> Status {
      if (record.offset == offset) found = std::move(record);
      return {};
    });
    if (!read) return read.error();
    return found;
  }

 private:
  // A kafka topic that dead letters came from. What it holds is asked once: a record was there before its dead letter
  // was, and one that is deleted in the meantime is not found (KafkaReader::Read passes it over).
  struct Original {
    std::unique_ptr<KafkaReader> reader;
    KafkaRanges ranges;
  };

  Result<const Original*> OriginalOf(const std::string& topic) {
    if (const auto known = originals_.find(topic); known != originals_.end()) return &known->second;
    auto reader = KafkaReader::Connect(shared_, topic, kDeadLettersRole);
    if (!reader) return std::move(reader).error();
    auto ranges = (*reader)->All();
    if (!ranges) return std::move(ranges).error();
    return &originals_.emplace(topic, Original{*std::move(reader), *std::move(ranges)}).first->second;
  }

  const KafkaSettings shared_;
  const std::unique_ptr<KafkaCluster> cluster_;
  MetricsRegistry metrics_;  // the producers count; nobody reads it
  std::map<std::string, Original> originals_;
};

}  // namespace

Result<std::unique_ptr<ReplayBrokers>> ConnectForReplay(const KafkaSettings& shared) {
  auto cluster = KafkaCluster::Connect(shared, kDeadLettersRole);
  if (!cluster) return std::move(cluster).error();
  return std::unique_ptr<ReplayBrokers>(std::make_unique<KafkaReplayBrokers>(shared, *std::move(cluster)));
}

// ---------------------------------------------------------------------------------------------------------- replay

Status DeadLetterReplay::Replay(StoredDeadLetter letter) {
  std::string why = RefusalOf(letter, options_.limit, true);
  if (why.empty() && !options_.topics.contains(letter.stream)) {
    why = fmt::format("it came from kafka topic {}, which {} does not read", letter.stream, options_.config);
  }
  if (why.empty()) {
    auto refusal = Send(letter);
    if (!refusal) return std::move(refusal).error();
    why = *std::move(refusal);
  }
  if (why.empty()) return {};
  ++refused_;
  listener_.OnRefused(letter, why);
  return {};
}

Result<std::string> DeadLetterReplay::Send(StoredDeadLetter& letter) {
  if (letter.oversize) {
    auto missing = PutBackWhole(letter);
    if (!missing || !missing->empty()) return missing;
  }
  const auto target = TargetFor(letter.stream);
  if (!target) return target.error();
  if (letter.partition < 0 || letter.partition >= (*target)->partitions) {
    return fmt::format("kafka topic {} has no partition {}", letter.stream, letter.partition);
  }
  ++tried_;
  if (options_.dry_run) {
    listener_.OnWouldSend(letter);
    return std::string();
  }
  (*target)->sender->Send(ToReplay(letter),
                          Delivery([this, place = PlaceOf(letter.record)](std::optional<Error> error) {
                            if (!error) {
                              ++acknowledged_;
                            } else {
                              listener_.OnFailed(place, *error);
                            }
                          }));
  return std::string();
}

Result<std::string> DeadLetterReplay::PutBackWhole(StoredDeadLetter& letter) {
  auto original = brokers_.Find(letter.stream, Partition{letter.partition}, Offset{letter.offset});
  if (!original) return std::move(original).error();
  if (*original && MakeWhole(letter, **std::move(original))) return std::string();
  return fmt::format("only the head of its {} bytes is here, and kafka topic {} no longer keeps the whole",
                     *letter.oversize, letter.stream);
}

Result<DeadLetterReplay::Target*> DeadLetterReplay::TargetFor(const std::string& topic) {
  if (const auto known = targets_.find(topic); known != targets_.end()) return &known->second;
  const auto partitions = brokers_.CountPartitions(topic);
  if (!partitions) return partitions.error();
  if (!*partitions) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("kafka topic {}, where dead letters came from, does not exist", topic)};
  }
  Target target{**partitions, nullptr};
  if (!options_.dry_run) {
    auto made = brokers_.SenderTo(topic);
    if (!made) return std::move(made).error();
    target.sender = *std::move(made);
  }
  return &targets_.emplace(topic, std::move(target)).first->second;
}

void DeadLetterReplay::Finish(SteadyTime deadline) {
  for (auto& [topic, target] : targets_) {
    if (target.sender == nullptr) continue;
    const Status ready = target.sender->Ready();
    if (const Status closed = target.sender->Close(deadline); !closed) {
      listener_.OnUnacknowledged(topic, ready ? "" : ready.error().message);
    }
  }
  targets_.clear();
}

}  // namespace wirewatch
