#include "connectors/kafka/consume/recall.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>

#include "base/log.h"
#include "connectors/kafka/client/kafka_client.h"
#include "connectors/kafka/client/kafka_config.h"
#include "connectors/kafka/client/kafka_errors.h"
#include "connectors/kafka/client/kafka_probe.h"
#include "connectors/kafka/client/partition_list.h"
#include "connectors/kafka/consume/record_from_message.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("kafka");

constexpr std::chrono::milliseconds kStep{100};      // of reading, or between two questions
constexpr std::chrono::milliseconds kAnswer{1'000};  // longest wait for one
constexpr std::chrono::seconds kTellAfter{5};        // without a step forward
constexpr std::string_view kOutcome = "stories that began before may be told again";

int Milliseconds(std::chrono::milliseconds time) { return static_cast<int>(time.count()); }
std::int64_t Number(Offset offset) { return static_cast<std::int64_t>(offset); }
std::int32_t Number(Partition partition) { return static_cast<std::int32_t>(partition); }

// `isolation`: of the ends of partitions that it is told.
Result<KafkaHandle> Connect(const KafkaSettings& shared, const char* isolation) {
  auto conf = ReaderConf(shared, "decisions");
  if (!conf) return std::move(conf).error();
  const std::string buffer = std::to_string(kRecallBuffer >> 10);
  rd_kafka_conf_set(conf->get(), "isolation.level", isolation, nullptr, 0);
  rd_kafka_conf_set(conf->get(), "queued.max.messages.kbytes", buffer.c_str(), nullptr, 0);
  rd_kafka_conf_set(conf->get(), "statistics.interval.ms", "0", nullptr, 0);
  auto client = MakeClient(RD_KAFKA_CONSUMER, *std::move(conf));
  if (client) rd_kafka_poll_set_consumer(client->get());
  return client;
}

// Copies: the client is gone before the record is.
Record RecallOf(const rd_kafka_message_t& message, std::string_view topic) {
  KafkaRecord copied = CopyOf(message);
  Record record;
  record.use = RecordUse::kRecalls;
  if (copied.value) {
    const auto value = std::make_shared<const std::string>(*std::move(copied.value));
    record.payload = *value;
    record.memory = value;
  }
  record.place = {topic, copied.partition, copied.offset};
  record.timestamp = copied.timestamp;
  return record;
}

}  // namespace

// ------------------------------------------------------------------------------------------------------ what is due

void Recall::Begin(Partition partition, const RestorePoint& point) {
  if (due_.empty()) Progress();
  if (held_ && held_->place.partition == partition) held_.reset();
  Due& due = due_[partition] = {};
  due.since = point.since;
  due.restores = point.begin < point.live;
  assigned_ = false;
}

void Recall::Drop(const std::vector<Partition>& gone) {
  for (const Partition partition : gone) {
    due_.erase(partition);
    if (held_ && held_->place.partition == partition) held_.reset();
  }
  assigned_ = false;
  if (due_.empty()) Clear();
}

void Recall::Clear() {
  due_.clear();
  held_.reset();
  asker_.reset();
  reader_.reset();
  missing_since_.reset();
}

std::vector<Recall::Recalled> Recall::Step() {
  context_.Beat();
  const bool all_asked = std::all_of(due_.begin(), due_.end(), [](const auto& one) { return one.second.range; });
  if (all_asked || Ask()) Read();
  if (due_.empty()) Clear();
  return std::exchange(done_, {});
}

void Recall::Finish(Partition partition) {
  const auto at = due_.find(partition);
  done_.push_back({partition, !at->second.restores});
  due_.erase(at);
  Progress();
}

void Recall::Trouble(std::string_view reason) {
  const std::string problem = fmt::format("the decisions in kafka topic {} at {} cannot be read: {}", topic_,
                                          context_.address.bootstrap_servers, reason);
  const auto waited = SteadyNow() - progress_;
  if (waited >= kRecallPatience) {
    context_.EndWith(Error{ErrorCode::kUnavailable, problem}.In("the state cannot be restored"));
  } else if (waited >= kTellAfter && context_.repeats.IsNew(problem, SteadyNow())) {
    kLog.Warn("kafka source {kafka_topic}: {error}", {{"kafka_topic", context_.address.topic}, {"error", problem}});
  }
}

