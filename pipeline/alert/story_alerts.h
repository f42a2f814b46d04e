// StoryAlerts: from alerts about articles to alerts about stories. What AlertPolicy raises for versions of single
// articles comes here, in order; what a reader of the topic is told leaves.
//
//   first version of an article   no story has it: `new`. Else it joins, and is told if the story came to a step of
//                                 sources (`grow`), became more severe or brought a rule (`update`); else not.
//   later version of it           `update` as above; else `correction` if the article was told; else not.
//   canceled, or held no longer   `withdrawn` if the article was told; else not. A story of which nothing is told any
//                                 more is told anew by its next article.
//
// Beside these come, by topic: `burst` and `quiet` (pulse.h), and `summary` of what the throttle folded (throttle.h).
//
// State, by topic: the stories, and the articles of the last `window` with their signatures; the pulse; the throttle. A
// fold over the alerts and record times before, never a clock. Three ways to have it again:
//   Recall   two steps: each decision carries how the story and the article stood behind it (StoryVerdict::state), and
//            once an hour the topic's pulse and throttle (Advance, `states`). Who restores a partition gives all
//            decisions of the window to Recall, then the matches of the window to Apply: a match goes to the story that
//            its decision names. So stories that are older than the window, and pulses of 14 days, need no more than
//            one window of both logs.
//   Undo     a transaction was taken back: the last steps of a partition are taken back one by one.
//   Save     one step with `alerts.state`: an entry an article, and one a topic.
#ifndef WIREWATCH_PIPELINE_ALERT_STORY_ALERTS_H_
#define WIREWATCH_PIPELINE_ALERT_STORY_ALERTS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "pipeline/alert/alert.h"
#include "pipeline/alert/alert_policy.h"
#include "pipeline/alert/decision.h"
#include "pipeline/records/record.h"

namespace wirewatch {

struct StoryOptions {
  // What is known reaches back so far: no story window of a pack is longer.
  std::chrono::milliseconds window = std::chrono::hours(72);
  std::size_t max_articles = 1'000'000;  // with their signatures; beyond that a topic loses its oldest; about 1 KiB each
  // The state belongs to partitions: it is restored by Recall, and goes with them.
  bool partitioned = false;
  bool undoable = false;  // Undo is called; costs a copy of the topic's pulse a match
};

// What becomes of an alert about a version of an article.
struct StoryVerdict {
  std::optional<RaisedAlert> raised;
  std::optional<Suppressed> suppressed;  // kSameStory, kFolded, kUntold; one of the two
  std::string kind;                      // of the alert that was raised or folded; else empty
  std::string because, story_id, alert_id;
  std::optional<RaisedAlert> burst;  // beside it
  std::string state;                 // for the decision
};

// What a topic says without a match: quiet, summary.
struct TopicVerdicts {
  std::vector<RaisedAlert> raised;
  std::vector<Decision> states;  // of topics; to be kept as decisions are. Only when partitioned
};

// Threads: one at a time. Of a record, first Advance, then the others.
class StoryAlerts {
 public:
  explicit StoryAlerts(StoryOptions options);
  ~StoryAlerts();
  StoryAlerts(const StoryAlerts&) = delete;
  StoryAlerts& operator=(const StoryAlerts&) = delete;

  // The record at `place` is next, at that record time.
  TopicVerdicts Advance(const RecordPlace& place, WallTime time);
  // By a clock: what is due until `now`, of all topics. For a process without a log.
  TopicVerdicts AdvanceAll(WallTime now);
  // The input has ended: the summaries of what is folded.
  std::vector<RaisedAlert> CloseThrottles();

  // `raised`: by AlertPolicy, of kind new, correction or withdrawn.
  StoryVerdict Apply(RaisedAlert raised, const RecordPlace& place);
  // A version that was seen before came again: its article stays known. Gives the state for the decision.
  std::string Touch(const AlertKey& key, const Match& match, const RecordPlace& place);
  // Either of both, of a record that only restores.
  void Restore(const AlertKey& key, Match match, const RecordPlace& place);

  // A decision of the window, in the order of the log. kInvalid: its state cannot be read; it is left out.
  Status Recall(const Decision& decision);
  // The partition is restored: what was recalled of it has served.
  void Restored(Partition partition);

