#include "connectors/kafka/consume/kafka_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "connectors/kafka/client/kafka_client.h"
#include "connectors/kafka/client/kafka_config.h"
#include "connectors/kafka/client/kafka_log.h"
#include "connectors/kafka/client/kafka_probe.h"
#include "connectors/kafka/client/kafka_statistics.h"
#include "connectors/kafka/client/rd_handles.h"
#include "connectors/kafka/client/topic_watch.h"
#include "connectors/kafka/consume/kafka_lag.h"
#include "connectors/kafka/consume/kafka_membership.h"
#include "connectors/kafka/consume/record_from_message.h"
#include "connectors/kafka/consume/restore_points.h"
#include "connectors/kafka/consume/second_look.h"
#include "pipeline/records/offset_tracker.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("kafka");

constexpr std::chrono::milliseconds kPoll{100};               // longest time in one poll
constexpr std::chrono::milliseconds kOffer{100};              // longest time in one offer
constexpr std::chrono::milliseconds kProbe{2'000};            // longest wait for an answer about the kafka topic
constexpr std::chrono::milliseconds kRestoreAttempt{10'000};  // longest wait for what a restore begins with
constexpr int kRestoreAttempts = 6;
constexpr std::chrono::milliseconds kCommit{3'000};  // longest wait for a commit in a rebalance
constexpr std::chrono::seconds kQuiet{1};            // a partition is at its end, not between two records
constexpr std::size_t kHead = 64 << 10;              // of a payload that is too long
constexpr int kUnanswered = 3;                       // questions for the lag, until that is told

// It has no answer when the client is leaving its group.
bool IsCooperative(rd_kafka_t* client) {
  const char* const protocol = rd_kafka_rebalance_protocol(client);
  return protocol != nullptr && std::string_view(protocol) == "COOPERATIVE";
}

// librdkafka's words for an offset that is behind the start of the log, or for none at all.
Error NoUsableOffset(const std::string& topic, std::int32_t partition, std::string_view reason) {
  return {ErrorCode::kNotFound,
          fmt::format("kafka topic {} partition {}: the group has no usable offset ({}) and offset_reset is error; "
                      "articles may have been deleted unread: decide with offset_reset: earliest (all that is left) "
                      "or latest (only new ones)",
                      topic, partition, reason)};
}

Error CannotRead(const std::string& topic, const rd_kafka_message_t* message, std::string_view reason) {
  const std::string at =
      message == nullptr ? "" : fmt::format(" partition {} at offset {}", message->partition, message->offset);
  return {ErrorCode::kRejected,
          fmt::format("kafka topic {}{}: records cannot be read: {}; look at them with another client, then restore "
                      "them, or move the group's offset past them with kafka-consumer-groups --reset-offsets",
                      topic, at, reason)};
}

}  // namespace

class KafkaSource::Consumer {
 public:
  static Result<std::shared_ptr<Consumer>> Create(const Fields& source, const Fields& shared, Metrics& metrics,
                                                  KafkaSourceOptions options);

  Status Run(RecordInbox& inbox);
  void RequestStop() {
    stop_ = true;
    lag_->RequestStop();
  }
  void Acknowledge(const RecordPlace& place);
  Status Ready() const;
  bool Holds(const RecordPlace& place) const;
  std::shared_ptr<const KafkaMembership> MembershipFor(const ReadPlaces& read) const;
  void SetCommitted(const ReadPlaces& read);
  void Rewind(const ReadPlaces& read);

  // Close, in three steps: the last commits; leaving the group, which may hang; giving up on that.
  void CommitAll(SteadyTime deadline);
  Status LeaveGroup();
  void Abandon();

 private:
  // One partition while it is ours.
  struct Owned {
    std::uint64_t lease = 0;
    Offset live{};          // records before it only restore
    bool restored = false;  // that the last of these was offered has been told
    OffsetTracker tracker;
    std::deque<std::pair<Offset, WallTime>> times;  // of records that are not settled, in the tracker's order
    std::optional<Offset> begin;                    // where reading began, if we know it
    std::optional<Offset> last;                     // that was read
    std::optional<Offset> stored;                   // for the next commit
    // The end of the partition, where it was met. Behind the last record there may be others that nobody gets to see:
    // control records, aborted ones.
    std::optional<Offset> end;
    SteadyTime end_met{};
    std::optional<Offset> seek;           // reading must go on from there; what is read until then is nobody's
    std::optional<SteadyTime> behind_at;  // since then there have been records that were not read
    // With transactions: where reading goes on if one is undone.
    std::optional<Offset> resume;  // what is committed, or the first record that counts
    bool rewinds = false;          // it is to be read from there again; what is read in between is nobody's
  };
  struct Lag {
    std::int64_t records = 0;
    double seconds = 0;
    SteadyTime at{};
  };
  using PartitionList = const rd_kafka_topic_partition_list_t*;

  Consumer(const Fields& source, const Fields& shared, Metrics& metrics, KafkaSourceOptions options);
  Status Connect(KafkaConf conf);

  // Leases. REQUIRES: `mutex_`: the thread in Run alone changes which partitions are ours, but others change the
  // leases. What a partition begins with when it comes to us, or when it is read from an older place.
  Owned NewLease();
  // The partition of a record, as long as it is ours under the lease that the record was read under; else null.
  Owned* FindLease(const RecordPlace& place);
  const Owned* FindLease(Partition partition, std::uint64_t lease) const;

  // The loop of Run.
  Status Fatal() const;
  void Tick();
  void Poll(std::chrono::milliseconds timeout);
  void Take(KafkaMessage message, const std::shared_ptr<SharedConsumer>& client);
  // The place under which a record is offered, entered as open; nothing: it is not to be offered.
  struct Entry {
    std::uint64_t lease = 0;
    bool restores = false;
  };
  std::optional<Entry> Enter(Partition partition, Offset first, Offset last, std::optional<WallTime> time);
  void Offer(Record record);
  void LookAgain(const rd_kafka_message_t& message, std::string_view reason);
  void TakeUnreadable(Partition partition, Offset first, Offset last, std::string why);
  void MeetEnd(const rd_kafka_message_t& message);
  bool IsFarAhead(Partition partition) const;
  void OfferHeld();
  void Pause();
  void Pause(Partition partition);
  void Resume();
  void OnError(rd_kafka_resp_err_t error, const rd_kafka_message_t* message);
  bool Seek(const std::map<Partition, Offset>& to);
  void ReadAgain();
  void SeekOn();
  void TellOfWaiting(SteadyTime now);
  void Tell(const PartitionEvent& event);
  void Offered(const RecordPlace& place);
  void TellRestoredAtEnd(Partition partition);
  void TellRestored(Partition partition, Owned& owned);  // REQUIRES: mutex_

  // Rebalances.
  void Assign(rd_kafka_topic_partition_list_t* partitions);
  // Errors: none can be had, and nothing may go live: what is handled without its state would repeat what was said.
  Result<std::map<Partition, RestorePoint>> FindRestorePoints(const rd_kafka_topic_partition_list_t& partitions);
  void TellRestorePoint(Partition partition, const RestorePoint& point);
  void Revoke(rd_kafka_topic_partition_list_t* partitions);
  void DropHeld(PartitionList partitions);
  void WaitUntilSettled(PartitionList partitions, const std::map<Partition, std::size_t>& dropped);
  void Commit(PartitionList partitions, SteadyTime deadline);

  // Offsets.
  void StoreOffsets();
  void CommitEnds();
  rd_kafka_resp_err_t CommitAndWait(const std::map<Partition, Offset>& offsets, const std::function<bool()>& gives_up);
  void ShowLag(const std::map<Partition, PartitionOffsets>& known);
  void WatchLag();
  KafkaPartitions MakeList(const std::map<Partition, Offset>& offsets) const;

  // Callbacks of librdkafka. All but the log are served by our own poll.
  static void OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions,
                          void* self);
  static void OnErrorEvent(rd_kafka_t* client, int error, const char* reason, void* self);
  static void OnCommit(rd_kafka_t* client, rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t* offsets,
                       void* self);
  static int OnStatistics(rd_kafka_t* client, char* json, std::size_t size, void* self);
  void CountCommit(rd_kafka_resp_err_t error);

  const KafkaAddress address_;
  const std::string group_, instance_;
  const KafkaSourceOptions options_;
  const std::string offset_reset_;
  const RestorePoints restore_points_;
  const SecondLook second_look_;
  Metrics& metrics_;
  Gauge last_poll_, assigned_partitions_, without_partitions_;
  Counter unreadable_offsets_;
  std::shared_ptr<SharedConsumer> client_;
  std::unique_ptr<TopicWatch> watch_;
  std::unique_ptr<KafkaLag> lag_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> rewinds_{false};  // a partition does
  std::atomic<bool> closing_{false};  // Run is over: nobody but us is left to tell, `metrics_` may be gone

  // Of the thread in Run.
  RecordInbox* inbox_ = nullptr;
  std::deque<Record> held_;  // read, but there was no room
  std::optional<SteadyTime> no_room_since_;
  std::optional<std::vector<Partition>> paused_;
  bool flushed_ = true;
  SteadyTime next_tick_{};
  std::uint64_t leases_ = 0;
  bool seeks_ = false;                     // a partition does
  std::optional<SteadyTime> waits_since_;  // for the group's answer which partitions are ours
  bool told_of_waiting_ = false;
  RepeatFilter repeats_;

  mutable std::mutex mutex_;
  std::condition_variable settled_;
  std::map<Partition, Owned> owned_;
  std::vector<Partition> shown_;   // whose lag is shown: ours, or the last ones until the group gives us others
  std::map<Partition, Lag> lags_;  // as it was last known
  bool joined_ = false;
  std::string problem_;         // what the group refuses us, until it takes us
  bool topic_refused_ = false;  // the group then gives us no partitions, and takes those that we had
  Status unreadable_;           // an error: a partition cannot be read on without a decision
};

// ---------------------------------------------------------------------------------------------------------- making

KafkaSource::Consumer::Consumer(const Fields& source, const Fields& shared, Metrics& metrics,
                                KafkaSourceOptions options)
    : address_{shared.String("bootstrap_servers"), source.String("topic")},
      group_(source.String("group")),
      instance_(source.String("instance_id")),
      options_(options),
      offset_reset_(source.String("offset_reset")),
      restore_points_(source, shared, options.restore_window),
      second_look_(source, shared, options.most_unpacked),
      metrics_(metrics),
      last_poll_(metrics.KafkaLastPoll(source.String("topic"))),
      assigned_partitions_(metrics.KafkaAssignedPartitions(source.String("topic"))),
      without_partitions_(metrics.KafkaWithoutPartitions(source.String("topic"))),
      unreadable_offsets_(metrics.KafkaUnreadable(source.String("topic"))) {}

Result<std::shared_ptr<KafkaSource::Consumer>> KafkaSource::Consumer::Create(const Fields& source, const Fields& shared,
                                                                             Metrics& metrics,
                                                                             KafkaSourceOptions options) {
  auto conf = ConsumerConf(source, shared);
  if (!conf) return std::move(conf).error();
  std::shared_ptr<Consumer> consumer(new Consumer(source, shared, metrics, options));
  auto lag = KafkaLag::Create(source, shared, options.lag_interval,
                              [self = consumer.get()](const auto& known) { self->ShowLag(known); });
  if (!lag) return std::move(lag).error();
  consumer->lag_ = *std::move(lag);
  if (Status connected = consumer->Connect(*std::move(conf)); !connected) return std::move(connected).error();
  return consumer;
}

Status KafkaSource::Consumer::Connect(KafkaConf conf) {
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_rebalance_cb(conf.get(), OnRebalance);
  rd_kafka_conf_set_error_cb(conf.get(), OnErrorEvent);
  rd_kafka_conf_set_offset_commit_cb(conf.get(), OnCommit);
  rd_kafka_conf_set_stats_cb(conf.get(), OnStatistics);
  auto made = MakeClient(RD_KAFKA_CONSUMER, std::move(conf));
  if (!made) return std::move(made).error();
  client_ = std::make_shared<SharedConsumer>(*std::move(made));
  rd_kafka_t* const client = client_->get();
  rd_kafka_poll_set_consumer(client);
  watch_ = std::make_unique<TopicWatch>(
      fmt::format("kafka source {}", address_.topic), address_.bootstrap_servers,
      [client, address = address_] { return ProbeTopic(client, address, kProbe); }, TopicWatch::Times{});
  return {};
}

// ---------------------------------------------------------------------------------------------------------- leases

KafkaSource::Consumer::Owned KafkaSource::Consumer::NewLease() {
  Owned owned;
  owned.lease = ++leases_;
  return owned;
}

KafkaSource::Consumer::Owned* KafkaSource::Consumer::FindLease(const RecordPlace& place) {
  return const_cast<Owned*>(FindLease(place.partition, place.lease));
}

const KafkaSource::Consumer::Owned* KafkaSource::Consumer::FindLease(Partition partition, std::uint64_t lease) const {
  const auto at = owned_.find(partition);
  return at != owned_.end() && at->second.lease == lease && !at->second.rewinds ? &at->second : nullptr;
}

// --------------------------------------------------------------------------------------------------------- reading

Status KafkaSource::Consumer::Run(RecordInbox& inbox) {
  const KafkaPartitions topics(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(topics.get(), address_.topic.c_str(), RD_KAFKA_PARTITION_UA);
  if (const auto error = rd_kafka_subscribe(client_->get(), topics.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("kafka topic {} cannot be subscribed to: {}", address_.topic, rd_kafka_err2str(error))};
  }
  inbox_ = &inbox;
  waits_since_ = SteadyNow();
  Status status;
  while (!stop_) {
    if (SteadyNow() >= next_tick_) {
      Tick();
      if (status = Fatal(); !status) break;
    }
    if (rewinds_) ReadAgain();
    if (seeks_) SeekOn();
    if (!held_.empty()) OfferHeld();
    if (held_.empty()) {
      Poll(flushed_ ? kPoll : std::chrono::milliseconds(0));
    } else if (paused_) {
      Poll(kOffer);
    }
  }
  held_.clear();
  inbox_ = nullptr;
  return status;
}

void KafkaSource::Consumer::Tick() {
  next_tick_ = SteadyNow() + options_.store_interval;
  inbox_->Beat();
  last_poll_.Set(std::chrono::duration<double>(WallNow().time_since_epoch()).count());
  StoreOffsets();
  CommitEnds();
  TellOfWaiting(SteadyNow());
}

// While the group waits for a member that died, its other members are given nothing and read nothing.
void KafkaSource::Consumer::TellOfWaiting(SteadyTime now) {
  const auto waits = waits_since_ ? now - *waits_since_ : SteadyTime::duration();
  without_partitions_.Set(std::chrono::duration<double>(waits).count());
  if (waits < options_.waits_after || told_of_waiting_ || !watch_->Ready()) return;
  told_of_waiting_ = true;
  kLog.Warn(
      "kafka source {kafka_topic}: without partitions for {seconds} s: group {group} has not given us any "
      "yet; it may be waiting for a member that ended without a word, for up to that one's "
      "session.timeout.ms (an instance_id for each process lets a restarted one go on at once)",
      {{"kafka_topic", address_.topic},
       {"seconds", std::chrono::duration_cast<std::chrono::seconds>(waits).count()},
       {"group", group_}});
}

// Why reading on is of no use, if it is.
Status KafkaSource::Consumer::Fatal() const {
  if (watch_->MissingFor(SteadyNow()) >= options_.missing_grace) return watch_->Ready();
  // Asked for, because fatal errors come to us on two ways, by the event and by the poll.
  std::array<char, 512> text{};
  switch (const auto cause = rd_kafka_fatal_error(client_->get(), text.data(), text.size())) {
    case RD_KAFKA_RESP_ERR_NO_ERROR: break;
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
      return Error{
          ErrorCode::kRejected,
          fmt::format("kafka: another process joined group {} with instance_id {}, or the brokers were away for "
                      "longer than the session; give every process its own instance_id, and restart this one",
                      group_, instance_)};
    default: return Error{ErrorCode::kInternal, fmt::format("kafka: {}: {}", rd_kafka_err2name(cause), text.data())};
  }
  const std::lock_guard lock(mutex_);
  return unreadable_;
}

void KafkaSource::Consumer::Poll(std::chrono::milliseconds timeout) {
  KafkaMessage message(rd_kafka_consumer_poll(client_->get(), static_cast<int>(timeout.count())));
  if (!message) {
    // Nothing more to read just now.
    if (!flushed_) inbox_->Flush();
    flushed_ = true;
  } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    OnError(message->err, message.get());
  } else {
    Take(std::move(message), client_);
  }
}

std::optional<KafkaSource::Consumer::Entry> KafkaSource::Consumer::Enter(Partition partition, Offset first, Offset last,
                                                                         std::optional<WallTime> time) {
  Entry entry;
  bool went_back = false;
  {
    const std::lock_guard lock(mutex_);
    const auto at = owned_.find(partition);
    if (at == owned_.end()) return std::nullopt;  // not ours any more
    Owned& owned = at->second;
    if (owned.rewinds || owned.seek) return std::nullopt;  // it comes again
    if (!unreadable_)
      return std::nullopt;  // Run ends: to commit what is behind the gap would hide it from the next start
    if (owned.last && first <= *owned.last) {
      // The log was cut (an unclean election, a kafka topic made anew), or librdkafka read on from an older place
      // (librdkafka#4636). Which, nobody tells; a repeat does no harm, a record that is passed over is lost.
      kLog.Warn(
          "kafka source {kafka_topic}: partition {partition} went back from offset {from} to {to}; it is read "
          "from there",
          {{"kafka_topic", address_.topic},
           {"partition", static_cast<std::int32_t>(partition)},
           {"from", static_cast<std::int64_t>(*owned.last)},
           {"to", static_cast<std::int64_t>(first)}});
      went_back = true;
      owned = NewLease();
    }
    owned.last = last;
    owned.end.reset();
    if (!owned.begin) owned.begin = first;
    entry = {owned.lease, last < owned.live};
    if (!entry.restores) {
      owned.tracker.Begin(last);
      owned.times.emplace_back(last, time.value_or(WallNow()));
    }
    if (!entry.restores && !owned.resume) owned.resume = first;
    problem_.clear();  // a refusal that passed without a rebalance
  }
  // By itself librdkafka never commits less than before: after a crash what is in between would be passed over.
  if (went_back && !options_.transactional) rd_kafka_commit(client_->get(), MakeList({{partition, first}}).get(), 1);
  return entry;
}

void KafkaSource::Consumer::Take(KafkaMessage message, const std::shared_ptr<SharedConsumer>& client) {
  Record record = RecordFrom(std::move(message), address_.topic, client);
  const auto entry = Enter(record.place.partition, record.place.offset, record.place.offset, record.timestamp);
  if (!entry) return;
  record.place.lease = entry->lease;
  record.restores = entry->restores;
  if (record.payload.size() > options_.longest_payload) {
    record.oversize = Oversize{record.payload.size(), ""};
    const auto head = std::make_shared<const std::string>(record.payload.substr(0, kHead));
    record.payload = *head;
    record.memory = head;
  }
  Offer(std::move(record));
}

void KafkaSource::Consumer::Offer(Record record) {
  const RecordPlace place = record.place;
  const Partition partition = place.partition;
  if (held_.empty() && !IsFarAhead(partition) && inbox_->Offer(record, SteadyNow() + kOffer)) {
    Offered(place);
    return;
  }
  held_.push_back(std::move(record));
  // A partition that came to us while the others are paused.
  if (paused_) Pause(partition);
}

// What librdkafka passes over, or stays before for ever.
void KafkaSource::Consumer::LookAgain(const rd_kafka_message_t& message, std::string_view reason) {
  const Partition partition{message.partition};
  std::optional<Offset> first;
  {
    const std::lock_guard lock(mutex_);
    const auto at = owned_.find(partition);
    if (at == owned_.end() || at->second.rewinds || at->second.seek) return;
    const Owned& owned = at->second;
    first = owned.last ? std::optional(Offset{static_cast<std::int64_t>(*owned.last) + 1}) : owned.begin;
  }
  if (!first) {
    // The group may have committed an offset in the midst of the batch.
    const KafkaPartitions list = MakeList({{partition, Offset{RD_KAFKA_OFFSET_INVALID}}});
    const auto asked = rd_kafka_committed(client_->get(), list.get(), static_cast<int>(kProbe.count()));
    if (asked == RD_KAFKA_RESP_ERR_NO_ERROR && list->elems[0].offset >= 0) first = Offset{list->elems[0].offset};
    first = std::max(first.value_or(Offset{0}), Offset{message.offset});
  }
  if (!flushed_) inbox_->Flush();
  flushed_ = true;
  auto looked = second_look_.Read(
      partition, *first,
      [&](KafkaMessage found, const std::shared_ptr<SharedConsumer>& client) { Take(std::move(found), client); },
      [&] {
        inbox_->Beat();
        return !stop_;
      });
  Offset next = *first;
  if (looked) {
    next = looked->next;
    if (looked->end) {
      TakeUnreadable(partition, *first, Offset{static_cast<std::int64_t>(*looked->end) - 1}, std::move(looked->why));
    } else {
      kLog.Warn(
          "kafka source {kafka_topic}: partition {partition} from offset {from}: {reason}; read at a second "
          "look, up to offset {to}",
          {{"kafka_topic", address_.topic},
           {"partition", message.partition},
           {"from", static_cast<std::int64_t>(*first)},
           {"reason", reason},
           {"to", static_cast<std::int64_t>(next) - 1}});
    }
  } else if (looked.error().code == ErrorCode::kInvalid) {
    const std::lock_guard lock(mutex_);
    unreadable_ = CannotRead(address_.topic, &message, reason);
    next_tick_ = {};  // Run ends before it takes a record behind it
    return;
  } else if (repeats_.IsNew(looked.error().message, SteadyNow())) {
    kLog.Warn("{error}; it is tried again", {{"error", looked.error().message}});
  }
  const std::lock_guard lock(mutex_);
  if (const auto at = owned_.find(partition); at != owned_.end()) at->second.seek = next;
  seeks_ = true;
}

void KafkaSource::Consumer::TakeUnreadable(Partition partition, Offset first, Offset last, std::string why) {
  const auto entry = Enter(partition, first, last, std::nullopt);
  if (!entry) return;
  const std::int64_t count = static_cast<std::int64_t>(last) - static_cast<std::int64_t>(first) + 1;
  unreadable_offsets_.Increment(static_cast<double>(count));
  kLog.Error(
      "kafka source {kafka_topic}: partition {partition} offsets {from} to {to} cannot be read and are a "
      "dead letter: {reason}",
      {{"kafka_topic", address_.topic},
       {"partition", static_cast<std::int32_t>(partition)},
       {"from", static_cast<std::int64_t>(first)},
       {"to", static_cast<std::int64_t>(last)},
       {"reason", why}});
  Record record;
  record.place = {address_.topic, partition, last, entry->lease};
  record.restores = entry->restores;
  record.unreadable = Unreadable{first, std::move(why)};
  Offer(std::move(record));
}

void KafkaSource::Consumer::MeetEnd(const rd_kafka_message_t& message) {
  const Partition partition{message.partition};
  {
    const std::lock_guard lock(mutex_);
    const auto at = owned_.find(partition);
    if (at == owned_.end() || at->second.rewinds || at->second.seek || !unreadable_) return;
    at->second.end = Offset{message.offset};
    at->second.end_met = SteadyNow();
  }
  TellRestoredAtEnd(partition);
}

// One record that stays open holds back the offsets of all behind it: they take memory, and would be read again.
bool KafkaSource::Consumer::IsFarAhead(Partition partition) const {
  const std::lock_guard lock(mutex_);
  const auto at = owned_.find(partition);
  return at != owned_.end() && at->second.tracker.size() > options_.max_ahead;
}

void KafkaSource::Consumer::OfferHeld() {
  const SteadyTime now = SteadyNow();
  if (IsFarAhead(held_.front().place.partition)) {
    inbox_->Flush();                                    // the open record may wait in a batch that is not full yet
    if (!paused_) std::this_thread::sleep_for(kOffer);  // else the poll waits
  } else if (const RecordPlace place = held_.front().place;
             inbox_->Offer(held_.front(), paused_ ? now : now + kOffer)) {
    Offered(place);
    held_.pop_front();
    TellRestoredAtEnd(place.partition);
    no_room_since_.reset();
    if (held_.empty() && paused_) Resume();
    return;
  }
  if (!no_room_since_) no_room_since_ = now;
  if (!paused_ && now - *no_room_since_ >= options_.pause_after) Pause();
}

// False: not yet; it is to be asked again.
bool KafkaSource::Consumer::Seek(const std::map<Partition, Offset>& to) {
  const KafkaPartitions list = MakeList(to);
  std::string problem;
  if (const KafkaError failed(rd_kafka_seek_partitions(client_->get(), list.get(), static_cast<int>(kProbe.count())));
      failed) {
    problem = rd_kafka_error_string(failed.get());
  }
  for (int i = 0; i < list->cnt; ++i) {
    if (list->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) problem = rd_kafka_err2str(list->elems[i].err);
  }
  if (problem.empty()) return true;
  if (repeats_.IsNew(problem, SteadyNow()))
    kLog.Warn("kafka source {kafka_topic}: cannot read on from another offset yet: {error}",
              {{"kafka_topic", address_.topic}, {"error", problem}});
  inbox_->Beat();
  std::this_thread::sleep_for(kOffer);
  return false;
}

// Behind what was read at a second look.
void KafkaSource::Consumer::SeekOn() {
  std::map<Partition, Offset> to;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [partition, owned] : owned_) {
      if (owned.seek && !owned.rewinds) to[partition] = *owned.seek;
    }
  }
  if (!to.empty() && !Seek(to)) return;
  const std::lock_guard lock(mutex_);
  for (auto& [partition, owned] : owned_) owned.seek.reset();  // a rewind seeks by itself
  seeks_ = false;
}

