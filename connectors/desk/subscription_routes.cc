#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/diagnostic.h"
#include "base/text/base64.h"
#include "base/text/json_writer.h"
#include "connectors/desk/answers.h"
#include "connectors/desk/arguments.h"
#include "connectors/desk/desk_routes.h"
#include "connectors/desk/json_body.h"
#include "pipeline/deliver/feed.h"
#include "pipeline/deliver/plan.h"
#include "pipeline/deliver/subscription_file.h"
#include "pipeline/deliver/subscription_set.h"

namespace wirewatch {
namespace {

constexpr std::chrono::days kTested{7}, kLongestSnooze{366};
// Bounds of a test: alerts that are looked at, and deliveries that are listed.
constexpr std::size_t kMostTested = 10'000, kMostDeliveries = 200, kTestPage = 500;

// ------------------------------------------------------------------------------------------------ what a body says

std::vector<RequestMistake> MistakesOf(const Diagnostics& diagnostics, const LinedJson* json) {
  std::vector<RequestMistake> mistakes;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity != Severity::kError) continue;
    RequestMistake mistake{.message = diagnostic.message, .help = diagnostic.help};
    if (json != nullptr) {
      mistake.pointer = json->PointerOf(diagnostic.position.line);
      mistake.has_pointer = true;
    } else {
      mistake.line = diagnostic.position.line;
      mistake.column = diagnostic.position.column;
    }
    mistakes.push_back(std::move(mistake));
  }
  return mistakes;
}

HttpResponse HasMistakes(const std::vector<RequestMistake>& mistakes) {
  return ProblemOf(422, "The subscription has mistakes.", mistakes);
}

// "***" is no URL and no secret; while a body is read, these stand in its place. Whoever writes them himself means the
// same.
constexpr std::string_view kMaskedJson = "\"***\"";
const std::string kKeptUrl = "https://kept.invalid/";
const std::string& KeptSecret() {
  static const std::string kept = [] {
    std::string text = "whsec_";
    AppendBase64(std::string(32, 'k'), text);
    return text;
  }();
  return kept;
}

// "/channels/0/webhook/url"
std::string PointerOf(std::size_t channel, ChannelKind kind, std::string_view key) {
  return fmt::format("/channels/{}/{}/{}", channel, Name(kind), key);
}

void PutPlaceholders(LinedJson& json) {
  std::string text;
  std::string_view left = json.text;
  for (const std::string& pointer : json.pointers) {
    const std::size_t end = left.find('\n') + 1;
    std::string line(left.substr(0, end));
    left.remove_prefix(end);
    const bool url = pointer.ends_with("/url"), secret = pointer.ends_with("/secret");
    if (const std::size_t at = line.find(kMaskedJson); (url || secret) && at != std::string::npos) {
      line.replace(at, kMaskedJson.size(), JsonString(url ? kKeptUrl : KeptSecret()));
    }
    text += line;
  }
  json.text = std::move(text);
}

// Puts secrets of `before` where "***" was said; the answer: there is none to keep.
std::optional<HttpResponse> KeepSecrets(const Subscription* before, Subscription& subscription) {
  const std::vector<SubscribedChannel> none;
  const std::vector<SubscribedChannel>& old = before == nullptr ? none : before->channels;
  std::vector<RequestMistake> mistakes;
  for (std::size_t i = 0; i < subscription.channels.size(); ++i) {
    SubscribedChannel& channel = subscription.channels[i];
    const auto found = std::find_if(old.begin(), old.end(), [&](const SubscribedChannel& other) {
      return other.id == channel.id && other.kind == channel.kind;
    });
    const auto keep = [&](std::string& value, const std::string& placeholder, std::string SubscribedChannel::*member,
                          std::string_view key) {
      if (value != placeholder) return;
      if (found != old.end() && !((*found).*member).empty()) {
        value = (*found).*member;
        return;
      }
      mistakes.push_back(
          {.message = fmt::format("'***' keeps a secret, and the channel '{}' has none here.", channel.id),
           .help = "write it out",
           .pointer = PointerOf(i, channel.kind, key),
           .has_pointer = true});
    };
    keep(channel.url, kKeptUrl, &SubscribedChannel::url, "url");
    keep(channel.secret, KeptSecret(), &SubscribedChannel::secret, "secret");
  }
  return mistakes.empty() ? std::nullopt : std::optional(HasMistakes(mistakes));
}

