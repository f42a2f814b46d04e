#include "connectors/kafka/consume/kafka_source.h"

#include <algorithm>
#include <future>
#include <thread>
#include <utility>

#include "connectors/kafka/consume/kafka_consumer.h"

namespace wirewatch {

KafkaSource::KafkaSource(std::shared_ptr<KafkaConsumer> consumer) : consumer_(std::move(consumer)) {}
KafkaSource::~KafkaSource() = default;

Result<std::unique_ptr<KafkaSource>> KafkaSource::Create(const KafkaConsumerSettings& source,
                                                         const KafkaSettings& shared, MetricsRegistry& metrics,
                                                         KafkaSourceOptions options) {
  auto consumer = KafkaConsumer::Create(source, shared, metrics, options);
  if (!consumer) return std::move(consumer).error();
  return std::unique_ptr<KafkaSource>(new KafkaSource(*std::move(consumer)));
}

Status KafkaSource::Run(RecordInbox& inbox) { return consumer_->Run(inbox); }
void KafkaSource::RequestStop() { consumer_->RequestStop(); }
void KafkaSource::Acknowledge(const RecordPlace& place) { consumer_->Acknowledge(place); }
Status KafkaSource::Ready() const { return consumer_->Ready(); }
bool KafkaSource::Holds(const RecordPlace& place) const { return consumer_->Holds(place); }
std::shared_ptr<const KafkaMembership> KafkaSource::MembershipFor(const ReadPlaces& read) {
  return consumer_->MembershipFor(read);
}
void KafkaSource::SetCommitted(const ReadPlaces& read) { consumer_->SetCommitted(read); }
void KafkaSource::Rewind(const ReadPlaces& read) { consumer_->Rewind(read); }

Status KafkaSource::Close(SteadyTime deadline) {
  consumer_->CommitAll(std::min(deadline, SteadyNow() + Rebalance::kCommit));
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
