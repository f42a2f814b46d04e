#include "connectors/kafka/consume/source_lag.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace wirewatch {

Status SourceLag::Start(const KafkaConsumerSettings& source, const KafkaSettings& shared) {
  auto asks =
      KafkaLag::Create(source, shared, context_.options.lag_interval, [this](const auto& known) { Show(known); });
  if (!asks) return std::move(asks).error();
  asks_ = *std::move(asks);
  return {};
}

void SourceLag::Watch() {
  std::vector<Partition> ours, gone;
  {
    auto state = context_.state.Lock();
    ours = state->leases.partitions();
    if (ours.empty() && state->topic_refused) return;
    state->topic_refused = false;
    gone = state->lag.Show(ours);
  }
  for (const Partition partition : gone) {
    const std::string number = std::to_string(static_cast<std::int32_t>(partition));
    context_.metrics.lag_records.Forget(context_.address.topic, number);
    context_.metrics.lag_seconds.Forget(context_.address.topic, number);
  }
  asks_->Watch(std::move(ours));
}

// Under the lock: what Watch has forgotten must not be shown again.
void SourceLag::Show(const std::map<Partition, PartitionOffsets>& known) {
  auto state = context_.state.Lock();
  for (const auto& [partition, lag] : state->lag.Update(known, state->leases, WallNow(), SteadyNow())) {
    const std::string number = std::to_string(static_cast<std::int32_t>(partition));
    context_.metrics.lag_records.Set(static_cast<double>(lag.records), context_.address.topic, number);
    context_.metrics.lag_seconds.Set(lag.seconds, context_.address.topic, number);
  }
}

}  // namespace wirewatch
