// MemoryDeliveryStore: a DeliveryStore in memory, for tests of what uses one, with a switch that takes it away. It has
// what the deliver step asks for; the stores themselves are held by tests/connectors/store.
#ifndef WIREWATCH_TESTS_SUPPORT_MEMORY_DELIVERY_STORE_H_
#define WIREWATCH_TESTS_SUPPORT_MEMORY_DELIVERY_STORE_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "pipeline/deliver/delivery_store.h"

namespace wirewatch {

// Threads: any, but for the members that a test looks at.
class MemoryDeliveryStore : public DeliveryStore {
 public:
  struct Message {
    OutboxMessage message;
    std::vector<std::string> alerts;
    std::string owner;  // empty: nobody's
    WallTime lease_until{};
  };

  std::map<std::string, Message> messages;
  std::map<std::string, AlertNotice> alerts;
  std::map<std::string, StoredSubscription> subscriptions;
  std::vector<LedgerEntry> ledger;
  std::int64_t version = 1;
  std::string origin;               // of the last Sync
  std::size_t records = 0;          // calls of Record that were answered
  std::vector<std::size_t> claims;  // how many each gave
  std::string unreadable;           // of this message the alerts cannot be read

  // From now on each call fails, until it is back.
  void SetAway(bool away) {
    const std::lock_guard lock(mutex_);
    away_ = away;
  }
  std::size_t failed_calls() const {
    const std::lock_guard lock(mutex_);
    return failed_calls_;
  }

