#include "cli/wiring/demotion_notices.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

namespace wirewatch {
namespace {

using namespace std::chrono_literals;

// Its other side goes away behind its back: Send waits for it until RequestStop.
class StuckSink : public AlertSink {
 public:
  std::string_view name() const override { return "stuck"; }
  Status Ready() const override { return {}; }
  void RequestStop() override {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }
  void Flush() override {}
  Status Close(SteadyTime) override { return {}; }
  void Send(const Alert&, Delivery delivery) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopped_; });
    delivery.Refused({ErrorCode::kTimeout, "stopped"});
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
};

// Whether the sinks are there before the end begins, or are made while it waits.
TEST(DemotionNoticesTest, ASinkThatTakesNothingDoesNotHoldUpTheEnd) {
  DemotionNotices notices(
      []() -> Result<DemotionNotices::Sinks> {
        DemotionNotices::Sinks sinks;
        sinks.push_back(std::make_unique<StuckSink>());
        return sinks;
      },
      0ms);
  Demotion demotion;
  demotion.topic = "t";
  for (int i = 0; i < 3; ++i) notices.Tell(demotion);
}

}  // namespace
}  // namespace wirewatch
