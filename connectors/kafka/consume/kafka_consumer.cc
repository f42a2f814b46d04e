#include "connectors/kafka/consume/kafka_consumer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "base/log.h"
#include "connectors/kafka/client/kafka_config.h"
#include "connectors/kafka/client/kafka_errors.h"
#include "connectors/kafka/client/partition_list.h"
#include "connectors/kafka/consume/record_from_message.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("kafka");

constexpr std::chrono::milliseconds kPoll{100};      // longest time in one poll
constexpr std::chrono::milliseconds kOffer{100};     // longest time in one offer
constexpr std::chrono::milliseconds kAnswer{2'000};  // longest wait for the committed offset of a partition
constexpr std::size_t kHead = 64 << 10;              // bytes of a payload that is too long

std::int64_t Number(Offset offset) { return static_cast<std::int64_t>(offset); }

Error CannotRead(const std::string& topic, const rd_kafka_message_t& message) {
  return {ErrorCode::kRejected,
          fmt::format("kafka topic {} partition {} at offset {}: records cannot be read: {}; look at them with another "
                      "client, then restore them, or move the group's offset past them with kafka-consumer-groups "
                      "--reset-offsets",
                      topic, message.partition, message.offset, ErrorTextOf(message))};
}

}  // namespace

// ---------------------------------------------------------------------------------------------------------- making

KafkaConsumer::KafkaConsumer(const KafkaConsumerSettings& source, const KafkaSettings& shared, MetricsRegistry& metrics,
                             KafkaSourceOptions options)
    : context_(source, shared, metrics, options),
      second_look_(source, shared, options.most_unpacked),
      last_poll_(context_.metrics.last_poll.With(context_.address.topic)),
      unreadable_offsets_(context_.metrics.unreadable_offsets.With(context_.address.topic)),
      health_(context_),
      flow_(*this, {context_.address.topic, kOffer, options.pause_after}),
      commits_(context_),
      seeking_(context_, flow_),
      lag_(context_),
      recall_(options.decisions, shared, context_),
      rebalance_(source, shared, context_, flow_, commits_, health_, lag_, recall_) {}

Result<std::shared_ptr<KafkaConsumer>> KafkaConsumer::Create(const KafkaConsumerSettings& source,
                                                             const KafkaSettings& shared, MetricsRegistry& metrics,
                                                             KafkaSourceOptions options) {
  auto conf = ConsumerConf(source, shared);
  if (!conf) return std::move(conf).error();
  std::shared_ptr<KafkaConsumer> consumer(new KafkaConsumer(source, shared, metrics, options));
  if (Status started = consumer->lag_.Start(source, shared); !started) return std::move(started).error();
  if (Status connected = consumer->Connect(*std::move(conf)); !connected) return std::move(connected).error();
  return consumer;
}

Status KafkaConsumer::Connect(KafkaConf conf) {
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_rebalance_cb(conf.get(), OnRebalance);
  rd_kafka_conf_set_error_cb(conf.get(), OnErrorEvent);
  rd_kafka_conf_set_offset_commit_cb(conf.get(), OnCommit);
  rd_kafka_conf_set_stats_cb(conf.get(), OnStatistics);
  auto made = MakeClient(RD_KAFKA_CONSUMER, std::move(conf));
  if (!made) return std::move(made).error();
  context_.client = made->get();
  context_.state.Lock()->client = std::make_shared<SharedConsumer>(*std::move(made));
  rd_kafka_poll_set_consumer(context_.client);
  health_.Start();
  return {};
}

// --------------------------------------------------------------------------------------------------------- reading

Status KafkaConsumer::Run(RecordInbox& inbox) {
  const std::string& topic = context_.address.topic;
  const KafkaPartitions topics = MakeList(topic, std::vector{Partition{RD_KAFKA_PARTITION_UA}});
  if (const auto error = rd_kafka_subscribe(context_.client, topics.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("kafka topic {} cannot be subscribed to: {}", topic, rd_kafka_err2str(error))};
  }
  context_.inbox = &inbox;
  running_ = context_.state.Lock()->client;
  health_.WaitForPartitions();
  Status status = Loop();
  flow_.Clear();
  recall_.Clear();
  running_.reset();
  context_.inbox = nullptr;
  return status;
}