  void Add(const Subscription& subscription) {
    subscriptions[subscription.id] = {.subscription = subscription,
                                      .revision = ++version,
                                      .origin = "",
                                      .changed = {},
                                      .deleted = false,
                                      .disabled_because = ""};
  }
  void Add(const OutboxMessage& message, const AlertNotice& notice) {
    alerts[notice.id] = notice;
    messages[message.id] = {.message = message, .alerts = {notice.id}, .owner = "", .lease_until = {}};
  }
  std::size_t Count(MessageState state) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count_if(
        messages.begin(), messages.end(), [&](const auto& entry) { return entry.second.message.state == state; }));
  }
  std::string StateOf(const std::string& message) const {
    const std::lock_guard lock(mutex_);
    return std::string(Name(messages.at(message).message.state));
  }

  Status Ready() const override {
    const std::lock_guard lock(mutex_);
    return Look();
  }

  Result<std::size_t> Record(const std::vector<PlannedAlert>& planned) override {
    const std::lock_guard lock(mutex_);
    if (Status here = Look(); !here) return here.error();
    ++records;
    std::size_t fresh = 0;
    for (const PlannedAlert& alert : planned) {
      alerts.emplace(alert.notice->id, *alert.notice);
      for (const PlannedDelivery& one : alert.planned) {
        const bool known = std::any_of(ledger.begin(), ledger.end(), [&](const LedgerEntry& entry) {
          return entry.subscription == one.entry.subscription && entry.alert == one.entry.alert &&
                 entry.channel == one.entry.channel;
        });
        if (known) continue;
        ++fresh;
        ledger.push_back(one.entry);
        Message& message = messages.try_emplace(one.message.id, Message{one.message, {}, "", {}}).first->second;
        message.alerts.push_back(alert.notice->id);
      }
    }
    return fresh;
  }

  Result<std::vector<OutboxMessage>> Claim(const ClaimRequest& request) override {
    const std::lock_guard lock(mutex_);
    if (Status here = Look(); !here) return here.error();
    std::vector<Message*> due;
    for (auto& [id, one] : messages) {
      const bool waits = one.message.state == MessageState::kWaiting && one.message.due <= request.now;
      const bool lost = one.message.state == MessageState::kSending && one.lease_until <= request.now;
      const bool excluded =
          std::find(request.not_to.begin(), request.not_to.end(), one.message.destination) != request.not_to.end();
      if ((waits || lost) && !excluded) due.push_back(&one);
    }
    std::stable_sort(due.begin(), due.end(),
                     [](const Message* a, const Message* b) { return a->message.due < b->message.due; });
    std::vector<OutboxMessage> claimed;
    for (Message* const one : due) {
      if (claimed.size() == request.limit) break;
      one->message.state = MessageState::kSending;
      ++one->message.attempts;
      one->owner = request.owner;
      one->lease_until = request.lease_until;
      claimed.push_back(one->message);
    }
    claims.push_back(claimed.size());
    return claimed;
  }

  Result<std::multimap<std::string, std::string>> ToldOf(const std::vector<std::string_view>& of) override {
    const std::lock_guard lock(mutex_);
    if (Status there = Look(); !there) return std::move(there).error();
    std::set<std::pair<std::string, std::string>> told;
    for (const LedgerEntry& entry : ledger) {
      if (std::find(of.begin(), of.end(), entry.alert) != of.end()) told.emplace(entry.alert, entry.subscription);
    }
    return std::multimap<std::string, std::string>(told.begin(), told.end());
  }
  Result<std::vector<AlertNotice>> AlertsOf(std::string_view message) override {
    const std::lock_guard lock(mutex_);
    if (Status here = Look(); !here) return here.error();
    if (message == unreadable) return Error{ErrorCode::kInvalid, "it is of a later version"};
    std::vector<AlertNotice> found;
    for (const std::string& id : messages.at(std::string(message)).alerts) found.push_back(alerts.at(id));
    return found;
  }

  Result<bool> Finish(const FinishedAttempt& attempt) override {
    const std::lock_guard lock(mutex_);
    if (Status here = Look(); !here) return here.error();
    Message& one = messages.at(attempt.message);
    if (one.owner != attempt.owner || one.message.state != MessageState::kSending) return false;
    one.owner.clear();
    one.message.state = attempt.state;
    one.message.due = attempt.due;
    if (attempt.attempted) {
      one.message.answer = attempt.answer;
    } else {
      --one.message.attempts;
    }
    return true;
  }

  Result<std::optional<WallTime>> NextDue() override {
    const std::lock_guard lock(mutex_);
    if (Status here = Look(); !here) return here.error();
    std::optional<WallTime> next;
    for (const auto& [id, one] : messages) {
      if (one.message.state == MessageState::kWaiting) next = std::min(next.value_or(one.message.due), one.message.due);
      if (one.message.state == MessageState::kSending) next = std::min(next.value_or(one.lease_until), one.lease_until);
    }
    return next;
  }

  Status Release(std::string_view owner) override {
    const std::lock_guard lock(mutex_);
    if (Status here = Look(); !here) return here;
    for (auto& [id, one] : messages) {
      if (one.owner == owner && one.message.state == MessageState::kSending) one.lease_until = {};
    }
    return {};
  }

  Result<OutboxCounts> Count(WallTime) override {
    const std::lock_guard lock(mutex_);
    if (Status here = Look(); !here) return here.error();
    return OutboxCounts();
  }
  Result<bool> Forget(WallTime) override {
    const std::lock_guard lock(mutex_);
    if (Status here = Look(); !here) return here.error();
    return false;
  }

  Status Sync(std::string_view from, const std::vector<Subscription>& all, WallTime) override {
    const std::lock_guard lock(mutex_);
    if (Status here = Look(); !here) return here;
    origin = from;
    subscriptions.clear();
    for (const Subscription& one : all) Add(one);
    ++version;
    return {};
  }
  Status Disable(std::string_view id, std::string_view because, WallTime) override {
    const std::lock_guard lock(mutex_);
    if (Status here = Look(); !here) return here;
    const auto at = subscriptions.find(std::string(id));
    if (at == subscriptions.end() || at->second.deleted) return Error{ErrorCode::kNotFound, "no such subscription"};
    at->second.disabled_because = because;
    ++version;
    return {};
  }
  Result<std::optional<StoredSubscription>> FindSubscription(std::string_view id) override {
    const std::lock_guard lock(mutex_);
    if (Status here = Look(); !here) return here.error();
    const auto at = subscriptions.find(std::string(id));
    return at != subscriptions.end() ? std::optional(at->second) : std::nullopt;
  }
  Result<std::vector<StoredSubscription>> Subscriptions(const Page& page, bool) override {
    const std::lock_guard lock(mutex_);
    if (Status here = Look(); !here) return here.error();
    std::vector<StoredSubscription> found;
    for (auto at = subscriptions.upper_bound(page.after); at != subscriptions.end() && found.size() < page.limit;
         ++at) {
      found.push_back(at->second);
    }
    return found;
  }
  Result<std::int64_t> SubscriptionsVersion() override {
    const std::lock_guard lock(mutex_);
    if (Status here = Look(); !here) return here.error();
    return version;
  }

  // Nobody here asks for these.
  Result<std::vector<LedgerRow>> Ledger(const LedgerQuery&, const Page&) override { return NotHere(); }
  Result<std::size_t> Replay(const LedgerQuery&, WallTime) override { return NotHere(); }
  Result<std::vector<AlertNotice>> Alerts(std::string_view, std::optional<WallTime>, const Page&) override {
    return NotHere();
  }
  Result<std::optional<AlertNotice>> FindAlert(std::string_view) override { return NotHere(); }
  Result<StoredSubscription> Put(const Subscription&, std::string_view, WallTime,
                                 std::optional<std::int64_t>) override {
    return NotHere();
  }
  Status Delete(std::string_view, WallTime, std::optional<std::int64_t>) override { return NotHere(); }
  Status PutSnooze(std::string_view, const Snooze&, WallTime) override { return NotHere(); }
  Status PutToken(const ApiToken&) override { return NotHere(); }
  Result<std::optional<ApiToken>> FindToken(std::string_view) override { return NotHere(); }
  Result<std::vector<ApiToken>> Tokens() override { return NotHere(); }
  Result<bool> DeleteToken(std::string_view) override { return NotHere(); }
  Status NoteTokenUse(std::string_view, WallTime) override { return NotHere(); }
  Status PutFeedback(const Feedback&) override { return NotHere(); }
  Result<std::vector<Feedback>> FeedbackSince(std::optional<WallTime>, const Page&) override { return NotHere(); }
  Result<std::string> Secret(std::string_view, const std::function<std::string()>&) override { return NotHere(); }

 private:
  static Error NotHere() { return {ErrorCode::kInternal, "the store of this test does not do that"}; }
  // REQUIRES: locked.
  Status Look() const {
    if (!away_) return {};
    ++failed_calls_;
    return Error{ErrorCode::kUnavailable, "the store is away"};
  }

  mutable std::mutex mutex_;
  bool away_ = false;
  mutable std::size_t failed_calls_ = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_MEMORY_DELIVERY_STORE_H_
