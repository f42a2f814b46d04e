#include "connectors/store/delivery_recording.h"

#include <cstdint>
#include <unordered_map>
#include <utility>

#include "connectors/store/sql_bulk.h"
#include "connectors/store/sql_names.h"

namespace wirewatch {
namespace {

// Neither ids nor names of channels hold a line's end.
std::string KeyOf(std::string_view first, std::string_view second, std::string_view third = {}) {
  std::string key;
  key.reserve(first.size() + second.size() + third.size() + 2);
  key.append(first).append(1, '\n').append(second).append(1, '\n').append(third);
  return key;
}

}  // namespace

Result<std::size_t> DeliveryRecording::Record(const std::vector<PlannedAlert>& alerts) {
  if (Status written = WriteAlerts(alerts); !written) return std::move(written).error();
  if (Status found = FindNewEntries(alerts); !found) return std::move(found).error();
  if (entries_.empty()) return std::size_t{0};
  if (Status counted = CountCaps(); !counted) return std::move(counted).error();
  if (Status ended = EndSnoozes(); !ended) return std::move(ended).error();
  if (Status written = WriteMessages(); !written) return std::move(written).error();
  if (Status written = WriteEntries(); !written) return std::move(written).error();
  return entries_.size();
}

Status DeliveryRecording::WriteAlerts(const std::vector<PlannedAlert>& alerts) {
  std::vector<SqlValue> values;
  for (const PlannedAlert& alert : alerts) {
    const AlertNotice& notice = *alert.notice;
    values.insert(values.end(), {notice.id, Micros(notice.alerted), notice.topic, notice.document});
  }
  auto written = InsertRows(session_, "INSERT INTO alerts(id, alerted, topic, document)", 4, values,
                            "ON CONFLICT (id) DO NOTHING RETURNING id",
                            [&](const SqlRow& row) { new_alerts_.emplace(row.Text(0)); });
  if (!written) return std::move(written).error();
  return {};
}

Status DeliveryRecording::FindNewEntries(const std::vector<PlannedAlert>& alerts) {
  std::unordered_set<std::string> known;
  for (const PlannedAlert& alert : alerts) {
    const std::string& id = alert.notice->id;
    // What was never written has no entries, and most alerts are new.
    if (new_alerts_.contains(id) || alert.planned.empty()) continue;
    auto rows = session_.Run("SELECT subscription, channel FROM ledger WHERE alert = $1", {id},
                             [&](const SqlRow& row) { known.insert(KeyOf(row.Text(0), id, row.Text(1))); });
    if (!rows) return std::move(rows).error();
  }
  for (const PlannedAlert& alert : alerts) {
    for (const PlannedDelivery& planned : alert.planned) {
      const LedgerEntry& entry = planned.entry;
      if (!known.insert(KeyOf(entry.subscription, entry.alert, entry.channel)).second) continue;
      entries_.push_back(
          {&planned, alert.notice->alerted, &planned.message, entry.reason, planned.message.id, planned.message.due});
    }
  }
  return {};
}

Status DeliveryRecording::CountCaps() {
  struct Count {
    std::string_view reader;
    std::int64_t begin = 0, messages = 0;
    bool changed = false;
  };
  std::unordered_map<std::string, Count> counts;
  const auto key = [](std::string_view reader, std::int64_t begin) { return KeyOf(reader, std::to_string(begin)); };
  std::vector<SqlValue> values;
  for (const NewEntry& entry : entries_) {
    if (!entry.planned->cap) continue;
    const CapCount& cap = *entry.planned->cap;
    if (!counts.emplace(key(cap.reader, Micros(cap.begin)), Count{cap.reader, Micros(cap.begin)}).second) continue;
    values.insert(values.end(), {cap.reader, Micros(cap.begin), std::int64_t{0}});
  }
  if (values.empty()) return {};
  constexpr std::string_view kInsert = "INSERT INTO caps(reader, begins, messages)";
  auto read = InsertRows(
      session_, kInsert, 3, values,
      "ON CONFLICT (reader, begins) DO UPDATE SET messages = caps.messages RETURNING reader, begins, messages",
      [&](const SqlRow& row) { counts[key(row.Text(0), row.Number(1))].messages = row.Number(2); });
  if (!read) return std::move(read).error();

  for (NewEntry& entry : entries_) {
    if (!entry.planned->cap) continue;
    const CapCount& cap = *entry.planned->cap;
    Count& count = counts[key(cap.reader, Micros(cap.begin))];
    if (count.messages < cap.limit) {
      ++count.messages;
      count.changed = true;
      continue;
    }
    entry.reason = DeliveryReason::kOverCap;
    entry.message = &cap.overflow;
    entry.message_id = cap.overflow.id;
    entry.due = cap.overflow.due;
  }
  values.clear();
  for (const auto& [name, count] : counts) {
    if (count.changed) values.insert(values.end(), {count.reader, count.begin, count.messages});
  }
  auto written = InsertRows(session_, kInsert, 3, values,
                            "ON CONFLICT (reader, begins) DO UPDATE SET messages = excluded.messages");
  if (!written) return std::move(written).error();
  return {};
}

// A snooze may have ended since the decision was made: PutSnooze could not move a message that was not there yet.
Status DeliveryRecording::EndSnoozes() {
  std::unordered_map<std::string_view, bool> ended;
  for (NewEntry& entry : entries_) {
    if (entry.reason != DeliveryReason::kSnoozed) continue;
    const LedgerEntry& planned = entry.planned->entry;
    const auto [found, is_new] = ended.emplace(planned.subscription, false);
    if (is_new) {
      auto rows = session_.Run(
          "SELECT 1 FROM subscriptions WHERE id = $1 AND NOT EXISTS "
          "(SELECT 1 FROM snoozes WHERE subscription = $1 AND until > $2)",
          {planned.subscription, Micros(planned.decided)});
      if (!rows) return std::move(rows).error();
      found->second = *rows > 0;
    }
    if (found->second) entry.due = planned.decided;
  }
  return {};
}

Status DeliveryRecording::WriteMessages() {
  std::unordered_set<std::string> closed;                 // they take no more entries
  std::unordered_map<std::string, unsigned> generations;  // of what is claimed: the next one to try
  std::vector<NewEntry*> open;
  open.reserve(entries_.size());
  for (NewEntry& entry : entries_) open.push_back(&entry);
  while (!open.empty()) {
    std::vector<SqlValue> values;
    std::unordered_set<std::string_view> ids;
    for (const NewEntry* entry : open) {
      if (!ids.insert(entry->message_id).second) continue;
      const OutboxMessage& message = *entry->message;
      const bool waits = message.state == MessageState::kWaiting;
      values.insert(
          values.end(),
          {entry->message_id, message.subscription, message.reader, message.channel, Name(message.channel_kind),
           message.destination, Name(message.kind), Name(message.state), Micros(entry->due),
           waits ? SqlValue(Micros(entry->due)) : SqlValue(), std::int64_t{0}, message.answer, Micros(message.created),
           waits ? SqlValue() : SqlValue(Micros(message.finished.value_or(message.created)))});
    }
    // The row is touched to have it told, and to hold it: a claim leaves it out, or was there before.
    auto inserted = InsertRows(
        session_,
        "INSERT INTO messages(id, subscription, reader, channel, channel_kind, destination, kind, state, due, next, "
        "attempts, answer, created, finished)",
        14, values, "ON CONFLICT (id) DO UPDATE SET attempts = messages.attempts RETURNING id, state, sealed",
        [&](const SqlRow& row) {
          const bool waits = row.Text(1) == Name(MessageState::kWaiting);
          if (!waits || row.Number(2) != 0) closed.emplace(row.Text(0));
        });
    if (!inserted) return std::move(inserted).error();

    std::vector<NewEntry*> moved;
    for (NewEntry* entry : open) {
      // A feed's message is delivered as it is planned.
      const bool feeds = entry->message->state != MessageState::kWaiting;
      if (!feeds && closed.contains(entry->message_id)) moved.push_back(entry);
    }
    // All entries of one message move to the same next one.
    std::unordered_map<std::string, std::string> next_ids;
    for (NewEntry* entry : moved) {
      std::string& next = next_ids[entry->message_id];
      if (next.empty()) {
        const OutboxMessage& message = *entry->message;
        next = MessageId(message.subscription, message.channel, message.kind, message.id, ++generations[message.id]);
      }
      entry->message_id = next;
    }
    open = std::move(moved);
  }
  return {};
}

Status DeliveryRecording::WriteEntries() {
  std::vector<SqlValue> values;
  values.reserve(entries_.size() * 8);
  for (const NewEntry& entry : entries_) {
    const LedgerEntry& planned = entry.planned->entry;
    values.insert(values.end(), {planned.subscription, planned.alert, planned.channel, planned.revision,
                                 Name(entry.reason), entry.message_id, Micros(planned.decided), Micros(entry.alerted)});
  }
  auto written = InsertRows(
      session_, "INSERT INTO ledger(subscription, alert, channel, revision, reason, message, decided, alerted)", 8,
      values, "");
  if (!written) return std::move(written).error();
  return {};
}

}  // namespace wirewatch
