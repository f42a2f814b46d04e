// KafkaRangeSource: what a kafka topic holds of a range of time, as a source of records: read once, to its end. For
// tools that work on the past. It is a member of no group and commits nothing, so it disturbs no service.
//
// Range: records whose timestamp is in [since, until), as far as the kafka topic holds them when Create is called.
//        Records need not stand in the order of their times; one that stands more than kDisorder behind the first of
//        `until` is not looked for.
// Order: that of each partition; partitions take turns as the brokers answer.
#ifndef WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_RANGE_SOURCE_H_
#define WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_RANGE_SOURCE_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/io/stop_signal.h"
#include "base/result.h"
#include "connectors/kafka/client/kafka_settings.h"
#include "connectors/kafka/consume/kafka_reader.h"
#include "pipeline/records/source.h"

namespace wirewatch {

class KafkaRangeSource : public Source {
 public:
  static constexpr std::chrono::minutes kDisorder{10};

  // Nothing: without a bound. Errors: as KafkaReader's Connect, All and Since. Blocks: as these.
  static Result<std::unique_ptr<KafkaRangeSource>> Create(const KafkaSettings& shared, std::string topic,
                                                          std::optional<WallTime> since, std::optional<WallTime> until);

  // Errors: as KafkaReader::Read.
  Status Run(RecordInbox& inbox) override;
  void RequestStop() override { stop_.Raise(); }
  void Acknowledge(const RecordPlace&) override {}  // nothing is committed
  Status Ready() const override { return {}; }
  Status Close(SteadyTime) override { return {}; }

  // In offsets in place of bytes: how many bytes there are nobody tells.
  std::optional<ReadProgress> Progress() const override;

 private:
  KafkaRangeSource(std::unique_ptr<KafkaReader> reader, KafkaRanges ranges, std::string topic,
                   std::optional<WallTime> since, std::optional<WallTime> until);

  const std::unique_ptr<KafkaReader> reader_;
  const KafkaRanges ranges_;
  const std::string topic_;
  const std::optional<WallTime> since_, until_;
  std::uint64_t total_ = 0;
  std::atomic<std::uint64_t> done_ = 0;
  StopSignal stop_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_KAFKA_CONSUME_KAFKA_RANGE_SOURCE_H_
