// The parts of the API, each with its routes; AddDeskRoutes puts them together.
#ifndef WIREWATCH_CONNECTORS_DESK_DESK_ROUTES_H_
#define WIREWATCH_CONNECTORS_DESK_DESK_ROUTES_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>

#include "connectors/desk/desk_api.h"
#include "connectors/desk/desk_auth.h"
#include "monitoring/http/router.h"

namespace wirewatch {

// What the handlers share.
struct Desk {
  explicit Desk(DeskContext context_);

  DeliveryStore& store() const { return *context.store; }
  WallTime now() const { return context.now(); }
  void Changed() const;

  const DeskContext context;
  DeskAuth auth;
  std::mutex testing;  // held while a subscription is tested: one at a time, since it takes a handler's thread for long
};
using SharedDesk = std::shared_ptr<Desk>;

using DeskHandler = std::function<HttpResponse(Desk& desk, const HttpRequest& request)>;

inline constexpr std::size_t kSmallBody = 4 << 10, kSubscriptionBody = 64 << 10;

// A page for a token of the role `least` or more.
void AddForRole(Router& router, const SharedDesk& desk, std::string_view method, std::string_view pattern, Role least,
                DeskHandler handler, std::size_t body_bytes = 0);
// A page that needs no token.
void AddForAll(Router& router, const SharedDesk& desk, std::string_view method, std::string_view pattern,
               DeskHandler handler, std::size_t body_bytes = 0);

void AddSubscriptionRoutes(Router& router, const SharedDesk& desk);  // subscriptions, snoozes, tests
void AddDeliveryRoutes(Router& router, const SharedDesk& desk);      // alerts, the ledger, replays, feedback
void AddTokenRoutes(Router& router, const SharedDesk& desk);
void AddReaderRoutes(Router& router, const SharedDesk& desk);  // all that is known of a reader
void AddLinkRoutes(Router& router, const SharedDesk& desk);    // REQUIRES: context.links

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_DESK_DESK_ROUTES_H_
