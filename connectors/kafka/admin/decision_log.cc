#include "connectors/kafka/admin/decision_log.h"

#include <utility>

#include "connectors/kafka/consume/kafka_reader.h"
#include "connectors/kafka/consume/recall.h"

namespace wirewatch {

Result<std::size_t> ForEachDecision(const KafkaSettings& shared, const std::string& topic, const DecisionTimes& times,
                                    const std::function<Status(Decision)>& take) {
  const auto reader = KafkaReader::Connect(shared, topic, "decisions-tool");
  if (!reader) return reader.error();
  auto ranges = (*reader)->All();
  // A decision is written after its match.
  if (ranges && times.since) ranges = (*reader)->Since(*times.since - kRecallMargin, *std::move(ranges));
  if (!ranges) return std::move(ranges).error();
  std::size_t others = 0;
  Status read = (*reader)->Read(*ranges, [&](KafkaRecord record) -> Status {
    auto decision = ReadDecision(record.value.value_or(""));
    if (!decision) {
      ++others;
      return {};
    }
    const bool is_meant = (!times.since || decision->record_time >= *times.since) &&
                          (!times.until || decision->record_time < *times.until);
    return is_meant ? take(*std::move(decision)) : Status();
  });
  if (!read) return std::move(read).error();
  return others;
}

}  // namespace wirewatch
