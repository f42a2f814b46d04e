// The HTTP API of the desk: subscriptions, alerts, the ledger of deliveries, feedback and tokens for programs and
// people with a token (/api/v1), and the pages behind the signed links of messages (/l). docs/api.md is the manual,
// /api/v1/openapi.yaml (connectors/desk/openapi.yaml) says each request and answer; a test holds the server against it.
//
//   desk_auth.h   who may do what           arguments.h  what a request asks, checked
//   answers.h     JSON, problems, pages     link_pages.h the signed links
#ifndef WIREWATCH_CONNECTORS_DESK_DESK_API_H_
#define WIREWATCH_CONNECTORS_DESK_DESK_API_H_

#include <functional>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "connectors/desk/desk_auth.h"
#include "monitoring/http/router.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/message_renderer.h"
#include "pipeline/deliver/signed_link.h"
#include "pipeline/deliver/subscription.h"

namespace wirewatch {

// What the API works on. Its parts are called by the server's handler threads, several at once.
struct DeskContext {
  DeliveryStore* store = nullptr;           // outlives the server
  std::shared_ptr<const LinkSigner> links;  // null: there are no link pages and no feeds
  // Renders what a feed's entries say; null: there are no feeds.
  std::shared_ptr<const MessageRenderer> renderer = {};
  // Channel::Check of the channel's kind; null: every channel that ReadOneSubscription takes.
  std::function<Status(const SubscribedChannel&)> check_channel = {};
  // Called after each change of what is due: a subscription, a snooze, a replay. It must not block. Null: the deliver
  // step finds out by itself (DeliveryStore::SubscriptionsVersion, NextDue).
  std::function<void()> changed = {};
  DeskLimits limits = {};
  std::function<WallTime()> now = WallNow;
  std::function<SteadyTime()> steady = SteadyNow;
};

// Adds the routes of the API, and with `links` those of the link pages.
void AddDeskRoutes(Router& router, DeskContext context);

// The document that describes them (OpenAPI 3.1, YAML).
std::string_view DeskOpenApi();

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_DESK_DESK_API_H_
