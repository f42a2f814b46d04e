#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/clock.h"
#include "connectors/desk/answers.h"
#include "connectors/desk/desk_routes.h"
#include "connectors/desk/link_pages.h"
#include "pipeline/deliver/feed.h"
#include "pipeline/deliver/schedule.h"
#include "pipeline/deliver/signed_link.h"

namespace wirewatch {
namespace {

constexpr std::string_view kUnsubscribed = "its reader unsubscribed by the link in a message";

// Whether the link is ours and what it is about. An id of a subscription that is signed has been one of ours.
struct Opened {
  SignedLink link;
  std::optional<StoredSubscription> stored;  // nothing: it is gone
  std::string title;                         // of the subscription, for people
};

HttpResponse StoreFailed(const Error& error) {
  HttpResponse answer = ProblemOf(error);  // tells the log
  HttpResponse page = PageAnswer(503, {.title = "Try again later", .text = "This could not be done just now."});
  page.headers.insert(page.headers.end(), answer.headers.begin(), answer.headers.end());
  return page;
}

std::variant<Opened, HttpResponse> Open(Desk& desk, const HttpRequest& request, std::string_view action) {
  auto link = desk.context.links->Read(action, request.Param("rest"), desk.now());
  if (!link) return PageAnswer(403, {.title = "This link does not work", .text = link.error().message});
  auto stored = desk.store().FindSubscription(link->subscription);
  if (!stored) return StoreFailed(stored.error());
  Opened opened{*std::move(link), *std::move(stored), ""};
  if (opened.stored && opened.stored->deleted) opened.stored.reset();
  if (opened.stored) {
    const Subscription& subscription = opened.stored->subscription;
    opened.title = subscription.title.empty() ? subscription.id : subscription.title;
  }
  return opened;
}

// ------------------------------------------------------------------------------------------------- what links do

LinkPage NotThere() {
  return {.title = "There is no such subscription any more",
          .text = "It was deleted, and nothing more comes from it. There is nothing left to do."};
}

std::string WhatIsSnoozed(std::string_view value) {
  const std::size_t colon = value.find(':');
  if (colon == std::string_view::npos) return "this subscription";
  const std::string_view of = value.substr(0, colon);
  if (of == "story") return "this story";
  return fmt::format("the {} {}", of, value.substr(colon + 1));
}

std::string LengthOf(std::chrono::seconds lasts) {
  const auto text = [](std::int64_t count, std::string_view unit) {
    return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
  };
  if (lasts.count() % 86'400 == 0) return text(lasts.count() / 86'400, "day");
  if (lasts.count() % 3'600 == 0) return text(lasts.count() / 3'600, "hour");
  return text(std::max<std::int64_t>(lasts.count() / 60, 1), "minute");
}

std::string_view PhraseOf(std::string_view verdict) {
  if (verdict == Name(Verdict::kUseful)) return "useful";
  if (verdict == Name(Verdict::kDuplicate)) return "a duplicate";
  return "not useful";
}

// The page that asks, before anything is done.
LinkPage Question(const Opened& opened) {
  if (!opened.stored) return NotThere();
  switch (opened.link.action) {
    case LinkAction::kUnsubscribe:
      return {.title = "Unsubscribe?",
              .text = fmt::format("You get no more messages from the subscription \"{}\".", opened.title),
              .button = "Unsubscribe"};
    case LinkAction::kSnooze:
      return {
          .title = "Snooze?",
          .text = fmt::format("You hear nothing of {} for {}. What comes meanwhile is kept, and sent as one message "
                              "at its end.",
                              WhatIsSnoozed(opened.link.value), LengthOf(opened.link.lasts)),
          .button = "Snooze"};
    case LinkAction::kFeedback:
      return {.title = "Was this alert useful?",
              .text = fmt::format("You say: this alert was {}. The people who write the rules will see it.",
                                  PhraseOf(opened.link.value)),
              .button = "Say so"};
    case LinkAction::kFeed: break;
  }
  return NotThere();
}

HttpResponse Unsubscribe(Desk& desk, const Opened& opened) {
  if (const Status done = desk.store().Disable(opened.link.subscription, kUnsubscribed, desk.now()); !done) {
    return StoreFailed(done.error());
  }
  desk.Changed();
  return PageAnswer(200, {.title = "You are unsubscribed",
                          .text = fmt::format("No more messages come from the subscription \"{}\".", opened.title)});
}

std::optional<Snooze> SnoozeOf(const SignedLink& link, WallTime now) {
  Snooze snooze{.of = Snooze::Of::kAll, .value = "", .until = now + link.lasts};
  const std::size_t colon = std::min(link.value.find(':'), link.value.size());
  const auto* const of = std::find_if(std::begin(kSnoozeKinds), std::end(kSnoozeKinds),
                                      [&](Snooze::Of kind) { return Name(kind) == link.value.substr(0, colon); });
  if (of == std::end(kSnoozeKinds)) return std::nullopt;
  snooze.of = *of;
  if (colon < link.value.size()) snooze.value = link.value.substr(colon + 1);
  return snooze;
}

HttpResponse DoSnooze(Desk& desk, const Opened& opened) {
  const WallTime now = desk.now();
  const auto snooze = SnoozeOf(opened.link, now);
  if (!snooze) return PageAnswer(403, {.title = "This link does not work", .text = "It says nothing to snooze."});
  if (const Status done = desk.store().PutSnooze(opened.link.subscription, *snooze, now); !done) {
    return StoreFailed(done.error());
  }
  desk.Changed();
  return PageAnswer(200, {.title = "Snoozed",
                          .text = fmt::format("You hear nothing of {} until {}.", WhatIsSnoozed(opened.link.value),
                                              LocalTime(snooze->until, opened.stored->subscription.time_zone))});
}

HttpResponse SayFeedback(Desk& desk, const Opened& opened) {
  const auto* const verdict = std::find_if(std::begin(kVerdicts), std::end(kVerdicts),
                                           [&](Verdict each) { return Name(each) == opened.link.value; });
  if (verdict == std::end(kVerdicts)) {
    return PageAnswer(403, {.title = "This link does not work", .text = "It says nothing of an alert."});
  }
  Feedback feedback{.subscription = opened.link.subscription,
                    .alert = opened.link.alert,
                    .verdict = *verdict,
                    .said = desk.now(),
                    .topic = "",
                    .article_id = "",
                    .rules = {}};
  const auto notice = desk.store().FindAlert(feedback.alert);
  if (!notice) return StoreFailed(notice.error());
  // One that was forgotten has no more to tell; the word counts all the same.
  if (*notice) {
    feedback.topic = (*notice)->topic;
    feedback.article_id = (*notice)->article_id;
    feedback.rules = (*notice)->rules;
  }
  if (const Status done = desk.store().PutFeedback(feedback); !done) return StoreFailed(done.error());
  return PageAnswer(200, {.title = "Thank you",
                          .text = fmt::format("You said that this alert was {}. A later word takes the place of this "
                                              "one.",
                                              PhraseOf(opened.link.value))});
}

// ----------------------------------------------------------------------------------------------------------- feeds

constexpr std::size_t kFeedEntries = 100;
constexpr std::string_view kFeedCache = "private, max-age=300";  // readers come every few minutes at most

// The tag of If-None-Match compares weakly (RFC 9110, section 13.1.2): a proxy may have made it a weak one.
bool HasTag(std::string_view field, std::string_view tag) {
  if (field == "*") return true;
  for (std::size_t at = field.find(tag); at != std::string_view::npos; at = field.find(tag, at + 1)) {
    const std::size_t end = at + tag.size();
    const bool begins = at == 0 || std::string_view(" ,\t/").find(field[at - 1]) != std::string_view::npos;
    if (begins && (end == field.size() || std::string_view(" ,\t").find(field[end]) != std::string_view::npos)) {
      return true;
    }
  }
  return false;
}

HttpResponse GetFeed(Desk& desk, const HttpRequest& request) {
  const auto link = desk.context.links->Read(Name(LinkAction::kFeed), request.Param("rest"), desk.now());
  if (!link) return Problem(403, link.error().message);
  const auto stored = desk.store().FindSubscription(link->subscription);
  if (!stored) return ProblemOf(stored.error());
  if (!*stored || (*stored)->deleted) return Problem(410, "The subscription of this feed was deleted.");
  const Subscription& subscription = (*stored)->subscription;
  if (!HasFeed(subscription)) return Problem(404, "The subscription has no feed any more.");
  const auto alerts = desk.store().Alerts(subscription.id, {}, {.after = "", .limit = kFeedEntries});
  if (!alerts) return ProblemOf(alerts.error());
  const auto feed = MakeFeed(FormatOf(*link), subscription, *alerts,
                             {.self = desk.context.links->Url(*link), .home = ""}, *desk.context.renderer);
  if (!feed) return Problem(500, "The feed cannot be made; the log says more.");
  const auto known = request.Header("If-None-Match");
  const bool unchanged = known && HasTag(*known, feed->etag);
  HttpResponse answer{
      .status = unchanged ? 304U : 200U, .content_type = feed->content_type, .body = unchanged ? "" : feed->body};
  answer.headers = {{"ETag", feed->etag}, {"Cache-Control", std::string(kFeedCache)}};
  return answer;
}

HttpResponse Do(Desk& desk, const HttpRequest& request, LinkAction action) {
  auto opened = Open(desk, request, Name(action));
  if (auto* const refused = std::get_if<HttpResponse>(&opened)) return std::move(*refused);
  const Opened& own = std::get<Opened>(opened);
  // Done already: a mail service that asks again must not take it for a failure.
  if (!own.stored) return PageAnswer(200, NotThere());
  switch (action) {
    case LinkAction::kUnsubscribe: return Unsubscribe(desk, own);
    case LinkAction::kSnooze: return DoSnooze(desk, own);
    case LinkAction::kFeedback: return SayFeedback(desk, own);
    case LinkAction::kFeed: break;
  }
  return Problem(404, "There is no such page.");
}

}  // namespace

void AddLinkRoutes(Router& router, const SharedDesk& desk) {
  if (desk->context.renderer != nullptr) AddForAll(router, desk, "GET", "/l/feed/{rest}", GetFeed);
  for (const LinkAction action : {LinkAction::kUnsubscribe, LinkAction::kSnooze, LinkAction::kFeedback}) {
    const std::string pattern = fmt::format("/l/{}/{{rest}}", Name(action));
    AddForAll(router, desk, "GET", pattern, [action](Desk& own, const HttpRequest& request) {
      auto opened = Open(own, request, Name(action));
      if (auto* const refused = std::get_if<HttpResponse>(&opened)) return std::move(*refused);
      return PageAnswer(200, Question(std::get<Opened>(opened)));
    });
    // The body is "List-Unsubscribe=One-Click" of a mail service (RFC 8058), or the empty form of our page: the link
    // says all that is to be done.
    AddForAll(
        router, desk, "POST", pattern,
        [action](Desk& own, const HttpRequest& request) { return Do(own, request, action); }, kSmallBody);
  }
}

}  // namespace wirewatch
