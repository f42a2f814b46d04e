#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/desk/answers.h"
#include "connectors/desk/arguments.h"
#include "connectors/desk/desk_routes.h"

namespace wirewatch {
namespace {

constexpr std::size_t kReadAtOnce = 500;

// Of all pages of `read(Page)` the rows for which `wanted` holds; `key` as in ListAnswer.
template <typename Row, typename Read, typename Wanted, typename Key>
Result<std::vector<Row>> ReadAll(Read read, Wanted wanted, Key key) {
  std::vector<Row> all;
  for (Page page{.after = "", .limit = kReadAtOnce};;) {
    Result<std::vector<Row>> rows = read(page);
    if (!rows) return rows;
    const bool last = rows->size() < page.limit;
    if (!last) page.after = key(rows->back());
    for (Row& row : *rows) {
      if (wanted(row)) all.push_back(std::move(row));
    }
    if (last) return all;
  }
}

Result<std::vector<StoredSubscription>> SubscriptionsOf(DeliveryStore& store, std::string_view reader) {
  return ReadAll<StoredSubscription>(
      [&](const Page& page) { return store.Subscriptions(page, true); },
      [&](const StoredSubscription& stored) { return stored.subscription.reader == reader; },
      [](const StoredSubscription& stored) { return stored.subscription.id; });
}

// What is kept of a reader (GDPR, article 15). Deliveries come in pages; what stands before them comes with the first.
HttpResponse Export(Desk& desk, const HttpRequest& request) {
  Arguments query = Arguments::OfQuery(request);
  const Page page = query.PageOf();
  if (auto refused = query.Refused()) return *std::move(refused);
  const std::string reader(request.Param("reader"));
  DeliveryStore& store = desk.store();
  LedgerQuery ledger;
  ledger.reader = reader;
  const auto rows = store.Ledger(ledger, OneMore(page));
  if (!rows) return ProblemOf(rows.error());
  const auto subscriptions = SubscriptionsOf(store, reader);
  if (!subscriptions) return ProblemOf(subscriptions.error());
  if (subscriptions->empty() && rows->empty() && page.after.empty()) {
    return Problem(404, "Nothing is kept of this reader.");
  }
  const auto feedback = ReadAll<Feedback>([&](const Page& next) { return store.FeedbackSince({}, next); },
                                          [&](const Feedback& said) {
                                            return std::any_of(subscriptions->begin(), subscriptions->end(),
                                                               [&](const StoredSubscription& stored) {
                                                                 return stored.subscription.id == said.subscription;
                                                               });
                                          },
                                          [](const Feedback& said) { return said.subscription + "/" + said.alert; });
  if (!feedback) return ProblemOf(feedback.error());

  const bool first = page.after.empty(), more = rows->size() > page.limit;
  const std::size_t shown = std::min(rows->size(), page.limit);
  HttpResponse answer = JsonAnswer(200, [&](JsonWriter& json) {
    json.BeginObject();
    json.Put("reader", reader);
    json.Key("subscriptions");
    json.BeginArray();
    for (const StoredSubscription& stored : *subscriptions) {
      if (first) Write(json, stored);
    }
    json.EndArray();
    json.Key("feedback");
    json.BeginArray();
    for (const Feedback& said : *feedback) {
      if (first) Write(json, said);
    }
    json.EndArray();
    json.Key("deliveries");
    json.BeginArray();
    for (std::size_t i = 0; i < shown; ++i) Write(json, (*rows)[i]);
    json.EndArray();
    if (more) json.Put("next", (*rows)[shown - 1].key);
    json.EndObject();
  });
  if (more) PutNext(request, (*rows)[shown - 1].key, answer);
  return answer;
}

}  // namespace

void AddReaderRoutes(Router& router, const SharedDesk& desk) {
  AddForRole(router, desk, "GET", "/api/v1/readers/{reader}", Role::kAdmin, Export);
}

}  // namespace wirewatch