// Until it is told to stop. An error: reading on is of no use.
Status KafkaConsumer::Loop() {
  while (!context_.stop) {
    if (SteadyNow() >= context_.tick_at) {
      Tick();
      if (Status status = health_.Fatal(); !status) return status;
    }
    if (context_.rewinds) seeking_.ReadAgain();
    if (seeking_.is_due()) seeking_.SeekOn();
    if (recall_.is_due()) {
      GoOnRecalling();
      Poll(std::chrono::milliseconds(0));
      continue;
    }
    flow_.GoOn();
    const bool offered = flow_.holds_records() && flow_.OfferHeld(*context_.inbox);
    if (!flow_.holds_records()) {
      Poll(context_.flushed ? kPoll : std::chrono::milliseconds(0));
    } else if (flow_.is_paused() && !offered) {
      Poll(kOffer);
    }
  }
  return {};
}

void KafkaConsumer::Tick() {
  context_.tick_at = SteadyNow() + context_.options.store_interval;
  context_.Beat();
  last_poll_.Set(std::chrono::duration<double>(WallNow().time_since_epoch()).count());
  commits_.Store();
  if (!flow_.holds_records()) commits_.CommitEnds();
  health_.TellOfWaiting(SteadyNow());
}

void KafkaConsumer::Poll(std::chrono::milliseconds timeout) {
  KafkaMessage message(rd_kafka_consumer_poll(context_.client, static_cast<int>(timeout.count())));
  if (!message) {
    context_.Flush();
  } else if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    Take(std::move(message), running_);
  } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    MeetEnd(*message);
  } else if (IsUnreadable(message->err)) {
    context_.metrics.errors.Increment();
    LookAgain(*message);
  } else {
    health_.OnPollError(*message);
  }
}

void KafkaConsumer::Take(KafkaMessage message, const std::shared_ptr<SharedConsumer>& client) {
  Record record = RecordFrom(std::move(message), context_.address.topic, client);
  const auto entry = Enter(record.place.partition, record.place.offset, record.place.offset, record.timestamp);
  if (!entry) return;
  record.place.lease = entry->lease;
  if (entry->restores) record.use = RecordUse::kRestores;
  if (record.payload.size() > context_.options.longest_payload) {
    record.oversize = Oversize{record.payload.size(), ""};
    const auto head = std::make_shared<const std::string>(record.payload.substr(0, kHead));
    record.payload = *head;
    record.memory = head;
  }
  flow_.Take(std::move(record), *context_.inbox);
}

std::optional<PartitionLeases::Entry> KafkaConsumer::Enter(Partition partition, Offset first, Offset last,
                                                           std::optional<WallTime> time) {
  std::optional<PartitionLeases::Entry> entry;
  {
    auto state = context_.state.Lock();
    // Run ends: to commit what is behind the gap would hide it from the next start.
    if (!state->unreadable) return std::nullopt;
    entry = state->leases.Enter(partition, first, last, time ? *time : WallNow());
    if (!entry) return std::nullopt;
    if (entry->rewinds) context_.rewinds = true;
    state->problem.clear();  // a refusal that passed without a rebalance
  }
  if (entry->went_back_from) {
    // The log was cut (an unclean election, a kafka topic made anew), or librdkafka read on from an older place
    // (librdkafka#4636). Which, nobody tells; a repeat does no harm, a record that is passed over is lost.
    kLog.Warn(
        "kafka source {kafka_topic}: partition {partition} went back from offset {from} to {to}; it is read "
        "from there",
        {{"kafka_topic", context_.address.topic},
         {"partition", static_cast<std::int32_t>(partition)},
         {"from", Number(*entry->went_back_from)},
         {"to", Number(first)}});
    commits_.CommitBack(partition, first);
  }
  if (entry->rewinds) return std::nullopt;
  return entry;
}

void KafkaConsumer::MeetEnd(const rd_kafka_message_t& message) {
  const Partition partition{message.partition};
  std::uint64_t lease = 0;
  {
    auto state = context_.state.Lock();
    if (!state->unreadable || !state->leases.TakesRecords(partition)) return;
    state->leases.MeetEnd(partition, Offset{message.offset}, SteadyNow());
    if (recall_.IsDue(partition) || flow_.HoldsRecordsOf(partition) || !state->leases.RestoredByEnd(partition)) return;
    lease = state->leases.LeaseOf(partition);
  }
  context_.Tell({PartitionEvent::Kind::kRestored, partition, {}, lease});
}

