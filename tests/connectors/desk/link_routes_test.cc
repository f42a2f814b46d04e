#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "connectors/desk/desk_api.h"
#include "monitoring/http/http_message.h"
#include "monitoring/http/router.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/signed_link.h"
#include "tests/connectors/desk/desk_talk.h"
#include "tests/support/desk_samples.h"

namespace wirewatch {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::string_view kSite = "https://wire.example.org";

class LinkRoutesTest : public testing::Test {
 protected:
  LinkRoutesTest() { Add(SampleSubscription()); }

  void Add(const Subscription& subscription) {
    EXPECT_TRUE(talk.store().Put(subscription, "", talk.now, {})) << subscription.id;
  }
  std::string PathOf(const SignedLink& link) const { return talk.links().Url(link).substr(kSite.size()); }
  static SignedLink Link(LinkAction action, std::string value = "", std::string alert = "") {
    SignedLink link;
    link.action = action;
    link.subscription = "desk-europe";
    link.value = std::move(value);
    link.alert = std::move(alert);
    if (action == LinkAction::kSnooze) link.lasts = std::chrono::hours(8);
    return link;
  }
  HttpResponse Post(const std::string& path, const std::string& body = "") {
    return talk.Ask({.method = "POST",
                     .target = path,
                     .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                     .body = body});
  }
  StoredSubscription Stored() { return **talk.store().FindSubscription("desk-europe"); }
  std::vector<Feedback> Said() { return *talk.store().FeedbackSince({}, {}); }

