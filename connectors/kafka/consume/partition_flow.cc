#include "connectors/kafka/consume/partition_flow.h"

#include <algorithm>
#include <iterator>
#include <thread>

#include "base/log.h"
#include "connectors/kafka/consume/partitions.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("kafka");

}  // namespace

void PartitionFlow::Take(Record record, RecordInbox& inbox) {
  const RecordPlace place = record.place;
  if (!holds_back_ && held_.empty() && !consumer_.IsFarAhead(place.partition) &&
      inbox.Offer(record, SteadyNow() + settings_.offer)) {
    consumer_.OnOffered(place);
    return;
  }
  held_.push_back(std::move(record));
  // A partition that came to us while the others are paused.
  if (paused_) Pause({place.partition});
}

bool PartitionFlow::OfferHeld(RecordInbox& inbox) {
  const SteadyTime now = SteadyNow();
  const RecordPlace place = held_.front().place;
  if (consumer_.IsFarAhead(place.partition)) {
    inbox.Flush();  // the open record may wait in a batch that is not full yet
    if (!paused_) std::this_thread::sleep_for(settings_.offer);
  } else if (inbox.Offer(held_.front(), paused_ ? now : now + settings_.offer)) {
    held_.pop_front();
    consumer_.OnOffered(place);
    no_room_since_.reset();
    if (held_.empty() && paused_) Resume();
    return true;
  }
  if (!no_room_since_) no_room_since_ = now;
  if (!paused_ && now - *no_room_since_ >= settings_.pause_after) PauseAll();
  return false;
}

void PartitionFlow::HoldBack() {
  holds_back_ = true;
  if (!paused_) paused_.emplace();
}

void PartitionFlow::GoOn() {
  if (std::exchange(holds_back_, false) && held_.empty()) Resume();
}

bool PartitionFlow::HoldsRecordsOf(Partition partition) const {
  return std::any_of(held_.begin(), held_.end(),
                     [&](const Record& record) { return record.place.partition == partition; });
}

std::map<Partition, std::size_t> PartitionFlow::CountHeld(const std::function<bool(const Record&)>& counts) const {
  std::map<Partition, std::size_t> sum;
  for (const Record& record : held_) {
    if (counts(record)) ++sum[record.place.partition];
  }
  return sum;
}

void PartitionFlow::DropPartitions(const std::function<bool(Partition)>& gone) {
  if (paused_) {
    // The pause is librdkafka's memory of a partition and would outlive our ownership.
    std::vector<Partition> leaving;
    std::copy_if(paused_->begin(), paused_->end(), std::back_inserter(leaving), gone);
    consumer_.ResumePartitions(leaving);
    std::erase_if(*paused_, gone);
  }
  DropRecords([&](const Record& record) { return gone(record.place.partition); });
}

void PartitionFlow::DropRecords(const std::function<bool(const Record&)>& stale) {
  std::erase_if(held_, stale);
  if (!held_.empty()) return;
  // Nothing is left that finds no room, and whose offer would end the pause.
  no_room_since_.reset();
  if (paused_ && !holds_back_) Resume();
}

// Once, for all partitions, and undone only when there is room: see Consumer::PausePartitions.
void PartitionFlow::PauseAll() {
  paused_.emplace();
  Pause(consumer_.OurPartitions());
  kLog.Info("kafka source {kafka_topic}: paused: no room for {ms} ms",
            {{"kafka_topic", settings_.topic}, {"ms", settings_.pause_after.count()}});
}

void PartitionFlow::Pause(const std::vector<Partition>& partitions) {
  std::vector<Partition> running;
  for (const Partition partition : partitions) {
    if (!Contains(*paused_, partition)) running.push_back(partition);
  }
  if (running.empty()) return;
  consumer_.PausePartitions(running);
  paused_->insert(paused_->end(), running.begin(), running.end());
}

// Only what is paused: resuming another partition rewinds it (librdkafka#4636).
void PartitionFlow::Resume() {
  const std::vector<Partition> paused = *std::exchange(paused_, std::nullopt);
  no_room_since_.reset();
  if (paused.empty()) return;
  consumer_.ResumePartitions(paused);
  kLog.Info("kafka source {kafka_topic}: resumed", {{"kafka_topic", settings_.topic}});
}

}  // namespace wirewatch