// `before`: whose secrets are kept; null: nobody's.
std::variant<Subscription, HttpResponse> ReadBody(const Desk& desk, const HttpRequest& request,
                                                  const std::optional<StoredSubscription>& before) {
  const bool json = IsOfType(request, "application/json");
  if (!json && !IsOfType(request, "application/yaml")) return WrongType("application/json or application/yaml");
  if (auto refused = RefusedUtf8(request)) return *std::move(refused);
  LinedJson lined;
  if (json) {
    auto read = ReadJsonBody(request.body);
    if (auto* const refused = std::get_if<HttpResponse>(&read)) return std::move(*refused);
    lined = std::get<LinedJson>(std::move(read));
    PutPlaceholders(lined);
  }
  ReadSubscriptions read = ReadOneSubscription(json ? lined.text : request.body, "body");
  if (HasErrors(read.diagnostics) || read.subscriptions.empty()) {
    return HasMistakes(MistakesOf(read.diagnostics, json ? &lined : nullptr));
  }
  Subscription& subscription = read.subscriptions.front();
  if (auto refused = KeepSecrets(before ? &before->subscription : nullptr, subscription)) return *std::move(refused);
  // What reading could not see: whether the channel's service can be reached from here.
  std::vector<RequestMistake> mistakes;
  for (std::size_t i = 0; i < subscription.channels.size() && desk.context.check_channel; ++i) {
    const Status checked = desk.context.check_channel(subscription.channels[i]);
    if (checked) continue;
    mistakes.push_back(
        {.message = checked.error().message, .pointer = fmt::format("/channels/{}", i), .has_pointer = true});
  }
  if (!mistakes.empty()) return HasMistakes(mistakes);
  return std::move(subscription);
}

HttpResponse OfAnother(const Subscription& subscription, std::string_view id) {
  return HasMistakes({{.message = fmt::format("The body is of '{}', the address of '{}'.", subscription.id, id),
                       .pointer = "/id",
                       .has_pointer = true}});
}

// --------------------------------------------------------------------------------------------------- preconditions

// The entity tags of a field ("\"7\", \"8\""), or "*". Weak ones are left out: they never match for a change.
struct Tags {
  bool any = false;
  std::vector<std::string> tags;
};
Tags TagsOf(std::string_view field) {
  Tags found;
  while (!field.empty()) {
    const std::size_t end = std::min(field.find(','), field.size());
    std::string_view tag = field.substr(0, end);
    field.remove_prefix(std::min(end + 1, field.size()));
    while (!tag.empty() && (tag.front() == ' ' || tag.front() == '\t')) tag.remove_prefix(1);
    while (!tag.empty() && (tag.back() == ' ' || tag.back() == '\t')) tag.remove_suffix(1);
    if (tag == "*") found.any = true;
    if (tag.starts_with('"')) found.tags.emplace_back(tag);
  }
  return found;
}

HttpResponse Changed(const std::optional<StoredSubscription>& now) {
  HttpResponse answer = Problem(
      412, now ? "The subscription has another revision by now: read it again." : "There is no such subscription.");
  if (now) answer.headers.push_back({"ETag", EtagOf(*now)});
  return answer;
}