  DeskTalk talk;
};

TEST_F(LinkRoutesTest, AGetAsksAndAPostDoes) {
  const std::string path = PathOf(Link(LinkAction::kUnsubscribe));
  for (const char* method : {"GET", "HEAD"}) {
    const HttpResponse page = talk.Ask({.method = method, .target = path});
    EXPECT_EQ(page.status, 200U);
    EXPECT_THAT(page.body, HasSubstr("<form method=\"post\">"));
    EXPECT_EQ(Stored().disabled_because, "");
  }
  EXPECT_EQ(talk.changes, 0);
  const HttpResponse done = Post(path);
  EXPECT_EQ(done.status, 200U);
  EXPECT_THAT(done.body, HasSubstr("You are unsubscribed"));
  EXPECT_THAT(Stored().disabled_because, HasSubstr("unsubscribed"));
  EXPECT_EQ(talk.changes, 1);
}

// RFC 8058: without cookies, and again without harm.
TEST_F(LinkRoutesTest, AMailProgramUnsubscribesByOnePost) {
  const std::string path = PathOf(Link(LinkAction::kUnsubscribe));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(Post(path, "List-Unsubscribe=One-Click").status, 200U) << i;
  ASSERT_TRUE(talk.store().Delete("desk-europe", talk.now, {}));
  EXPECT_EQ(Post(path, "List-Unsubscribe=One-Click").status, 200U);
  EXPECT_THAT(talk.Get(path).body, HasSubstr("no such subscription any more"));
}

TEST_F(LinkRoutesTest, ASnoozeHoldsFromTheClickOn) {
  const std::string path = PathOf(Link(LinkAction::kSnooze, "topic:5g-vendor-bans"));
  EXPECT_THAT(talk.Get(path).body, HasSubstr("the topic 5g-vendor-bans for 8 hours"));
  EXPECT_THAT(Stored().subscription.snoozes, IsEmpty());
  talk.now += std::chrono::hours(3);
  EXPECT_EQ(Post(path).status, 200U);
  ASSERT_EQ(Stored().subscription.snoozes.size(), 1U);
  const Snooze snooze = Stored().subscription.snoozes[0];
  EXPECT_EQ(snooze.of, Snooze::Of::kTopic);
  EXPECT_EQ(snooze.value, "5g-vendor-bans");
  EXPECT_EQ(snooze.until, talk.now + std::chrono::hours(8));
}

TEST_F(LinkRoutesTest, TheLastWordOnAnAlertCounts) {
  const AlertNotice notice = SampleNotice("told", talk.now);
  RecordFor(talk.store(), notice, {"desk-europe"});
  EXPECT_EQ(talk.Get(PathOf(Link(LinkAction::kFeedback, "useful", notice.id))).status, 200U);
  EXPECT_THAT(Said(), IsEmpty());
  EXPECT_EQ(Post(PathOf(Link(LinkAction::kFeedback, "useful", notice.id))).status, 200U);
  EXPECT_EQ(Post(PathOf(Link(LinkAction::kFeedback, "duplicate", notice.id))).status, 200U);
  ASSERT_EQ(Said().size(), 1U);
  EXPECT_EQ(Said()[0].verdict, Verdict::kDuplicate);
  EXPECT_EQ(Said()[0].topic, "5g-vendor-bans");
  EXPECT_EQ(Said()[0].article_id, "told");
  EXPECT_EQ(Said()[0].rules, notice.rules);
}

TEST_F(LinkRoutesTest, WhatWasChangedOnItsWayDoesNothing) {
  for (const SignedLink& link : {Link(LinkAction::kUnsubscribe), Link(LinkAction::kSnooze, "all")}) {
    const std::string path = PathOf(link);
    const std::size_t begin = path.rfind('/') + 1;
    for (std::size_t at = begin; at < path.size(); ++at) {
      std::string changed = path;
      changed[at] = changed[at] == 'A' ? 'B' : 'A';
      if (changed == path) continue;
      const unsigned status = Post(changed).status;
      EXPECT_TRUE(status == 403U || status == 404U) << changed;
    }
    for (const std::string& other : {path.substr(0, begin) + "x", path.substr(0, begin) + "a.b", path + "A",
                                     path + ".A", path.substr(0, path.size() - 1)}) {
      EXPECT_EQ(Post(other).status, 403U) << other;
    }
  }
  EXPECT_EQ(Stored().disabled_because, "");
  EXPECT_THAT(Stored().subscription.snoozes, IsEmpty());
  EXPECT_EQ(talk.changes, 0);
}

TEST_F(LinkRoutesTest, ALinkDoesNothingButItsOwnAction) {
  const std::string feed = PathOf(Link(LinkAction::kFeed, "atom"));
  const std::string rest = feed.substr(feed.rfind('/'));
  for (const char* action : {"/l/unsubscribe", "/l/snooze", "/l/feedback"}) {
    EXPECT_EQ(Post(action + rest).status, 403U) << action;
  }
  EXPECT_EQ(Stored().disabled_because, "");
}

TEST_F(LinkRoutesTest, ALinkOfAnotherKeyIsRefused) {
  const LinkSigner other(std::string(kSite), std::string(32, 'x'));
  EXPECT_EQ(Post(other.Url(Link(LinkAction::kUnsubscribe)).substr(kSite.size())).status, 403U);
  EXPECT_EQ(Stored().disabled_because, "");
}

TEST_F(LinkRoutesTest, AnExpiredLinkIsRefused) {
  SignedLink link = Link(LinkAction::kSnooze, "all");
  link.expires = talk.now + std::chrono::hours(1);
  const std::string path = PathOf(link);
  EXPECT_EQ(talk.Get(path).status, 200U);
  talk.now += std::chrono::hours(2);
  EXPECT_EQ(talk.Get(path).status, 403U);
  EXPECT_EQ(Post(path).status, 403U);
  EXPECT_THAT(Stored().subscription.snoozes, IsEmpty());
}

TEST_F(LinkRoutesTest, ATitleThatIsMarkupIsText) {
  Subscription hostile = SampleSubscription();
  hostile.title = "<script>fetch('//evil.example')</script>\"><img src=x onerror=alert(1)>";
  Add(hostile);
  SignedLink snooze = Link(LinkAction::kSnooze, "topic:<b>bold</b>");
  for (const HttpResponse& page : {talk.Get(PathOf(Link(LinkAction::kUnsubscribe))), talk.Get(PathOf(snooze)),
                                   Post(PathOf(snooze)), Post(PathOf(Link(LinkAction::kUnsubscribe)))}) {
    EXPECT_EQ(page.status, 200U);
    EXPECT_THAT(page.body, Not(HasSubstr("<script")));
    EXPECT_THAT(page.body, Not(HasSubstr("<img")));
    EXPECT_THAT(page.body, Not(HasSubstr("<b>")));
    EXPECT_THAT(HeaderOf(page, "Content-Security-Policy"), HasSubstr("default-src 'none'"));
  }
}

TEST_F(LinkRoutesTest, WithoutASignerThereAreNoSuchPages) {
  std::size_t pages = 0;
  for (const Router::Route& route : talk.router().routes()) pages += route.pattern.starts_with("/l/");
  EXPECT_EQ(pages, 6U);  // no feeds without templates

  DeskContext context;
  context.store = &talk.store();
  Router router;
  AddDeskRoutes(router, std::move(context));
  for (const Router::Route& route : router.routes()) EXPECT_FALSE(route.pattern.starts_with("/l/")) << route.pattern;
}

}  // namespace
}  // namespace wirewatch
