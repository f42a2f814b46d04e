// The state behind StoryAlerts, for its own .cc files.
#ifndef WIREWATCH_PIPELINE_ALERT_STORY_ALERTS_REP_H_
#define WIREWATCH_PIPELINE_ALERT_STORY_ALERTS_REP_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pipeline/alert/story_alerts.h"
#include "pipeline/match/edition.h"
#include "pipeline/story/pulse.h"
#include "pipeline/story/story_index.h"
#include "pipeline/story/throttle.h"

namespace wirewatch {

struct StoryAlerts::Story {
  std::string id, first_source, first_article;
  WallTime first_seen;
  std::uint32_t articles = 0, size = 0;
  std::vector<std::uint32_t> sources, rules;  // hashes, in the order in which they came
  TopicSeverity severity = TopicSeverity::kLow;
  std::uint32_t grown = 0;            // the greatest step of sources that was told
  std::uint32_t told = 0;             // articles that were told, and not withdrawn
  std::vector<std::string> previous;  // ids of its alerts, the last kMostPrevious
  std::uint32_t known = 0;            // of its articles, in Topic::articles
};

// An article on a topic.
struct StoryAlerts::StoryArticle {
  std::string id;
  StoryNumber story = 0;
  WallTime last;               // a version of it came
  std::uint64_t sequence = 0;  // of that
  std::uint64_t first = 0;     // none of its versions in the index has a lower order
  bool told = false;           // it alerted, and was not withdrawn since
  std::string last_alert;      // id; empty: none
};

// A version that is in the index.
struct StoryAlerts::Indexed {
  StoryIndex::Entry entry = 0;
  WallTime time;
  std::uint64_t order = 0;
  Digest article{};
};

// What a step changes of a topic beside its stories, articles and index.
struct StoryAlerts::TopicState {
  Match said;                  // what the last match said of the topic; no article
  WallTime clock;              // record time, as far as it has come for this topic
  std::uint64_t sequence = 1;  // of the next article or version; 0: none has it
  StoryNumber next_story = 0;
  Pulse pulse;
  Throttle throttle;
  WallTime state_told;  // pulse and throttle were, by Advance
};

struct StoryAlerts::Topic : TopicState {
  // From when on it has nothing to say and nothing to know. Nothing: it has now.
  std::optional<WallTime> Forgotten() const {
    return articles.empty() && !throttle.Due() ? std::optional(pulse.Forgotten()) : std::nullopt;
  }
  std::optional<StoryNumber> FindStory(const std::string& story) const;
  void Put(StoryNumber number, const Story& story);
  void Name(StoryNumber number, const std::string& story) { numbers.insert_or_assign(HashOfId(story), number); }
  void Drop(StoryNumber number);
  static std::size_t HashOfId(const std::string& story) { return std::hash<std::string>()(story); }

  std::string id;
  Partition owner{};
  StoryIndex index;
  std::deque<Indexed> indexed;  // the oldest first
  std::unordered_map<StoryNumber, Story> stories;
  std::unordered_map<std::size_t, StoryNumber> numbers;  // of stories, by the hash of their ids
  std::unordered_map<Digest, StoryArticle, DigestHash> articles;
  std::map<std::pair<WallTime, std::uint64_t>, Digest> by_last;  // of articles
  std::optional<WallTime> due, oldest;                           // its places in due_ and oldest_
};

// One step on one topic, or of the record time, and how all was before it.
struct StoryAlerts::Change {
  struct Evicted {
    Indexed indexed;
    StoryIndex::Added added;
  };

  bool kept = false;  // else nothing of it is filled
  Partition partition{};
  Offset offset{};
  std::optional<std::optional<WallTime>> record_time;  // of the partition; nothing else is filled then
  std::string topic;
  std::optional<AlertKey> key;
  TopicState before;
  std::vector<std::pair<StoryNumber, std::optional<Story>>> stories;
  std::vector<std::pair<Digest, std::optional<StoryArticle>>> articles;
  std::size_t added = 0;  // to the index
  std::vector<Evicted> evicted;
};

// What a decision says of a match.
struct StoryAlerts::Recalled {
  WallTime time;  // at which it was decided: of one that was held the end of its embargo, else that of the record
  std::string topic;
  AlertKey key;
  Step step = Step::kRepeat;
  Story story;
  StoryArticle article;
  std::string kind, alert_id;  // of the alert that was raised or folded; else empty
  std::optional<Match> match;  // of one that was held; else it stands in the record
};

// What a decision says of a topic.
struct StoryAlerts::RecalledTopic {
  Match said;
  WallTime time;
  Pulse pulse;
  Throttle throttle;
};

struct StoryAlerts::RecalledPartition {
  Offset from{};                                              // decisions are known from here on
  std::unordered_map<Offset, std::vector<Recalled>> matches;  // by the record that was decided on, in order
  // By the record and the time at which they stood so. A record brings about several times if something was held.
  std::multimap<std::pair<Offset, WallTime>, RecalledTopic> topics;
};

// What is taken back when an alert is forgotten.
struct StoryAlerts::Telling {
  TopicKey topic;
  std::string story, alert;  // ids
  Digest article{};
  bool was_told = false;
  std::string last_alert;       // of the article before
  std::uint32_t grew_from = 0;  // of kGrow: Story::grown before
  std::uint32_t grew_to = 0;    // and behind it
};

struct StoryAlerts::LoadedArticle {
  std::string topic;
  Digest key{};
  Story story;
  StoryArticle article;
  struct Version {
    WallTime time;
    std::uint64_t order = 0;
    std::uint32_t source = 0;
    std::string signature;
  };
  std::vector<Version> versions;  // in the index
};

// What a match says of its topic.
Match SaidOf(const Match& match);
FoldedAlert FoldedOf(const std::string& alert, const std::string& kind, const ArticleFacts& article,
                     const std::string& story);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ALERT_STORY_ALERTS_REP_H_
