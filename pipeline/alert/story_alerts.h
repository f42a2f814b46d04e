// StoryAlerts: from alerts about articles to alerts about stories. What AlertPolicy raises for versions of single
// articles comes here, in order; what a reader of the topic is told leaves.
//
//   first version of an article   no story has it: `new`. Else it joins, and is told if the story came to a step of
//                                 sources (`grow`), became more severe or brought a rule (`update`); else not.
//   later version of it           `update` as above; else `correction` if the article was told, or was withdrawn and
//                                 comes back; else not.
//   canceled, or held no longer   `withdrawn` if the article was told; else not. A story of which nothing is told any
//                                 more is told anew by its next article.
//
// Beside these come, by topic: `burst` and `quiet` (pulse.h), and `summary` of what the throttle folded (throttle.h).
//
// A topic of which nothing came for longer than any of its state reaches back is dropped: that it was taken out of the
// packs nobody tells.
//
// State, by topic: the stories, and the articles of the last `window` with their signatures; the pulse; the throttle. A
// fold over the alerts and record times before, never a clock. Three ways to have it again:
//   Recall   two steps: each decision carries how the story and the article stood behind it (StoryVerdict::state), and
//            twice a window the topic's pulse and throttle (Advance, `states`). Who restores a partition gives all
//            decisions of the window to Recall, then the records of the window to Advance and Restore: a match goes to
//            the story that its decision names, whatever AlertPolicy says of it now, for that has seen no more than the
//            window. So stories that are older than the window, and pulses of 14 days, need no more than one window of
//            both logs.
//   Undo     a transaction was taken back: the last steps of a partition are taken back one by one.
//   Save     one step with `alerts.state`: an entry an article, and one a topic.
//
// Partitioned, a topic's state is that of one partition: where its matches stand in two, it has two, each with what
// stands in its own.
#ifndef WIREWATCH_PIPELINE_ALERT_STORY_ALERTS_H_
#define WIREWATCH_PIPELINE_ALERT_STORY_ALERTS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
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
#include "pipeline/match/article_matches.h"
#include "pipeline/records/record.h"

namespace wirewatch {

struct StoryOptions {
  // What is known reaches back so far: no story window of a pack is longer.
  std::chrono::milliseconds window = std::chrono::hours(72);
  // Of all topics together, with their signatures: about 1 KiB each. Beyond that the oldest is given up, whatever its
  // topic; partitioned, the oldest of the partition whose record comes.
  std::size_t max_articles = 1'000'000;
  // The state belongs to partitions: it is restored by Recall, and goes with them.
  bool partitioned = false;
  bool undoable = false;  // Undo and Committed are called; costs a copy of the topic's pulse a match, until then
};

// What becomes of an alert about a version of an article.
struct StoryVerdict {
  std::optional<RaisedAlert> raised;
  std::optional<Suppressed> suppressed;  // kSameStory, kFolded, kUntold; one of the two
  std::string kind;                      // of the alert that was raised or folded; else empty
  std::string because, story_id, alert_id;
  std::vector<RaisedAlert> beside;  // burst, summary
  std::string state;                // for the decision
};

// What a topic says without a match: quiet, summary.
struct TopicVerdicts {
  std::vector<RaisedAlert> raised;
  std::vector<Decision> states;  // of topics; to be kept as decisions are. Only when partitioned
};

// Threads: one at a time. Of what was held until a record came, in the order of its times, and then of the record
// itself: first Advance to its time, then the others.
class StoryAlerts {
 public:
  explicit StoryAlerts(StoryOptions options);
  ~StoryAlerts();
  StoryAlerts(const StoryAlerts&) = delete;
  StoryAlerts& operator=(const StoryAlerts&) = delete;

  // The record at `place` is next, at that record time; or what was held until that time, before the record (or, by a
  // clock, behind it). Where the time does not go on nothing is due. `restores`: it only restores, and nothing comes of
  // it.
  TopicVerdicts Advance(const RecordPlace& place, WallTime time, bool restores = false);
  // By a clock: what is due until `now`, of all topics. For a process without a log.
  TopicVerdicts AdvanceAll(WallTime now);
  // The input has ended: the summaries of what is folded in hours that are over at `until`.
  std::vector<RaisedAlert> CloseThrottles(WallTime until);

  // `raised`: by AlertPolicy, of kind new, correction or withdrawn. `was_held`: the record is not that of its match.
  StoryVerdict Apply(RaisedAlert raised, const RecordPlace& place, bool was_held = false);
  // AlertPolicy raised nothing: the article stays known. Gives the state for the decision.
  std::string Touch(const AlertKey& key, const Match& match, const RecordPlace& place);

  // A decision of the window, in the order of the log. kInvalid: its state cannot be read; it is left out.
  Status Recall(const Decision& decision);
  // Of a record that only restores, at `time`: whether what was decided on it is known. Then that is put back by
  // Restore, in the order of its times; else it is decided anew, by Advance, Apply and Touch.
  bool IsRecalled(const RecordPlace& place) const;
  // Gives what was held and has been judged, whether by the time of the record or by a clock behind it.
  std::vector<AlertKey> Restore(const ArticleMatches& found, const RecordPlace& place, WallTime time);
  // The partition is restored: what was recalled of it has served. The next record that counts says so, too.
  void Restored(Partition partition);

