#include "connectors/kafka/consume/consumer_context.h"

#include <gtest/gtest.h>

#include "tests/support/kafka_fields.h"

namespace wirewatch {
namespace {

// As the pipeline's: what was told or offered since the last flush waits.
class BatchingInbox : public RecordInbox {
 public:
  bool Offer(Record& /*record*/, SteadyTime /*deadline*/) override {
    ++waiting;
    return true;
  }
  void Flush() override {
    waiting = 0;
    ++flushes;
  }
  void Tell(const PartitionEvent& /*event*/) override { ++waiting; }
  void Beat() override {}

  int waiting = 0, flushes = 0;
};

TEST(ConsumerContextTest, AnEventBehindTheLastFlushIsFlushedToo) {
  MetricsRegistry metrics;
  ConsumerContext context(KafkaConsumerOf("articles", "group"), SharedKafka("localhost:1"), metrics, {});
  BatchingInbox inbox;
  context.inbox = &inbox;
  context.flushed = false;  // a record was offered
  context.Flush();
  EXPECT_EQ(inbox.flushes, 1);
  context.Tell({PartitionEvent::Kind::kRevoked, Partition{0}, {}, 1});
  EXPECT_FALSE(context.flushed) << "the loop polls without waiting, and flushes when nothing comes";
  context.Flush();
  EXPECT_EQ(inbox.waiting, 0) << "the handler would not hear of it before the next record";
  EXPECT_EQ(inbox.flushes, 2);
  context.Flush();
  EXPECT_EQ(inbox.flushes, 2) << "nothing waits";
}

TEST(ConsumerContextTest, WhenRunIsOverNobodyIsTold) {
  MetricsRegistry metrics;
  ConsumerContext context(KafkaConsumerOf("articles", "group"), SharedKafka("localhost:1"), metrics, {});
  context.Tell({PartitionEvent::Kind::kRevoked, Partition{0}, {}, 1});
  context.Flush();
  EXPECT_TRUE(context.flushed);
}

}  // namespace
}  // namespace wirewatch