// At the end, when Run is over, nobody is left to hear it.
void KafkaSource::Consumer::Tell(const PartitionEvent& event) {
  if (inbox_ != nullptr) inbox_->Tell(event);
}

void KafkaSource::Consumer::Offered(const RecordPlace& place) {
  flushed_ = false;
  const std::lock_guard lock(mutex_);
  Owned* const owned = FindLease(place);
  if (owned == nullptr || static_cast<std::int64_t>(place.offset) + 1 < static_cast<std::int64_t>(owned->live)) return;
  TellRestored(place.partition, *owned);
}

// The offset before `live` may be a control record's, which nobody gets to see: then the end of the partition tells.
void KafkaSource::Consumer::TellRestoredAtEnd(Partition partition) {
  const auto is_of_it = [&](const Record& record) { return record.place.partition == partition; };
  if (std::any_of(held_.begin(), held_.end(), is_of_it)) return;
  const std::lock_guard lock(mutex_);
  const auto at = owned_.find(partition);
  if (at != owned_.end() && at->second.end && *at->second.end >= at->second.live) TellRestored(partition, at->second);
}

void KafkaSource::Consumer::TellRestored(Partition partition, Owned& owned) {
  if (std::exchange(owned.restored, true)) return;
  Tell({PartitionEvent::Kind::kRestored, partition, {}});
}

