#include "cli/wiring/assembly.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "cli/terminal/signals.h"
#include "pipeline/match/match_metrics.h"

namespace wirewatch {
namespace {

// Reads nothing, and writes down what /readyz says meanwhile.
class NoRecords : public Source {
 public:
  NoRecords(const Health& health, std::string& readiness) : health_(health), readiness_(readiness) {}
  Status Run(RecordInbox& /*inbox*/) override {
    readiness_ = health_.Ready().text;
    return {};
  }
  void RequestStop() override {}
  void Acknowledge(const RecordPlace& /*place*/) override {}
  Status Ready() const override { return {}; }
  Status Close(SteadyTime /*deadline*/) override { return {}; }

 private:
  const Health& health_;
  std::string& readiness_;
};

class NumberReader : public Reader<int> {
 public:
  Outcome<int> Process(const Record& /*record*/, WallTime /*received*/) override { return {}; }
};

class NumberHandler : public Handler<int> {
 public:
  void AddReadiness(Health& health) const override {
    health.AddReadiness("sink", [this] { return sink_; });
  }
  void Handle(ReceiptPtr receipt, Outcome<int> /*outcome*/) override { receipt->Release(); }
  Status Tend() override { return {}; }
  void RequestStop() override {}
  Status Close(SteadyTime /*deadline*/) override { return {}; }

 private:
  Status sink_;
};

// The listener is up before the steps are there: what is there already must not be taken for all.
TEST(AssemblyTest, IsReadyWhenAllOfItRunsAndNotBefore) {
  BlockSignals();
  for (const bool matches_here : {true, false}) {
    Config config;
    config.matches_here = matches_here;
    config.pipeline.pipeline.workers = 1;
    Assembly assembly(config);
    assembly.health().AddReadiness("other", [] { return Status(); });
    EXPECT_EQ(assembly.health().Ready().text,
              matches_here ? "FAILED rules: compiling\nok other\n" : "FAILED start: under way\nok other\n");

    std::string readiness;
    const Step<int> step{"match", "source", "numbers", MatchMetrics{assembly.metrics()}.step,
                         [] { return Result<std::unique_ptr<Reader<int>>>(std::make_unique<NumberReader>()); }};
    ASSERT_TRUE(
        assembly.AddStep<int>(std::unique_ptr<Source>(std::make_unique<NoRecords>(assembly.health(), readiness)),
                              std::unique_ptr<Handler<int>>(std::make_unique<NumberHandler>()), step, {}));
    EXPECT_FALSE(assembly.health().Ready().ok);
    EXPECT_TRUE(assembly.Run().status);
    EXPECT_EQ(readiness,
              matches_here ? "ok rules\nok other\nok sink\nok source\n" : "ok start\nok other\nok sink\nok source\n");
  }
}

// The listener answers on while a start-up that failed is taken down: nothing may be asked that went with the step.
TEST(AssemblyTest, AStepThatCannotBeMadeLeavesNoReadinessCheck) {
  BlockSignals();
  Config config;
  Assembly assembly(config);
  std::string readiness;
  const Step<int> step{"match", "source", "numbers", MatchMetrics{assembly.metrics()}.step, [] {
                         return Result<std::unique_ptr<Reader<int>>>(Error{ErrorCode::kInternal, "no reader"});
                       }};
  const Status added =
      assembly.AddStep<int>(std::unique_ptr<Source>(std::make_unique<NoRecords>(assembly.health(), readiness)),
                            std::unique_ptr<Handler<int>>(std::make_unique<NumberHandler>()), step, {});
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().message, "no reader");
  EXPECT_EQ(assembly.health().Ready().text, "FAILED rules: compiling\n");
}

}  // namespace
}  // namespace wirewatch
