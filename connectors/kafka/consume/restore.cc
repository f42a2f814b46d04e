#include "connectors/kafka/consume/restore.h"

#include <cstdint>
#include <utility>

#include "base/log.h"
#include "connectors/kafka/consume/consumer_health.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("kafka");

}  // namespace

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
    kLog.Warn("kafka source {kafka_topic}: {error}",
              {{"kafka_topic", context_.address.topic}, {"error", found.error().message}});
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
    kLog.Error(
        "kafka source {kafka_topic}: partition {partition}: records were deleted before they were read: the "
        "log begins at {begin}; raise the kafka topic's retention",
        {{"kafka_topic", topic}, {"partition", number}, {"begin", static_cast<std::int64_t>(point.begin)}});
    return;
  }
  if (point.incomplete) {
    kLog.Warn(
        "kafka source {kafka_topic}: partition {partition}: the log begins within the last {hours} h: what "
        "alerted before may alert again; raise the kafka topic's retention",
        {{"kafka_topic", topic},
         {"partition", number},
         {"hours", std::chrono::duration_cast<std::chrono::hours>(context_.options.restore_window).count()}});
  }
  kLog.Info("kafka source {kafka_topic}: partition {partition}: the state is restored from offsets {from} to {to}",
            {{"kafka_topic", topic},
             {"partition", number},
             {"from", static_cast<std::int64_t>(point.begin)},
             {"to", static_cast<std::int64_t>(point.live)}});
}

}  // namespace wirewatch