// The revision that a change depends on: by If-Match one that it must have, by If-None-Match: * 0, that there is none.
// The answer: 428 where neither is given (RFC 6585, section 3): who changes what he has not read would undo another's
// change without knowing; 412 where it does not hold already.
std::variant<std::int64_t, HttpResponse> RevisionFor(const HttpRequest& request,
                                                     const std::optional<StoredSubscription>& stored) {
  const auto match = request.Header("If-Match"), none_match = request.Header("If-None-Match");
  if (match) {
    const Tags tags = TagsOf(*match);
    if (!stored) return Changed(stored);
    if (tags.any || std::find(tags.tags.begin(), tags.tags.end(), EtagOf(*stored)) != tags.tags.end()) {
      return stored->revision;
    }
    return Changed(stored);
  }
  if (none_match && TagsOf(*none_match).any) {
    if (stored) return Changed(stored);
    return std::int64_t{0};
  }
  return Problem(428,
                 "Say which revision is changed: 'If-Match: \"...\"' with the ETag of the subscription; for a new one "
                 "'If-None-Match: *'.");
}

// ----------------------------------------------------------------------------------------------------- subscriptions

using Found = std::variant<std::optional<StoredSubscription>, HttpResponse>;

// Nothing: there is none, or it was deleted.
Found Find(const Desk& desk, std::string_view id) {
  auto stored = desk.store().FindSubscription(id);
  if (!stored) return ProblemOf(stored.error());
  if (*stored && (*stored)->deleted) return std::optional<StoredSubscription>();
  return *std::move(stored);
}

HttpResponse NoSuch(std::string_view id) { return Problem(404, fmt::format("There is no subscription '{}'.", id)); }

std::variant<StoredSubscription, HttpResponse> FindOne(const Desk& desk, std::string_view id) {
  Found found = Find(desk, id);
  if (auto* const refused = std::get_if<HttpResponse>(&found)) return std::move(*refused);
  auto& stored = std::get<std::optional<StoredSubscription>>(found);
  if (!stored) return NoSuch(id);
  return *std::move(stored);
}

// Teams keep theirs in files: whoever changed them here would be undone by the next reading.
std::optional<HttpResponse> RefusedFile(const std::optional<StoredSubscription>& stored) {
  if (!stored || stored->origin.empty()) return std::nullopt;
  return Problem(409, fmt::format("This subscription comes from the file {}: change it there.", stored->origin));
}

HttpResponse AnswerOf(unsigned status, const StoredSubscription& stored) {
  HttpResponse answer = JsonAnswer(status, [&](JsonWriter& json) { Write(json, stored); });
  answer.headers.push_back({"ETag", EtagOf(stored)});
  return answer;
}

HttpResponse List(Desk& desk, const HttpRequest& request) {
  Arguments query = Arguments::OfQuery(request);
  const Page page = query.PageOf();
  if (auto refused = query.Refused()) return *std::move(refused);
  const auto rows = desk.store().Subscriptions(OneMore(page), false);
  if (!rows) return ProblemOf(rows.error());
  return ListAnswer(
      request, page, "subscriptions", *rows,
      [](JsonWriter& json, const StoredSubscription& stored) { Write(json, stored); },
      [](const StoredSubscription& stored) { return stored.subscription.id; });
}

HttpResponse Create(Desk& desk, const HttpRequest& request) {
  auto read = ReadBody(desk, request, {});
  if (auto* const refused = std::get_if<HttpResponse>(&read)) return std::move(*refused);
  const Subscription& subscription = std::get<Subscription>(read);
  const auto stored = desk.store().Put(subscription, "", desk.now(), 0);
  if (!stored) {
    if (stored.error().code != ErrorCode::kRejected) return ProblemOf(stored.error());
    return Problem(409, fmt::format("There is a subscription '{}' already.", subscription.id));
  }
  desk.Changed();
  HttpResponse answer = AnswerOf(201, *stored);
  answer.headers.push_back({"Location", "subscriptions/" + stored->subscription.id});  // beside this page
  return answer;
}

HttpResponse Get(Desk& desk, const HttpRequest& request) {
  auto found = FindOne(desk, request.Param("id"));
  if (auto* const refused = std::get_if<HttpResponse>(&found)) return std::move(*refused);
  return AnswerOf(200, std::get<StoredSubscription>(found));
}

