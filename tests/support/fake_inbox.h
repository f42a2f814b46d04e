// FakeInbox: takes what a source offers, as the pipeline would, and lets a test wait for it.
#ifndef WIREWATCH_TESTS_SUPPORT_FAKE_INBOX_H_
#define WIREWATCH_TESTS_SUPPORT_FAKE_INBOX_H_

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "pipeline/records/source.h"

namespace wirewatch {

struct TakenRecord {
  std::string payload;
  std::string stream;
  std::int64_t offset = 0;
  std::optional<Oversize> oversize;
};

// Threads: the source's calls by one, all else by any.
class FakeInbox : public RecordInbox {
 public:
  // `capacity`: so many records are taken, the rest is refused.
  explicit FakeInbox(std::size_t capacity = SIZE_MAX) : capacity_(capacity) {}

  bool Offer(Record& record, SteadyTime) override {
    const std::lock_guard lock(mutex_);
    ++offers_;
    changed_.notify_all();
    if (records_.size() >= capacity_) return false;
    // The promise that a parser relies on; AddressSanitizer sees when it is broken.
    EXPECT_GE(record.readable_after, 64U);
    for (std::size_t i = 0; i < record.readable_after; ++i) {
      sum_ += static_cast<unsigned char>(record.payload.data()[record.payload.size() + i]);
    }
    records_.push_back({std::string(record.payload), std::string(record.place.stream),
                        static_cast<std::int64_t>(record.place.offset), record.oversize});
    if (on_record) on_record(record);
    return true;
  }
  void Flush() override {}
  void Tell(const PartitionEvent& event) override {
    const std::lock_guard lock(mutex_);
    events_.emplace_back(records_.size(), event);
  }
  void Beat() override {
    const std::lock_guard lock(mutex_);
    ++beats_;
    changed_.notify_all();
  }

  std::vector<TakenRecord> records() const {
    const std::lock_guard lock(mutex_);
    return records_;
  }
  // Each with the number of records that were taken before it.
  std::vector<std::pair<std::size_t, PartitionEvent>> events() const {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  std::vector<std::string> payloads() const {
    std::vector<std::string> payloads;
    for (TakenRecord& record : records()) payloads.push_back(std::move(record.payload));
    return payloads;
  }

  // False: it did not come to that within a minute.
  bool WaitForRecords(std::size_t count) {
    return Wait([=, this] { return records_.size() >= count; });
  }
  bool WaitForOffers(std::size_t count) {
    return Wait([=, this] { return offers_ >= count; });
  }
  // So many more beats: the source is waiting, or looking.
  bool WaitForBeats(std::size_t more) {
    std::unique_lock lock(mutex_);
    const std::size_t enough = beats_ + more;
    return changed_.wait_for(lock, kPatience, [&] { return beats_ >= enough; });
  }

  std::function<void(const Record&)> on_record;

 private:
  static constexpr std::chrono::seconds kPatience{60};

  template <typename Condition>
  bool Wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, condition);
  }

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<TakenRecord> records_;
  std::vector<std::pair<std::size_t, PartitionEvent>> events_;
  std::size_t offers_ = 0, beats_ = 0;
  unsigned sum_ = 0;
};

// Runs a source in a thread, as the pipeline does; stops and joins it in the end.
class RunningSource {
 public:
  RunningSource(Source& source, RecordInbox& inbox)
      : source_(source), thread_([this, &inbox] { status_ = source_.Run(inbox); }) {}
  ~RunningSource() {
    if (thread_.joinable()) static_cast<void>(Stop());
  }

  // What Run returned; waits for it to return by itself.
  Status Join() {
    thread_.join();
    return status_;
  }
  Status Stop() {
    source_.RequestStop();
    return Join();
  }

 private:
  Source& source_;
  Status status_;
  std::thread thread_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_FAKE_INBOX_H_
