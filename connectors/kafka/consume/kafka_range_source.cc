#include "connectors/kafka/consume/kafka_range_source.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "connectors/bytes/record_feed.h"

namespace wirewatch {

Result<std::unique_ptr<KafkaRangeSource>> KafkaRangeSource::Create(const KafkaSettings& shared, std::string topic,
                                                                   std::optional<WallTime> since,
                                                                   std::optional<WallTime> until) {
  auto reader = KafkaReader::Connect(shared, topic, "archive-tool");
  if (!reader) return std::move(reader).error();
  const auto all = (*reader)->All();
  if (!all) return all.error();
  KafkaRanges ranges = *all;
  if (since) {
    auto from = (*reader)->Since(*since, ranges);
    if (!from) return std::move(from).error();
    ranges = *std::move(from);
  }
  if (until) {
    const auto behind = (*reader)->Since(*until + kDisorder, *all);
    if (!behind) return behind.error();
    for (auto& [partition, range] : ranges) range.end = std::max(range.begin, behind->at(partition).begin);
  }
  return std::unique_ptr<KafkaRangeSource>(
      new KafkaRangeSource(*std::move(reader), std::move(ranges), std::move(topic), since, until));
}

KafkaRangeSource::KafkaRangeSource(std::unique_ptr<KafkaReader> reader, KafkaRanges ranges, std::string topic,
                                   std::optional<WallTime> since, std::optional<WallTime> until)
    : reader_(std::move(reader)), ranges_(std::move(ranges)), topic_(std::move(topic)), since_(since), until_(until) {
  for (const auto& [partition, range] : ranges_) {
    total_ += static_cast<std::uint64_t>(range.end) - static_cast<std::uint64_t>(range.begin);
  }
}

std::optional<ReadProgress> KafkaRangeSource::Progress() const {
  return ReadProgress{std::min(done_.load(), total_), total_};
}

Status KafkaRangeSource::Run(RecordInbox& inbox) {
  RecordFeed feed(inbox, stop_);
  std::map<Partition, Offset> next;
  for (const auto& [partition, range] : ranges_) next[partition] = range.begin;
  Status read = reader_->Read(ranges_, [&](KafkaRecord read_record) -> Status {
    if (feed.stopped()) return Error{ErrorCode::kTimeout, "stopped"};
    Offset& at = next[read_record.partition];
    done_ += static_cast<std::uint64_t>(Next(read_record.offset)) - static_cast<std::uint64_t>(at);
    at = Next(read_record.offset);
    const auto& time = read_record.timestamp;
    if ((since_ && time && *time < *since_) || (until_ && time && *time >= *until_)) return {};
    Record record;
    if (read_record.value) {
      const auto payload = std::make_shared<const std::string>(*std::move(read_record.value));
      record.payload = *payload;
      record.memory = payload;
    }
    record.key = std::move(read_record.key).value_or("");
    record.headers = std::move(read_record.headers);
    record.timestamp = time;
    record.place.stream = topic_;
    record.place.partition = read_record.partition;
    record.place.offset = read_record.offset;
    return feed.Offer(record) ? Status() : Error{ErrorCode::kTimeout, "stopped"};
  });
  feed.Idle();
  if (feed.stopped()) return {};
  return read;
}

}  // namespace wirewatch
