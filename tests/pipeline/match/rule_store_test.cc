#include "pipeline/match/rule_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "pipeline/match/rule_metrics.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string PackOf(std::string_view name, std::string_view topics) {
  return "pack: " + std::string(name) + "\ntopics:\n" + std::string(topics);
}
std::string Topic(const std::string& id, const std::string& match = "huawei") {
  return "  - {id: " + id + ", title: T, rules: [{id: r, match: '" + match + "'}]}\n";
}

class RuleStoreTest : public ::testing::Test {
 protected:
  void Start() {
    auto store = RuleStore::Create({dir_.path()}, metrics_);
    ASSERT_TRUE(store) << store.error().message;
    store_ = *std::move(store);
    store_->Watch(std::chrono::milliseconds(0), health_.AddLoop("rules", std::chrono::seconds(60)));
  }
  // What the log says of it.
  std::string Reload() {
    const double before = rule_metrics_.reloads_ok.Value() + rule_metrics_.reloads_failed.Value();
    testing::internal::CaptureStderr();
    store_->RequestReload();
    while (rule_metrics_.reloads_ok.Value() + rule_metrics_.reloads_failed.Value() == before) std::this_thread::yield();
    // The line of a success comes after the count, and before the store is gone.
    store_.reset();
    return testing::internal::GetCapturedStderr();
  }

  const TempDir dir_;
  MetricsRegistry metrics_;
  const RuleMetrics rule_metrics_{metrics_};
  Health health_;
  std::unique_ptr<RuleStore> store_;
};

TEST_F(RuleStoreTest, NamesTheTopicsThatAReloadDrops) {
  dir_.Write("a.yaml", PackOf("a", Topic("stays") + Topic("goes")));
  dir_.Write("b.yaml", PackOf("b", Topic("goes-too")));
  Start();
  dir_.Write("a.yaml", PackOf("a", Topic("stays")));
  std::filesystem::remove(dir_.Path("b.yaml"));
  EXPECT_THAT(Reload(),
              HasSubstr("2 topics are no longer in the packs, and raise no alerts from now on: goes, goes-too"));
}

TEST_F(RuleStoreTest, SaysNothingOfTopicsThatMoveToAnotherPack) {
  dir_.Write("a.yaml", PackOf("a", Topic("one") + Topic("two")));
  Start();
  dir_.Write("a.yaml", PackOf("a", Topic("two", "nokia")));
  dir_.Write("b.yaml", PackOf("b", Topic("one")));
  EXPECT_THAT(Reload(), AllOf(HasSubstr("rules loaded"), Not(HasSubstr("no longer"))));
}

TEST_F(RuleStoreTest, AnEditOfALibraryIsAnotherRuleSetAlsoWhereNoRuleUsesIt) {
  dir_.Write("a.yaml", PackOf("a", Topic("a")));
  dir_.Write("lists/places.yaml", "library: places\nfacet: countries\nlists: {NL: [Netherlands]}\n");
  Start();
  const auto before = store_->Current();
  ASSERT_NE(before->facets(), nullptr);
  dir_.Write("lists/places.yaml", "library: places\nfacet: countries\nlists: {NL: [Netherlands, Dutch]}\n");
  store_->RequestReload();
  while (store_->Current() == before) std::this_thread::yield();
  EXPECT_NE(store_->Current()->hash(), before->hash());
  EXPECT_NE(store_->Current()->facets(), before->facets());
}

TEST_F(RuleStoreTest, TellsAMistakeInLinesOfTheLog) {
  dir_.Write("a.yaml", PackOf("a", Topic("one")));
  Start();
  dir_.Write("a.yaml", PackOf("a", Topic("one", "huawei AND")));
  const std::string log = Reload();
  EXPECT_THAT(log, HasSubstr("a.yaml:3:"));
  for (std::size_t at = 0; at < log.size(); at = log.find('\n', at) + 1) {
    EXPECT_EQ(log.substr(at + 10, 1), "T") << log.substr(at, 60);  // 2026-01-01T
  }
}

TEST_F(RuleStoreTest, StoppedItReloadsNoMore) {
  dir_.Write("a.yaml", PackOf("a", Topic("one")));
  Start();
  while (!store_->Stop()) std::this_thread::yield();
  dir_.Write("a.yaml", PackOf("a", Topic("two")));
  store_->RequestReload();
  EXPECT_TRUE(store_->Stop()) << "and nothing is compiled";
  EXPECT_EQ(store_->Current()->topics()[0]->id, "one");
}

TEST_F(RuleStoreTest, WhatWasEditedIsUnitedWithTheRestInTheBackground) {
  for (int i = 0; i < 20; ++i) {
    dir_.Write("p" + std::to_string(i) + ".yaml", PackOf("p", Topic("t" + std::to_string(i), "/hua[wv]ei/")));
  }
  auto store = RuleStore::Create({dir_.path()}, metrics_);
  ASSERT_TRUE(store);
  (*store)->Watch(std::chrono::milliseconds(1), health_.AddLoop("rules", std::chrono::seconds(60)));
  dir_.Write("p3.yaml", PackOf("p", Topic("t3", "/zt+e/")));
  (*store)->RequestReload();
  while (rule_metrics_.reloads_ok.Value() < 2 || (*store)->Current()->is_in_parts()) std::this_thread::yield();
  EXPECT_EQ((*store)->Current()->topics().size(), 20u);
}

}  // namespace
}  // namespace wirewatch
