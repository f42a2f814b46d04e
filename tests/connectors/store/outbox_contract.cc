#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "tests/connectors/store/delivery_store_contract.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

TEST_P(DeliveryStoreContract, ClaimsWhatWasRecordedWithAllOfIt) {
  const AlertNotice notice = NoticeOf(1, 3);
  EXPECT_EQ(RecordOf(*store_, notice, {AtOnce(notice)}), 1u);
  const auto messages = Claim("a", 0);
  ASSERT_THAT(messages, SizeIs(1));
  const OutboxMessage& message = messages[0];
  EXPECT_EQ(message.id, AtOnce(notice).message.id);
  EXPECT_EQ(message.subscription, "desk");
  EXPECT_EQ(message.reader, "ada@example.org");
  EXPECT_EQ(message.channel, "webhook");
  EXPECT_EQ(message.channel_kind, ChannelKind::kWebhook);
  EXPECT_EQ(message.destination, "https://hooks.example.org");
  EXPECT_EQ(message.kind, MessageKind::kAlert);
  EXPECT_EQ(message.state, MessageState::kSending);
  EXPECT_EQ(message.attempts, 1u);
  EXPECT_EQ(message.due, Minute(0));
  EXPECT_EQ(message.created, Minute(0));
  EXPECT_FALSE(message.finished);
  const auto alerts = Must(store_->AlertsOf(message.id));
  ASSERT_THAT(alerts, SizeIs(1));
  EXPECT_EQ(alerts[0].document, notice.document);
  EXPECT_EQ(alerts[0].alerted, Minute(3));
  EXPECT_TRUE(store_->Ready());
}

TEST_P(DeliveryStoreContract, RepeatedRecordsAreHarmlessAlsoFromManyAtOnce) {
  std::vector<AlertNotice> notices;
  for (int i = 0; i < 20; ++i) notices.push_back(NoticeOf(i));
  std::vector<PlannedAlert> batch;
  for (const AlertNotice& notice : notices) {
    batch.push_back({&notice, {AtOnce(notice), AtOnce(notice, "night"), HeldUntil(notice, 60, "digest")}});
  }
  batch.push_back(batch.front());  // within one batch too
  std::atomic<std::size_t> written = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto store = Another();
      for (int repeat = 0; repeat < 3; ++repeat) written += Must(store->Record(batch));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(written, 60u);
  EXPECT_THAT(Ledger(), SizeIs(60));
  EXPECT_THAT(Claim("a", 0), SizeIs(40));
  EXPECT_THAT(Claim("a", 60), SizeIs(41)) << "the digest, and the leases that have ended";
}

TEST_P(DeliveryStoreContract, AnAlertThatNobodyAskedForIsKept) {
  const AlertNotice notice = NoticeOf(1);
  EXPECT_EQ(RecordOf(*store_, notice, {}), 0u);
  EXPECT_EQ(Must(store_->FindAlert(notice.id))->document, notice.document);
  EXPECT_FALSE(Must(store_->FindAlert("0123456789abcdef0123456789abcdef")));
}

TEST_P(DeliveryStoreContract, TellsWhoWasToldOfAnAlert) {
  std::vector<AlertNotice> notices;
  std::vector<std::string_view> ids;
  for (int i = 0; i < 3; ++i) notices.push_back(NoticeOf(i));
  for (const AlertNotice& notice : notices) ids.push_back(notice.id);
  RecordOf(*store_, notices[0], {AtOnce(notices[0])});
  RecordOf(*store_, notices[1], {AtOnce(notices[1]), Snoozed(notices[1], 60)});
  RecordOf(*store_, notices[2], {});  // nobody asked for it
  using Told = std::multimap<std::string, std::string>;
  EXPECT_EQ(Must(store_->ToldOf(ids)), (Told{{notices[0].id, "desk"}, {notices[1].id, "desk"}}));
  EXPECT_EQ(Must(store_->ToldOf({notices[1].id})), (Told{{notices[1].id, "desk"}}));
  EXPECT_EQ(Must(store_->ToldOf({notices[2].id, std::string_view("nobody's")})), Told());
  EXPECT_EQ(Must(store_->ToldOf({})), Told());
}