void KafkaConsumer::GoOnRecalling() {
  for (const Recall::Recalled& recalled : recall_.Step()) {
    const Partition partition = recalled.partition;
    bool restored = recalled.restored;
    std::uint64_t lease = 0;
    {
      auto state = context_.state.Lock();
      lease = state->leases.LeaseOf(partition);
      // Its end was met meanwhile.
      if (!flow_.HoldsRecordsOf(partition) && state->leases.RestoredByEnd(partition)) restored = true;
    }
    if (restored) context_.Tell({PartitionEvent::Kind::kRestored, partition, {}, lease});
  }
}

// ------------------------------------------------------------------------------------------------------- unreadable

void KafkaConsumer::LookAgain(const rd_kafka_message_t& message) {
  const Partition partition{message.partition};
  if (!context_.state.Lock()->leases.TakesRecords(partition)) return;
  const Offset first = FirstUnread(message);
  context_.Flush();
  auto looked = second_look_.Read(
      partition, first,
      [&](KafkaMessage found, const std::shared_ptr<SharedConsumer>& client) { Take(std::move(found), client); },
      [&] {
        context_.Beat();
        return !context_.stop;
      });
  Offset next = first;
  if (looked) {
    next = looked->next;
    if (looked->end) {
      TakeUnreadable(partition, first, Offset{Number(*looked->end) - 1}, std::move(looked->why));
    } else {
      kLog.Warn(
          "kafka source {kafka_topic}: partition {partition} from offset {from}: {reason}; read at a second "
          "look, up to offset {to}",
          {{"kafka_topic", context_.address.topic},
           {"partition", message.partition},
           {"from", Number(first)},
           {"reason", ErrorTextOf(message)},
           {"to", Number(next) - 1}});
    }
  } else if (looked.error().code == ErrorCode::kInvalid) {
    context_.EndWith(CannotRead(context_.address.topic, message));
    return;
  } else if (context_.repeats.IsNew(looked.error().message, SteadyNow())) {
    kLog.Warn("{error}; it is tried again", {{"error", looked.error().message}});
  }
  seeking_.Request(partition, next);
}

Offset KafkaConsumer::FirstUnread(const rd_kafka_message_t& message) const {
  const Partition partition{message.partition};
  if (const auto next = context_.state.Lock()->leases.NextToRead(partition)) return *next;
  // The group may have committed an offset in the midst of the batch.
  const KafkaPartitions list = MakeList(context_.address.topic, std::vector{partition});
  const auto asked = rd_kafka_committed(context_.client, list.get(), static_cast<int>(kAnswer.count()));
  const bool known = asked == RD_KAFKA_RESP_ERR_NO_ERROR && list->elems[0].offset >= 0;
  return Offset{std::max(known ? list->elems[0].offset : 0, message.offset)};
}

void KafkaConsumer::TakeUnreadable(Partition partition, Offset first, Offset last, std::string why) {
  const auto entry = Enter(partition, first, last, std::nullopt);
  if (!entry) return;
  unreadable_offsets_.Increment(static_cast<double>(Number(last) - Number(first) + 1));
  kLog.Error(
      "kafka source {kafka_topic}: partition {partition} offsets {from} to {to} cannot be read and are a "
      "dead letter: {reason}",
      {{"kafka_topic", context_.address.topic},
       {"partition", static_cast<std::int32_t>(partition)},
       {"from", Number(first)},
       {"to", Number(last)},
       {"reason", why}});
  Record record;
  record.place = {context_.address.topic, partition, last, entry->lease};
  if (entry->restores) record.use = RecordUse::kRestores;
  record.unreadable = Unreadable{first, std::move(why)};
  flow_.Take(std::move(record), *context_.inbox);
}

// ------------------------------------------------------------------------------------------------ for PartitionFlow

std::vector<Partition> KafkaConsumer::OurPartitions() const { return context_.state.Lock()->leases.partitions(); }

bool KafkaConsumer::IsFarAhead(Partition partition) const {
  return context_.state.Lock()->leases.Ahead(partition) > context_.options.max_ahead;
}

void KafkaConsumer::PausePartitions(const std::vector<Partition>& partitions) {
  rd_kafka_pause_partitions(context_.client, MakeList(context_.address.topic, partitions).get());
}

void KafkaConsumer::ResumePartitions(const std::vector<Partition>& partitions) {
  rd_kafka_resume_partitions(context_.client, MakeList(context_.address.topic, partitions).get());
}