// A transaction was undone: its partitions are read from before it.
void KafkaSource::Consumer::ReadAgain() {
  std::map<Partition, Offset> from;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [partition, owned] : owned_) {
      if (owned.rewinds) from[partition] = *owned.resume;
    }
  }
  if (!Seek(from)) return;
  {
    const std::lock_guard lock(mutex_);
    rewinds_ = false;
    for (auto& [partition, owned] : owned_) {
      if (!owned.rewinds) continue;
      const auto sought = from.find(partition);
      if (sought == from.end()) {
        rewinds_ = true;  // asked for in the meantime
        continue;
      }
      Owned again = NewLease();
      again.live = owned.live;
      again.begin = sought->second;
      again.resume = sought->second;
      owned = std::move(again);
      Tell({PartitionEvent::Kind::kUndone, partition, sought->second});
    }
  }
  std::erase_if(held_, [&](const Record& record) { return !Holds(record.place); });
  // Nothing is left whose offer would end the pause.
  if (held_.empty() && paused_) Resume();
}

// Pausing throws away what was fetched ahead, so it is done once, for all, and undone only when there is room.
void KafkaSource::Consumer::Pause() {
  std::vector<Partition> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [partition, owned] : owned_) all.push_back(partition);
  }
  paused_.emplace();
  for (const Partition partition : all) Pause(partition);
  kLog.Info("kafka source {kafka_topic}: paused: no room for {ms} ms",
            {{"kafka_topic", address_.topic}, {"ms", options_.pause_after.count()}});
}

