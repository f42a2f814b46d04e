// Subscriptions of DeliveryStoreSql. The text of one is JSON with its secrets; its snoozes have rows of their own.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "connectors/store/delivery_store_sql.h"
#include "connectors/store/sql_bulk.h"
#include "connectors/store/sql_names.h"
#include "pipeline/deliver/schedule.h"
#include "pipeline/deliver/subscription_file.h"

namespace wirewatch {
namespace {

constexpr std::string_view kWhats[] = {"all", "topic", "story", "source"};
std::string_view WhatOf(const Snooze& snooze) { return kWhats[static_cast<std::size_t>(snooze.of)]; }
Snooze::Of OfFrom(std::string_view what) {
  return static_cast<Snooze::Of>(std::ranges::find(kWhats, what) - std::begin(kWhats));
}
bool SameWhat(const Snooze& a, const Snooze& b) { return a.of == b.of && a.value == b.value; }

// A row of the table, not yet read as a subscription.
struct Row {
  std::string id, origin, disabled_because, document;
  std::int64_t revision = 0;
  WallTime changed;
  bool deleted = false;
};
constexpr std::string_view kColumns = "id, revision, origin, changed, deleted, disabled_because, document";

Row RowFrom(const SqlRow& row) {
  Row made;
  made.id = row.Text(0);
  made.revision = row.Number(1);
  made.origin = row.Text(2);
  made.changed = TimeOf(row.Number(3));
  made.deleted = row.Number(4) != 0;
  made.disabled_because = row.Text(5);
  made.document = row.Text(6);
  return made;
}

using Snoozes = std::unordered_map<std::string, std::vector<Snooze>>;
void AddSnooze(const SqlRow& row, Snoozes& snoozes) {
  snoozes[std::string(row.Text(0))].push_back({OfFrom(row.Text(1)), std::string(row.Text(2)), TimeOf(row.Number(3))});
}
constexpr std::string_view kSnoozeColumns = "subscription, what, value, until";

StoredSubscription StoredFrom(const Row& row, const std::vector<Snooze>& snoozes) {
  StoredSubscription stored;
  stored.revision = row.revision;
  stored.origin = row.origin;
  stored.changed = row.changed;
  stored.deleted = row.deleted;
  stored.disabled_because = row.disabled_because;
  ReadSubscriptions read = ReadOneSubscription(row.document, row.id);
  if (read.subscriptions.size() == 1) {
    stored.subscription = std::move(read.subscriptions.front());
  } else {
    // One of a later version, say, must not keep all others from their readers.
    stored.subscription.id = row.id;
    stored.subscription.enabled = false;
    stored.disabled_because =
        fmt::format("its text in the store can no longer be read: {}",
                    read.diagnostics.empty() ? std::string_view("it is empty")
                                             : std::string_view(read.diagnostics.front().message));
  }
  stored.subscription.snoozes = snoozes;
  return stored;
}

Result<std::optional<Row>> FindRow(SqlSession& session, std::string_view id) {
  std::optional<Row> found;
  auto rows = session.Run(fmt::format("SELECT {} FROM subscriptions WHERE id = $1", kColumns), {id},
                          [&](const SqlRow& row) { found = RowFrom(row); });
  if (!rows) return std::move(rows).error();
  return found;
}

Result<std::vector<Snooze>> SnoozesOf(SqlSession& session, std::string_view id) {
  Snoozes snoozes;
  auto rows =
      session.Run(fmt::format("SELECT {} FROM snoozes WHERE subscription = $1 ORDER BY what, value", kSnoozeColumns),
                  {id}, [&](const SqlRow& row) { AddSnooze(row, snoozes); });
  if (!rows) return std::move(rows).error();
  return std::move(snoozes[std::string(id)]);
}

// The first of `count` revisions that follow those there were.
Result<std::int64_t> NextRevisions(SqlSession& session, std::size_t count) {
  std::int64_t last = 0;
  const auto share = static_cast<std::int64_t>(count);
  auto rows = session.Run("UPDATE counters SET value = value + $1 WHERE name = 'subscriptions' RETURNING value",
                          {share}, [&](const SqlRow& row) { last = row.Number(0); });
  if (!rows) return std::move(rows).error();
  return last - share + 1;
}

Status CancelWaiting(SqlSession& session, std::string_view id, std::string_view because, WallTime now) {
  auto rows = session.Run(
      "UPDATE messages SET state = 'canceled', next = NULL, answer = $1, finished = $2 "
      "WHERE subscription = $3 AND state = 'waiting'",
      {because, Micros(now), id});
  if (!rows) return std::move(rows).error();
  return {};
}

// When what a snooze until `until` holds goes out: as Plan decides it; of one that has ended at once, but for the
// night.
WallTime ReleasedAt(const Subscription& subscription, WallTime until, WallTime now) {
  WallTime end = std::max(until, now);
  if (!CheckTimeZone(subscription.time_zone)) return end;  // of a text that cannot be read
  if (until > now && subscription.schedule.kind != DeliverySchedule::Kind::kAtOnce) {
    end = NextTime(subscription.schedule, subscription.time_zone, end - std::chrono::microseconds(1));
  }
  if (!subscription.quiet) return end;
  return QuietUntil(*subscription.quiet, subscription.time_zone, end).value_or(end);
}

// Gives what `before` held of the subscription the time that follows from its new end. Which snooze holds a message its
// row does not say: it is the one with the latest end that is not after the message's time, since the longest holds.
// Where two could have, the other one still holds it.
Status MoveHeld(SqlSession& session, const Subscription& subscription, const std::vector<Snooze>& snoozes,
                const Snooze& before, WallTime until, WallTime now) {
  std::vector<std::string> held;
  auto rows = session.Run(
      "SELECT id, due FROM messages m WHERE subscription = $1 AND state = 'waiting' AND sealed = 0 AND EXISTS "
      "(SELECT 1 FROM ledger WHERE message = m.id AND reason = 'snoozed')",
      {subscription.id}, [&](const SqlRow& row) {
        const WallTime due = TimeOf(row.Number(1));
        if (due < before.until) return;
        const bool by_another = std::ranges::any_of(snoozes, [&](const Snooze& other) {
          return !SameWhat(other, before) && other.until >= before.until && other.until <= due;
        });
        if (!by_another) held.emplace_back(row.Text(0));
      });
  if (!rows) return std::move(rows).error();
  const WallTime due = ReleasedAt(subscription, until, now);
  for (const std::string& id : held) {
    rows =
        session.Run("UPDATE messages SET due = $1, next = $1 WHERE id = $2 AND state = 'waiting'", {Micros(due), id});
    if (!rows) return std::move(rows).error();
  }
  return {};
}

// Puts the snooze, or, where its end is not after now, takes it away; what it held moves along.
Status ChangeSnooze(SqlSession& session, const Subscription& subscription, const Snooze& snooze, WallTime now) {
  const auto snoozes = SnoozesOf(session, subscription.id);
  if (!snoozes) return snoozes.error();
  auto rows = snooze.until > now
                  ? session.Run(
                        "INSERT INTO snoozes(subscription, what, value, until) VALUES ($1, $2, $3, $4) "
                        "ON CONFLICT (subscription, what, value) DO UPDATE SET until = excluded.until",
                        {subscription.id, WhatOf(snooze), snooze.value, Micros(snooze.until)})
                  : session.Run("DELETE FROM snoozes WHERE subscription = $1 AND what = $2 AND value = $3",
                                {subscription.id, WhatOf(snooze), snooze.value});
  if (!rows) return std::move(rows).error();
  const auto before = std::ranges::find_if(*snoozes, [&](const Snooze& other) { return SameWhat(other, snooze); });
  if (before == snoozes->end() || before->until == snooze.until) return {};
  return MoveHeld(session, subscription, *snoozes, *before, snooze.until, now);
}

// What the text said of snoozes before, and says now: the difference is done. What was put beside the text stays.
Status ChangeSnoozes(SqlSession& session, const Subscription& subscription, const std::vector<Snooze>& said,
                     WallTime now) {
  for (const Snooze& snooze : subscription.snoozes) {
    if (std::ranges::find(said, snooze) != said.end() || snooze.until <= now) continue;
    if (Status put = ChangeSnooze(session, subscription, snooze, now); !put) return put;
  }
  for (Snooze snooze : said) {
    if (std::ranges::any_of(subscription.snoozes, [&](const Snooze& s) { return SameWhat(s, snooze); })) continue;
    snooze.until = now;
    if (Status taken = ChangeSnooze(session, subscription, snooze, now); !taken) return taken;
  }
  return {};
}

Status WriteRow(SqlSession& session, const Subscription& subscription, const std::optional<Row>& before, const Row& row,
                WallTime now) {
  auto rows = session.Run(
      "INSERT INTO subscriptions(id, revision, origin, changed, deleted, disabled_because, active, document) "
      "VALUES ($1, $2, $3, $4, 0, '', $5, $6) ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, "
      "origin = excluded.origin, changed = excluded.changed, deleted = 0, disabled_because = '', "
      "active = excluded.active, document = excluded.document",
      {row.id, row.revision, row.origin, Micros(row.changed), static_cast<std::int64_t>(subscription.enabled),
       row.document});
  if (!rows) return std::move(rows).error();
  std::vector<Snooze> said;
  if (before && !before->deleted) {
    ReadSubscriptions read = ReadOneSubscription(before->document, row.id);
    if (!read.subscriptions.empty()) said = std::move(read.subscriptions.front().snoozes);
  }
  if (Status changed = ChangeSnoozes(session, subscription, said, now); !changed) return changed;
  if (subscription.enabled) return {};
  return CancelWaiting(session, row.id, "its subscription is disabled", now);
}

Status DeleteRow(SqlSession& session, std::string_view id, std::int64_t revision, WallTime now) {
  auto rows = session.Run("UPDATE subscriptions SET deleted = 1, active = 0, revision = $1, changed = $2 WHERE id = $3",
                          {revision, Micros(now), id});
  if (!rows) return std::move(rows).error();
  rows = session.Run("DELETE FROM snoozes WHERE subscription = $1", {id});
  if (!rows) return std::move(rows).error();
  return CancelWaiting(session, id, "its subscription was deleted", now);
}

Error NoSubscription(std::string_view id) {
  return {ErrorCode::kNotFound, fmt::format("there is no subscription '{}'", id)};
}

// kRejected: `row` is not what the caller has seen.
Status CheckRevision(std::string_view id, const std::optional<Row>& row, std::optional<std::int64_t> if_revision) {
  if (!if_revision) return {};
  const bool exists = row && !row->deleted;
  if (*if_revision == 0 ? !exists : exists && row->revision == *if_revision) return {};
  return Error{
      ErrorCode::kRejected,
      exists ? fmt::format("subscription '{}' has changed: it has revision {} now; read it again", id, row->revision)
             : fmt::format("subscription '{}' is no longer there", id)};
}

}  // namespace

Result<StoredSubscription> DeliveryStoreSql::Put(const Subscription& subscription, std::string_view origin,
                                                 WallTime now, std::optional<std::int64_t> if_revision) {
  const std::string document = ToJson(subscription, Secrets::kShow);
  using Stored = StoredSubscription;
  return WriteFor<Stored>(*database_, SqlLock::kSubscriptions, [&](SqlSession& session) -> Result<Stored> {
    const auto before = FindRow(session, subscription.id);
    if (!before) return before.error();
    if (Status same = CheckRevision(subscription.id, *before, if_revision); !same) return std::move(same).error();
    const auto revision = NextRevisions(session, 1);
    if (!revision) return revision.error();
    const Row row = {subscription.id, std::string(origin), "", document, *revision, now, false};
    if (Status written = WriteRow(session, subscription, *before, row, now); !written) {
      return std::move(written).error();
    }
    auto snoozes = SnoozesOf(session, subscription.id);
    if (!snoozes) return std::move(snoozes).error();
    Stored stored = {subscription, *revision, row.origin, now, false, ""};
    stored.subscription.snoozes = *std::move(snoozes);
    return stored;
  });
}

Status DeliveryStoreSql::Delete(std::string_view id, WallTime now, std::optional<std::int64_t> if_revision) {
  return database_->Write(SqlLock::kSubscriptions, [&](SqlSession& session) -> Status {
    const auto row = FindRow(session, id);
    if (!row) return row.error();
    if (!*row || (*row)->deleted) return NoSubscription(id);
    if (Status same = CheckRevision(id, *row, if_revision); !same) return same;
    const auto revision = NextRevisions(session, 1);
    if (!revision) return revision.error();
    return DeleteRow(session, id, *revision, now);
  });
}

Status DeliveryStoreSql::Sync(std::string_view origin, const std::vector<Subscription>& subscriptions, WallTime now) {
  return database_->Write(SqlLock::kSubscriptions, [&](SqlSession& session) -> Status {
    std::unordered_map<std::string, Row> known;
    const auto keep = [&](const SqlRow& row) {
      Row made = RowFrom(row);
      std::string id = made.id;
      known.insert_or_assign(std::move(id), std::move(made));
    };
    auto rows = session.Run(fmt::format("SELECT {} FROM subscriptions WHERE origin = $1", kColumns), {origin}, keep);
    if (!rows) return std::move(rows).error();
    std::unordered_set<std::string_view> wanted;
    std::vector<std::string_view> unknown;  // of the origin; they may be of another
    for (const Subscription& subscription : subscriptions) {
      wanted.insert(subscription.id);
      if (!known.contains(subscription.id)) unknown.push_back(subscription.id);
    }
    constexpr std::size_t kShare = 1'024;
    for (std::size_t begin = 0; begin < unknown.size(); begin += kShare) {
      const std::size_t end = std::min(begin + kShare, unknown.size());
      std::vector<SqlValue> values;
      const std::string list = InList({&unknown[begin], &unknown[begin] + (end - begin)}, values);
      rows = session.RunWith(fmt::format("SELECT {} FROM subscriptions WHERE id IN {}", kColumns, list), values, keep);
      if (!rows) return std::move(rows).error();
    }

    std::vector<std::pair<const Subscription*, std::string>> changed;
    for (const Subscription& subscription : subscriptions) {
      std::string document = ToJson(subscription, Secrets::kShow);
      const auto found = known.find(subscription.id);
      if (found != known.end() && !found->second.deleted) {
        const Row& row = found->second;
        if (row.origin != origin) {
          return Error{
              ErrorCode::kRejected,
              fmt::format("subscription '{}' of {} is there already, {}; give one of them another id", subscription.id,
                          origin, row.origin.empty() ? "made through the API" : "of " + row.origin)};
        }
        if (row.document == document) continue;
      }
      changed.emplace_back(&subscription, std::move(document));
    }
    std::vector<std::string_view> removed;
    for (const auto& [id, row] : known) {
      if (!row.deleted && row.origin == origin && !wanted.contains(id)) removed.push_back(id);
    }
    if (changed.empty() && removed.empty()) return {};
    auto revision = NextRevisions(session, changed.size() + removed.size());
    if (!revision) return std::move(revision).error();
    for (auto& [subscription, document] : changed) {
      const auto found = known.find(subscription->id);
      const std::optional<Row> before = found == known.end() ? std::nullopt : std::optional(found->second);
      const Row row = {subscription->id, std::string(origin), "", document, (*revision)++, now, false};
      if (Status written = WriteRow(session, *subscription, before, row, now); !written) return written;
    }
    for (const std::string_view id : removed) {
      if (Status deleted = DeleteRow(session, id, (*revision)++, now); !deleted) return deleted;
    }
    return {};
  });
}

Status DeliveryStoreSql::Disable(std::string_view id, std::string_view because, WallTime now) {
  return database_->Write(SqlLock::kSubscriptions, [&](SqlSession& session) -> Status {
    const auto row = FindRow(session, id);
    if (!row) return row.error();
    if (!*row || (*row)->deleted) return NoSubscription(id);
    const auto revision = NextRevisions(session, 1);
    if (!revision) return revision.error();
    auto rows = session.Run(
        "UPDATE subscriptions SET disabled_because = $1, active = 0, revision = $2, changed = $3 WHERE id = $4",
        {because, *revision, Micros(now), id});
    if (!rows) return std::move(rows).error();
    return CancelWaiting(session, id, "its subscription was disabled", now);
  });
}

Status DeliveryStoreSql::PutSnooze(std::string_view id, const Snooze& snooze, WallTime now) {
  return database_->Write(SqlLock::kSubscriptions, [&](SqlSession& session) -> Status {
    const auto row = FindRow(session, id);
    if (!row) return row.error();
    if (!*row || (*row)->deleted) return NoSubscription(id);
    const auto revision = NextRevisions(session, 1);  // the version; the subscription keeps its own
    if (!revision) return revision.error();
    return ChangeSnooze(session, StoredFrom(**row, {}).subscription, snooze, now);
  });
}

Result<std::optional<StoredSubscription>> DeliveryStoreSql::FindSubscription(std::string_view id) {
  std::optional<Row> found;
  std::vector<Snooze> snoozes;
  Status read = database_->Read([&](SqlSession& session) -> Status {
    auto row = FindRow(session, id);
    if (!row) return std::move(row).error();
    found = *std::move(row);
    auto of_it = SnoozesOf(session, id);
    if (!of_it) return std::move(of_it).error();
    snoozes = *std::move(of_it);
    return {};
  });
  if (!read) return std::move(read).error();
  if (!found) return std::optional<StoredSubscription>();
  return std::optional(StoredFrom(*found, snoozes));
}

Result<std::vector<StoredSubscription>> DeliveryStoreSql::Subscriptions(const Page& page, bool with_deleted) {
  const std::string sql = fmt::format("SELECT {} FROM subscriptions WHERE id > $1 {} ORDER BY id LIMIT $2", kColumns,
                                      with_deleted ? "" : "AND deleted = 0");
  std::vector<Row> found;
  Snoozes snoozes;
  Status read = database_->Read([&](SqlSession& session) -> Status {
    found.clear();
    snoozes.clear();
    auto rows = session.Run(sql, {page.after, static_cast<std::int64_t>(page.limit)},
                            [&](const SqlRow& row) { found.push_back(RowFrom(row)); });
    if (!rows) return std::move(rows).error();
    if (found.empty()) return {};
    rows = session.Run(fmt::format("SELECT {} FROM snoozes WHERE subscription > $1 AND subscription <= $2 "
                                   "ORDER BY subscription, what, value",
                                   kSnoozeColumns),
                       {page.after, found.back().id}, [&](const SqlRow& row) { AddSnooze(row, snoozes); });
    if (!rows) return std::move(rows).error();
    return {};
  });
  if (!read) return std::move(read).error();
  std::vector<StoredSubscription> stored;
  stored.reserve(found.size());
  for (const Row& row : found) stored.push_back(StoredFrom(row, snoozes[row.id]));
  return stored;
}

Result<std::int64_t> DeliveryStoreSql::SubscriptionsVersion() {
  std::int64_t version = 0;
  Status read = database_->Read([&](SqlSession& session) -> Status {
    auto rows = session.Run("SELECT value FROM counters WHERE name = 'subscriptions'", {},
                            [&](const SqlRow& row) { version = row.Number(0); });
    if (!rows) return std::move(rows).error();
    return {};
  });
  if (!read) return std::move(read).error();
  return version;
}

}  // namespace wirewatch