void KafkaConsumer::OnOffered(const RecordPlace& place) {
  context_.flushed = false;
  bool restored = false;
  {
    auto state = context_.state.Lock();
    restored = state->leases.RestoredBy(place) ||
               (!flow_.HoldsRecordsOf(place.partition) && state->leases.RestoredByEnd(place.partition));
  }
  if (restored) context_.Tell({PartitionEvent::Kind::kRestored, place.partition, {}, place.lease});
}

// ------------------------------------------------------------------------------------------------ from other threads

void KafkaConsumer::RequestStop() {
  context_.stop = true;
  lag_.RequestStop();
}

void KafkaConsumer::Acknowledge(const RecordPlace& place) {
  if (context_.state.Lock()->leases.Acknowledge(place)) context_.state.NotifyAll();
}

bool KafkaConsumer::Holds(const RecordPlace& place) const {
  return context_.state.Lock()->leases.Holds(place.partition, place.lease);
}

// First the membership, which waits for a thread of librdkafka, so it is taken without the lock; then the leases. A
// lease that is held then was held before, so the membership is one that has the partitions. A rebalance that comes
// later makes the brokers refuse what this membership commits.
std::shared_ptr<const KafkaMembership> KafkaConsumer::MembershipFor(const ReadPlaces& read) {
  const std::shared_ptr<SharedConsumer> client = context_.state.Lock()->client;
  if (!client) return nullptr;
  auto membership = std::make_shared<KafkaMembership>();
  membership->member.reset(rd_kafka_consumer_group_metadata(client->get()));
  PartitionLeases::Offsets offsets;
  for (const auto& [partition, up_to] : read) offsets[partition] = up_to.next;
  membership->offsets = MakeList(context_.address.topic, offsets);
  if (!context_.state.Lock()->leases.BeginCommit(read)) return nullptr;
  return membership;
}

void KafkaConsumer::SetCommitted(const ReadPlaces& read) { context_.state.Lock()->leases.SetCommitted(read); }

void KafkaConsumer::Rewind(const ReadPlaces& read) {
  {
    auto state = context_.state.Lock();
    if (state->leases.Rewind(read)) context_.rewinds = true;
  }
  context_.state.NotifyAll();
}

// ------------------------------------------------------------------------------------------------------- callbacks

void KafkaConsumer::OnRebalance(rd_kafka_t* /*client*/, rd_kafka_resp_err_t what,
                                rd_kafka_topic_partition_list_t* partitions, void* self) {
  static_cast<KafkaConsumer*>(self)->rebalance_.Answer(what, *partitions);
}

void KafkaConsumer::OnErrorEvent(rd_kafka_t* /*client*/, int error, const char* reason, void* self) {
  auto& consumer = *static_cast<KafkaConsumer*>(self);
  if (!consumer.context_.closing) consumer.health_.OnErrorEvent(error, reason);
}

void KafkaConsumer::OnCommit(rd_kafka_t* /*client*/, rd_kafka_resp_err_t error,
                             rd_kafka_topic_partition_list_t* /*offsets*/, void* self) {
  auto& consumer = *static_cast<KafkaConsumer*>(self);
  if (!consumer.context_.closing) consumer.commits_.Count(error);
}

int KafkaConsumer::OnStatistics(rd_kafka_t* /*client*/, char* json, std::size_t size, void* self) {
  auto& consumer = *static_cast<KafkaConsumer*>(self);
  if (!consumer.context_.closing) consumer.health_.OnStatistics({json, size});
  return 0;
}

// --------------------------------------------------------------------------------------------------------- closing

void KafkaConsumer::CommitAll(SteadyTime deadline) {
  health_.Stop();
  lag_.Stop();
  commits_.Commit(OurPartitions(), deadline);
  context_.closing = true;
}

Status KafkaConsumer::LeaveGroup() {
  const auto error = rd_kafka_consumer_close(context_.client);
  std::shared_ptr<SharedConsumer> last = std::exchange(context_.state.Lock()->client, nullptr);
  last.reset();  // destroys it, unless records are still alive
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return Error{ErrorCode::kUnavailable,
               fmt::format("kafka: leaving group {}: {}", context_.group, rd_kafka_err2str(error))};
}

void KafkaConsumer::Abandon() {
  auto state = context_.state.Lock();
  if (state->client) state->client->Abandon();
}

}  // namespace wirewatch
