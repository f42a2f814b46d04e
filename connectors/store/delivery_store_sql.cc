// The outbox and the ledger; the rest of the class is in delivery_store_subscriptions.cc and delivery_store_desk.cc.
#include "connectors/store/delivery_store_sql.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "base/text/numbers.h"
#include "base/text/printable.h"
#include "base/text/utf8.h"
#include "connectors/store/delivery_recording.h"
#include "connectors/store/sql_bulk.h"
#include "connectors/store/sql_names.h"

namespace wirewatch {
namespace {

constexpr std::size_t kForgottenAtOnce = 1'000;
constexpr std::size_t kMostAnswerBytes = 1'024;

constexpr MessageKind kMessageKinds[] = {MessageKind::kAlert, MessageKind::kDigest, MessageKind::kCatchUp,
                                         MessageKind::kOverflow};

constexpr std::string_view kMessageColumns =
    "id, subscription, reader, channel, channel_kind, destination, kind, state, due, attempts, answer, created, "
    "finished";

// Columns from `first` on are kMessageColumns.
OutboxMessage MessageFrom(const SqlRow& row, int first = 0) {
  OutboxMessage message;
  message.id = row.Text(first);
  message.subscription = row.Text(first + 1);
  message.reader = row.Text(first + 2);
  message.channel = row.Text(first + 3);
  message.channel_kind = Named(kChannelKinds, row.Text(first + 4));
  message.destination = row.Text(first + 5);
  message.kind = Named(kMessageKinds, row.Text(first + 6));
  message.state = Named(kMessageStates, row.Text(first + 7));
  message.due = TimeOf(row.Number(first + 8));
  message.attempts = static_cast<std::uint32_t>(row.Number(first + 9));
  message.answer = row.Text(first + 10);
  message.created = TimeOf(row.Number(first + 11));
  message.finished = TimeAt(row, first + 12);
  return message;
}

// The alerts of documents that the store has kept.
Result<std::vector<AlertNotice>> ReadNotices(const std::vector<std::string>& documents) {
  std::vector<AlertNotice> notices;
  notices.reserve(documents.size());
  for (const std::string& document : documents) {
    auto notice = ReadNotice(document);
    if (!notice) return std::move(notice).error().In("an alert of the store");
    notices.push_back(*std::move(notice));
  }
  return notices;
}

// The documents that a statement answers in its first column, read.
Result<std::vector<AlertNotice>> NoticesOf(const SqlDatabase& database, std::string_view sql,
                                           const std::vector<SqlValue>& values) {
  std::vector<std::string> documents;
  Status read = database.Read([&](SqlSession& session) -> Status {
    documents.clear();
    auto rows = session.RunWith(sql, values, [&](const SqlRow& row) { documents.emplace_back(row.Text(0)); });
    if (!rows) return std::move(rows).error();
    return {};
  });
  if (!read) return std::move(read).error();
  return ReadNotices(documents);
}

// Conditions of a WHERE, and the values for them.
class Conditions {
 public:
  void Add(std::string_view condition, SqlValue value) {
    values_.push_back(value);
    Add(fmt::format("{} ${}", condition, values_.size()));
  }
  void Add(std::string condition) { conditions_.push_back(std::move(condition)); }
  std::string Where() const {
    return conditions_.empty() ? "" : fmt::format("WHERE {}", fmt::join(conditions_, " AND "));
  }
  // The place of one more value.
  std::string Place(SqlValue value) {
    values_.push_back(value);
    return fmt::format("${}", values_.size());
  }
  std::vector<SqlValue>& values() { return values_; }