// ----------------------------------------------------------------------------------------------- from where to where

bool Recall::Ask() {
  const auto trouble = [&](const Error& error) {
    Trouble(error.message);
    std::this_thread::sleep_for(kStep);  // some errors need no time
    return false;
  };
  if (!asker_) {
    auto asker = Connect(shared_, "read_uncommitted");
    if (!asker) return trouble(asker.error());
    asker_ = *std::move(asker);
  }
  if (Status there = ProbeTopic(asker_.get(), {context_.address.bootstrap_servers, topic_}, kAnswer); !there) {
    if (there.error().code != ErrorCode::kNotFound) return trouble(there.error());
    // One that was just made is not known to all brokers yet.
    if (!missing_since_) missing_since_ = SteadyNow();
    if (SteadyNow() - *missing_since_ < context_.options.missing_grace) {
      std::this_thread::sleep_for(kStep);
      return false;
    }
    PassOver("it does not exist; wirewatch topics --config FILE --create makes it");
    return false;
  }
  missing_since_.reset();
  std::vector<Partition> asked;
  Status found;
  for (auto& [partition, due] : due_) {
    if (due.range || !found) continue;
    asked.push_back(partition);
    found = AskFor(partition, due);
    context_.Beat();
  }
  if (found) found = FindBegins(asked);
  if (!found) {
    for (const Partition partition : asked) due_.at(partition).range.reset();
    return trouble(found.error());
  }
  TellRanges(asked);
  for (const Partition partition : asked) {
    const KafkaRange& range = *due_.at(partition).range;
    if (range.begin >= range.end) Finish(partition);
  }
  asker_.reset();
  Progress();
  return !due_.empty();
}

Status Recall::AskFor(Partition partition, Due& due) {
  std::int64_t low = 0, high = 0;
  const auto error = rd_kafka_query_watermark_offsets(asker_.get(), topic_.c_str(), Number(partition), &low, &high,
                                                      Milliseconds(kAnswer));
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    due.range = {Offset{low}, Offset{high}};
    return {};
  }
  std::string problem = fmt::format("partition {}: {}", Number(partition), rd_kafka_err2str(error));
  if (error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION) {
    problem += fmt::format("; it needs as many partitions as kafka topic {}: wirewatch topics tells how",
                           context_.address.topic);
  }
  return Error{ErrorCode::kUnavailable, std::move(problem)};
}

// Moves the beginnings up to where the window begins.
Status Recall::FindBegins(const std::vector<Partition>& asked) {
  std::map<Partition, WallTime> times;
  for (const Partition partition : asked) {
    const Due& due = due_.at(partition);
    if (due.since && due.range->begin < due.range->end) times[partition] = *due.since - kRecallMargin;
  }
  const auto found = OffsetsAt(asker_.get(), topic_, times, kAnswer);
  if (!found) return found.error();
  for (const auto& [partition, offset] : *found) {
    Due& due = due_.at(partition);
    KafkaRange& range = *due.range;
    due.cut = offset && range.begin > Offset{0} && *offset <= range.begin;
    range.begin = offset ? std::max(range.begin, *offset) : range.end;
  }
  return {};
}

void Recall::TellRanges(const std::vector<Partition>& asked) const {
  std::string lacking;
  for (const Partition partition : asked) {
    const Due& due = due_.at(partition);
    const KafkaRange& range = *due.range;
    if (range.begin < range.end) {
      kLog.Info(
          "kafka source {kafka_topic}: partition {partition}: decisions are read from kafka topic {decisions}, offsets "
          "{from} to {to}",
          {{"kafka_topic", context_.address.topic},
           {"partition", Number(partition)},
           {"decisions", topic_},
           {"from", Number(range.begin)},
           {"to", Number(range.end)}});
    }
    if (due.restores && (due.cut || range.begin >= range.end)) {
      lacking += fmt::format(" {}", Number(partition));
    }
  }
  if (lacking.empty()) return;
  kLog.Warn(
      "kafka source {kafka_topic}: kafka topic {decisions} does not hold all decisions of the last {hours} h in "
      "partitions{partitions}: {outcome}; it is new, or its retention is too short",
      {{"kafka_topic", context_.address.topic},
       {"decisions", topic_},
       {"hours", std::chrono::duration_cast<std::chrono::hours>(context_.options.restore_window).count()},
       {"partitions", lacking},
       {"outcome", kOutcome}});
}