void KafkaSource::Consumer::Pause(Partition partition) {
  if (std::find(paused_->begin(), paused_->end(), partition) != paused_->end()) return;
  const KafkaPartitions list = MakeList({{partition, Offset{RD_KAFKA_OFFSET_INVALID}}});
  rd_kafka_pause_partitions(client_->get(), list.get());
  paused_->push_back(partition);
}

// Only what is paused: resuming another partition rewinds it (librdkafka#4636).
void KafkaSource::Consumer::Resume() {
  std::map<Partition, Offset> offsets;
  for (const Partition partition : *paused_) offsets[partition] = Offset{RD_KAFKA_OFFSET_INVALID};
  paused_.reset();
  no_room_since_.reset();
  const KafkaPartitions list = MakeList(offsets);
  rd_kafka_resume_partitions(client_->get(), list.get());
  kLog.Info("kafka source {kafka_topic}: resumed", {{"kafka_topic", address_.topic}});
}

void KafkaSource::Consumer::OnError(rd_kafka_resp_err_t error, const rd_kafka_message_t* message) {
  const std::string_view reason =
      message != nullptr ? rd_kafka_message_errstr(message) : std::string_view(rd_kafka_err2str(error));
  if (error == RD_KAFKA_RESP_ERR__PARTITION_EOF) return MeetEnd(*message);
  metrics_.kafka_errors.Increment();
  switch (error) {
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET: {
      const std::lock_guard lock(mutex_);
      unreadable_ = NoUsableOffset(address_.topic, message != nullptr ? message->partition : -1, reason);
      return;
    }
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED: return LookAgain(*message, reason);
    case RD_KAFKA_RESP_ERR__FATAL: return;  // the loop asks for it
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION: watch_->Suspect({}); return;  // it tells, and knows whether it lasts
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL:
    case RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT: {
      const std::lock_guard lock(mutex_);
      const bool of_group = error == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED;
      problem_ = fmt::format("kafka group {} on topic {} is refused: {}{}", group_, address_.topic, reason,
                             HelpToBeAllowed(error, "Read", of_group ? group_ : address_.topic));
      topic_refused_ = error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
      break;
    }
    default: break;
  }
  const std::string help =
      HelpToBeAllowed(error, "Read", error == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ? group_ : address_.topic);
  if (repeats_.IsNew(reason, SteadyNow()))
    kLog.Warn("kafka source {kafka_topic}: {reason}{help}",
              {{"kafka_topic", address_.topic}, {"reason", reason}, {"help", help}});
}