TEST_P(DeliveryStoreContract, EntriesJoinAMessageThatWaits) {
  const AlertNotice first = NoticeOf(1), second = NoticeOf(2), third = NoticeOf(3);
  EXPECT_EQ(Must(store_->Record({{&second, {HeldUntil(second, 60)}}, {&first, {HeldUntil(first, 60)}}})), 2u);
  EXPECT_EQ(RecordOf(*store_, third, {HeldUntil(third, 60, "desk", 1)}), 1u);
  EXPECT_THAT(Claim("a", 59), IsEmpty());
  const auto messages = Claim("a", 60);
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_THAT(IdsOf(Must(store_->AlertsOf(messages[0].id))), ElementsAre(second.id, first.id, third.id))
      << "in the order in which they were decided";
}

TEST_P(DeliveryStoreContract, AnEntryNeverJoinsAClaimedMessage) {
  std::vector<AlertNotice> notices;
  for (int i = 0; i < 6; ++i) notices.push_back(NoticeOf(i));
  RecordOf(*store_, notices[0], {HeldUntil(notices[0], 60)});
  const auto first = Claim("a", 60);
  ASSERT_THAT(first, SizeIs(1));
  RecordOf(*store_, notices[1], {HeldUntil(notices[1], 60)});
  RecordOf(*store_, notices[2], {HeldUntil(notices[2], 60)});
  EXPECT_THAT(IdsOf(Must(store_->AlertsOf(first[0].id))), ElementsAre(notices[0].id));
  const auto second = Claim("a", 60);
  ASSERT_THAT(second, SizeIs(1)) << "both in one of their own, due when they were planned";
  EXPECT_NE(second[0].id, first[0].id);
  EXPECT_THAT(IdsOf(Must(store_->AlertsOf(second[0].id))), ElementsAre(notices[1].id, notices[2].id));

  // Whatever has become of it.
  EXPECT_TRUE(Finish(first[0], "a", MessageState::kDelivered, 61));
  EXPECT_TRUE(Finish(second[0], "a", MessageState::kWaiting, 61));
  RecordOf(*store_, notices[3], {HeldUntil(notices[3], 60)});
  const auto third = Claim("a", 61);
  ASSERT_THAT(third, SizeIs(2));
  EXPECT_THAT(IdsOf(Must(store_->AlertsOf(second[0].id))), SizeIs(2)) << "one that was claimed stays as it is";
  EXPECT_EQ(RecordOf(*store_, notices[3], {HeldUntil(notices[3], 60)}), 0u);
}

