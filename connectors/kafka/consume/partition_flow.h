// PartitionFlow: how the records that were read come to the inbox: in their order, none left out, and without filling
// the memory.
//
// A record that the inbox has no room for is held, and all that are read after it are held behind it. While records are
// held the consumer is not polled for more, so it would be put out of its group; after `pause_after` without room all
// partitions are paused instead, and polling goes on, which then gives no records.
//
// A partition that is far ahead (a record of it stays open, and holds back the offsets of all behind it) counts as
// having no room: what is read beyond takes memory, and would be read again.
//
// Nothing here talks to a broker. Threads: one, that of Source::Run.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_PARTITION_FLOW_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_PARTITION_FLOW_H_

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "pipeline/records/record.h"
#include "pipeline/records/source.h"

namespace wirewatch {

class PartitionFlow {
 public:
  // The consumer whose records flow.
  class Consumer {
   public:
    virtual ~Consumer() = default;
    virtual std::vector<Partition> OurPartitions() const = 0;
    virtual bool IsFarAhead(Partition partition) const = 0;
    // Pausing throws away what was fetched ahead.
    virtual void PausePartitions(const std::vector<Partition>& partitions) = 0;
    virtual void ResumePartitions(const std::vector<Partition>& partitions) = 0;
    // The inbox took the record.
    virtual void OnOffered(const RecordPlace& place) = 0;
  };
  struct Settings {
    std::string topic;                        // for the log
    std::chrono::milliseconds offer{};        // longest time in one offer
    std::chrono::milliseconds pause_after{};  // without any room
  };
  // Borrows `consumer`.
  PartitionFlow(Consumer& consumer, Settings settings) : consumer_(consumer), settings_(std::move(settings)) {}

  // Offers the record, or holds it.
  void Take(Record record, RecordInbox& inbox);
  // Offers the oldest record that is held. Blocks for up to Settings::offer, but not while paused: then the poll waits.
  // REQUIRES: holds_records(), and no HoldBack is in force.
  // False: there is no room.
  bool OfferHeld(RecordInbox& inbox);

  // From now on every record is held, and its partition paused with the first. (A partition that was never read yet is
  // not paused before: librdkafka would not know from where to resume.) Until GoOn, which offers nothing by itself.
  void HoldBack();
  void GoOn();

  bool holds_records() const { return !held_.empty(); }
  bool is_paused() const { return paused_.has_value(); }
  bool HoldsRecordsOf(Partition partition) const;
  // Records that are held and for which `counts` is true, of each partition.
  std::map<Partition, std::size_t> CountHeld(const std::function<bool(const Record&)>& counts) const;

  // Partitions for which `gone` is true are no longer ours: what is held of them is read again by the next owner.
  void DropPartitions(const std::function<bool(Partition)>& gone);
  // Forgets the records for which `stale` is true: they are read again.
  void DropRecords(const std::function<bool(const Record&)>& stale);
  // At the end of Run.
  void Clear() { held_.clear(); }

 private:
  void PauseAll();
  void Pause(const std::vector<Partition>& partitions);
  void Resume();

  Consumer& consumer_;
  const Settings settings_;
  std::deque<Record> held_;
  std::optional<SteadyTime> no_room_since_;
  std::optional<std::vector<Partition>> paused_;
  bool holds_back_ = false;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_PARTITION_FLOW_H_
