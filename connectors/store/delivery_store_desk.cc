// Tokens, feedback and secrets of DeliveryStoreSql.
#include <fmt/format.h>

#include <utility>

#include "connectors/store/delivery_store_sql.h"
#include "connectors/store/sql_names.h"

namespace wirewatch {
namespace {

constexpr Role kRoles[] = {Role::kViewer, Role::kEditor, Role::kAdmin};

ApiToken TokenFrom(const SqlRow& row) {
  ApiToken token;
  token.id = row.Text(0);
  token.digest = row.Text(1);
  token.label = row.Text(2);
  token.role = Named(kRoles, row.Text(3));
  token.created = TimeOf(row.Number(4));
  token.expires = TimeAt(row, 5);
  token.last_used = TimeAt(row, 6);
  return token;
}

Status Do(SqlDatabase& database, std::string_view sql, std::initializer_list<SqlValue> values) {
  return database.Write(SqlLock::kNone, [&](SqlSession& session) -> Status {
    auto rows = session.Run(sql, values);
    if (!rows) return std::move(rows).error();
    return {};
  });
}

// Ids of rules have no blank.
std::string Joined(const std::vector<std::string>& rules) { return fmt::format("{}", fmt::join(rules, " ")); }
std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> rules;
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    rules.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return rules;
}

}  // namespace

Status DeliveryStoreSql::PutToken(const ApiToken& token) {
  return Do(*database_,
            "INSERT INTO tokens(id, digest, label, role, created, expires, last_used) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, "
            "label = excluded.label, role = excluded.role, created = excluded.created, expires = excluded.expires, "
            "last_used = excluded.last_used",
            {token.id, token.digest, token.label, Name(token.role), Micros(token.created), Micros(token.expires),
             Micros(token.last_used)});
}

Result<std::optional<ApiToken>> DeliveryStoreSql::FindToken(std::string_view digest) {
  std::optional<ApiToken> token;
  Status read = database_->Read([&](SqlSession& session) -> Status {
    token.reset();
    auto rows = session.Run("SELECT id, digest, label, role, created, expires, last_used FROM tokens WHERE digest = $1",
                            {digest}, [&](const SqlRow& row) { token = TokenFrom(row); });
    if (!rows) return std::move(rows).error();
    return {};
  });
  if (!read) return std::move(read).error();
  return token;
}

Result<std::vector<ApiToken>> DeliveryStoreSql::Tokens() {
  std::vector<ApiToken> tokens;
  Status read = database_->Read([&](SqlSession& session) -> Status {
    tokens.clear();
    auto rows =
        session.Run("SELECT id, digest, label, role, created, expires, last_used FROM tokens ORDER BY created, id", {},
                    [&](const SqlRow& row) { tokens.push_back(TokenFrom(row)); });
    if (!rows) return std::move(rows).error();
    return {};
  });
  if (!read) return std::move(read).error();
  return tokens;
}

Result<bool> DeliveryStoreSql::DeleteToken(std::string_view id) {
  return WriteFor<bool>(*database_, SqlLock::kNone, [&](SqlSession& session) -> Result<bool> {
    auto rows = session.Run("DELETE FROM tokens WHERE id = $1", {id});
    if (!rows) return std::move(rows).error();
    return *rows > 0;
  });
}

Status DeliveryStoreSql::NoteTokenUse(std::string_view id, WallTime now) {
  return Do(*database_, "UPDATE tokens SET last_used = $1 WHERE id = $2", {Micros(now), id});
}

Status DeliveryStoreSql::PutFeedback(const Feedback& feedback) {
  return Do(*database_,
            "INSERT INTO feedback(subscription, alert, verdict, said, topic, article_id, rules) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (subscription, alert) DO UPDATE SET "
            "verdict = excluded.verdict, said = excluded.said, topic = excluded.topic, "
            "article_id = excluded.article_id, rules = excluded.rules",
            {feedback.subscription, feedback.alert, Name(feedback.verdict), Micros(feedback.said), feedback.topic,
             feedback.article_id, Joined(feedback.rules)});
}

Result<std::vector<Feedback>> DeliveryStoreSql::FeedbackSince(std::optional<WallTime> since, const Page& page) {
  const std::size_t slash = page.after.find('/');
  if (!page.after.empty() && slash == std::string::npos) {
    return Error{ErrorCode::kInvalid, "feedback has no such key of a page; it is SUBSCRIPTION/ALERT"};
  }
  const std::string_view after(page.after);
  const std::string_view subscription = after.substr(0, slash);
  const std::string_view alert = after.empty() ? after : after.substr(slash + 1);
  std::vector<Feedback> all;
  Status read = database_->Read([&](SqlSession& session) -> Status {
    all.clear();
    auto rows = session.Run(
        "SELECT subscription, alert, verdict, said, topic, article_id, rules FROM feedback "
        "WHERE (subscription, alert) > ($1, $2) AND said >= $3 ORDER BY subscription, alert LIMIT $4",
        {subscription, alert, Micros(since.value_or(WallTime::min())), static_cast<std::int64_t>(page.limit)},
        [&](const SqlRow& row) {
          Feedback& feedback = all.emplace_back();
          feedback.subscription = row.Text(0);
          feedback.alert = row.Text(1);
          feedback.verdict = Named(kVerdicts, row.Text(2));
          feedback.said = TimeOf(row.Number(3));
          feedback.topic = row.Text(4);
          feedback.article_id = row.Text(5);
          feedback.rules = Split(row.Text(6));
        });
    if (!rows) return std::move(rows).error();
    return {};
  });
  if (!read) return std::move(read).error();
  return all;
}

Result<std::string> DeliveryStoreSql::Secret(std::string_view name, const std::function<std::string()>& make) {
  std::optional<std::string> secret;
  const auto find = [&](SqlSession& session) -> Status {
    auto rows = session.Run("SELECT value FROM secrets WHERE name = $1", {name},
                            [&](const SqlRow& row) { secret = row.Text(0); });
    if (!rows) return std::move(rows).error();
    return {};
  };
  if (Status read = database_->Read(find); !read) return std::move(read).error();
  if (secret) return *std::move(secret);
  const std::string made = make();
  Status written = database_->Write(SqlLock::kNone, [&](SqlSession& session) -> Status {
    auto rows =
        session.Run("INSERT INTO secrets(name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", {name, made});
    if (!rows) return std::move(rows).error();
    return find(session);  // another process may have been first
  });
  if (!written) return std::move(written).error();
  return *std::move(secret);
}

}  // namespace wirewatch
