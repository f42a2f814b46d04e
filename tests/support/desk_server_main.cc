// desk_server [STORE]: the HTTP API on free ports of the loopback, over a store with samples in it (STORE, a file of
// SQLite that may have tokens already; else in memory) and clocks that stand still. Prints a line of JSON that says
// where, and with which tokens, links and ids, and ends when its input does. Three servers: `url`; `strict`, where a
// token and an address have one request; `away`, whose store does not answer.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/diagnostic.h"
#include "base/result.h"
#include "connectors/desk/desk_api.h"
#include "connectors/desk/desk_auth.h"
#include "connectors/store/delivery_stores.h"
#include "monitoring/http/http_server.h"
#include "monitoring/http/router.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/message_renderer.h"
#include "pipeline/deliver/signed_link.h"
#include "tests/support/desk_samples.h"
#include "tests/support/memory_delivery_store.h"

namespace wirewatch {
namespace {

constexpr std::string_view kPublicUrl = "https://wire.example.org";

template <typename T>
T Must(Result<T> result) {
  if (result) return *std::move(result);
  fmt::print(stderr, "desk_server: {}\n", result.error().message);
  std::exit(1);
}
void Must(const Status& status) {
  if (status) return;
  fmt::print(stderr, "desk_server: {}\n", status.error().message);
  std::exit(1);
}

// Where it is served below, not where readers would reach it.
std::string PathOf(const LinkSigner& links, const SignedLink& link) {
  return links.Url(link).substr(kPublicUrl.size());
}

int Serve(const std::string& file) {
  const WallTime now = *ParseRfc3339("2026-11-23T12:00:00Z");
  const auto store = Must(OpenSqliteStore(file));
  Must(store->Put(SampleSubscription(), "", now, {}));
  Must(store->Sync("teams/europe.yaml", {SampleSubscription("team-europe")}, now));
  const AlertNotice told = SampleNotice("told", now - std::chrono::hours(2)),
                    other = SampleNotice("other", now - std::chrono::hours(1), "another-topic");
  RecordFor(*store, told, {"desk-europe", "team-europe"});
  RecordFor(*store, other, {});

  nlohmann::json info;
  const auto token = [&](std::string_view label, Role role, std::optional<WallTime> expires) {
    // Some time ago, so that one may have expired.
    const NewToken made = Must(MakeToken(label, role, now - std::chrono::days(2), expires));
    Must(store->PutToken(made.token));
    info["tokens"][std::string(label)] = made.secret;
  };
  for (const Role role : {Role::kViewer, Role::kEditor, Role::kAdmin}) token(Name(role), role, {});
  token("expired", Role::kAdmin, now - std::chrono::days(1));
  token("spent", Role::kAdmin, {});

  const auto links = std::make_shared<const LinkSigner>(std::string(kPublicUrl), std::string(32, 'k'));
  Diagnostics diagnostics;
  const auto renderer = MessageRenderer::Load({}, links, diagnostics);
  if (HasErrors(diagnostics)) return 1;
  const auto router_of = [&](DeliveryStore& own, DeskLimits limits) {
    DeskContext context;
    context.store = &own;
    context.links = links;
    context.renderer = renderer;
    context.limits = limits;
    context.now = [now] { return now; };
    context.steady = [] { return SteadyTime(); };
    Router router;
    AddDeskRoutes(router, std::move(context));
    return router;
  };
  constexpr RateLimit kMany{.per_second = 0, .burst = 1e6}, kOne{.per_second = 0, .burst = 1};
  Router router = router_of(*store, {.token = kMany, .peer = kMany, .failures = kMany});
  for (const Router::Route& route : router.routes()) info["routes"].push_back(route.method + " " + route.pattern);
  MemoryDeliveryStore away_store;
  away_store.SetAway(true);
  const auto server = Must(HttpServer::Start("127.0.0.1:0", std::move(router)));
  const auto strict =
      Must(HttpServer::Start("127.0.0.1:0", router_of(*store, {.token = kOne, .peer = kOne, .failures = kMany})));
  const auto away =
      Must(HttpServer::Start("127.0.0.1:0", router_of(away_store, {.token = kMany, .peer = kMany, .failures = kMany})));
  info["url"] = server->url();
  info["strict"] = strict->url();
  info["away"] = away->url();
  info["alert"] = told.id;
  info["other_alert"] = other.id;

  SignedLink link{.action = LinkAction::kUnsubscribe, .subscription = "desk-europe", .alert = "", .value = ""};
  info["links"]["unsubscribe"] = PathOf(*links, link);
  link = {.action = LinkAction::kSnooze, .subscription = "desk-europe", .alert = "", .value = "topic:5g-vendor-bans"};
  link.lasts = std::chrono::hours(8);
  info["links"]["snooze"] = PathOf(*links, link);
  link = {.action = LinkAction::kFeedback, .subscription = "desk-europe", .alert = told.id, .value = "useful"};
  info["links"]["feedback"] = PathOf(*links, link);
  for (const std::string_view format : {"atom", "json"}) {
    link = {.action = LinkAction::kFeed, .subscription = "desk-europe", .alert = "", .value = std::string(format)};
    info["links"]["feed_" + std::string(format)] = PathOf(*links, link);
  }
  Must(store->Put(SampleSubscription("gone"), "", now, {}));
  Must(store->Delete("gone", now, {}));
  link = {.action = LinkAction::kFeed, .subscription = "gone", .alert = "", .value = "atom"};
  info["links"]["feed_gone"] = PathOf(*links, link);
  Subscription no_feed = SampleSubscription("no-feed");
  no_feed.channels.pop_back();
  Must(store->Put(no_feed, "", now, {}));
  link.subscription = "no-feed";
  info["links"]["feed_none"] = PathOf(*links, link);

  fmt::print("{}\n", info.dump());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  return 0;
}

}  // namespace
}  // namespace wirewatch

int main(int argc, char** argv) { return wirewatch::Serve(argc > 1 ? argv[1] : ":memory:"); }