// ------------------------------------------------------------------------------------------------------ rebalances

void KafkaSource::Consumer::OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t what,
                                        rd_kafka_topic_partition_list_t* partitions, void* self) {
  auto& consumer = *static_cast<Consumer*>(self);
  if (!consumer.closing_) consumer.metrics_.kafka_rebalances.Increment();
  switch (what) {
    case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS: consumer.Assign(partitions); break;
    case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS: consumer.Revoke(partitions); break;
    default:
      kLog.Warn("kafka source {kafka_topic}: rebalance failed: {error}",
                {{"kafka_topic", consumer.address_.topic}, {"error", rd_kafka_err2str(what)}});
      rd_kafka_assign(client, nullptr);  // it must be answered, whatever it was
  }
}

void KafkaSource::Consumer::Assign(rd_kafka_topic_partition_list_t* partitions) {
  std::string numbers;
  std::size_t count = 0;
  auto points = FindRestorePoints(*partitions);
  if (!points && !stop_) {
    const std::lock_guard lock(mutex_);
    unreadable_ = std::move(points).error();
  }
  waits_since_.reset();
  told_of_waiting_ = false;
  // Without their state nothing is taken: of partitions that are not ours no record is. Run ends.
  if (points) {
    const std::lock_guard lock(mutex_);
    for (int i = 0; i < partitions->cnt; ++i) {
      const Partition partition{partitions->elems[i].partition};
      Owned owned = NewLease();
      const auto point = points->find(partition);
      if (point != points->end()) {
        owned.live = point->second.live;
        owned.begin = point->second.begin;
        partitions->elems[i].offset = static_cast<std::int64_t>(point->second.begin);
      }
      Owned& ours = owned_.insert_or_assign(partition, std::move(owned)).first->second;
      Tell({PartitionEvent::Kind::kAssigned, partition, {}});
      if (point == points->end() || point->second.begin >= point->second.live) TellRestored(partition, ours);
      numbers += fmt::format(" {}", partitions->elems[i].partition);
    }
    count = owned_.size();
    joined_ = true;
    if (count != 0 || !topic_refused_) problem_.clear();
  }
  if (!closing_) {
    WatchLag();
    assigned_partitions_.Set(static_cast<double>(count));
    kLog.Info("kafka source {kafka_topic}: partitions assigned:{partitions}",
              {{"kafka_topic", address_.topic}, {"partitions", numbers.empty() ? " none" : numbers}});
  }
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  if (IsCooperative(client_->get())) {
    const KafkaError incremental(rd_kafka_incremental_assign(client_->get(), partitions));
    if (incremental) error = rd_kafka_error_code(incremental.get());
  } else {
    error = rd_kafka_assign(client_->get(), partitions);
  }
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    kLog.Warn("kafka source {kafka_topic}: the assignment was not taken: {error}",
              {{"kafka_topic", address_.topic}, {"error", rd_kafka_err2str(error)}});
  }
}