TEST_P(DeliveryStoreContract, CapsAreCountedAcrossStores) {
  std::vector<AlertNotice> notices;
  for (int i = 0; i < 40; ++i) notices.push_back(NoticeOf(i));
  std::vector<std::thread> threads;
  for (int share = 0; share < 4; ++share) {
    threads.emplace_back([&, share] {
      const auto store = Another();
      for (int i = share * 10; i < share * 10 + 10; ++i) {
        const AlertNotice& notice = notices[static_cast<std::size_t>(i)];
        RecordOf(*store, notice, {Capped(notice, 7, share % 2 == 0 ? "desk" : "night")});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(RecordOf(*store_, notices[0], {Capped(notices[0], 7)}), 0u) << "what is there is not counted again";
  EXPECT_THAT(Claim("a", 0), SizeIs(7)) << "over all subscriptions of the reader";
  std::size_t over = 0;
  for (const LedgerRow& row : Ledger()) over += row.entry.reason == DeliveryReason::kOverCap ? 1 : 0;
  EXPECT_EQ(over, 33u);
  const auto summaries = Claim("b", 60);
  std::size_t carried = 0;
  for (const OutboxMessage& message : summaries) {
    if (message.kind == MessageKind::kOverflow) carried += Must(store_->AlertsOf(message.id)).size();
  }
  EXPECT_EQ(carried, 33u);
}

TEST_P(DeliveryStoreContract, AFeedsMessageIsDeliveredAsItIsRecorded) {
  const AlertNotice notice = NoticeOf(1);
  PlannedDelivery planned = AtOnce(notice);
  planned.entry.reason = DeliveryReason::kFeed;
  planned.message.channel_kind = ChannelKind::kFeed;
  planned.message.state = MessageState::kDelivered;
  planned.message.finished = Minute(0);
  EXPECT_EQ(RecordOf(*store_, notice, {planned}), 1u);
  EXPECT_THAT(Claim("a", 100), IsEmpty());
  EXPECT_FALSE(Must(store_->NextDue()));
  const auto ledger = Ledger();
  ASSERT_THAT(ledger, SizeIs(1));
  EXPECT_EQ(ledger[0].message.state, MessageState::kDelivered);
  EXPECT_EQ(ledger[0].message.finished, Minute(0));
}

TEST_P(DeliveryStoreContract, ManyClaimersNeverGetTheSameMessage) {
  constexpr int kMessages = 600;
  std::vector<AlertNotice> notices;
  std::vector<PlannedAlert> batch;
  for (int i = 0; i < kMessages; ++i) notices.push_back(NoticeOf(i));
  for (const AlertNotice& notice : notices) batch.push_back({&notice, {AtOnce(notice)}});
  EXPECT_EQ(Must(store_->Record(batch)), std::size_t{kMessages});
  const auto second = Another();
  std::mutex mutex;
  std::map<std::string, int> claims;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      DeliveryStore& store = i % 2 == 0 ? *store_ : *second;
      const std::string owner = "owner-" + std::to_string(i);
      while (true) {
        const auto claimed = Must(store.Claim(ClaimBy(owner, 0, 7)));
        if (claimed.empty()) return;
        for (const OutboxMessage& message : claimed) {
          EXPECT_TRUE(Must(store.Finish({message.id, owner, MessageState::kDelivered, Minute(0), Minute(0), "200"})));
        }
        const std::lock_guard lock(mutex);
        for (const OutboxMessage& message : claimed) ++claims[message.id];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(claims, SizeIs(kMessages));
  for (const auto& [id, count] : claims) EXPECT_EQ(count, 1) << id;
}

TEST_P(DeliveryStoreContract, AMessageIsClaimedAgainWhenItsLeaseHasEnded) {
  const AlertNotice notice = NoticeOf(1);
  RecordOf(*store_, notice, {AtOnce(notice)});
  EXPECT_THAT(Claim("a", 0), SizeIs(1));
  EXPECT_THAT(Claim("b", 4), IsEmpty());
  EXPECT_EQ(Must(store_->NextDue()), Minute(5));
  const auto again = Claim("b", 5);
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].attempts, 2u);
  EXPECT_FALSE(Finish(again[0], "a", MessageState::kDelivered, 5)) << "the lease was lost";
  EXPECT_EQ(Ledger()[0].message.state, MessageState::kSending);
  EXPECT_TRUE(Finish(again[0], "b", MessageState::kDelivered, 6));
  EXPECT_FALSE(Finish(again[0], "b", MessageState::kFailed, 7)) << "it is finished";
  const auto ledger = Ledger();
  EXPECT_EQ(ledger[0].message.state, MessageState::kDelivered);
  EXPECT_EQ(ledger[0].message.answer, "answer");
  EXPECT_EQ(ledger[0].message.finished, Minute(6));
}

TEST_P(DeliveryStoreContract, AFailedAttemptComesAgainWhenItIsDue) {
  const AlertNotice notice = NoticeOf(1);
  RecordOf(*store_, notice, {AtOnce(notice)});
  const auto first = Claim("a", 0);
  EXPECT_TRUE(Must(store_->Finish({first[0].id, "a", MessageState::kWaiting, Minute(1), Minute(10), "503"})));
  EXPECT_EQ(Must(store_->NextDue()), Minute(10));
  EXPECT_THAT(Claim("b", 9), IsEmpty());
  const auto second = Claim("b", 10);
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(second[0].attempts, 2u);
  EXPECT_EQ(second[0].answer, "503");
  const auto ending = store_->Finish({first[0].id, "b", MessageState::kSending, Minute(1), Minute(10), ""});
  ASSERT_FALSE(ending);
  EXPECT_EQ(ending.error().code, ErrorCode::kInvalid);
}

TEST_P(DeliveryStoreContract, WhatWasClaimedAndNotSentGoesBackAsItWas) {
  const AlertNotice notice = NoticeOf(1);
  RecordOf(*store_, notice, {AtOnce(notice)});
  const auto first = Claim("a", 0);
  ASSERT_THAT(first, SizeIs(1));
  FinishedAttempt unsent{first[0].id, "a", MessageState::kWaiting, Minute(1), Minute(10), "not kept", false};
  EXPECT_TRUE(Must(store_->Finish(unsent)));
  EXPECT_FALSE(Must(store_->Finish(unsent))) << "it is nobody's any more";
  const auto again = Claim("b", 1);
  ASSERT_THAT(again, SizeIs(1)) << "its time is what it was";
  EXPECT_EQ(again[0].due, first[0].due);
  EXPECT_EQ(again[0].attempts, 1u);
  EXPECT_EQ(again[0].answer, "");
}

TEST_P(DeliveryStoreContract, AnswersOfStrangersAreKeptInAFormThatCanBeShown) {
  const AlertNotice notice = NoticeOf(1);
  RecordOf(*store_, notice, {AtOnce(notice)});
  const auto messages = Claim("a", 0);
  const std::string answer = std::string("no\xFF\0\n", 5) + std::string(5'000, 'x');
  EXPECT_TRUE(Must(store_->Finish({messages[0].id, "a", MessageState::kFailed, Minute(1), Minute(1), answer})));
  const std::string kept = Ledger()[0].message.answer;
  EXPECT_TRUE(kept.starts_with("no\\xFF\\x00\\x0Axxx")) << kept;
  EXPECT_LE(kept.size(), 1'024u);
}

TEST_P(DeliveryStoreContract, ClaimsTheEarliestDueFirstAndNothingForWhoIsBusy) {
  const AlertNotice notice = NoticeOf(1);
  PlannedDelivery late = AtOnce(notice, "late", 2), early = AtOnce(notice, "early", 1);
  PlannedDelivery busy = AtOnce(notice, "busy", 0), dead = AtOnce(notice, "dead", 0);
  busy.message.destination = "https://busy.example.org";
  dead.message.destination = "https://dead.example.org";
  RecordOf(*store_, notice, {late, busy, early, dead});
  ClaimRequest request = ClaimBy("a", 3, 1);
  request.not_to = {"https://busy.example.org", "https://dead.example.org", "https://none.example.org"};
  EXPECT_THAT(IdsOf(Must(store_->Claim(request))), ElementsAre(early.message.id));
  EXPECT_THAT(IdsOf(Must(store_->Claim(request))), ElementsAre(late.message.id));
  EXPECT_THAT(Must(store_->Claim(request)), IsEmpty());
  EXPECT_THAT(IdsOf(Claim("a", 3)), UnorderedElementsAre(busy.message.id, dead.message.id));
}

TEST_P(DeliveryStoreContract, WhoStopsReleasesItsLeases) {
  const AlertNotice notice = NoticeOf(1);
  RecordOf(*store_, notice, {AtOnce(notice), AtOnce(notice, "night")});
  const auto ours = Claim("a", 0, 1), others = Claim("b", 0, 1);
  ASSERT_THAT(ours, SizeIs(1));
  ASSERT_THAT(others, SizeIs(1));
  Must(store_->Release("a"));
  EXPECT_THAT(IdsOf(Claim("c", 0)), ElementsAre(ours[0].id));
}

TEST_P(DeliveryStoreContract, CountsTheOutbox) {
  EXPECT_EQ(Must(store_->Count(Minute(0))).waiting, 0u);
  EXPECT_FALSE(Must(store_->Count(Minute(0))).oldest_due);
  const AlertNotice notice = NoticeOf(1);
  RecordOf(
      *store_, notice,
      {AtOnce(notice, "first", 1), AtOnce(notice, "second", 2), AtOnce(notice, "third", 3), HeldUntil(notice, 60)});
  const auto claimed = Claim("a", 2);
  ASSERT_THAT(claimed, SizeIs(2));
  EXPECT_TRUE(Finish(claimed[1], "a", MessageState::kFailed, 2));
  OutboxCounts counts = Must(store_->Count(Minute(4)));
  EXPECT_EQ(counts.waiting, 2u);
  EXPECT_EQ(counts.sending, 1u);
  EXPECT_EQ(counts.failed, 1u);
  EXPECT_EQ(counts.oldest_due, Minute(1)) << "what is sent is not finished";
  EXPECT_TRUE(Finish(claimed[0], "a", MessageState::kDelivered, 2));
  counts = Must(store_->Count(Minute(4)));
  EXPECT_EQ(counts.oldest_due, Minute(3));
  EXPECT_FALSE(Must(store_->Count(Minute(2))).oldest_due) << "nothing is due yet";
}

TEST_P(DeliveryStoreContract, AKillInTheMiddleOfARecordLeavesNothingHalfDone) {
  constexpr int kBatch = 200, kKills = 12;
  std::vector<AlertNotice> notices;
  for (int i = 0; i < kKills * 20; ++i) notices.push_back(NoticeOf(i));
  const auto batch_of = [&](const AlertNotice& notice) {
    std::vector<PlannedDelivery> planned;
    for (int i = 0; i < kBatch; ++i) planned.push_back(Capped(notice, 1'000'000, "subscription-" + std::to_string(i)));
    return planned;
  };
  std::size_t next = 0;
  for (int kill_at = 1; kill_at <= kKills; ++kill_at) {
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(pipe_ends[0]);
      const auto store = Another();
      for (std::size_t i = next; i < notices.size(); ++i) {
        const std::vector<PlannedDelivery> planned = batch_of(notices[i]);
        if (write(pipe_ends[1], "r", 1) != 1) break;
        RecordOf(*store, notices[i], planned);
      }
      _exit(0);
    }
    close(pipe_ends[1]);
    char byte = 0;
    for (int i = 0; i < 1 + kill_at % 3; ++i) ASSERT_EQ(read(pipe_ends[0], &byte, 1), 1);
    kill(child, SIGKILL);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    close(pipe_ends[0]);

    // Whole batches only, in their order; and the one that was under way is written now.
    while (next < notices.size() && Must(store_->FindAlert(notices[next].id))) {
      ASSERT_THAT(Ledger({"", notices[next].id, "", "", {}, {}, {}}), SizeIs(kBatch));
      ++next;
    }
    LedgerQuery rest;
    rest.alert = notices[next].id;
    ASSERT_THAT(Ledger(rest), IsEmpty());
  }
  const std::size_t entries = next * kBatch;
  EXPECT_EQ(Must(store_->Count(Minute(0))).waiting, entries) << "a message for each entry";
  EXPECT_EQ(RecordOf(*store_, notices[next], batch_of(notices[next])), std::size_t{kBatch});
  if (next > 0) {
    EXPECT_EQ(RecordOf(*store_, notices[0], batch_of(notices[0])), 0u);
  }
}

}  // namespace
}  // namespace wirewatch
