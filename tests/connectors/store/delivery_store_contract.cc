#include "tests/connectors/store/delivery_store_contract.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "connectors/store/store_migrations.h"
#include "pipeline/alert/alert.h"
#include "tests/support/sample_alert.h"

namespace wirewatch {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

WallTime Minute(int minutes) { return *ParseRfc3339("2026-11-23T09:00:00Z") + std::chrono::minutes(minutes); }

AlertNotice NoticeOf(int number, int minute) {
  Alert alert = SampleAlert("article-" + std::to_string(number));
  alert.alerted = Minute(minute);
  return Must(ReadNotice(ToJson(alert)));
}

Subscription SubscriptionOf(std::string_view id, std::string_view reader) {
  Subscription subscription;
  subscription.id = id;
  subscription.reader = reader;
  SubscribedChannel channel;
  channel.kind = ChannelKind::kWebhook;
  channel.id = "webhook";
  channel.url = "https://hooks.example.org/" + std::string(id);
  subscription.channels = {channel};
  return subscription;
}

PlannedDelivery AtOnce(const AlertNotice& notice, std::string_view subscription, int minute) {
  return HeldUntil(notice, minute, subscription, minute, MessageKind::kAlert, DeliveryReason::kAtOnce);
}

PlannedDelivery HeldUntil(const AlertNotice& notice, int due, std::string_view subscription, int minute,
                          MessageKind kind, DeliveryReason reason) {
  PlannedDelivery planned;
  planned.entry.subscription = subscription;
  planned.entry.alert = notice.id;
  planned.entry.channel = "webhook";
  planned.entry.revision = 7;
  planned.entry.reason = reason;
  planned.entry.decided = Minute(minute);
  OutboxMessage& message = planned.message;
  message.id =
      MessageId(subscription, "webhook", kind, kind == MessageKind::kAlert ? notice.id : FormatRfc3339(Minute(due)));
  message.subscription = subscription;
  message.reader = "ada@example.org";
  message.channel = "webhook";
  message.channel_kind = ChannelKind::kWebhook;
  message.destination = "https://hooks.example.org";
  message.kind = kind;
  message.due = Minute(due);
  message.created = Minute(minute);
  planned.entry.message = message.id;
  return planned;
}

std::size_t RecordOf(DeliveryStore& store, const AlertNotice& notice, const std::vector<PlannedDelivery>& planned) {
  return Must(store.Record({{&notice, planned}}));
}

ClaimRequest ClaimBy(std::string_view owner, int minute, std::size_t limit) {
  return {std::string(owner), Minute(minute), Minute(minute + 5), limit, {}};
}

namespace {

std::vector<std::string> IdsOf(const std::vector<AlertNotice>& notices) {
  std::vector<std::string> ids;
  for (const AlertNotice& notice : notices) ids.push_back(notice.id);
  return ids;
}
std::vector<std::string> IdsOf(const std::vector<OutboxMessage>& messages) {
  std::vector<std::string> ids;
  for (const OutboxMessage& message : messages) ids.push_back(message.id);
  return ids;
}

// At once, as the `limit`-th message of the hour at most.
PlannedDelivery Capped(const AlertNotice& notice, std::uint32_t limit, std::string_view subscription = "desk") {
  PlannedDelivery planned = AtOnce(notice, subscription);
  CapCount cap;
  cap.reader = "ada@example.org";
  cap.begin = Minute(0);
  cap.limit = limit;
  cap.overflow = HeldUntil(notice, 60, subscription, 0, MessageKind::kOverflow, DeliveryReason::kOverCap).message;
  planned.cap = cap;
  return planned;
}

PlannedDelivery Snoozed(const AlertNotice& notice, int until, int minute = 0) {
  return HeldUntil(notice, until, "desk", minute, MessageKind::kCatchUp, DeliveryReason::kSnoozed);
}

// --- The outbox

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

// --- Operators

TEST_P(DeliveryStoreContract, TheLedgerIsAskedByAnyOfItsPartsAndPaged) {
  std::vector<AlertNotice> notices;
  for (int i = 0; i < 10; ++i) notices.push_back(NoticeOf(i));
  for (int i = 0; i < 10; ++i) {
    const AlertNotice& notice = notices[static_cast<std::size_t>(i)];
    PlannedDelivery other = AtOnce(notice, "night", i);
    other.message.reader = "bob@example.org";
    RecordOf(*store_, notice, {AtOnce(notice, "desk", i), other});
  }
  const auto claimed = Claim("a", 0);
  ASSERT_THAT(claimed, SizeIs(2));
  EXPECT_TRUE(Finish(claimed[0], "a", MessageState::kFailed, 1));

  const auto with = [&](auto change) {
    LedgerQuery query;
    change(query);
    return Ledger(query).size();
  };
  EXPECT_EQ(with([](LedgerQuery&) {}), 20u);
  EXPECT_EQ(with([](LedgerQuery& q) { q.subscription = "night"; }), 10u);
  EXPECT_EQ(with([&](LedgerQuery& q) { q.alert = notices[3].id; }), 2u);
  EXPECT_EQ(with([](LedgerQuery& q) { q.reader = "bob@example.org"; }), 10u);
  EXPECT_EQ(with([&](LedgerQuery& q) { q.message = claimed[0].id; }), 1u);
  EXPECT_EQ(with([](LedgerQuery& q) { q.state = MessageState::kFailed; }), 1u);
  EXPECT_EQ(with([](LedgerQuery& q) { q.state = MessageState::kWaiting; }), 18u);
  EXPECT_EQ(with([](LedgerQuery& q) { q.since = Minute(3), q.until = Minute(5); }), 4u);
  EXPECT_EQ(with([](LedgerQuery& q) { q.subscription = "desk", q.since = Minute(8); }), 2u);
  EXPECT_EQ(with([](LedgerQuery& q) { q.subscription = "nobody"; }), 0u);

  std::vector<std::string> paged, whole;
  for (const LedgerRow& row : Ledger()) whole.push_back(row.key);
  Page page{"", 3};
  while (true) {
    const auto rows = Must(store_->Ledger({}, page));
    if (rows.empty()) break;
    ASSERT_LE(rows.size(), 3u);
    for (const LedgerRow& row : rows) paged.push_back(row.key);
    page.after = rows.back().key;
  }
  EXPECT_EQ(paged, whole);
  EXPECT_EQ(std::set<std::string>(paged.begin(), paged.end()).size(), 20u);
  const LedgerRow row = Must(store_->Ledger({}, {"", 1}))[0];
  EXPECT_EQ(row.entry.alert, notices[0].id);
  EXPECT_EQ(row.entry.revision, 7);
  EXPECT_EQ(row.entry.reason, DeliveryReason::kAtOnce);
  EXPECT_EQ(row.entry.message, row.message.id);
  EXPECT_EQ(row.entry.decided, Minute(0));
  for (const char* wrong : {"x", "12", "12-", "-", "1-2-3", "'; DROP TABLE ledger"}) {
    const auto rows = store_->Ledger({}, {wrong, 3});
    ASSERT_FALSE(rows) << wrong;
    EXPECT_EQ(rows.error().code, ErrorCode::kInvalid);
  }
}

TEST_P(DeliveryStoreContract, ReplaysWithTheSameIdsAndCountsAttemptsAnew) {
  const AlertNotice notice = NoticeOf(1), second = NoticeOf(2);
  RecordOf(*store_, notice, {HeldUntil(notice, 0, "failed"), AtOnce(notice, "delivered"), AtOnce(notice, "open")});
  std::map<std::string, OutboxMessage> messages;
  for (const OutboxMessage& message : Claim("a", 0)) messages[message.subscription] = message;
  EXPECT_TRUE(Finish(messages["failed"], "a", MessageState::kFailed, 1));
  EXPECT_TRUE(Finish(messages["delivered"], "a", MessageState::kDelivered, 1));

  EXPECT_EQ(Must(store_->Replay({}, Minute(2))), 1u) << "what was delivered only where it is named";
  EXPECT_THAT(Ledger({"", "", "", "", MessageState::kFailed, {}, {}}), IsEmpty());
  RecordOf(*store_, second, {HeldUntil(second, 0, "failed")});
  const auto again = Claim("b", 2);
  ASSERT_THAT(again, SizeIs(2)) << "what comes meanwhile has a message of its own";
  const auto replayed = std::ranges::find(again, messages["failed"].id, &OutboxMessage::id);
  ASSERT_NE(replayed, again.end());
  EXPECT_EQ(replayed->attempts, 1u);
  EXPECT_FALSE(replayed->finished);
  EXPECT_THAT(IdsOf(Must(store_->AlertsOf(replayed->id))), ElementsAre(notice.id));

  LedgerQuery named;
  named.message = messages["delivered"].id;
  EXPECT_EQ(Must(store_->Replay(named, Minute(3))), 1u);
  EXPECT_THAT(IdsOf(Claim("c", 3)), ElementsAre(messages["delivered"].id));
  EXPECT_EQ(Must(store_->Replay(named, Minute(3))), 0u) << "it is under way";
  LedgerQuery state;
  state.state = MessageState::kDelivered;
  EXPECT_EQ(Must(store_->Replay(state, Minute(3))), 0u);
  EXPECT_TRUE(Finish(messages["delivered"], "c", MessageState::kDelivered, 4));
  EXPECT_EQ(Must(store_->Replay(state, Minute(5))), 1u);
  state.state = MessageState::kSending;
  EXPECT_EQ(Must(store_->Replay(state, Minute(5))), 0u);
}

TEST_P(DeliveryStoreContract, AlertsComeLatestFirstInPages) {
  std::vector<AlertNotice> notices;
  std::vector<std::string> latest_first;
  for (int i = 0; i < 9; ++i) notices.push_back(NoticeOf(i, i));
  for (const AlertNotice& notice : notices) {
    latest_first.insert(latest_first.begin(), notice.id);
    std::vector<PlannedDelivery> planned;
    if (notice.alerted >= Minute(4)) {
      planned = {AtOnce(notice), AtOnce(notice)};
      planned[1].entry.channel = "feed";
    }
    RecordOf(*store_, notice, planned);
  }
  const auto all = [&](std::string_view subscription, std::optional<WallTime> since) {
    std::vector<std::string> ids;
    Page page{"", 2};
    while (true) {
      const auto share = Must(store_->Alerts(subscription, since, page));
      if (share.empty()) return ids;
      EXPECT_LE(share.size(), 2u);
      for (const AlertNotice& notice : share) ids.push_back(notice.id);
      page.after = ids.back();
    }
  };
  EXPECT_EQ(all("", std::nullopt), latest_first);
  EXPECT_EQ(all("", Minute(7)), std::vector<std::string>(latest_first.begin(), latest_first.begin() + 2));
  EXPECT_EQ(all("desk", std::nullopt), std::vector<std::string>(latest_first.begin(), latest_first.begin() + 5));
  EXPECT_EQ(all("desk", Minute(8)), std::vector<std::string>(latest_first.begin(), latest_first.begin() + 1));
  EXPECT_THAT(all("nobody", std::nullopt), IsEmpty());
  const auto gone = store_->Alerts("", std::nullopt, {"0123456789abcdef0123456789abcdef", 2});
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::kNotFound);
}

TEST_P(DeliveryStoreContract, ForgetsWhatIsFinishedInShares) {
  constexpr std::size_t kOld = 1'500;
  std::vector<AlertNotice> notices;
  for (int i = 0; i < static_cast<int>(kOld); ++i) notices.push_back(NoticeOf(i, 0));
  std::vector<PlannedAlert> batch;
  for (const AlertNotice& notice : notices) {
    PlannedDelivery planned = Capped(notice, 1'000'000);
    planned.message.state = MessageState::kDelivered;
    planned.message.finished = Minute(1);
    batch.push_back({&notice, {planned}});
  }
  const AlertNotice waits = NoticeOf(10'000, 0), is_new = NoticeOf(10'001, 20);
  batch.push_back({&waits, {HeldUntil(waits, 100)}});
  batch.push_back({&is_new, {AtOnce(is_new, "desk", 20)}});
  EXPECT_EQ(Must(store_->Record(batch)), kOld + 2);

  EXPECT_TRUE(Must(store_->Forget(Minute(10)))) << "there is more";
  EXPECT_THAT(Ledger(), SizeIs(kOld + 2 - 1'000));
  EXPECT_FALSE(Must(store_->Forget(Minute(10))));
  EXPECT_THAT(Ledger(), SizeIs(2));
  EXPECT_FALSE(Must(store_->FindAlert(notices[0].id)));
  EXPECT_TRUE(Must(store_->FindAlert(waits.id))) << "its message has not gone out yet";
  EXPECT_TRUE(Must(store_->FindAlert(is_new.id)));
  EXPECT_FALSE(Must(store_->Forget(Minute(10))));
  EXPECT_EQ(RecordOf(*store_, notices[0], {AtOnce(notices[0])}), 1u) << "what is forgotten is new again";
}

// --- Subscriptions

TEST_P(DeliveryStoreContract, SubscriptionsComeBackAsTheyWerePut) {
  Subscription subscription = SubscriptionOf("desk");
  subscription.title = "The desk's \"own\" – Ünïcode";
  subscription.filter.topics = {"5g-vendor-bans"};
  subscription.channels[0].secret = "whsec_bm90IGEgc2VjcmV0IGF0IGFsbCwgYnV0IGxvbmc=";
  subscription.cap = RateCap{5, std::chrono::minutes(60)};
  const StoredSubscription put = Must(store_->Put(subscription, "", Minute(1), std::nullopt));
  EXPECT_EQ(put.subscription, subscription);
  const auto found = Must(Another()->FindSubscription("desk"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->subscription, subscription);
  EXPECT_EQ(found->revision, put.revision);
  EXPECT_EQ(found->origin, "");
  EXPECT_EQ(found->changed, Minute(1));
  EXPECT_FALSE(found->deleted);
  EXPECT_EQ(found->disabled_because, "");
  EXPECT_FALSE(Must(store_->FindSubscription("night")));
}

TEST_P(DeliveryStoreContract, ASubscriptionChangesOnlyFromTheRevisionThatWasSeen) {
  const Subscription subscription = SubscriptionOf("desk");
  const auto rejected = [](const auto& result) { return !result && result.error().code == ErrorCode::kRejected; };
  EXPECT_TRUE(rejected(store_->Put(subscription, "", Minute(0), 5)));
  const auto first = Must(store_->Put(subscription, "", Minute(0), 0)).revision;
  EXPECT_TRUE(rejected(store_->Put(subscription, "", Minute(0), 0)));
  const auto second = Must(store_->Put(subscription, "", Minute(0), first)).revision;
  EXPECT_GT(second, first);
  EXPECT_TRUE(rejected(store_->Put(subscription, "", Minute(0), first)));
  EXPECT_TRUE(rejected(store_->Delete("desk", Minute(0), first)));
  EXPECT_TRUE(store_->Delete("desk", Minute(0), second));
  const Status again = store_->Delete("desk", Minute(0), std::nullopt);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(Must(store_->FindSubscription("desk"))->deleted) << "kept for the ledger";
  EXPECT_GT(Must(store_->Put(subscription, "", Minute(0), 0)).revision, second) << "it may come back";
}

TEST_P(DeliveryStoreContract, SubscriptionsArePagedByIdAndTheirVersionRises) {
  std::int64_t version = Must(store_->SubscriptionsVersion());
  const auto rises = [&] {
    const auto now = Must(store_->SubscriptionsVersion());
    return now > std::exchange(version, now);
  };
  for (const char* id : {"c", "a", "e", "b", "d"}) Must(store_->Put(SubscriptionOf(id), "", Minute(0), std::nullopt));
  EXPECT_TRUE(rises());
  EXPECT_FALSE(rises());
  Must(store_->PutSnooze("b", {Snooze::Of::kTopic, "5g-vendor-bans", Minute(30)}, Minute(0)));
  EXPECT_TRUE(rises());
  Must(store_->Delete("c", Minute(0), std::nullopt));
  EXPECT_TRUE(rises());
  Must(store_->Disable("d", "410 Gone", Minute(0)));
  EXPECT_TRUE(rises());
  const auto ids = [&](const Page& page, bool with_deleted) {
    std::vector<std::string> found;
    for (const auto& stored : Must(store_->Subscriptions(page, with_deleted))) found.push_back(stored.subscription.id);
    return found;
  };
  EXPECT_THAT(ids({"", 2}, false), ElementsAre("a", "b"));
  EXPECT_THAT(ids({"b", 2}, false), ElementsAre("d", "e"));
  EXPECT_THAT(ids({"b", 2}, true), ElementsAre("c", "d"));
  EXPECT_THAT(ids({"e", 2}, true), IsEmpty());
  const auto all = Must(store_->Subscriptions({}, false));
  EXPECT_THAT(all[1].subscription.snoozes, SizeIs(1));
  EXPECT_THAT(all[0].subscription.snoozes, IsEmpty());
  EXPECT_EQ(all[2].disabled_because, "410 Gone");
}

TEST_P(DeliveryStoreContract, AFilesSubscriptionsFollowTheFile) {
  Must(store_->Put(SubscriptionOf("own"), "", Minute(0), std::nullopt));
  Must(store_->Sync("team.yaml", {SubscriptionOf("a"), SubscriptionOf("b")}, Minute(0)));
  const auto first = Must(store_->FindSubscription("a"));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->origin, "team.yaml");
  const std::int64_t version = Must(store_->SubscriptionsVersion());
  Must(store_->Sync("team.yaml", {SubscriptionOf("b"), SubscriptionOf("a")}, Minute(1)));
  EXPECT_EQ(Must(store_->SubscriptionsVersion()), version) << "nothing has changed";

  Subscription changed = SubscriptionOf("b");
  changed.title = "Another one";
  Must(store_->Sync("team.yaml", {SubscriptionOf("a"), changed, SubscriptionOf("c")}, Minute(2)));
  EXPECT_EQ(Must(store_->FindSubscription("a"))->revision, first->revision);
  EXPECT_EQ(Must(store_->FindSubscription("b"))->subscription.title, "Another one");
  EXPECT_EQ(Must(store_->FindSubscription("c"))->changed, Minute(2));

  const Status taken = store_->Sync("team.yaml", {SubscriptionOf("d"), SubscriptionOf("own")}, Minute(3));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::kRejected);
  EXPECT_THAT(taken.error().message, HasSubstr("'own'"));
  EXPECT_FALSE(Must(store_->FindSubscription("d"))) << "nothing is left of it";
  EXPECT_FALSE(store_->Sync("other.yaml", {SubscriptionOf("a")}, Minute(3)));

  Must(store_->Sync("team.yaml", {SubscriptionOf("a")}, Minute(4)));
  EXPECT_TRUE(Must(store_->FindSubscription("b"))->deleted);
  EXPECT_FALSE(Must(store_->FindSubscription("own"))->deleted);
  Must(store_->Sync("other.yaml", {SubscriptionOf("b")}, Minute(5)));
  EXPECT_EQ(Must(store_->FindSubscription("b"))->origin, "other.yaml") << "free again";
}

TEST_P(DeliveryStoreContract, WhatWaitsIsCanceledWhenItsSubscriptionGoesOrIsDisabled) {
  Subscription off = SubscriptionOf("off");
  for (const char* id : {"deleted", "disabled", "off", "kept"}) {
    Must(store_->Put(SubscriptionOf(id), "", Minute(0), std::nullopt));
  }
  const AlertNotice notice = NoticeOf(1), late = NoticeOf(2);
  const auto record = [&](const AlertNotice& of) {
    RecordOf(*store_, of, {AtOnce(of, "deleted"), AtOnce(of, "disabled"), AtOnce(of, "off"), AtOnce(of, "kept")});
  };
  record(notice);
  Must(store_->Delete("deleted", Minute(1), std::nullopt));
  Must(store_->Disable("disabled", "410 Gone", Minute(1)));
  off.enabled = false;
  Must(store_->Put(off, "", Minute(1), std::nullopt));
  LedgerQuery canceled;
  canceled.state = MessageState::kCanceled;
  EXPECT_THAT(Ledger(canceled), SizeIs(3));
  record(late);  // of a dispatcher that has not heard of it
  const auto claimed = Claim("a", 2);
  EXPECT_THAT(claimed, SizeIs(2));
  for (const OutboxMessage& message : claimed) EXPECT_EQ(message.subscription, "kept");
  EXPECT_THAT(Ledger(canceled), SizeIs(6));
  for (const LedgerRow& row : Ledger(canceled)) {
    EXPECT_EQ(row.message.attempts, 0u);
    EXPECT_NE(row.message.answer, "");
    EXPECT_TRUE(row.message.finished);
  }
  Must(store_->Put(SubscriptionOf("disabled"), "", Minute(3), std::nullopt));
  EXPECT_EQ(Must(store_->FindSubscription("disabled"))->disabled_because, "") << "a change enables it";
}

TEST_P(DeliveryStoreContract, TheEndOfASnoozeMakesDueWhatItHeld) {
  Must(store_->Put(SubscriptionOf("desk"), "", Minute(0), std::nullopt));
  const Snooze topic{Snooze::Of::kTopic, "5g-vendor-bans", Minute(120)}, all{Snooze::Of::kAll, "", Minute(180)};
  Must(store_->PutSnooze("desk", topic, Minute(0)));
  Must(store_->PutSnooze("desk", all, Minute(0)));
  const AlertNotice first = NoticeOf(1), second = NoticeOf(2), digest = NoticeOf(3);
  RecordOf(*store_, first, {Snoozed(first, 120)});
  RecordOf(*store_, second, {Snoozed(second, 180)});
  RecordOf(*store_, digest, {HeldUntil(digest, 120)});
  EXPECT_EQ(Must(store_->FindSubscription("desk"))->subscription.snoozes, (std::vector<Snooze>{all, topic}));

  Must(store_->PutSnooze("desk", {topic.of, topic.value, Minute(9)}, Minute(10)));
  EXPECT_THAT(IdsOf(Claim("a", 10)), ElementsAre(Snoozed(first, 120).message.id)) << "and nothing else";
  EXPECT_EQ(Must(store_->FindSubscription("desk"))->subscription.snoozes, std::vector<Snooze>{all});

  Must(store_->PutSnooze("desk", {all.of, all.value, Minute(60)}, Minute(11)));
  EXPECT_THAT(Claim("b", 59), SizeIs(1)) << "the lease of the first has ended";
  EXPECT_THAT(IdsOf(Claim("c", 60)), ElementsAre(Snoozed(second, 180).message.id)) << "an earlier end";
  const Status nobody = store_->PutSnooze("nobody", all, Minute(0));
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, ErrorCode::kNotFound);
}

TEST_P(DeliveryStoreContract, WhatASnoozeHeldKeepsTheQuietHours) {
  Subscription subscription = SubscriptionOf("desk");
  subscription.quiet = QuietHours{std::chrono::hours(8), std::chrono::hours(10), kEveryDay, true};
  Must(store_->Put(subscription, "", Minute(0), std::nullopt));
  const Snooze all{Snooze::Of::kAll, "", Minute(600)};
  Must(store_->PutSnooze("desk", all, Minute(0)));
  const AlertNotice notice = NoticeOf(1);
  RecordOf(*store_, notice, {Snoozed(notice, 600)});
  Must(store_->PutSnooze("desk", {all.of, "", Minute(0)}, Minute(30)));
  EXPECT_EQ(Must(store_->NextDue()), Minute(60));
}

TEST_P(DeliveryStoreContract, WhatIsRecordedAfterTheEndOfItsSnoozeGoesOutAtOnce) {
  Must(store_->Put(SubscriptionOf("desk"), "", Minute(0), std::nullopt));
  const AlertNotice first = NoticeOf(1), second = NoticeOf(2);
  RecordOf(*store_, first, {Snoozed(first, 600, 5)});
  EXPECT_EQ(Must(store_->NextDue()), Minute(5));
  Must(store_->PutSnooze("desk", {Snooze::Of::kAll, "", Minute(700)}, Minute(6)));
  RecordOf(*store_, second, {Snoozed(second, 700, 7)});
  EXPECT_THAT(Claim("a", 699), SizeIs(1));
  EXPECT_THAT(Claim("b", 700), SizeIs(1));
}

TEST_P(DeliveryStoreContract, SnoozesOfTheTextComeAndGoWithItAndOthersStay) {
  const Snooze said{Snooze::Of::kTopic, "said", Minute(100)}, beside{Snooze::Of::kStory, "beside", Minute(100)};
  Subscription subscription = SubscriptionOf("desk");
  subscription.snoozes = {said};
  EXPECT_EQ(Must(store_->Put(subscription, "", Minute(0), std::nullopt)).subscription.snoozes,
            std::vector<Snooze>{said});
  Must(store_->PutSnooze("desk", beside, Minute(1)));
  subscription.title = "Another title";
  EXPECT_EQ(Must(store_->Put(subscription, "", Minute(2), std::nullopt)).subscription.snoozes,
            (std::vector<Snooze>{beside, said}));
  subscription.snoozes.clear();
  EXPECT_EQ(Must(store_->Put(subscription, "", Minute(3), std::nullopt)).subscription.snoozes,
            std::vector<Snooze>{beside});
  Must(store_->Delete("desk", Minute(4), std::nullopt));
  EXPECT_THAT(Must(store_->Put(SubscriptionOf("desk"), "", Minute(5), std::nullopt)).subscription.snoozes, IsEmpty());
}

TEST_P(DeliveryStoreContract, ATextThatCannotBeReadKeepsNoOtherFromItsReader) {
  Must(store_->Put(SubscriptionOf("a"), "", Minute(0), std::nullopt));
  Must(store_->Put(SubscriptionOf("b"), "", Minute(0), std::nullopt));
  const auto database = Must(place_->OpenDatabase());
  Must(database->Write(SqlLock::kNone, [](SqlSession& session) -> Status {
    return session.RunScript("UPDATE subscriptions SET document = '{\"later\": true}' WHERE id = 'a'");
  }));
  const auto stored = Must(store_->Subscriptions({}, false));
  ASSERT_THAT(stored, SizeIs(2));
  EXPECT_EQ(stored[0].subscription.id, "a");
  EXPECT_FALSE(stored[0].subscription.enabled);
  EXPECT_THAT(stored[0].disabled_because, HasSubstr("can no longer be read"));
  EXPECT_EQ(stored[1].subscription, SubscriptionOf("b"));
  EXPECT_TRUE(store_->PutSnooze("a", {Snooze::Of::kAll, "", Minute(9)}, Minute(0)));
}

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