Result<std::map<Partition, RestorePoint>> KafkaSource::Consumer::FindRestorePoints(
    const rd_kafka_topic_partition_list_t& partitions) {
  std::map<Partition, RestorePoint> points;
  if (options_.restore_window.count() == 0 || closing_ || partitions.cnt == 0) return points;
  std::vector<Partition> wanted;
  for (int i = 0; i < partitions.cnt; ++i) wanted.push_back(Partition{partitions.elems[i].partition});
  for (int attempt = 0; attempt < kRestoreAttempts && !stop_; ++attempt) {
    inbox_->Beat();
    auto found = restore_points_.Find(wanted, kRestoreAttempt);
    if (found) {
      for (const auto& [partition, point] : *found) TellRestorePoint(partition, point);
      return *std::move(found);
    }
    kLog.Warn("kafka source {kafka_topic}: {error}",
              {{"kafka_topic", address_.topic}, {"error", found.error().message}});
    next_tick_ = {};  // Run ends before it takes a record
    if (attempt + 1 == kRestoreAttempts) return std::move(found).error().In("the state cannot be restored");
  }
  return Error{ErrorCode::kTimeout, "told to stop before the state was restored"};
}

void KafkaSource::Consumer::TellRestorePoint(Partition partition, const RestorePoint& point) {
  const auto number = static_cast<std::int32_t>(partition);
  if (point.lost) {
    const std::lock_guard lock(mutex_);
    if (offset_reset_ == "error") {
      unreadable_ = NoUsableOffset(address_.topic, number, "the log begins behind it");
      next_tick_ = {};  // Run ends
      return;
    }
    kLog.Error(
        "kafka source {kafka_topic}: partition {partition}: records were deleted before they were read: the "
        "log begins at {begin}; raise the kafka topic's retention",
        {{"kafka_topic", address_.topic}, {"partition", number}, {"begin", static_cast<std::int64_t>(point.begin)}});
    return;
  }
  if (point.incomplete) {
    kLog.Warn(
        "kafka source {kafka_topic}: partition {partition}: the log begins within the last {hours} h: what "
        "alerted before may alert again; raise the kafka topic's retention",
        {{"kafka_topic", address_.topic},
         {"partition", number},
         {"hours", std::chrono::duration_cast<std::chrono::hours>(options_.restore_window).count()}});
  }
  kLog.Info("kafka source {kafka_topic}: partition {partition}: the state is restored from offsets {from} to {to}",
            {{"kafka_topic", address_.topic},
             {"partition", number},
             {"from", static_cast<std::int64_t>(point.begin)},
             {"to", static_cast<std::int64_t>(point.live)}});
}

void KafkaSource::Consumer::Revoke(rd_kafka_topic_partition_list_t* partitions) {
  const bool lost = rd_kafka_assignment_lost(client_->get()) != 0;
  if (!closing_) {
    kLog.Info("kafka source {kafka_topic}: {count} partitions {how}",
              {{"kafka_topic", address_.topic},
               {"count", partitions->cnt},
               {"how", lost ? "lost: another member may have them already; what is under way is read again there"
                            : "revoked"}});
    std::map<Partition, std::size_t> dropped;
    {
      const std::lock_guard lock(mutex_);
      for (const Record& record : held_) {
        if (!record.restores && FindLease(record.place) != nullptr) ++dropped[record.place.partition];
      }
    }
    DropHeld(partitions);
    if (!lost) {
      WaitUntilSettled(partitions, dropped);
      Commit(partitions, SteadyNow() + kCommit);
    }
  }
  std::size_t count = 0;
  {
    const std::lock_guard lock(mutex_);
    for (int i = 0; i < partitions->cnt; ++i) {
      const Partition partition{partitions->elems[i].partition};
      owned_.erase(partition);
      Tell({PartitionEvent::Kind::kRevoked, partition, {}});
    }
    count = owned_.size();
    if (lost) joined_ = false;
  }
  if (count == 0) waits_since_ = SteadyNow();
  if (!closing_) assigned_partitions_.Set(static_cast<double>(count));
  if (IsCooperative(client_->get())) {
    const KafkaError ignored(rd_kafka_incremental_unassign(client_->get(), partitions));
  } else {
    rd_kafka_assign(client_->get(), nullptr);
  }
}

// What was read of them and never offered is read again by the next owner.
void KafkaSource::Consumer::DropHeld(PartitionList partitions) {
  const auto revoked = [&](Partition partition) {
    return rd_kafka_topic_partition_list_find(const_cast<rd_kafka_topic_partition_list_t*>(partitions),
                                              address_.topic.c_str(), static_cast<std::int32_t>(partition)) != nullptr;
  };
  std::erase_if(held_, [&](const Record& record) { return revoked(record.place.partition); });
  if (!paused_) return;
  // The pause is librdkafka's memory of a partition and would outlive our ownership.
  std::map<Partition, Offset> leaving;
  for (const Partition partition : *paused_) {
    if (revoked(partition)) leaving[partition] = Offset{RD_KAFKA_OFFSET_INVALID};
  }
  const KafkaPartitions list = MakeList(leaving);
  rd_kafka_resume_partitions(client_->get(), list.get());
  std::erase_if(*paused_, revoked);
  if (held_.empty()) Resume();
}

void KafkaSource::Consumer::WaitUntilSettled(PartitionList partitions,
                                             const std::map<Partition, std::size_t>& dropped) {
  inbox_->Flush();
  flushed_ = true;
  const auto open = [&] {
    std::size_t sum = 0;
    for (int i = 0; i < partitions->cnt; ++i) {
      const Partition partition{partitions->elems[i].partition};
      const auto owned = owned_.find(partition);
      if (owned == owned_.end() || owned->second.rewinds) continue;
      const auto held = dropped.find(partition);
      sum += owned->second.tracker.open() - (held == dropped.end() ? 0 : held->second);
    }
    return sum;
  };
  const SteadyTime deadline = SteadyNow() + options_.revoke_deadline;
  std::unique_lock lock(mutex_);
  while (open() != 0 && SteadyNow() < deadline) {
    inbox_->Beat();
    settled_.wait_until(lock, std::min(deadline, SteadyNow() + kPoll));
  }
  if (const std::size_t left = open(); left != 0) {
    kLog.Warn(
        "kafka source {kafka_topic}: {records} records were still under way when their partitions were "
        "revoked; they are read again",
        {{"kafka_topic", address_.topic}, {"records", left}});
  }
}

// --------------------------------------------------------------------------------------------------------- offsets

void KafkaSource::Consumer::Acknowledge(const RecordPlace& place) {
  const std::lock_guard lock(mutex_);
  Owned* const owned = FindLease(place);
  if (owned == nullptr) return;  // given up in the meantime
  owned->tracker.Done(place.offset);
  const std::optional<Offset> oldest = owned->tracker.OldestOpen();
  while (!owned->times.empty() && (!oldest || owned->times.front().first < *oldest)) owned->times.pop_front();
  if (owned->tracker.open() == 0) settled_.notify_all();
}

bool KafkaSource::Consumer::Holds(const RecordPlace& place) const {
  const std::lock_guard lock(mutex_);
  return FindLease(place.partition, place.lease) != nullptr;
}