HttpResponse Feeds(Desk& desk, const HttpRequest& request) {
  auto found = FindOne(desk, request.Param("id"));
  if (auto* const refused = std::get_if<HttpResponse>(&found)) return std::move(*refused);
  const Subscription& subscription = std::get<StoredSubscription>(found).subscription;
  if (!HasFeed(subscription)) return Problem(404, "The subscription has no channel 'feed'.");
  if (desk.context.links == nullptr || desk.context.renderer == nullptr) {
    return Problem(404, "This process serves no feeds: deliver.public_url says nothing.");
  }
  return JsonAnswer(200, [&](JsonWriter& json) {
    json.BeginObject();
    json.Put("atom", FeedUrl(FeedFormat::kAtom, subscription.id, *desk.context.links));
    json.Put("json", FeedUrl(FeedFormat::kJson, subscription.id, *desk.context.links));
    json.EndObject();
  });
}

HttpResponse Replace(Desk& desk, const HttpRequest& request) {
  const std::string_view id = request.Param("id");
  Found found = Find(desk, id);
  if (auto* const refused = std::get_if<HttpResponse>(&found)) return std::move(*refused);
  const auto& before = std::get<std::optional<StoredSubscription>>(found);
  auto read = ReadBody(desk, request, before);
  if (auto* const refused = std::get_if<HttpResponse>(&read)) return std::move(*refused);
  const Subscription& subscription = std::get<Subscription>(read);
  if (subscription.id != id) return OfAnother(subscription, id);
  if (auto refused = RefusedFile(before)) return *std::move(refused);
  auto revision = RevisionFor(request, before);
  if (auto* const refused = std::get_if<HttpResponse>(&revision)) return std::move(*refused);
  const auto stored = desk.store().Put(subscription, "", desk.now(), std::get<std::int64_t>(revision));
  if (!stored) {
    return stored.error().code == ErrorCode::kRejected ? Changed(before) : ProblemOf(stored.error());
  }
  desk.Changed();
  return AnswerOf(before ? 200 : 201, *stored);
}

HttpResponse Delete(Desk& desk, const HttpRequest& request) {
  const std::string_view id = request.Param("id");
  auto found = FindOne(desk, id);
  if (auto* const refused = std::get_if<HttpResponse>(&found)) return std::move(*refused);
  const std::optional<StoredSubscription> stored = std::get<StoredSubscription>(std::move(found));
  if (auto refused = RefusedFile(stored)) return *std::move(refused);
  auto revision = RevisionFor(request, stored);
  if (auto* const refused = std::get_if<HttpResponse>(&revision)) return std::move(*refused);
  const Status deleted = desk.store().Delete(id, desk.now(), std::get<std::int64_t>(revision));
  if (!deleted) {
    if (deleted.error().code == ErrorCode::kNotFound) return NoSuch(id);
    return deleted.error().code == ErrorCode::kRejected ? Changed(stored) : ProblemOf(deleted.error());
  }
  desk.Changed();
  return {.status = 204};
}

// ----------------------------------------------------------------------------------------------------------- snoozes

HttpResponse AddSnooze(Desk& desk, const HttpRequest& request) {
  Arguments body = Arguments::OfBody(request);
  const WallTime now = desk.now();
  Snooze snooze;
  snooze.of = body.OneOf("of", kSnoozeKinds).value_or(Snooze::Of::kAll);
  snooze.value = body.Text("value");
  const auto until = body.Time("until");
  const auto lasts = body.Duration("for");
  if (snooze.of == Snooze::Of::kAll && !snooze.value.empty()) {
    body.Mistake("value", "A snooze of all has no value.", "say of: topic, story or source");
  }
  if (snooze.of != Snooze::Of::kAll && snooze.value.empty()) {
    body.Mistake("value", fmt::format("Say which {}.", Name(snooze.of)));
  }
  if (until.has_value() == lasts.has_value()) {
    body.Mistake("until", "Say when it ends: until, or for how long: for.");
  }
  snooze.until = until ? *until : now + lasts.value_or(std::chrono::milliseconds(0));
  if (until && *until <= now) body.Mistake("until", "It would have ended already.");
  if (snooze.until > now + kLongestSnooze) {
    body.Mistake(until ? "until" : "for", fmt::format("A snooze lasts {} days at most.", kLongestSnooze.count()));
  }
  if (auto refused = body.Refused()) return *std::move(refused);

  auto found = FindOne(desk, request.Param("id"));
  if (auto* const refused = std::get_if<HttpResponse>(&found)) return std::move(*refused);
  const Status put = desk.store().PutSnooze(request.Param("id"), snooze, now);
  if (!put) return ProblemOf(put.error());
  desk.Changed();
  return JsonAnswer(201, [&](JsonWriter& json) { Write(json, snooze); });
}

