#include "connectors/desk/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/text/ascii.h"
#include "base/text/hex.h"
#include "pipeline/deliver/subscription_file.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("http");

void PutTime(JsonWriter& json, std::string_view key, const std::optional<WallTime>& time) {
  if (time) json.Put(key, FormatRfc3339(*time));
}
void PutText(JsonWriter& json, std::string_view key, std::string_view text) {
  if (!text.empty()) json.Put(key, text);
}

// Percent-encoded for a query (RFC 3986: all but the unreserved characters).
void AppendQueryText(std::string_view text, std::string& out) {
  for (const char c : text) {
    if (IsAsciiLetter(c) || IsAsciiDigit(c) || std::string_view("-._~").find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      AppendHex(static_cast<unsigned char>(c), out);
    }
  }
}

bool HasHeader(const HttpResponse& answer, std::string_view name) {
  return std::any_of(answer.headers.begin(), answer.headers.end(),
                     [&](const HttpField& field) { return EqualsInAnyCase(field.name, name); });
}

}  // namespace

HttpResponse ProblemOf(unsigned status, std::string_view detail, const std::vector<RequestMistake>& mistakes) {
  HttpResponse answer{.status = status, .content_type = "application/problem+json"};
  {
    JsonWriter json(answer.body);
    json.BeginObject();
    json.Put("type", "about:blank");
    json.Put("title", ReasonPhrase(status));
    json.Put("status", status);
    json.Put("detail", detail);
    json.Key("errors");
    json.BeginArray();
    for (const RequestMistake& mistake : mistakes) {
      json.BeginObject();
      PutText(json, "parameter", mistake.parameter);
      if (mistake.has_pointer) json.Put("pointer", mistake.pointer);
      if (mistake.line > 0) {
        json.Put("line", mistake.line);
        json.Put("column", mistake.column);
      }
      json.Put("message", mistake.message);
      PutText(json, "help", mistake.help);
      json.EndObject();
    }
    json.EndArray();
    json.EndObject();
  }
  answer.body += '\n';
  return answer;
}

HttpResponse ProblemOf(const Error& error) {
  switch (error.code) {
    case ErrorCode::kNotFound: return Problem(404, error.message);
    case ErrorCode::kRejected: return Problem(409, error.message);
    case ErrorCode::kInvalid:
    case ErrorCode::kTooLarge: return Problem(422, error.message);
    default: break;
  }
  kLog.Warn("http request failed at the store", {{"reason", error.message}});
  HttpResponse answer = Problem(503, "The store does not answer; try again later.");
  answer.headers.push_back({"Retry-After", "5"});
  return answer;
}

void PutNext(const HttpRequest& request, std::string_view next, HttpResponse& answer) {
  std::string link = "<?";
  for (const HttpField& field : request.query) {
    if (field.name == "after") continue;
    AppendQueryText(field.name, link);
    link += '=';
    AppendQueryText(field.value, link);
    link += '&';
  }
  link += "after=";
  AppendQueryText(next, link);
  answer.headers.push_back({"Link", link + ">; rel=\"next\""});
}

HttpResponse Secured(HttpResponse answer) {
  if (!HasHeader(answer, "Content-Security-Policy")) {
    answer.headers.push_back({"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"});
  }
  answer.headers.push_back({"X-Frame-Options", "DENY"});
  answer.headers.push_back({"Referrer-Policy", "no-referrer"});
  answer.headers.push_back({"Cross-Origin-Resource-Policy", "same-origin"});
  return answer;
}

void Write(JsonWriter& json, const StoredSubscription& stored) {
  json.BeginObject();
  json.Put("revision", stored.revision);
  json.Put("changed", FormatRfc3339(stored.changed));
  json.Put("read_only", !stored.origin.empty());
  PutText(json, "origin", stored.origin);
  PutText(json, "disabled_because", stored.disabled_because);
  json.Key("subscription");
  json.Number(ToJson(stored.subscription, Secrets::kMask));
  json.EndObject();
}

void Write(JsonWriter& json, const LedgerRow& row) {
  const auto& [entry, message, key] = row;
  json.BeginObject();
  json.Put("subscription", entry.subscription);
  json.Put("alert", entry.alert);
  json.Put("channel", entry.channel);
  json.Put("reader", message.reader);
  json.Put("revision", entry.revision);
  json.Put("decided", FormatRfc3339(entry.decided));
  json.Put("reason", Name(entry.reason));
  json.Key("message");
  json.BeginObject();
  json.Put("id", message.id);
  json.Put("kind", Name(message.kind));
  json.Put("channel_kind", Name(message.channel_kind));
  json.Put("destination", message.destination);
  json.Put("state", Name(message.state));
  json.Put("due", FormatRfc3339(message.due));
  json.Put("attempts", message.attempts);
  PutText(json, "answer", message.answer);
  json.Put("created", FormatRfc3339(message.created));
  PutTime(json, "finished", message.finished);
  json.EndObject();
  json.EndObject();
}

void Write(JsonWriter& json, const Feedback& feedback) {
  json.BeginObject();
  json.Put("subscription", feedback.subscription);
  json.Put("alert", feedback.alert);
  json.Put("verdict", Name(feedback.verdict));
  json.Put("said", FormatRfc3339(feedback.said));
  PutText(json, "topic", feedback.topic);
  PutText(json, "article_id", feedback.article_id);
  json.Put("rules", feedback.rules);
  json.EndObject();
}

void Write(JsonWriter& json, const ApiToken& token) {
  json.BeginObject();
  json.Put("id", token.id);
  json.Put("label", token.label);
  json.Put("role", Name(token.role));
  json.Put("created", FormatRfc3339(token.created));
  PutTime(json, "expires", token.expires);
  PutTime(json, "last_used", token.last_used);
  json.EndObject();
}

void Write(JsonWriter& json, const Snooze& snooze) {
  json.BeginObject();
  json.Put("of", Name(snooze.of));
  PutText(json, "value", snooze.value);
  json.Put("until", FormatRfc3339(snooze.until));
  json.EndObject();
}

std::string EtagOf(const StoredSubscription& stored) { return fmt::format("\"{}\"", stored.revision); }

}  // namespace wirewatch
