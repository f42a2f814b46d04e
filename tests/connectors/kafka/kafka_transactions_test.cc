// KafkaTransactions with its source, against a real broker: the threads of both at once. What a reader sees over kills
// is tests/integration/kafka_exactly_once.sh's.
#include "connectors/kafka/produce/kafka_transactions.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "connectors/kafka/consume/kafka_reader.h"
#include "tests/support/kafka_admin.h"
#include "tests/support/kafka_broker.h"
#include "tests/support/kafka_fields.h"
#include "tests/support/wait_until.h"

namespace wirewatch {
namespace {

class Inbox : public RecordInbox {
 public:
  bool Offer(Record& record, SteadyTime) override {
    const std::lock_guard lock(mutex_);
    records_.push_back(std::move(record));
    changed_.notify_all();
    return true;
  }
  void Flush() override {}
  void Tell(const PartitionEvent& /*event*/) override {}
  void Beat() override {}
  std::vector<Record> TakeAll() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(50), [&] { return !records_.empty(); });
    std::vector<Record> taken(std::make_move_iterator(records_.begin()), std::make_move_iterator(records_.end()));
    records_.clear();
    return taken;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Record> records_;
};

// A process: a source, and a thread that sends on what it reads, in transactions; each third one is undone.
class Process {
 public:
  Process(const KafkaConsumerSettings& source, const KafkaSettings& shared, const std::string& output)
      : transactions_(*KafkaTransactions::Create("match", source, shared, metrics_)),
        source_(*KafkaSource::Create(source, shared, metrics_, {.transactional = true})),
        sender_(KafkaTransactions::SenderTo(output, transactions_)) {
    transactions_->CommitOffsetsOf(*source_);
    reads_ = std::thread([this] { EXPECT_TRUE(source_->Run(inbox_)); });
    handles_ = std::thread([this] { Handle(); });
  }
  ~Process() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    handles_.join();
    source_->RequestStop();
    reads_.join();
    EXPECT_TRUE(sender_->Close(SteadyNow() + kLong));
    EXPECT_TRUE(source_->Close(SteadyNow() + kLong));
  }

 private:
  bool Stopped() {
    const std::lock_guard lock(mutex_);
    return stop_;
  }
  void Handle() {
    while (!Stopped()) {
      const auto named = transactions_->TakeName();
      if (named && *named) break;
    }
    for (int transaction = 0; !Stopped(); ++transaction) {
      ReadPlaces read;
      std::vector<Record> handled;
      for (Record& record : inbox_.TakeAll()) {
        if (!transactions_->Holds(record.place)) continue;
        const auto known = read.find(record.place.partition);
        if (known != read.end() && known->second.lease != record.place.lease) continue;
        read[record.place.partition] = {record.place.lease, Offset{static_cast<std::int64_t>(record.place.offset) + 1}};
        sender_->Send({.key = std::string(record.payload), .value = std::string(record.payload), .headers = {}},
                      Delivery([](std::optional<Error>) {}));
        handled.push_back(std::move(record));
      }
      (void)sender_->Ready();
      if (read.empty()) continue;
      if (transaction % 3 == 2) {
        EXPECT_TRUE(transactions_->Abort(read));
        continue;
      }
      const auto committed = transactions_->Commit(read);
      EXPECT_TRUE(committed) << committed.error().message;
      if (!committed) return;
      for (const Record& record : handled) {
        if (*committed) source_->Acknowledge(record.place);
      }
    }
  }

  MetricsRegistry metrics_;
  Inbox inbox_;
  std::shared_ptr<KafkaTransactions> transactions_;
  std::unique_ptr<KafkaSource> source_;
  std::unique_ptr<MessageSender> sender_;
  std::mutex mutex_;
  bool stop_ = false;
  std::thread reads_, handles_;
};

TEST(KafkaTransactionsTest, EachRecordIsSentOnOnceOverUndoneTransactionsAndRebalances) {
  KafkaBroker& broker = KafkaBroker::Get();
  const KafkaAdmin admin(broker.bootstrap());
  const std::string input = broker.NewName("articles"), output = broker.NewName("alerts"), group = broker.NewName("g");
  ASSERT_TRUE(admin.CreateTopic(input, 4));
  ASSERT_TRUE(admin.CreateTopic(output, 1));
  const KafkaSettings shared =
      SharedKafka(broker.bootstrap(), {{"session.timeout.ms", "6000"}, {"heartbeat.interval.ms", "300"}});
  const auto produce = [&](int first) {
    std::vector<KafkaTestRecord> records;
    for (int i = first; i < first + 400; ++i) records.push_back({.value = std::to_string(i), .partition = i % 4});
    ASSERT_TRUE(admin.Produce(input, records));
  };
  const auto caught_up = [&] {
    const auto lag = admin.Lag(input, group);
    return lag && *lag == 0;
  };
  produce(0);
  {
    Process one(KafkaConsumerOf(input, group), shared, output);
    EXPECT_TRUE(WaitUntil(caught_up));
    Process two(KafkaConsumerOf(input, group), shared, output);  // takes some of the partitions
    produce(400);
    EXPECT_TRUE(WaitUntil(caught_up));
    // Behind the last record stands what nobody gets to see.
    ASSERT_TRUE(admin.ProduceAborted(input, {{.value = "aborted", .partition = 2}}));
    EXPECT_TRUE(WaitUntil(caught_up));
  }
  std::map<std::string, int> sent;
  const auto reader = KafkaReader::Connect(shared, output, "test");
  ASSERT_TRUE(reader) << reader.error().message;
  const auto all = (*reader)->All();
  ASSERT_TRUE(all) << all.error().message;
  const Status read = (*reader)->Read(*all, [&](const KafkaRecord& record) -> Status {
    ++sent[record.key.value()];
    return {};
  });
  EXPECT_TRUE(read);
  EXPECT_EQ(sent.size(), 800U);
  for (const auto& [value, times] : sent) EXPECT_EQ(times, 1) << value;
}

}  // namespace
}  // namespace wirewatch

int main(int argc, char** argv) { return wirewatch::RunTestsWithKafkaBroker(argc, argv); }