HttpResponse EndSnoozes(Desk& desk, const HttpRequest& request) {
  Arguments query = Arguments::OfQuery(request);
  const auto of = query.OneOf("of", kSnoozeKinds);
  const std::string value = query.Text("value");
  if (!of && !value.empty()) query.Mistake("value", "Say of what: of=topic, story or source.");
  if (auto refused = query.Refused()) return *std::move(refused);
  auto found = FindOne(desk, request.Param("id"));
  if (auto* const refused = std::get_if<HttpResponse>(&found)) return std::move(*refused);
  const WallTime now = desk.now();
  for (Snooze snooze : std::get<StoredSubscription>(found).subscription.snoozes) {
    if (of && (snooze.of != *of || (!value.empty() && snooze.value != value))) continue;
    snooze.until = now - std::chrono::microseconds(1);
    const Status put = desk.store().PutSnooze(request.Param("id"), snooze, now);
    if (!put) return ProblemOf(put.error());
  }
  desk.Changed();
  return {.status = 204};
}

// -------------------------------------------------------------------------------------------------------------- test

// One alert that the subscription takes, with what would have followed.
struct Taken {
  AlertNotice notice;
  std::vector<PlannedDelivery> planned;
};

// Caps count messages over time, so the oldest goes first. `taken` is latest first, as the store gives it.
void ApplyCaps(std::vector<Taken>& taken) {
  std::map<WallTime, std::set<std::string>> counted;  // by the begin of the cap's time: messages
  for (auto each = taken.rbegin(); each != taken.rend(); ++each) {
    for (PlannedDelivery& planned : each->planned) {
      if (!planned.cap) continue;
      auto& messages = counted[planned.cap->begin];
      if (messages.contains(planned.message.id)) continue;
      if (messages.size() < planned.cap->limit) {
        messages.insert(planned.message.id);
        continue;
      }
      planned.entry.reason = DeliveryReason::kOverCap;
      planned.message = planned.cap->overflow;
    }
  }
}

void WriteTaken(JsonWriter& json, const Taken& taken, const PlannedDelivery& planned) {
  const AlertNotice& notice = taken.notice;
  json.BeginObject();
  json.Put("alert", notice.id);
  json.Put("kind", Name(notice.kind));
  json.Put("topic", notice.topic);
  json.Put("title", notice.title);
  json.Put("alerted", FormatRfc3339(notice.alerted));
  json.Put("channel", planned.entry.channel);
  json.Put("reason", Name(planned.entry.reason));
  json.Put("message", planned.message.id);
  json.Put("due", FormatRfc3339(planned.message.due));
  json.EndObject();
}

Result<std::vector<Taken>> Take(const Desk& desk, const StoredSubscription& stored, WallTime since,
                                std::size_t& looked_at) {
  auto set = SubscriptionSet::Compile({stored});
  if (!set) return std::move(set).error();
  auto matcher = SubscriptionMatcher::Create(*set);
  if (!matcher) return std::move(matcher).error();
  std::vector<Taken> taken;
  Page page{.after = "", .limit = kTestPage};
  while (looked_at < kMostTested) {
    auto notices = desk.store().Alerts("", since, page);
    if (!notices) return std::move(notices).error();
    const bool last = notices->size() < page.limit;
    if (!last) page.after = notices->back().id;
    for (AlertNotice& notice : *notices) {
      ++looked_at;
      const auto takers = matcher->Match(notice);
      if (!takers) return takers.error();
      if (takers->empty()) continue;
      taken.push_back({std::move(notice), {}});
      Plan(stored, taken.back().notice, taken.back().notice.alerted, taken.back().planned);
    }
    if (last) break;
  }
  ApplyCaps(taken);
  return taken;
}