  // The alert was never delivered: nobody was told.
  void Forget(const AlertKey& key);
  // It was delivered.
  void Confirm(const AlertKey& key);
  // Partitioned: its state begins anew.
  void Forget(Partition partition);
  // Its records from that offset on come again. Where the state is of no partition, the steps of other partitions
  // behind the first of these are taken back with them: they are in the same transaction, and come again as well.
  void Undo(Partition partition, Offset from);
  // What came of it so far is not undone any more. To be called often: until then the state before each match is kept.
  void Committed(Partition partition);

  std::size_t stories() const;
  std::size_t articles() const { return articles_; }
  std::size_t given_up() const { return given_up_; }

  // Of one article, on all topics, and of one topic; empty: nothing is known. As AlertPolicy::Save.
  AlertPolicy::Saved SaveArticle(std::string_view article_id) const;
  std::string SaveTopic(std::string_view topic) const;
  // The topics that SaveTopic is to be asked for, since the last call.
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
  struct TopicState;
  struct Topic;
  struct Change;
  struct Recalled;
  struct RecalledTopic;
  struct RecalledPartition;
  struct LoadedArticle;
  struct Telling;

  // Partition{} unless partitioned.
  using TopicKey = std::pair<Partition, std::string>;
  struct TopicKeyHash {
    std::size_t operator()(const TopicKey& key) const {
      return std::hash<std::string>()(key.second) ^ static_cast<std::size_t>(key.first) * 0x9E3779B97F4A7C15;
    }
  };
  Partition Owner(Partition partition) const { return options_.partitioned ? partition : Partition{}; }
  Topic* FindTopic(const std::string& topic, Partition partition) const;
  Topic& TopicOf(const std::string& topic, Partition partition);
  void DropTopic(Topic& topic);
  void Schedule(Topic& topic);
  // What is due at `now`, by the record at `place` or, null, by a clock.
  void AdvanceTopics(Partition owner, WallTime now, const RecordPlace* place, TopicVerdicts& verdicts);
  RaisedAlert Summary(const Topic& topic, FoldedHour folded) const;
  RaisedAlert TopicAlert(const Topic& topic, AlertKind kind, const std::string& id) const;
  Decision StateOf(const Topic& topic, const RecordPlace& place) const;

  Change Begin(const Topic& topic, const std::optional<AlertKey>& key, const RecordPlace& place) const;
  void End(Change change);
  void TakeBack(const Change& change);
  // To be called before a story or an article changes, or is made.
  Story& StoryToChange(Topic& topic, std::uint32_t number, Change& change);
  StoryArticle& ArticleToChange(Topic& topic, const Digest& key, Change& change);
  void Know(Topic& topic, const Digest& key, const StoryArticle& article);
  void Drop(Topic& topic, const Digest& key);

  WallTime ClockOf(Partition partition) const;
  void GoOn(Topic& topic, const RecordPlace& place, Change& change);
  void Evict(Topic& topic, Change& change);
  // The bound of all topics.
  void KeepBound(const RecordPlace& place);
  void EvictOldestVersion(Topic& topic, Change& change);
  void EvictOldestArticle(Topic& topic, Change& change);
  void See(Topic& topic, StoryArticle& article, const Digest& key, WallTime time);
  void AddToIndex(Topic& topic, const Match& match, const Digest& key, std::uint32_t story, Change& change);
  StoryArticle& Join(Topic& topic, const RaisedAlert& raised, Change& change, std::string& how);
  void Decide(Topic& topic, StoryArticle& article, RaisedAlert raised, bool is_new, const std::string& how,
              Change& change, StoryVerdict& verdict);
  // `grew_from`: Story::grown before the article.
  void Tell(Topic& topic, StoryArticle& article, RaisedAlert raised, std::uint32_t grew_from, Change& change,
            StoryVerdict& verdict);
  std::optional<RaisedAlert> Beat(Topic& topic, const Match& match, const Story& story);

  // What decisions say of topics, up to that record and time.
  void RecallTopics(Partition partition, Offset to, WallTime time);
  void PutBack(const Recalled& then, const Match& match, const RecordPlace& place);
  // `held`: the match, where it stands elsewhere than the decision; else null.
  std::string StateText(const Topic& topic, const AlertKey& key, Step step, const Match* held) const;

  const StoryOptions options_;
  std::unordered_map<TopicKey, std::unique_ptr<Topic>, TopicKeyHash> topics_;
  // By owner: when a topic has something to say at the earliest.
  std::map<Partition, std::set<std::pair<WallTime, Topic*>>> due_;
  // By owner, if undoable: the steps since Committed, to be taken back.
  std::map<Partition, std::vector<Change>> steps_;
  // By owner: the topics that have articles, those with the oldest first. An entry may be older than the truth.
  std::map<Partition, std::set<std::pair<WallTime, std::string>>> oldest_;
  std::map<Partition, WallTime> clocks_;             // record time
  std::map<Partition, RecalledPartition> recalled_;  // of those that are being restored
  std::set<Partition> restoring_;                    // their last record only restored
  std::map<AlertKey, Telling> tellings_;             // of alerts that are not known to be delivered
  std::vector<LoadedArticle> loaded_;
  std::set<std::string> changed_topics_;
  // By article id: its topics, where SaveArticle is asked for it.
  std::unordered_map<std::string, std::vector<std::string>> topics_of_;
  std::size_t articles_ = 0, given_up_ = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ALERT_STORY_ALERTS_H_
