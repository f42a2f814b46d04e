// Arguments: what a request asks, by name: the parameters of its query, or the members of a flat JSON object. Each is
// read with its type, and all mistakes are told together, with names that are not known: a filter that was mistyped
// must not look like one that let everything through.
//
//   Arguments query = Arguments::OfQuery(request);
//   const std::string subscription = query.Text("subscription");
//   const auto since = query.Time("since");
//   if (auto refused = query.Refused()) return *refused;        after all of them have been asked for
#ifndef WIREWATCH_CONNECTORS_DESK_ARGUMENTS_H_
#define WIREWATCH_CONNECTORS_DESK_ARGUMENTS_H_

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "connectors/desk/answers.h"
#include "monitoring/http/http_message.h"
#include "pipeline/deliver/delivery_store.h"

namespace wirewatch {

inline constexpr std::size_t kMostListed = 500, kUsuallyListed = 100;

class Arguments {
 public:
  static Arguments OfQuery(const HttpRequest& request);
  // Of a body of application/json whose members are texts; an empty body has none.
  static Arguments OfBody(const HttpRequest& request);

  std::string Text(std::string_view name);      // empty: it is not there
  std::string Required(std::string_view name);  // a mistake: it is not there, or empty
  std::optional<WallTime> Time(std::string_view name);
  std::optional<std::chrono::milliseconds> Duration(std::string_view name);  // more than 0
  // `limit` and `after`.
  Page PageOf();
  // One of `values`, by its Name().
  template <typename Value, std::size_t n>
  std::optional<Value> OneOf(std::string_view name, const Value (&values)[n]) {
    const std::string text = Text(name);
    if (text.empty()) return std::nullopt;
    std::vector<std::string_view> names;
    for (const Value value : values) {
      if (Name(value) == text) return value;
      names.push_back(Name(value));
    }
    MistakeOfChoice(name, text, names);
    return std::nullopt;
  }

  void Mistake(std::string_view name, std::string message, std::string help = "");
  // The answer, where something is wrong: 400 of a query, of a body that is no JSON; 415; 422 of a body.
  std::optional<HttpResponse> Refused();

 private:
  void MistakeOfChoice(std::string_view name, std::string_view value, const std::vector<std::string_view>& names);

  bool body_ = false;
  std::map<std::string, std::string, std::less<>> given_;
  std::vector<std::string_view> asked_;  // names, which are constants of the program
  std::vector<RequestMistake> mistakes_;
  std::optional<HttpResponse> refused_;  // nothing could be read
};

// Whether a request's Content-Type is `type`, whatever its parameters.
bool IsOfType(const HttpRequest& request, std::string_view type);
// 415: "... is taken here".
HttpResponse WrongType(std::string_view taken);
// 400 with the place; nothing: the body is UTF-8.
std::optional<HttpResponse> RefusedUtf8(const HttpRequest& request);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_DESK_ARGUMENTS_H_
