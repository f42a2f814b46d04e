#include "connectors/store/store_migrations.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace wirewatch {
namespace {

// Times are microseconds since 1970.
//
// messages.next: when it may be claimed: while it waits `due`, while it is sent the end of the lease; else NULL. So one
// index finds what can be claimed, and when the next one can. The column `state` in an index of one state alone lets
// SQLite count without looking at the rows. messages.sealed: it was claimed once, and takes no more
// entries; a replay begins to count attempts anew, and keeps it.
//
// ledger.alerted: of the alert, for the pages of a subscription's alerts.
constexpr std::string_view kFirst = R"(
CREATE TABLE alerts(
  id <text> NOT NULL PRIMARY KEY,
  alerted BIGINT NOT NULL,
  topic <text> NOT NULL,
  document TEXT NOT NULL);
CREATE INDEX alerts_alerted ON alerts(alerted, id);

CREATE TABLE messages(
  id <text> NOT NULL PRIMARY KEY,
  subscription <text> NOT NULL,
  reader <text> NOT NULL,
  channel <text> NOT NULL,
  channel_kind <text> NOT NULL
    CHECK (channel_kind IN ('webhook', 'slack', 'teams', 'discord', 'email', 'feed', 'alertmanager')),
  destination <text> NOT NULL,
  kind <text> NOT NULL CHECK (kind IN ('alert', 'digest', 'catch-up', 'overflow')),
  state <text> NOT NULL CHECK (state IN ('waiting', 'sending', 'delivered', 'failed', 'canceled')),
  due BIGINT NOT NULL,
  next BIGINT,
  owner <text>,
  sealed BIGINT NOT NULL DEFAULT 0,
  attempts BIGINT NOT NULL,
  answer <text> NOT NULL,
  created BIGINT NOT NULL,
  finished BIGINT) <without_rowid>;
CREATE INDEX messages_next ON messages(next, destination) WHERE next IS NOT NULL;
CREATE INDEX messages_waiting ON messages(subscription) WHERE state = 'waiting';
CREATE INDEX messages_sending ON messages(state, due, owner) WHERE state = 'sending';
CREATE INDEX messages_failed ON messages(state, finished) WHERE state = 'failed';
CREATE INDEX messages_finished ON messages(finished) WHERE finished IS NOT NULL;
CREATE INDEX messages_reader ON messages(reader);

CREATE TABLE ledger(
  entry <number_key>,
  subscription <text> NOT NULL,
  alert <text> NOT NULL REFERENCES alerts(id),
  channel <text> NOT NULL,
  revision BIGINT NOT NULL,
  reason <text> NOT NULL
    CHECK (reason IN ('at-once', 'digest', 'quiet-hours', 'snoozed', 'over-cap', 'feed')),
  message <text> NOT NULL REFERENCES messages(id),
  decided BIGINT NOT NULL,
  alerted BIGINT NOT NULL,
  UNIQUE (subscription, alert, channel));
CREATE INDEX ledger_alert ON ledger(alert);
CREATE INDEX ledger_message ON ledger(message);
CREATE INDEX ledger_decided ON ledger(decided, entry);
CREATE INDEX ledger_of_subscription ON ledger(subscription, decided, entry);
CREATE INDEX ledger_alerts ON ledger(subscription, alerted, alert);

CREATE TABLE caps(
  reader <text> NOT NULL,
  begins BIGINT NOT NULL,
  messages BIGINT NOT NULL,
  PRIMARY KEY (reader, begins)) <without_rowid>;
CREATE INDEX caps_begins ON caps(begins);

CREATE TABLE subscriptions(
  id <text> NOT NULL PRIMARY KEY,
  revision BIGINT NOT NULL,
  origin <text> NOT NULL,
  changed BIGINT NOT NULL,
  deleted BIGINT NOT NULL,
  disabled_because <text> NOT NULL,
  active BIGINT NOT NULL,
  document <text> NOT NULL);
CREATE INDEX subscriptions_origin ON subscriptions(origin);

CREATE TABLE snoozes(
  subscription <text> NOT NULL REFERENCES subscriptions(id),
  what <text> NOT NULL CHECK (what IN ('all', 'topic', 'story', 'source')),
  value <text> NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (subscription, what, value)) <without_rowid>;

CREATE TABLE tokens(
  id <text> NOT NULL PRIMARY KEY,
  digest <text> NOT NULL UNIQUE,
  label <text> NOT NULL,
  role <text> NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
  created BIGINT NOT NULL,
  expires BIGINT,
  last_used BIGINT);

CREATE TABLE feedback(
  subscription <text> NOT NULL,
  alert <text> NOT NULL,
  verdict <text> NOT NULL CHECK (verdict IN ('useful', 'not-useful', 'duplicate')),
  said BIGINT NOT NULL,
  topic <text> NOT NULL,
  article_id <text> NOT NULL,
  rules <text> NOT NULL,
  PRIMARY KEY (subscription, alert)) <without_rowid>;

CREATE TABLE secrets(
  name <text> NOT NULL PRIMARY KEY,
  value <text> NOT NULL);

CREATE TABLE counters(
  name <text> NOT NULL PRIMARY KEY,
  value BIGINT NOT NULL);
INSERT INTO counters VALUES ('subscriptions', 0);
)";

constexpr std::array<StoreMigration, 1> kSteps = {{{1, kFirst}}};

std::string InWordsOf(const SqlDialect& dialect, std::string_view sql) {
  std::string text(sql);
  for (const auto& [word, own] : {std::pair<std::string_view, std::string_view>{"<number_key>", dialect.number_key},
                                  {"<text>", dialect.text},
                                  {"<without_rowid>", dialect.without_rowid}}) {
    for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += own.size()) {
      text.replace(at, word.size(), own);
    }
  }
  return text;
}

}  // namespace

std::span<const StoreMigration> StoreMigrations() { return kSteps; }

Status Migrate(SqlDatabase& database, std::span<const StoreMigration> steps) {
  return database.Write(SqlLock::kTables, [&](SqlSession& session) -> Status {
    const auto version = database.Version(session);
    if (!version) return version.error();
    const std::int64_t newest = steps.back().version;
    if (*version > newest) {
      return Error{
          ErrorCode::kInvalid,
          fmt::format("{}: this store was written by a later wirewatch (version {} of its tables, this program "
                      "knows {}); run that one, or name another store",
                      database.Place(), *version, newest)};
    }
    if (*version == newest) return {};
    for (const StoreMigration& step : steps) {
      if (step.version <= *version) continue;
      if (Status made = session.RunScript(InWordsOf(database.Dialect(), step.sql)); !made) return made;
    }
    return database.SetVersion(session, newest);
  });
}

}  // namespace wirewatch