void Recall::PassOver(const std::string& why) {
  kLog.Warn("kafka source {kafka_topic}: kafka topic {decisions}: {error}: {outcome}",
            {{"kafka_topic", context_.address.topic}, {"decisions", topic_}, {"error", why}, {"outcome", kOutcome}});
  while (!due_.empty()) Finish(due_.begin()->first);
}

// ---------------------------------------------------------------------------------------------------------- reading

Status Recall::Assign() {
  if (!reader_) {
    auto reader = Connect(shared_, "read_committed");
    if (!reader) return std::move(reader).error();
    reader_ = *std::move(reader);
  }
  std::map<Partition, Offset> from;
  for (const auto& [partition, due] : due_) from[partition] = due.range->begin;
  if (const auto error = rd_kafka_assign(reader_.get(), MakeList(topic_, from).get());
      error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Error{ErrorCode::kUnavailable, rd_kafka_err2str(error)};
  }
  assigned_ = true;
  return {};
}

void Recall::Read() {
  if (!OfferHeld()) return;
  if (!assigned_) {
    if (Status assigned = Assign(); !assigned) return Trouble(assigned.error().message);
  }
  for (const SteadyTime end = SteadyNow() + kStep; !due_.empty() && !context_.stop;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - SteadyNow());
    if (left.count() <= 0) break;
    const KafkaMessage message(rd_kafka_consumer_poll(reader_.get(), Milliseconds(left)));
    if (!message) {
      Trouble("no answer in time");
      return;
    }
    Take(*message);
    if (!OfferHeld()) return;
  }
}

void Recall::Take(const rd_kafka_message_t& message) {
  const Partition partition{message.partition};
  const Offset offset{message.offset};
  const auto at = due_.find(partition);
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    // Before the end that we were told: a transaction is open, which its process commits or the broker aborts.
    if (at != due_.end()) MoveTo(partition, offset);
  } else if (IsUnreadable(message.err)) {
    if (at == due_.end()) return;
    kLog.Error(
        "kafka source {kafka_topic}: kafka topic {decisions} partition {partition} cannot be read from offset {from} "
        "on: {error}: {outcome}",
        {{"kafka_topic", context_.address.topic},
         {"decisions", topic_},
         {"partition", Number(partition)},
         {"from", Number(at->second.range->begin)},
         {"error", ErrorTextOf(message)},
         {"outcome", kOutcome}});
    Finish(partition);
  } else if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    Trouble(ErrorTextOf(message));
  } else if (at != due_.end() && offset >= at->second.range->begin) {
    if (offset < at->second.range->end) {
      held_ = RecallOf(message, topic_);
    } else {
      MoveTo(partition, offset);
    }
  }
}

bool Recall::OfferHeld() {
  if (!held_) return true;
  const RecordPlace place = held_->place;
  // The lease may have changed since.
  held_->place.lease = context_.state.Lock()->leases.LeaseOf(place.partition);
  if (!context_.inbox->Offer(*held_, SteadyNow() + kStep)) {
    Progress();  // it is not the brokers that we wait for
    return false;
  }
  held_.reset();
  context_.flushed = false;
  MoveTo(place.partition, Next(place.offset));
  return true;
}

void Recall::MoveTo(Partition partition, Offset next) {
  KafkaRange& range = *due_.at(partition).range;
  if (next > range.begin) Progress();
  range.begin = std::max(range.begin, next);
  if (range.begin < range.end) return;
  Finish(partition);
}

}  // namespace wirewatch