// Under the lock: a rebalance that comes later makes the brokers refuse what this membership commits.
std::shared_ptr<const KafkaMembership> KafkaSource::Consumer::MembershipFor(const ReadPlaces& read) const {
  std::map<Partition, Offset> offsets;
  const std::lock_guard lock(mutex_);
  for (const auto& [partition, up_to] : read) {
    if (FindLease(partition, up_to.lease) == nullptr) return nullptr;
    offsets[partition] = up_to.next;
  }
  auto membership = std::make_shared<KafkaMembership>();
  membership->member.reset(rd_kafka_consumer_group_metadata(client_->get()));
  membership->offsets = MakeList(offsets);
  return membership;
}

void KafkaSource::Consumer::SetCommitted(const ReadPlaces& read) {
  const std::lock_guard lock(mutex_);
  for (const auto& [partition, up_to] : read) {
    if (const auto at = owned_.find(partition); at != owned_.end() && at->second.lease == up_to.lease)
      at->second.resume = up_to.next;
  }
}

void KafkaSource::Consumer::Rewind(const ReadPlaces& read) {
  const std::lock_guard lock(mutex_);
  for (const auto& [partition, up_to] : read) {
    const auto at = owned_.find(partition);
    if (at == owned_.end() || at->second.lease != up_to.lease) continue;
    at->second.rewinds = true;
    rewinds_ = true;
  }
  settled_.notify_all();
}

KafkaPartitions KafkaSource::Consumer::MakeList(const std::map<Partition, Offset>& offsets) const {
  KafkaPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const auto& [partition, offset] : offsets) {
    rd_kafka_topic_partition_list_add(list.get(), address_.topic.c_str(), static_cast<std::int32_t>(partition))
        ->offset = static_cast<std::int64_t>(offset);
  }
  return list;
}

// librdkafka commits what is stored, each second.
void KafkaSource::Consumer::StoreOffsets() {
  if (options_.transactional) return;
  std::map<Partition, Offset> offsets;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [partition, owned] : owned_) {
      std::optional<Offset> committable = owned.tracker.Committable();
      // At the end nothing is left: what nobody gets to see is passed, too.
      if (owned.tracker.size() == 0 && owned.end && owned.end >= committable && *owned.end >= owned.live) {
        committable = owned.end;
      }
      if (!committable || committable == owned.stored) continue;
      owned.stored = committable;
      offsets[partition] = *committable;
    }
  }
  if (offsets.empty()) return;
  // A partition that was lost a moment ago is refused, rightly.
  rd_kafka_offsets_store(client_->get(), MakeList(offsets).get());
}

// Waits for the broker's answer, but not for ever as rd_kafka_commit does while the group's coordinator is away.
void KafkaSource::Consumer::Commit(PartitionList partitions, SteadyTime deadline) {
  StoreOffsets();
  std::map<Partition, Offset> offsets;
  {
    const std::lock_guard lock(mutex_);
    for (int i = 0; i < partitions->cnt; ++i) {
      const Partition partition{partitions->elems[i].partition};
      const auto owned = owned_.find(partition);
      if (owned != owned_.end() && owned->second.stored) offsets[partition] = *owned->second.stored;
    }
  }
  if (!offsets.empty()) CountCommit(CommitAndWait(offsets, [&] { return SteadyNow() >= deadline; }));
}

rd_kafka_resp_err_t KafkaSource::Consumer::CommitAndWait(const std::map<Partition, Offset>& offsets,
                                                         const std::function<bool()>& gives_up) {
  const KafkaQueue answers(rd_kafka_queue_new(client_->get()));
  const auto sent = rd_kafka_commit_queue(client_->get(), MakeList(offsets).get(), answers.get(), nullptr, nullptr);
  if (sent != RD_KAFKA_RESP_ERR_NO_ERROR) return sent;
  while (!gives_up()) {
    if (inbox_ != nullptr) inbox_->Beat();
    const KafkaEvent answer(rd_kafka_queue_poll(answers.get(), static_cast<int>(kPoll.count())));
    if (!answer || rd_kafka_event_type(answer.get()) != RD_KAFKA_EVENT_OFFSET_COMMIT) continue;
    return rd_kafka_event_error(answer.get());
  }
  return RD_KAFKA_RESP_ERR__TIMED_OUT;
}

// With transactions, which commit what is behind records only: ends of quiet partitions. No record is read, so no
// transaction can commit more, before the brokers have answered: a later offset is never overwritten by an earlier one.
void KafkaSource::Consumer::CommitEnds() {
  if (!options_.transactional || !held_.empty()) return;
  std::map<Partition, Offset> offsets;
  {
    const std::lock_guard lock(mutex_);
    const SteadyTime now = SteadyNow();
    for (const auto& [partition, owned] : owned_) {
      if (owned.rewinds || owned.seek || owned.tracker.size() != 0) continue;
      if (!owned.end || now - owned.end_met < kQuiet || *owned.end < owned.live) continue;
      if (!owned.resume || *owned.resume < *owned.end) offsets[partition] = *owned.end;
    }
  }
  if (offsets.empty()) return;
  // librdkafka answers in any case, at the latest after its socket.timeout.ms. After a stop nothing more is read.
  const auto error = CommitAndWait(offsets, [&] { return stop_.load(); });
  const std::lock_guard lock(mutex_);
  for (const auto& [partition, offset] : offsets) {
    Owned& owned = owned_.at(partition);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) owned.resume = offset;
    owned.end_met = SteadyNow();  // else it is tried again, not at once
  }
}

// ------------------------------------------------------------------------------------------------------------- lag

// Partitions that went stay shown until we are given others: the group may be standing still, or we may be refused.
void KafkaSource::Consumer::WatchLag() {
  std::vector<Partition> ours, gone;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [partition, owned] : owned_) ours.push_back(partition);
    if (ours.empty() && topic_refused_) return;
    topic_refused_ = false;
    for (const Partition partition : shown_) {
      if (!owned_.contains(partition)) gone.push_back(partition);
    }
    for (const Partition partition : gone) lags_.erase(partition);
    shown_ = ours;
  }
  for (const Partition partition : gone) metrics_.ForgetLag(address_.topic, static_cast<std::int32_t>(partition));
  lag_->Watch(std::move(ours));
}

