// Answers of the API: JSON, problems with their places (RFC 9457), lists that go on, and what all of them carry.
#ifndef WIREWATCH_CONNECTORS_DESK_ANSWERS_H_
#define WIREWATCH_CONNECTORS_DESK_ANSWERS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/text/json_writer.h"
#include "monitoring/http/http_message.h"
#include "pipeline/deliver/delivery_store.h"

namespace wirewatch {

// One mistake of a request. The places that are known are set.
struct RequestMistake {
  std::string message;         // a sentence
  std::string help = {};       // the way out
  std::string parameter = {};  // of the query
  std::string pointer = {};    // into a JSON body (RFC 6901)
  bool has_pointer = false;    // the empty pointer is the whole body
  std::uint32_t line = 0, column = 0;
};

// As Problem (http_message.h), with `errors`: each mistake with its place.
HttpResponse ProblemOf(unsigned status, std::string_view detail, const std::vector<RequestMistake>& mistakes);
// What an error of the store means: kNotFound 404, kRejected 409, kInvalid and kTooLarge 422, else 503 without the
// sentence, which is for operators: it is logged.
HttpResponse ProblemOf(const Error& error);

// application/json; `write(JsonWriter&)` writes the one value.
template <typename Write>
HttpResponse JsonAnswer(unsigned status, Write write) {
  HttpResponse answer{.status = status, .content_type = "application/json"};
  {
    JsonWriter json(answer.body);
    write(json);
  }
  answer.body += '\n';
  return answer;
}

// A list: {"NAME": [...], "next": "KEY"}, and a header Link with rel="next" while there is more. `rows` has one more
// than `page.limit` where there is more; `key(row)` is what Page::after takes.
// The link is relative ("?after=..."), so that it holds behind a proxy that changes the path.
void PutNext(const HttpRequest& request, std::string_view next, HttpResponse& answer);
template <typename Row, typename Write, typename Key>
HttpResponse ListAnswer(const HttpRequest& request, const Page& page, std::string_view name,
                        const std::vector<Row>& rows, Write write, Key key) {
  const bool more = rows.size() > page.limit;
  const std::size_t shown = more ? page.limit : rows.size();
  const std::string next = more ? std::string(key(rows[shown - 1])) : "";
  HttpResponse answer = JsonAnswer(200, [&](JsonWriter& json) {
    json.BeginObject();
    json.Key(name);
    json.BeginArray();
    for (std::size_t i = 0; i < shown; ++i) write(json, rows[i]);
    json.EndArray();
    if (more) json.Put("next", next);
    json.EndObject();
  });
  if (more) PutNext(request, next, answer);
  return answer;
}
// The page to ask the store for: one more row than is shown.
inline Page OneMore(Page page) {
  ++page.limit;
  return page;
}

// What all answers carry: no page may frame them, load something for them or be told where the reader came from. A
// policy that a page has set itself stays.
HttpResponse Secured(HttpResponse answer);

// The documents of the API. Secrets of channels are masked.
void Write(JsonWriter& json, const StoredSubscription& stored);
void Write(JsonWriter& json, const LedgerRow& row);
void Write(JsonWriter& json, const Feedback& feedback);
void Write(JsonWriter& json, const ApiToken& token);
void Write(JsonWriter& json, const Snooze& snooze);

constexpr std::string_view Name(Snooze::Of of) {
  constexpr std::string_view kNames[] = {"all", "topic", "story", "source"};
  return kNames[static_cast<std::size_t>(of)];
}
inline constexpr Snooze::Of kSnoozeKinds[] = {Snooze::Of::kAll, Snooze::Of::kTopic, Snooze::Of::kStory,
                                              Snooze::Of::kSource};

// The entity tag of a subscription: its revision in quotes.
std::string EtagOf(const StoredSubscription& stored);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_DESK_ANSWERS_H_
