#include <gmock/gmock.h>

#include <set>
#include <thread>

#include "connectors/store/store_migrations.h"
#include "tests/connectors/store/delivery_store_contract.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// --- Tokens, feedback, secrets

TEST_P(DeliveryStoreContract, KeepsTokens) {
  const ApiToken token{"t1", "digest-1", "Ada's", Role::kEditor, Minute(0), Minute(100), std::nullopt};
  Must(store_->PutToken(token));
  Must(store_->PutToken({"t2", "digest-2", "", Role::kAdmin, Minute(1), std::nullopt, std::nullopt}));
  Must(store_->NoteTokenUse("t1", Minute(7)));
  const auto found = Must(store_->FindToken("digest-1"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, "t1");
  EXPECT_EQ(found->label, "Ada's");
  EXPECT_EQ(found->role, Role::kEditor);
  EXPECT_EQ(found->expires, Minute(100));
  EXPECT_EQ(found->last_used, Minute(7));
  EXPECT_FALSE(Must(store_->FindToken("digest-3")));
  const auto all = Must(store_->Tokens());
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[1].id, "t2");
  EXPECT_FALSE(all[1].expires);
  EXPECT_TRUE(Must(store_->DeleteToken("t1")));
  EXPECT_FALSE(Must(store_->DeleteToken("t1")));
}

TEST_P(DeliveryStoreContract, TheLastWordOfASubscriptionOnAnAlertCounts) {
  const auto say = [&](const char* subscription, const char* alert, Verdict verdict, int minute) {
    Must(store_->PutFeedback({subscription, alert, verdict, Minute(minute), "topic", "article", {"rule-a", "rule-b"}}));
  };
  say("desk", "a1", Verdict::kUseful, 1);
  say("desk", "a1", Verdict::kDuplicate, 5);
  say("desk", "a2", Verdict::kUseful, 2);
  say("night", "a1", Verdict::kNotUseful, 3);
  const auto all = Must(store_->FeedbackSince(std::nullopt, {}));
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_EQ(all[0].verdict, Verdict::kDuplicate);
  EXPECT_EQ(all[0].said, Minute(5));
  EXPECT_THAT(all[0].rules, ElementsAre("rule-a", "rule-b"));
  EXPECT_EQ(all[2].subscription, "night");
  EXPECT_THAT(Must(store_->FeedbackSince(Minute(3), {})), SizeIs(2));
  const auto second = Must(store_->FeedbackSince(std::nullopt, {"desk/a1", 1}));
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(second[0].alert, "a2");
  EXPECT_FALSE(store_->FeedbackSince(std::nullopt, {"desk", 1}));
}

TEST_P(DeliveryStoreContract, ASecretIsMadeOnceForAllProcesses) {
  std::vector<std::string> seen(6);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto store = Another();
      seen[i] = Must(store->Secret("links", [i] { return "made-by-" + std::to_string(i); }));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 1u);
  EXPECT_EQ(Must(store_->Secret("links", [] { return std::string("late"); })), seen[0]);
  EXPECT_EQ(Must(store_->Secret("other", [] { return std::string("other"); })), "other");
}

// --- Versions

constexpr std::string_view kTestStep = "CREATE TABLE later(a BIGINT NOT NULL); INSERT INTO later VALUES (42)";

TEST_P(DeliveryStoreContract, AnOlderStoreIsTakenForwardWithWhatItHas) {
  const AlertNotice notice = NoticeOf(1);
  RecordOf(*store_, notice, {AtOnce(notice)});
  std::vector<StoreMigration> steps(StoreMigrations().begin(), StoreMigrations().end());
  const std::int64_t next = steps.back().version + 1;
  steps.push_back({next, kTestStep});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {  // at once: one takes the step, the others find it taken
    threads.emplace_back([&] { Must(Migrate(*Must(place_->OpenDatabase()), steps)); });
  }
  for (std::thread& thread : threads) thread.join();
  std::int64_t rows = 0, version = 0;
  const auto database = Must(place_->OpenDatabase());
  Must(database->Write(SqlLock::kNone, [&](SqlSession& session) -> Status {
    auto read = session.Run("SELECT count(*) FROM later", {}, [&](const SqlRow& row) { rows = row.Number(0); });
    if (!read) return read.error();
    version = Must(database->Version(session));
    return {};
  }));
  EXPECT_EQ(rows, 1);
  EXPECT_EQ(version, next);
  EXPECT_THAT(Claim("a", 0), SizeIs(1)) << "what it had is there";

  const auto refused = place_->Open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(refused.error().message, HasSubstr("later wirewatch"));
}

TEST_P(DeliveryStoreContract, AStepThatFailsLeavesTheStoreAsItWas) {
  std::vector<StoreMigration> steps(StoreMigrations().begin(), StoreMigrations().end());
  steps.push_back({steps.back().version + 1, kTestStep});
  steps.push_back({steps.back().version + 1, "CREATE TABLE alerts(a BIGINT)"});
  const auto database = Must(place_->OpenDatabase());
  EXPECT_FALSE(Migrate(*database, steps));
  EXPECT_TRUE(place_->Open());
  EXPECT_FALSE(database->Read([](SqlSession& session) -> Status {
    auto rows = session.Run("SELECT a FROM later", {});
    return rows ? Status() : Status(rows.error());
  }));
}

TEST_P(DeliveryStoreContract, ProcessesThatStartAtOnceMakeOneStore) {
  const auto place = GetParam()();
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) threads.emplace_back([&] { Must(Must(place->Open())->Ready()); });
  for (std::thread& thread : threads) thread.join();
}

TEST_P(DeliveryStoreContract, WorkThatFailsLeavesNothingBehind) {
  const auto database = Must(place_->OpenDatabase());
  const Status failed = database->Write(SqlLock::kNone, [](SqlSession& session) -> Status {
    auto rows = session.Run("INSERT INTO secrets(name, value) VALUES ($1, $2)", {"half", "done"});
    if (!rows) return rows.error();
    return Error{ErrorCode::kInternal, "stop"};
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "stop");
  EXPECT_EQ(Must(store_->Secret("half", [] { return std::string("whole"); })), "whole");
}

}  // namespace
}  // namespace wirewatch