// Of what the brokers do not answer the last is shown, but not as if it were of now: its seconds go on.
void KafkaSource::Consumer::ShowLag(const std::map<Partition, PartitionOffsets>& known) {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = SteadyNow();
  for (const auto& [partition, lag] : lags_) {
    if (known.contains(partition) || now - lag.at < kUnanswered * options_.lag_interval) continue;
    metrics_.SetLag(address_.topic, static_cast<std::int32_t>(partition), static_cast<double>(lag.records),
                    lag.seconds + std::chrono::duration<double>(now - lag.at).count());
  }
  for (const auto& [partition, offsets] : known) {
    if (std::find(shown_.begin(), shown_.end(), partition) == shown_.end()) continue;
    const auto at = owned_.find(partition);
    // Before anything is committed: what there is from where we begin.
    std::int64_t begin = offset_reset_ == "latest" ? offsets.end : offsets.begin;
    if (at != owned_.end() && at->second.begin) begin = static_cast<std::int64_t>(*at->second.begin);
    const std::int64_t records = std::max<std::int64_t>(offsets.end - offsets.committed.value_or(begin), 0);
    double seconds = 0;
    if (at != owned_.end()) {
      Owned& owned = at->second;
      const bool all_read = records == 0 || (owned.end && static_cast<std::int64_t>(*owned.end) >= offsets.end);
      if (all_read || !owned.times.empty()) owned.behind_at.reset();
      if (!owned.times.empty()) {
        seconds = std::chrono::duration<double>(WallNow() - owned.times.front().second).count();
      } else if (!all_read) {
        if (!owned.behind_at) owned.behind_at = now;
        seconds = std::chrono::duration<double>(now - *owned.behind_at).count();
      }
    }
    const Lag& lag = lags_[partition] = {records, std::max(seconds, 0.0), now};
    metrics_.SetLag(address_.topic, static_cast<std::int32_t>(partition), static_cast<double>(lag.records),
                    lag.seconds);
  }
}

void KafkaSource::Consumer::CountCommit(rd_kafka_resp_err_t error) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR__NO_OFFSET) return;
  metrics_.kafka_commits_failed.Increment();
  if (repeats_.IsNew(rd_kafka_err2name(error), SteadyNow())) {
    kLog.Warn("kafka source {kafka_topic}: commit failed: {error}; nothing is lost, the records may be read again",
              {{"kafka_topic", address_.topic}, {"error", rd_kafka_err2str(error)}});
  }
}

void KafkaSource::Consumer::OnCommit(rd_kafka_t* /*client*/, rd_kafka_resp_err_t error,
                                     rd_kafka_topic_partition_list_t* /*offsets*/, void* self) {
  auto& consumer = *static_cast<Consumer*>(self);
  if (!consumer.closing_) consumer.CountCommit(error);
}

// ---------------------------------------------------------------------------------------------------------- health

void KafkaSource::Consumer::OnErrorEvent(rd_kafka_t* /*client*/, int error, const char* reason, void* self) {
  auto& consumer = *static_cast<Consumer*>(self);
  if (consumer.closing_) return;
  consumer.metrics_.kafka_errors.Increment();
  switch (error) {
    case RD_KAFKA_RESP_ERR__FATAL:
      return;  // the loop asks for it
    // These two come in any order when brokers go; which of them are gone is the watch's to find out.
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN: consumer.watch_->Suspect({}); return;
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__RESOLVE: consumer.watch_->Suspect(reason); return;
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION: consumer.watch_->Suspect(reason, true); return;
    default:
      if (consumer.repeats_.IsNew(reason, SteadyNow())) {
        kLog.Warn("kafka source {kafka_topic}: {error}",
                  {{"kafka_topic", consumer.address_.topic}, {"error", ReasonForPeople(reason)}});
      }
  }
}

int KafkaSource::Consumer::OnStatistics(rd_kafka_t* /*client*/, char* json, std::size_t size, void* self) {
  auto& consumer = *static_cast<Consumer*>(self);
  if (consumer.closing_) return 0;
  const auto statistics = ParseKafkaStatistics({json, size});
  if (!statistics) {
    kLog.Warn("{error}", {{"error", statistics.error().message}});
    return 0;
  }
  const std::lock_guard lock(consumer.mutex_);
  if (statistics->in_group) consumer.joined_ = true;
  return 0;
}

Status KafkaSource::Consumer::Ready() const {
  if (Status reachable = watch_->Ready(); !reachable) return reachable;
  const std::lock_guard lock(mutex_);
  if (!unreadable_) return unreadable_;
  if (!problem_.empty()) return Error{ErrorCode::kRejected, problem_};
  if (!joined_) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("kafka group {} has not given us partitions of {} yet", group_, address_.topic)};
  }
  return {};
}

// --------------------------------------------------------------------------------------------------------- closing

void KafkaSource::Consumer::CommitAll(SteadyTime deadline) {
  watch_->Stop();
  lag_->Stop();
  std::map<Partition, Offset> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [partition, owned] : owned_) all[partition] = Offset{RD_KAFKA_OFFSET_INVALID};
  }
  Commit(MakeList(all).get(), deadline);
  closing_ = true;
}

Status KafkaSource::Consumer::LeaveGroup() {
  const auto error = rd_kafka_consumer_close(client_->get());
  std::shared_ptr<SharedConsumer> last;
  {
    const std::lock_guard lock(mutex_);
    last = std::move(client_);
  }
  last.reset();  // destroys it, unless records are still alive
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return Error{ErrorCode::kUnavailable, fmt::format("kafka: leaving group {}: {}", group_, rd_kafka_err2str(error))};
}

void KafkaSource::Consumer::Abandon() {
  const std::lock_guard lock(mutex_);
  if (client_) client_->Abandon();
}

KafkaSource::KafkaSource(std::shared_ptr<Consumer> consumer) : consumer_(std::move(consumer)) {}
KafkaSource::~KafkaSource() = default;

Result<std::unique_ptr<KafkaSource>> KafkaSource::Create(const Fields& source, const Fields& shared, Metrics& metrics,
                                                         KafkaSourceOptions options) {
  auto consumer = Consumer::Create(source, shared, metrics, options);
  if (!consumer) return std::move(consumer).error();
  return std::unique_ptr<KafkaSource>(new KafkaSource(*std::move(consumer)));
}

Status KafkaSource::Run(RecordInbox& inbox) { return consumer_->Run(inbox); }
void KafkaSource::RequestStop() { consumer_->RequestStop(); }
void KafkaSource::Acknowledge(const RecordPlace& place) { consumer_->Acknowledge(place); }
Status KafkaSource::Ready() const { return consumer_->Ready(); }
bool KafkaSource::Holds(const RecordPlace& place) const { return consumer_->Holds(place); }
std::shared_ptr<const KafkaMembership> KafkaSource::MembershipFor(const ReadPlaces& read) const {
  return consumer_->MembershipFor(read);
}
void KafkaSource::SetCommitted(const ReadPlaces& read) { consumer_->SetCommitted(read); }
void KafkaSource::Rewind(const ReadPlaces& read) { consumer_->Rewind(read); }

Status KafkaSource::Close(SteadyTime deadline) {
  consumer_->CommitAll(std::min(deadline, SteadyNow() + kCommit));
  // In a thread of its own, because it can hang for ever.
  std::promise<Status> left;
  std::future<Status> result = left.get_future();
  std::thread([consumer = consumer_, left = std::move(left)]() mutable {
    left.set_value(consumer->LeaveGroup());
  }).detach();
  if (result.wait_until(deadline) == std::future_status::ready) return result.get();
  consumer_->Abandon();
  return Error{ErrorCode::kTimeout,
               "kafka: leaving the consumer group takes too long; what was settled is committed or is read again, and "
               "the group takes our partitions back when the session times out"};
}

}  // namespace wirewatch