HttpResponse Test(Desk& desk, const HttpRequest& request) {
  const std::string_view id = request.Param("id");
  Arguments query = Arguments::OfQuery(request);
  const WallTime now = desk.now(), since = query.Time("since").value_or(now - kTested);
  if (auto refused = query.Refused()) return *std::move(refused);

  Found found = Find(desk, id);
  if (auto* const refused = std::get_if<HttpResponse>(&found)) return std::move(*refused);
  auto& before = std::get<std::optional<StoredSubscription>>(found);
  StoredSubscription tested;
  if (request.body.empty()) {
    if (!before) return NoSuch(id);
    tested = *before;
  } else {
    auto read = ReadBody(desk, request, before);
    if (auto* const refused = std::get_if<HttpResponse>(&read)) return std::move(*refused);
    tested.subscription = std::get<Subscription>(std::move(read));
    if (tested.subscription.id != id) return OfAnother(tested.subscription, id);
  }
  // What it asks for is looked at, not whether it rests just now.
  tested.subscription.enabled = true;
  tested.subscription.snoozes.clear();
  tested.disabled_because.clear();

  const std::unique_lock alone(desk.testing, std::try_to_lock);
  if (!alone.owns_lock()) {
    HttpResponse busy = Problem(503, "Another subscription is being tested; try again.");
    busy.headers.push_back({"Retry-After", "1"});
    return busy;
  }
  std::size_t looked_at = 0;
  const auto taken = Take(desk, tested, since, looked_at);
  if (!taken) return ProblemOf(taken.error());
  std::set<std::string> messages;
  std::size_t deliveries = 0;
  for (const Taken& each : *taken) {
    deliveries += each.planned.size();
    for (const PlannedDelivery& planned : each.planned) messages.insert(planned.message.id);
  }
  return JsonAnswer(200, [&](JsonWriter& json) {
    json.BeginObject();
    json.Put("since", FormatRfc3339(since));
    json.Put("alerts", looked_at);
    json.Put("taken", taken->size());
    json.Put("messages", messages.size());
    json.Put("more", deliveries > kMostDeliveries);
    json.Key("deliveries");
    json.BeginArray();
    std::size_t left = kMostDeliveries;
    for (const Taken& each : *taken) {
      for (const PlannedDelivery& planned : each.planned) {
        if (left == 0) break;
        --left;
        WriteTaken(json, each, planned);
      }
    }
    json.EndArray();
    json.EndObject();
  });
}

}  // namespace

void AddSubscriptionRoutes(Router& router, const SharedDesk& desk) {
  constexpr std::string_view kAll = "/api/v1/subscriptions", kOne = "/api/v1/subscriptions/{id}";
  AddForRole(router, desk, "GET", kAll, Role::kViewer, List);
  AddForRole(router, desk, "POST", kAll, Role::kEditor, Create, kSubscriptionBody);
  AddForRole(router, desk, "GET", kOne, Role::kViewer, Get);
  AddForRole(router, desk, "PUT", kOne, Role::kEditor, Replace, kSubscriptionBody);
  AddForRole(router, desk, "DELETE", kOne, Role::kEditor, Delete);
  AddForRole(router, desk, "GET", "/api/v1/subscriptions/{id}/feeds", Role::kEditor, Feeds);
  AddForRole(router, desk, "POST", "/api/v1/subscriptions/{id}/snoozes", Role::kEditor, AddSnooze, kSmallBody);
  AddForRole(router, desk, "DELETE", "/api/v1/subscriptions/{id}/snoozes", Role::kEditor, EndSnoozes);
  AddForRole(router, desk, "POST", "/api/v1/subscriptions/{id}/test", Role::kViewer, Test, kSubscriptionBody);
}

}  // namespace wirewatch
