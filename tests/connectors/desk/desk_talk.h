// DeskTalk: says requests to the routes of the desk, without a socket, over a store in memory and clocks that stand
// still.
#ifndef WIREWATCH_TESTS_CONNECTORS_DESK_DESK_TALK_H_
#define WIREWATCH_TESTS_CONNECTORS_DESK_DESK_TALK_H_

#include <chrono>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/clock.h"
#include "connectors/desk/desk_api.h"
#include "connectors/desk/desk_auth.h"
#include "connectors/store/delivery_stores.h"
#include "monitoring/http/http_message.h"
#include "monitoring/http/router.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/signed_link.h"

namespace wirewatch {

struct DeskRequest {
  std::string method = "GET";
  std::string target;
  std::string token = {};  // empty: none
  HttpFields headers = {};
  std::string body = {};
  std::string peer = "192.0.2.7";
};

class DeskTalk {
 public:
  explicit DeskTalk(DeskLimits limits = Generous(), DeliveryStore* instead = nullptr) {
    auto opened = OpenSqliteStore(":memory:");
    if (!opened) std::abort();
    store_ = *std::move(opened);
    links_ = std::make_shared<const LinkSigner>("https://wire.example.org", std::string(32, 'k'));
    DeskContext context;
    context.store = instead != nullptr ? instead : store_.get();
    context.links = links_;
    context.check_channel = [](const SubscribedChannel& channel) -> Status {
      if (channel.url.find("refused.example") == std::string::npos) return {};
      return Error{ErrorCode::kInvalid, "this host is not let through"};
    };
    context.changed = [this] { ++changes; };
    context.limits = limits;
    context.now = [this] { return now; };
    context.steady = [this] { return steady; };
    AddDeskRoutes(router_, std::move(context));
  }

  static DeskLimits Generous() {
    return {.token = {.per_second = 0, .burst = 1e6},
            .peer = {.per_second = 0, .burst = 1e6},
            .failures = {.per_second = 0, .burst = 1e6}};
  }

  DeliveryStore& store() { return *store_; }
  const LinkSigner& links() const { return *links_; }
  const Router& router() const { return router_; }

  // A token that is in the store.
  std::string Token(Role role, std::optional<WallTime> expires = {}, std::string_view label = "test") {
    const auto made = MakeToken(label, role, now, expires);
    if (!made || !store_->PutToken(made->token)) std::abort();
    return made->secret;
  }

  HttpResponse Ask(const DeskRequest& said) const {
    auto target = ParseTarget(said.target);
    if (!target) return Problem(400, target.error().message);
    Router::Found found = router_.Find(said.method, *target);
    if (found.route == nullptr) return Problem(found.allowed.empty() ? 404 : 405, "no such page");
    if (said.body.size() > found.route->body_bytes) return Problem(413, "too large");
    HttpRequest request;
    request.method = said.method;
    request.path = std::move(target->path);
    request.params = std::move(found.params);
    request.query = std::move(target->query);
    request.headers = said.headers;
    if (!said.token.empty()) request.headers.push_back({"Authorization", "Bearer " + said.token});
    request.body = said.body;
    request.peer = said.peer;
    return std::get<HttpResponse>(found.route->handler(request));
  }
  HttpResponse Get(std::string target, std::string token = {}) const {
    return Ask({.target = std::move(target), .token = std::move(token)});
  }
  HttpResponse SendJson(std::string method, std::string target, std::string token, std::string body,
                        HttpFields headers = {}) const {
    headers.push_back({"Content-Type", "application/json"});
    return Ask({.method = std::move(method),
                .target = std::move(target),
                .token = std::move(token),
                .headers = std::move(headers),
                .body = std::move(body)});
  }

  WallTime now = *ParseRfc3339("2026-11-23T12:00:00Z");
  SteadyTime steady{};
  int changes = 0;

 private:
  std::unique_ptr<DeliveryStore> store_;
  std::shared_ptr<const LinkSigner> links_;
  Router router_;
};

inline nlohmann::json JsonOf(const HttpResponse& answer) { return nlohmann::json::parse(answer.body, nullptr, false); }

// Of the first header of that name; empty: there is none.
inline std::string HeaderOf(const HttpResponse& answer, std::string_view name) {
  return std::string(Find(answer.headers, name).value_or(""));
}

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_CONNECTORS_DESK_DESK_TALK_H_
