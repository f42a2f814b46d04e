// The state behind AlertPolicy, for its own .cc files.
//
//   partitions_ -- a partition's sightings, in order of time --+
//   topics_     -- what a topic has seen of an article --------+--> the same sightings
//   articles_   -- an article's topics, and its revisions -----+
#ifndef WIREWATCH_PIPELINE_ALERT_ALERT_POLICY_REP_H_
#define WIREWATCH_PIPELINE_ALERT_ALERT_POLICY_REP_H_

#include <algorithm>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "pipeline/alert/alert_policy.h"

namespace wirewatch {

inline bool IsCanceled(const Edition& edition) { return edition.status == PublicationStatus::kCanceled; }

// What a match says of its topic. The same for most articles of a topic, and shared by them.
struct AlertPolicy::TopicFacts {
  static TopicFacts Of(const Match& match) {
    return {match.topic, match.topic_title, match.severity, match.tags, match.score, match.rules, match.rule_set};
  }
  Match ToMatch() const {
    Match match;
    match.topic = topic;
    match.topic_title = title;
    match.severity = severity;
    match.tags = tags;
    match.score = score;
    match.rules = rules;
    match.rule_set = rule_set;
    return match;
  }

  std::string topic, title;
  TopicSeverity severity = TopicSeverity::kMedium;
  std::vector<std::string> tags;
  std::uint32_t score = 0;
  std::vector<std::string> rules;
  std::string rule_set;
};

// Times that one edition comes again: what Undo takes back are fewer.
inline constexpr std::size_t kMostAgain = 64;

// One edition, seen in one partition: on a topic, or as a revision.
struct AlertPolicy::Sighting {
  std::tuple<WallTime, Partition, Offset> order() const { return {last, partition, offset}; }
  // Of a revision: whether it says that the topic does not hold.
  bool Withdraws(std::string_view topic_id) const {
    return IsCanceled(edition) || std::find(holds.begin(), holds.end(), topic_id) == holds.end();
  }
  // Since when it counts: the record that was the first of it, or that brought it again.
  Offset since() const { return again.empty() ? first : again.back(); }

  void ComesAgain(Offset at) {
    if (again.size() >= kMostAgain) again.erase(again.begin());
    again.push_back(at);
  }

  ArticleEntry* article = nullptr;
  std::optional<Digest> topic;              // nothing: a revision
  std::shared_ptr<const TopicFacts> facts;  // of a topic
  std::vector<std::string> holds;           // of a revision: ids of the topics that hold
  Edition edition;
  WallTime last;
  Partition partition{};
  Offset first{}, offset{};   // where it was seen for the first time, and the last
  std::vector<Offset> again;  // where it came when it had been taken back; rising, the last ones
  bool held = false;          // its alert is under embargo
};

struct AlertPolicy::TopicState {
  Digest key{};
  ArticleEntry* article = nullptr;
  std::vector<Sightings::iterator> sightings;
  std::vector<Digest> told;  // editions of the alerts that followed the first, in their order
  std::optional<std::pair<Partition, WallTime>> held;
};

struct AlertPolicy::ArticleState {
  std::vector<Digest> topics;
  std::vector<Sightings::iterator> revisions;
};

struct AlertPolicy::Held {
  RaisedAlert raised;
  Offset from{};  // of the record
};

struct AlertPolicy::Released {
  Partition partition{};
  Offset by{};  // the record whose time released it
  WallTime until;
  Held held;
};

struct AlertPolicy::PartitionState {
  WallTime clock{};
  std::deque<std::pair<Offset, WallTime>> before;    // records that moved the clock on, and what it was; the last ones
  Sightings sightings;                               // in order of `last`
  std::map<std::pair<WallTime, Digest>, Held> held;  // by the end of the embargo and the topic's key
  std::deque<Released> dropped;  // held ones that a record (`by`) replaced or dropped; the last ones
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ALERT_ALERT_POLICY_REP_H_
