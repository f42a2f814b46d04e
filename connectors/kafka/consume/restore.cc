#include "connectors/kafka/consume/restore.h"

#include <cstdint>
#include <utility>

#include "base/log.h"
#include "connectors/kafka/consume/consumer_health.h"

namespace wirewatch {

Result<std::map<Partition, RestorePoint>> Restore::Find(const std::vector<Partition>& partitions) {
  std::map<Partition, RestorePoint> none;
  if (context_.options.restore_window.count() == 0 || context_.closing || partitions.empty()) return none;
  for (int attempt = 0; attempt < kRestoreAttempts && !context_.stop; ++attempt) {
    context_.Beat();
    auto found = points_.Find(partitions, kRestoreAttempt);
    if (found) {
      for (const auto& [partition, point] : *found) TellPoint(partition, point);
      return found;
    }
    log::Warn("kafka source {}: {}", context_.address.topic, found.error().message);
    if (attempt + 1 == kRestoreAttempts) return std::move(found).error().In("the state cannot be restored");
  }
  return Error{ErrorCode::kTimeout, "told to stop before the state was restored"};
}

void Restore::TellPoint(Partition partition, const RestorePoint& point) {
  const auto number = static_cast<std::int32_t>(partition);
  const std::string& topic = context_.address.topic;
  if (point.lost) {
    if (context_.offset_reset == "error") {
      context_.EndWith(NoUsableOffset(topic, number, "the log begins behind it"));
      return;
    }
    log::Error(
        "kafka source {}: partition {}: records were deleted before they were read: the log begins at {}; raise "
        "the kafka topic's retention",
        topic, number, static_cast<std::int64_t>(point.begin));
    return;
  }
  if (point.incomplete) {
    log::Warn(
        "kafka source {}: partition {}: the log begins within the last {} h: what alerted before may alert again; "
        "raise the kafka topic's retention",
        topic, number, std::chrono::duration_cast<std::chrono::hours>(context_.options.restore_window).count());
  }
  log::Info("kafka source {}: partition {}: the state is restored from offsets {} to {}", topic, number,
            static_cast<std::int64_t>(point.begin), static_cast<std::int64_t>(point.live));
}

}  // namespace wirewatch
