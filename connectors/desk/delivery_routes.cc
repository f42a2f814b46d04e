#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "connectors/desk/answers.h"
#include "connectors/desk/arguments.h"
#include "connectors/desk/desk_routes.h"
#include "pipeline/deliver/correction.h"
#include "pipeline/deliver/subscription_set.h"

namespace wirewatch {
namespace {

// The JSON that the alert came as (docs/schema/alert.schema.json).
void WriteAlert(JsonWriter& json, const AlertNotice& notice) { json.Number(notice.document); }

HttpResponse ListAlerts(Desk& desk, const HttpRequest& request) {
  Arguments query = Arguments::OfQuery(request);
  const std::string subscription = query.Text("subscription");
  const auto since = query.Time("since");
  const Page page = query.PageOf();
  if (auto refused = query.Refused()) return *std::move(refused);
  const auto rows = desk.store().Alerts(subscription, since, OneMore(page));
  if (!rows) return ProblemOf(rows.error());
  return ListAnswer(request, page, "alerts", *rows, WriteAlert, [](const AlertNotice& notice) { return notice.id; });
}

HttpResponse NoSuchAlert(std::string_view id) { return Problem(404, fmt::format("There is no alert '{}' here.", id)); }

HttpResponse GetAlert(Desk& desk, const HttpRequest& request) {
  const auto notice = desk.store().FindAlert(request.Param("id"));
  if (!notice) return ProblemOf(notice.error());
  if (!*notice) return NoSuchAlert(request.Param("id"));
  return JsonAnswer(200, [&](JsonWriter& json) { WriteAlert(json, **notice); });
}

// ------------------------------------------------------------------------------------------------------- the ledger

LedgerQuery QueryOf(Arguments& arguments) {
  LedgerQuery query;
  query.subscription = arguments.Text("subscription");
  query.alert = arguments.Text("alert");
  query.reader = arguments.Text("reader");
  query.message = arguments.Text("message");
  query.state = arguments.OneOf("state", kMessageStates);
  query.since = arguments.Time("since");
  query.until = arguments.Time("until");
  return query;
}

void WriteRow(JsonWriter& json, const LedgerRow& row) { Write(json, row); }

HttpResponse ListDeliveries(Desk& desk, const HttpRequest& request) {
  Arguments arguments = Arguments::OfQuery(request);
  const LedgerQuery query = QueryOf(arguments);
  const Page page = arguments.PageOf();
  if (auto refused = arguments.Refused()) return *std::move(refused);
  const auto rows = desk.store().Ledger(query, OneMore(page));
  if (!rows) return ProblemOf(rows.error());
  return ListAnswer(request, page, "deliveries", *rows, WriteRow, [](const LedgerRow& row) { return row.key; });
}

// Why a subscription that was not told of an alert was not; a sentence without a full stop.
Result<std::string> WhyNotTold(DeliveryStore& store, const StoredSubscription& stored, const AlertNotice& notice) {
  if (stored.deleted) return std::string("the subscription was deleted");
  if (!stored.disabled_because.empty()) return "the subscription is disabled: " + stored.disabled_because;
  if (!stored.subscription.enabled) return std::string("the subscription is not enabled");
  auto set = SubscriptionSet::Compile({stored});
  if (!set) return std::move(set).error();
  auto matcher = SubscriptionMatcher::Create(*set);
  if (!matcher) return std::move(matcher).error();
  auto why = matcher->WhyNot(notice, 0);
  if (!why) return why;
  const auto must_reach = MustReach(store, stored.subscription, notice);
  if (!must_reach) return must_reach.error();
  if (!why->empty() && !*must_reach) return why;
  return fmt::format(
      "it takes such an alert today, and did not when the alert came: it was last changed on {}, the alert came on {}",
      FormatRfc3339(stored.changed), FormatRfc3339(notice.alerted));
}

HttpResponse Why(Desk& desk, const HttpRequest& request) {
  Arguments arguments = Arguments::OfQuery(request);
  const std::string alert = arguments.Required("alert"), subscription = arguments.Required("subscription");
  if (auto refused = arguments.Refused()) return *std::move(refused);
  const auto stored = desk.store().FindSubscription(subscription);
  if (!stored) return ProblemOf(stored.error());
  if (!*stored) return Problem(404, fmt::format("There is no subscription '{}'.", subscription));
  const auto notice = desk.store().FindAlert(alert);
  if (!notice) return ProblemOf(notice.error());
  if (!*notice) return NoSuchAlert(alert);
  LedgerQuery query;
  query.subscription = subscription;
  query.alert = alert;
  const auto rows = desk.store().Ledger(query, {.after = "", .limit = kMostListed});
  if (!rows) return ProblemOf(rows.error());
  std::string because = "it takes the alert";
  if (rows->empty()) {
    auto why = WhyNotTold(desk.store(), **stored, **notice);
    if (!why) return ProblemOf(why.error());
    because = *std::move(why);
  }
  return JsonAnswer(200, [&](JsonWriter& json) {
    json.BeginObject();
    json.Put("alert", alert);
    json.Put("subscription", subscription);
    json.Put("taken", !rows->empty());
    json.Put("because", because);
    json.Key("deliveries");
    json.BeginArray();
    for (const LedgerRow& row : *rows) Write(json, row);
    json.EndArray();
    json.EndObject();
  });
}

HttpResponse Replay(Desk& desk, const HttpRequest& request) {
  Arguments arguments = Arguments::OfBody(request);
  LedgerQuery query = QueryOf(arguments);
  if (query.state && *query.state != MessageState::kFailed && *query.state != MessageState::kDelivered) {
    arguments.Mistake("state", "Only what failed or was delivered can go out again.");
  }
  // All that was ever delivered must not go out again by a slip.
  if (query.subscription.empty() && query.alert.empty() && query.reader.empty() && query.message.empty() &&
      !query.since) {
    arguments.Mistake("message", "Say what is sent again.", "subscription, alert, reader, message or since");
  }
  if (auto refused = arguments.Refused()) return *std::move(refused);
  if (!query.state) query.state = MessageState::kFailed;
  const auto replayed = desk.store().Replay(query, desk.now());
  if (!replayed) return ProblemOf(replayed.error());
  desk.Changed();
  return JsonAnswer(200, [&](JsonWriter& json) {
    json.BeginObject();
    json.Put("messages", *replayed);
    json.EndObject();
  });
}

HttpResponse ListFeedback(Desk& desk, const HttpRequest& request) {
  Arguments query = Arguments::OfQuery(request);
  const auto since = query.Time("since");
  const Page page = query.PageOf();
  if (auto refused = query.Refused()) return *std::move(refused);
  const auto rows = desk.store().FeedbackSince(since, OneMore(page));
  if (!rows) return ProblemOf(rows.error());
  return ListAnswer(
      request, page, "feedback", *rows, [](JsonWriter& json, const Feedback& feedback) { Write(json, feedback); },
      [](const Feedback& feedback) { return feedback.subscription + "/" + feedback.alert; });
}

}  // namespace

void AddDeliveryRoutes(Router& router, const SharedDesk& desk) {
  AddForRole(router, desk, "GET", "/api/v1/alerts", Role::kViewer, ListAlerts);
  AddForRole(router, desk, "GET", "/api/v1/alerts/{id}", Role::kViewer, GetAlert);
  AddForRole(router, desk, "GET", "/api/v1/deliveries", Role::kViewer, ListDeliveries);
  AddForRole(router, desk, "GET", "/api/v1/deliveries/why", Role::kViewer, Why);
  AddForRole(router, desk, "POST", "/api/v1/deliveries/replay", Role::kEditor, Replay, kSmallBody);
  AddForRole(router, desk, "GET", "/api/v1/feedback", Role::kViewer, ListFeedback);
}

}  // namespace wirewatch