  // The alert was never delivered: nobody was told.
  void Forget(const AlertKey& key);
  // It was delivered.
  void Confirm(const AlertKey& key);
  void Forget(Partition partition);
  void Undo(Partition partition, Offset from);

  std::size_t stories() const;
  std::size_t articles() const { return articles_; }
  std::size_t given_up() const { return given_up_; }

  // Of one article, on all topics, and of one topic; empty: nothing is known. As AlertPolicy::Save.
  AlertPolicy::Saved SaveArticle(std::string_view article_id) const;
  std::string SaveTopic(std::string_view topic) const;
  // The topics of an article that SaveTopic is to be asked for, since the last call.
  std::set<std::string> TakeChangedTopics() { return std::exchange(changed_topics_, {}); }
  // The texts of both, in any order, before all else; then Loaded.
  static bool IsSaved(std::string_view text);
  Status Load(std::string_view text);
  void Loaded();

 private:
  // What a match was to its story, for who restores it.
  enum class Step : std::uint8_t { kRepeat, kWithdrawn, kVersion };
  struct Story;
  struct StoryArticle;
  struct Indexed;
  struct Topic;
  struct Change;
  struct Recalled;
  struct RecalledTopic;
  struct RecalledPartition;
  struct LoadedArticle;
  struct Telling;

  Topic& TopicOf(const Match& match, Partition partition);
  Partition DueKey(const Topic& topic) const;
  void Schedule(Topic& topic);
  void AdvanceTopics(Partition due, WallTime now, const RecordPlace& place, TopicVerdicts& verdicts);
  RaisedAlert Summary(const Topic& topic, FoldedHour folded) const;
  RaisedAlert TopicAlert(const Topic& topic, AlertKind kind, const std::string& id) const;
  Decision StateOf(const Topic& topic, const RecordPlace& place) const;

  Change Begin(const Topic& topic, const std::optional<AlertKey>& key, const RecordPlace& place) const;
  void End(Change change, const RecordPlace& place);
  void TakeBack(const Change& change);
  // To be called before a story or an article changes, or is made.
  Story& StoryToChange(Topic& topic, std::uint32_t number, Change& change);
  StoryArticle& ArticleToChange(Topic& topic, const Digest& key, Change& change);

  void GoOn(Topic& topic, const Match& match, const RecordPlace& place, Change& change);
  void Evict(Topic& topic, Change& change);
  void EvictOldest(Topic& topic, Change& change);
  void See(Topic& topic, StoryArticle& article, const Digest& key);
  void AddToIndex(Topic& topic, const Match& match, const Digest& key, std::uint32_t story, Change& change);
  StoryArticle& Join(Topic& topic, const RaisedAlert& raised, Change& change, std::string& how);
  void Decide(Topic& topic, StoryArticle& article, RaisedAlert raised, bool is_new, const std::string& how,
              Change& change, StoryVerdict& verdict);
  void Tell(Topic& topic, StoryArticle& article, RaisedAlert raised, Change& change, StoryVerdict& verdict);
  std::optional<RaisedAlert> Beat(Topic& topic, const Match& match, const Story& story);

  // What decisions say of topics, up to that record.
  void RecallTopics(RecalledPartition& recalled, Partition partition, Offset to);
  std::string StateText(const Topic& topic, const AlertKey& key, Step step) const;

  const StoryOptions options_;
  std::unordered_map<std::string, std::unique_ptr<Topic>> topics_;
  std::map<Partition, std::set<std::pair<WallTime, Topic*>>> due_;  // when a topic has something to say at the earliest
  std::map<Partition, std::deque<Change>> changes_;                 // the last of each, if undoable
  std::map<Partition, WallTime> clocks_;  // record time
  std::map<Partition, RecalledPartition> recalled_;  // of those that are being restored
  std::map<AlertKey, Telling> tellings_;       // of alerts that are not known to be delivered
  std::vector<LoadedArticle> loaded_;
  std::set<std::string> changed_topics_;
  std::unordered_map<std::string, std::vector<std::string>> topics_of_;  // by article id, where SaveArticle is asked
  std::size_t articles_ = 0, given_up_ = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ALERT_STORY_ALERTS_H_
