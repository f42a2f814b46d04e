#include "connectors/desk/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "base/diagnostic.h"
#include "base/text/ascii.h"
#include "base/text/numbers.h"
#include "base/text/utf8.h"
#include "connectors/desk/json_body.h"

namespace wirewatch {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

bool IsOfType(const HttpRequest& request, std::string_view type) {
  const auto header = request.Header("Content-Type");
  if (!header) return false;
  std::string_view own = header->substr(0, header->find(';'));
  while (!own.empty() && IsBlank(own.back())) own.remove_suffix(1);
  return EqualsInAnyCase(own, type);
}

HttpResponse WrongType(std::string_view taken) {
  return Problem(415, fmt::format("A body of {} is taken here; say so in Content-Type.", taken));
}

std::optional<HttpResponse> RefusedUtf8(const HttpRequest& request) {
  const std::size_t bad = FirstInvalidUtf8(request.body);
  if (bad == request.body.size()) return std::nullopt;
  return Problem(400, fmt::format("The body is not UTF-8: byte {} begins no character.", bad + 1));
}

Arguments Arguments::OfQuery(const HttpRequest& request) {
  Arguments arguments;
  for (const HttpField& field : request.query) {
    if (!arguments.given_.emplace(field.name, field.value).second) {
      arguments.Mistake(field.name, fmt::format("'{}' comes twice.", field.name));
    }
  }
  return arguments;
}

Arguments Arguments::OfBody(const HttpRequest& request) {
  Arguments arguments;
  arguments.body_ = true;
  if (std::all_of(request.body.begin(), request.body.end(), IsBlank)) return arguments;
  if (!IsOfType(request, "application/json")) {
    arguments.refused_ = WrongType("application/json");
    return arguments;
  }
  if ((arguments.refused_ = RefusedUtf8(request))) return arguments;
  auto lined = ReadJsonBody(request.body);
  if (auto* refused = std::get_if<HttpResponse>(&lined)) {
    arguments.refused_ = std::move(*refused);
    return arguments;
  }
  const auto json = nlohmann::json::parse(std::get<LinedJson>(lined).text, nullptr, false);
  if (!json.is_object()) {
    arguments.refused_ =
        ProblemOf(422, "The body has mistakes.", {{.message = "It must be an object.", .has_pointer = true}});
    return arguments;
  }
  for (const auto& [name, value] : json.items()) {
    if (value.is_string()) {
      arguments.given_.emplace(name, value.get<std::string>());
    } else {
      arguments.given_.emplace(name, "");
      arguments.Mistake(name, fmt::format("'{}' must be a text.", name));
    }
  }
  return arguments;
}

std::string Arguments::Text(std::string_view name) {
  asked_.push_back(name);
  const auto found = given_.find(name);
  return found == given_.end() ? "" : found->second;
}

std::string Arguments::Required(std::string_view name) {
  std::string text = Text(name);
  if (text.empty()) Mistake(name, fmt::format("'{}' is missing.", name));
  return text;
}

std::optional<WallTime> Arguments::Time(std::string_view name) {
  const std::string text = Text(name);
  if (text.empty()) return std::nullopt;
  const auto time = ParseRfc3339(text);
  if (!time) Mistake(name, fmt::format("'{}' is no time.", text), "write it as 2026-11-23T09:30:00Z");
  return time;
}

std::optional<std::chrono::milliseconds> Arguments::Duration(std::string_view name) {
  const std::string text = Text(name);
  if (text.empty()) return std::nullopt;
  const auto duration = ParseDuration(text);
  if (!duration || duration->count() <= 0) {
    Mistake(name, fmt::format("'{}' is no length of time.", text), "write it as 30m, 8h or 7d");
    return std::nullopt;
  }
  return duration;
}

Page Arguments::PageOf() {
  Page page{.after = Text("after"), .limit = kUsuallyListed};
  if (const std::string limit = Text("limit"); !limit.empty()) {
    const auto number = ParseNumberIn<std::size_t>(limit, 1, kMostListed);
    if (number) {
      page.limit = *number;
    } else {
      Mistake("limit", fmt::format("'{}' is no number from 1 to {}.", limit, kMostListed));
    }
  }
  return page;
}

void Arguments::Mistake(std::string_view name, std::string message, std::string help) {
  RequestMistake mistake{.message = std::move(message), .help = std::move(help)};
  if (body_) {
    mistake.pointer = "/" + std::string(name);
    mistake.has_pointer = true;
  } else {
    mistake.parameter = name;
  }
  mistakes_.push_back(std::move(mistake));
}

void Arguments::MistakeOfChoice(std::string_view name, std::string_view value,
                                const std::vector<std::string_view>& names) {
  const std::string_view nearest = Nearest(value, names);
  Mistake(
      name, fmt::format("There is no {} '{}'.", name, value),
      nearest.empty() ? fmt::format("one of {}", fmt::join(names, ", ")) : fmt::format("did you mean '{}'?", nearest));
}

std::optional<HttpResponse> Arguments::Refused() {
  if (refused_) return std::move(refused_);
  for (const auto& [name, value] : given_) {
    if (std::find(asked_.begin(), asked_.end(), name) != asked_.end()) continue;
    const std::string_view nearest = Nearest(name, asked_);
    Mistake(name, fmt::format("'{}' is not known here.", name),
            nearest.empty()
                ? asked_.empty() ? "nothing is taken here" : fmt::format("known: {}", fmt::join(asked_, ", "))
                : fmt::format("did you mean '{}'?", nearest));
  }
  if (mistakes_.empty()) return std::nullopt;
  return ProblemOf(body_ ? 422 : 400, body_ ? "The body has mistakes." : "The query has mistakes.", mistakes_);
}

}  // namespace wirewatch