 private:
  std::vector<std::string> conditions_;
  std::vector<SqlValue> values_;
};

// Of the ledger `l` and its messages `m`.
Conditions ConditionsOf(const LedgerQuery& query) {
  Conditions conditions;
  if (!query.subscription.empty()) conditions.Add("l.subscription =", query.subscription);
  if (!query.alert.empty()) conditions.Add("l.alert =", query.alert);
  if (!query.message.empty()) conditions.Add("l.message =", query.message);
  if (!query.reader.empty()) conditions.Add("m.reader =", query.reader);
  // Written out, so that an index of one state is taken.
  if (query.state) conditions.Add(fmt::format("m.state = '{}'", Name(*query.state)));
  if (query.since) conditions.Add("l.decided >=", Micros(*query.since));
  if (query.until) conditions.Add("l.decided <", Micros(*query.until));
  return conditions;
}

std::int64_t Limit(std::size_t limit) { return static_cast<std::int64_t>(limit); }

}  // namespace

DeliveryStoreSql::DeliveryStoreSql(std::unique_ptr<SqlDatabase> database) : database_(std::move(database)) {}
DeliveryStoreSql::~DeliveryStoreSql() = default;

Status DeliveryStoreSql::Ready() const {
  return database_->Read([](SqlSession& session) -> Status {
    auto row = session.Run("SELECT value FROM counters WHERE name = 'subscriptions'", {});
    if (!row) return std::move(row).error();
    return {};
  });
}

Result<std::size_t> DeliveryStoreSql::Record(const std::vector<PlannedAlert>& alerts) {
  return WriteFor<std::size_t>(*database_, SqlLock::kOutbox,
                               [&](SqlSession& session) { return DeliveryRecording(session).Record(alerts); });
}

Result<std::vector<OutboxMessage>> DeliveryStoreSql::Claim(const ClaimRequest& request) {
  // The limit first: PostgreSQL wants each value in the statement.
  std::vector<SqlValue> values = {Micros(request.now), Limit(request.limit), request.owner,
                                  Micros(request.lease_until)};
  std::string others;
  if (!request.not_to.empty()) {
    others = "AND destination NOT IN " + InList({request.not_to.begin(), request.not_to.end()}, values);
  }
  // MATERIALIZED: the rows are chosen once, before the first changes.
  const std::string sql = fmt::format(
      "WITH claimed AS MATERIALIZED (SELECT id FROM messages WHERE next IS NOT NULL AND next <= $1 {} "
      "ORDER BY next LIMIT $2 {}) "
      "UPDATE messages SET state = 'sending', owner = $3, next = $4, sealed = 1, attempts = attempts + 1 "
      "WHERE id IN (SELECT id FROM claimed) RETURNING {}",
      others, database_->Dialect().skip_locked, kMessageColumns);
  using Messages = std::vector<OutboxMessage>;
  auto claimed = WriteFor<Messages>(*database_, SqlLock::kNone, [&](SqlSession& session) -> Result<Messages> {
    Messages messages;
    auto rows = session.RunWith(sql, values, [&](const SqlRow& row) { messages.push_back(MessageFrom(row)); });
    if (!rows) return std::move(rows).error();
    if (messages.empty()) return messages;

    std::unordered_set<std::string_view> subscriptions;
    for (const OutboxMessage& message : messages) subscriptions.insert(message.subscription);
    std::vector<SqlValue> ids;
    const std::string list = InList({subscriptions.begin(), subscriptions.end()}, ids);
    std::unordered_set<std::string> gone;
    rows = session.RunWith("SELECT id FROM subscriptions WHERE active = 0 AND id IN " + list, ids,
                           [&](const SqlRow& row) { gone.emplace(row.Text(0)); });
    if (!rows) return std::move(rows).error();
    for (const OutboxMessage& message : messages) {
      if (!gone.contains(message.subscription)) continue;
      rows = session.Run(
          "UPDATE messages SET state = 'canceled', owner = NULL, next = NULL, attempts = attempts - 1, answer = "
          "'its subscription has gone or is disabled', finished = $1 WHERE id = $2",
          {Micros(request.now), message.id});
      if (!rows) return std::move(rows).error();
    }
    std::erase_if(messages, [&](const OutboxMessage& message) { return gone.contains(message.subscription); });
    return messages;
  });
  if (claimed) std::ranges::stable_sort(*claimed, {}, &OutboxMessage::due);
  return claimed;
}

Result<std::multimap<std::string, std::string>> DeliveryStoreSql::ToldOf(const std::vector<std::string_view>& alerts) {
  constexpr std::size_t kShare = 1'024;
  std::multimap<std::string, std::string> told;
  Status read = database_->Read([&](SqlSession& session) -> Status {
    told.clear();
    for (std::size_t begin = 0; begin < alerts.size(); begin += kShare) {
      const std::size_t end = std::min(begin + kShare, alerts.size());
      std::vector<SqlValue> values;
      const std::string list = InList({alerts.data() + begin, alerts.data() + end}, values);
      auto rows =
          session.RunWith(fmt::format("SELECT DISTINCT alert, subscription FROM ledger WHERE alert IN {}", list),
                          values, [&](const SqlRow& row) { told.emplace(row.Text(0), row.Text(1)); });
      if (!rows) return std::move(rows).error();
    }
    return {};
  });
  if (!read) return std::move(read).error();
  return told;
}

Result<std::vector<AlertNotice>> DeliveryStoreSql::AlertsOf(std::string_view message) {
  return NoticesOf(*database_,
                   "SELECT a.document FROM ledger l JOIN alerts a ON a.id = l.alert WHERE l.message = $1 "
                   "ORDER BY l.decided, l.entry",
                   {message});
}

Result<bool> DeliveryStoreSql::Finish(const FinishedAttempt& attempt) {
  if (attempt.state == MessageState::kSending) {
    return Error{ErrorCode::kInvalid, fmt::format("message {}: an attempt does not end as 'sending'", attempt.message)};
  }
  // Of strangers.
  const std::string answer(BeginningOf(Printable(attempt.answer), kMostAnswerBytes));
  const bool again = attempt.state == MessageState::kWaiting;
  return WriteFor<bool>(*database_, SqlLock::kNone, [&](SqlSession& session) -> Result<bool> {
    if (again && !attempt.attempted) {
      auto rows = session.Run(
          "UPDATE messages SET state = 'waiting', owner = NULL, attempts = attempts - 1, next = due "
          "WHERE id = $1 AND owner = $2 AND state = 'sending'",
          {attempt.message, attempt.owner});
      if (!rows) return std::move(rows).error();
      return *rows > 0;
    }
    auto rows = again ? session.Run(
                            "UPDATE messages SET state = 'waiting', owner = NULL, answer = $1, due = $2, next = $2 "
                            "WHERE id = $3 AND owner = $4 AND state = 'sending'",
                            {answer, Micros(attempt.due), attempt.message, attempt.owner})
                      : session.Run(
                            "UPDATE messages SET state = $1, owner = NULL, answer = $2, next = NULL, finished = $3 "
                            "WHERE id = $4 AND owner = $5 AND state = 'sending'",
                            {Name(attempt.state), answer, Micros(attempt.at), attempt.message, attempt.owner});
    if (!rows) return std::move(rows).error();
    return *rows > 0;
  });
}

Result<std::optional<WallTime>> DeliveryStoreSql::NextDue() {
  std::optional<WallTime> next;
  Status read = database_->Read([&](SqlSession& session) -> Status {
    auto rows = session.Run("SELECT min(next) FROM messages WHERE next IS NOT NULL", {},
                            [&](const SqlRow& row) { next = TimeAt(row, 0); });
    if (!rows) return std::move(rows).error();
    return {};
  });
  if (!read) return std::move(read).error();
  return next;
}

Status DeliveryStoreSql::Release(std::string_view owner) {
  return database_->Write(SqlLock::kNone, [&](SqlSession& session) -> Status {
    auto rows = session.Run(
        "UPDATE messages SET state = 'waiting', owner = NULL, next = due WHERE state = 'sending' AND owner = $1",
        {owner});
    if (!rows) return std::move(rows).error();
    return {};
  });
}

Result<OutboxCounts> DeliveryStoreSql::Count(WallTime now) {
  OutboxCounts counts;
  Status read = database_->Read([&](SqlSession& session) -> Status {
    counts = {};
    // Each from its own index. What waits is what can be claimed some time, but for what is sent.
    auto rows = session.Run(
        "SELECT (SELECT count(*) FROM messages WHERE next IS NOT NULL), "
        "(SELECT count(*) FROM messages WHERE state = 'sending'), "
        "(SELECT count(*) FROM messages WHERE state = 'failed'), "
        "(SELECT due FROM messages WHERE next IS NOT NULL AND next <= $1 AND state = 'waiting' ORDER BY next LIMIT 1), "
        "(SELECT min(due) FROM messages WHERE state = 'sending')",
        {Micros(now)}, [&](const SqlRow& row) {
          counts.sending = static_cast<std::size_t>(row.Number(1));
          counts.waiting = static_cast<std::size_t>(row.Number(0)) - counts.sending;
          counts.failed = static_cast<std::size_t>(row.Number(2));
          for (const int column : {3, 4}) {
            const auto due = TimeAt(row, column);
            if (due && *due <= now && (!counts.oldest_due || *due < *counts.oldest_due)) counts.oldest_due = due;
          }
        });
    if (!rows) return std::move(rows).error();
    return {};
  });
  if (!read) return std::move(read).error();
  return counts;
}

Result<std::vector<LedgerRow>> DeliveryStoreSql::Ledger(const LedgerQuery& query, const Page& page) {
  Conditions conditions = ConditionsOf(query);
  if (!page.after.empty()) {
    const std::size_t dash = page.after.find('-', 1);
    const auto decided = ParseNumber<std::int64_t>(std::string_view(page.after).substr(0, dash));
    const auto entry = dash == std::string::npos
                           ? std::nullopt
                           : ParseNumber<std::int64_t>(std::string_view(page.after).substr(dash + 1));
    if (!decided || !entry) {
      return Error{ErrorCode::kInvalid, "the ledger has no such key of a page; take the key of its last row"};
    }
    const std::string first = conditions.Place(*decided);
    conditions.Add(fmt::format("(l.decided, l.entry) > ({}, {})", first, conditions.Place(*entry)));
  }
  std::string columns;
  fmt::format_to(std::back_inserter(columns),
                 "l.entry, l.subscription, l.alert, l.channel, l.revision, l.reason, l.message, l.decided, m.{}", [] {
                   std::string own(kMessageColumns);
                   for (std::size_t at = 0; (at = own.find(", ", at)) != std::string::npos; at += 4) {
                     own.replace(at, 2, ", m.");
                   }
                   return own;
                 }());
  const std::string limit = conditions.Place(Limit(page.limit));
  const std::string sql =
      fmt::format("SELECT {} FROM ledger l JOIN messages m ON m.id = l.message {} ORDER BY l.decided, l.entry LIMIT {}",
                  columns, conditions.Where(), limit);
  std::vector<LedgerRow> ledger;
  Status read = database_->Read([&](SqlSession& session) -> Status {
    ledger.clear();
    auto rows = session.RunWith(sql, conditions.values(), [&](const SqlRow& row) {
      LedgerRow& made = ledger.emplace_back();
      made.key = fmt::format("{}-{}", row.Number(7), row.Number(0));
      made.entry.subscription = row.Text(1);
      made.entry.alert = row.Text(2);
      made.entry.channel = row.Text(3);
      made.entry.revision = row.Number(4);
      made.entry.reason = Named(kDeliveryReasons, row.Text(5));
      made.entry.message = row.Text(6);
      made.entry.decided = TimeOf(row.Number(7));
      made.message = MessageFrom(row, 8);
    });
    if (!rows) return std::move(rows).error();
    return {};
  });
  if (!read) return std::move(read).error();
  return ledger;
}

Result<std::size_t> DeliveryStoreSql::Replay(const LedgerQuery& query, WallTime now) {
  Conditions conditions = ConditionsOf(query);
  if (query.state && *query.state != MessageState::kFailed && *query.state != MessageState::kDelivered) {
    return std::size_t{0};
  }
  const bool delivered_too = !query.state && !query.message.empty();
  if (!query.state) {
    conditions.Add(delivered_too ? "m.state IN ('failed', 'delivered')" : "m.state = 'failed'");
  }
  conditions.Add("m.channel_kind <> 'feed'");
  const std::string place = conditions.Place(Micros(now));
  const std::string sql = fmt::format(
      "UPDATE messages SET state = 'waiting', due = {0}, next = {0}, owner = NULL, attempts = 0, finished = NULL "
      "WHERE state IN ('failed', 'delivered') AND "
      "id IN (SELECT m.id FROM ledger l JOIN messages m ON m.id = l.message {1})",
      place, conditions.Where());
  return WriteFor<std::size_t>(*database_, SqlLock::kNone,
                               [&](SqlSession& session) { return session.RunWith(sql, conditions.values(), nullptr); });
}

Result<std::vector<AlertNotice>> DeliveryStoreSql::Alerts(std::string_view subscription, std::optional<WallTime> since,
                                                          const Page& page) {
  const bool all = subscription.empty();
  const std::string_view id = all ? "id" : "alert";
  Conditions conditions;
  if (!all) conditions.Add("subscription =", subscription);
  if (since) conditions.Add("alerted >=", Micros(*since));
  if (!page.after.empty()) {
    std::optional<std::int64_t> alerted;
    Status found = database_->Read([&](SqlSession& session) -> Status {
      auto rows = session.Run("SELECT alerted FROM alerts WHERE id = $1", {page.after},
                              [&](const SqlRow& row) { alerted = row.Number(0); });
      if (!rows) return std::move(rows).error();
      return {};
    });
    if (!found) return std::move(found).error();
    if (!alerted) {
      return Error{ErrorCode::kNotFound, "the alert that the page comes after is no longer kept; begin anew"};
    }
    const std::string place = conditions.Place(*alerted);
    conditions.Add(fmt::format("(alerted, {}) < ({}, {})", id, place, conditions.Place(page.after)));
  }
  const std::string limit = conditions.Place(Limit(page.limit));
  const std::string sql = all ? fmt::format("SELECT document FROM alerts {} ORDER BY alerted DESC, id DESC LIMIT {}",
                                            conditions.Where(), limit)
                              : fmt::format(
                                    "SELECT a.document FROM (SELECT DISTINCT alerted, alert FROM ledger {} "
                                    "ORDER BY alerted DESC, alert DESC LIMIT {}) l JOIN alerts a ON a.id = l.alert "
                                    "ORDER BY l.alerted DESC, l.alert DESC",
                                    conditions.Where(), limit);
  return NoticesOf(*database_, sql, conditions.values());
}

Result<std::optional<AlertNotice>> DeliveryStoreSql::FindAlert(std::string_view id) {
  auto notices = NoticesOf(*database_, "SELECT document FROM alerts WHERE id = $1", {id});
  if (!notices) return std::move(notices).error();
  if (notices->empty()) return std::optional<AlertNotice>();
  return std::optional(std::move(notices->front()));
}

Result<bool> DeliveryStoreSql::Forget(WallTime before) {
  const SqlValue time = Micros(before), limit = Limit(kForgottenAtOnce);
  // Held, so that no replay sends a message whose entries go.
  const std::string finished =
      fmt::format("SELECT id FROM messages WHERE finished IS NOT NULL AND finished < $1 ORDER BY finished LIMIT $2 {}",
                  database_->Dialect().skip_locked);
  return WriteFor<bool>(*database_, SqlLock::kOutbox, [&](SqlSession& session) -> Result<bool> {
    std::vector<std::string> ids;
    auto rows = session.Run(finished, {time, limit}, [&](const SqlRow& row) { ids.emplace_back(row.Text(0)); });
    if (!rows) return std::move(rows).error();
    bool more = *rows == kForgottenAtOnce;
    if (!ids.empty()) {
      std::vector<SqlValue> values;
      const std::string list = InList({ids.begin(), ids.end()}, values);
      for (const std::string_view head :
           {"DELETE FROM ledger WHERE message IN ", "DELETE FROM messages WHERE id IN "}) {
        rows = session.RunWith(std::string(head) + list, values, nullptr);
        if (!rows) return std::move(rows).error();
      }
    }
    for (const std::string_view sql :
         {"DELETE FROM alerts WHERE id IN (SELECT id FROM alerts a WHERE alerted < $1 AND NOT EXISTS "
          "(SELECT 1 FROM ledger WHERE alert = a.id) ORDER BY alerted LIMIT $2)",
          "DELETE FROM caps WHERE (reader, begins) IN (SELECT reader, begins FROM caps WHERE begins < $1 "
          "ORDER BY begins LIMIT $2)"}) {
      rows = session.Run(sql, {time, limit});
      if (!rows) return std::move(rows).error();
      more = more || *rows == kForgottenAtOnce;
    }
    return more;
  });
}

}  // namespace wirewatch
