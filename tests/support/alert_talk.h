// Talk: what an alert policy says to the records of one log, in words; and short ways to write its articles.
#ifndef WIREWATCH_TESTS_SUPPORT_ALERT_TALK_H_
#define WIREWATCH_TESTS_SUPPORT_ALERT_TALK_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/alert/alert_policy.h"

namespace wirewatch {

inline constexpr std::chrono::hours kWindow(48);
inline constexpr Partition kPartition{3};

inline WallTime At(int hour) { return WallTime(std::chrono::hours(500'000 + hour)); }

struct ArticleSpec {
  std::string id = "a";
  std::string version = "";
  std::string text = "text";
  PublicationStatus status = PublicationStatus::kUsable;
  std::optional<WallTime> published_at = {}, embargoed_until = {};
};

inline std::shared_ptr<const ArticleFacts> SharedFacts(const ArticleSpec& spec) {
  ArticleFacts facts;
  facts.id = spec.id;
  facts.version = spec.version;
  facts.content_hash = DigestHex({spec.text});
  facts.title = spec.text;
  facts.status = spec.status;
  facts.published_at = spec.published_at;
  facts.embargoed_until = spec.embargoed_until;
  return std::make_shared<const ArticleFacts>(facts);
}

inline Match MatchOf(const std::string& topic, const ArticleSpec& spec) {
  Match match;
  match.topic = topic;
  match.topic_title = "Topic " + topic;
  match.score = 70;
  match.rules = {"rule-of-" + topic};
  match.article = SharedFacts(spec);
  return match;
}

// What a policy says to the records of one log, in words.
class Talk {
 public:
  explicit Talk(AlertOptions options = {.window = kWindow}) : policy(options) {}

  // "new", "correction", "repeat", "held", ...; what was held and is given out stands before: "released; repeat".
  std::string Say(const std::string& topic, const ArticleSpec& spec, WallTime time = At(0),
                  Partition partition = kPartition) {
    const RecordPlace place{"log", partition, Offset{next_[partition]++}, 0};
    std::string said = Advance(place, time);
    const AlertVerdict verdict = policy.Apply(MatchOf(topic, spec), place);
    if (verdict.raised) last = verdict.raised->alert;
    if (verdict.raised) return said + std::string(Name(verdict.raised->alert.kind));
    if (verdict.suppressed) return said + std::string(Name(*verdict.suppressed));
    return said + (verdict.held ? "held" : verdict.embargo_too_long ? "too long" : "nothing");
  }
  // The topics that are withdrawn.
  std::vector<std::string> Revise(const ArticleSpec& spec, std::vector<std::string> holds = {}, WallTime time = At(0),
                                  Partition partition = kPartition) {
    const RecordPlace place{"log", partition, Offset{next_[partition]++}, 0};
    Advance(place, time);
    Revision revision;
    revision.article = SharedFacts(spec);
    revision.topics = std::move(holds);
    std::vector<std::string> topics;
    for (const RaisedAlert& raised : policy.Apply(revision, place).withdrawn) {
      EXPECT_EQ(raised.alert.kind, AlertKind::kWithdrawn);
      last = raised.alert;
      topics.push_back(raised.alert.match.topic);
    }
    std::sort(topics.begin(), topics.end());
    return topics;
  }
  std::string Advance(const RecordPlace& place, WallTime time) {
    std::string said;
    for (const RaisedAlert& raised : policy.Advance(place, time)) {
      EXPECT_LE(*raised.alert.match.article->embargoed_until, time) << "early";
      released.push_back(raised.alert);
      said += "released; ";
    }
    return said;
  }
  Offset next(Partition partition = kPartition) { return Offset{next_[partition]}; }

  AlertPolicy policy;
  Alert last;  // that a record raised itself
  std::vector<Alert> released;

 private:
  std::map<Partition, std::int64_t> next_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_ALERT_TALK_H_
