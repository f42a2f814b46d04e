// AlertPolicy: which matches, in their order, raise alerts. A fold: what it decides depends only on the matches before
// and their record times, never on a clock or on chance, so a replay gives the same alerts with the same ids.
//
// The first version of an article that a topic holds on raises an alert of kind `new`. Another version of it
// (edition.h) raises a `correction`; one that is canceled, or that the topic holds on no longer, a `withdrawn`. What
// raises nothing is suppressed, with the reason. What is under embargo is held until its time has come.
//
// The same version of an article is a repeat, unless a record in between took it back: a version that was canceled
// comes again, or is canceled again after it came. Then it raises an alert once more. In between: behind it in the same
// partition, so that records which are read again are repeats.
//
// The state of a partition is its sightings: the editions of the last `window`, each with the time at which it was last
// seen by the clock of the partition, the latest record time so far. Every decision is a function of the sightings that
// are in the window at that time. So it is settled by the records of the last window alone: one that begins there,
// wherever it takes over, goes on like one that never stopped. Where the same article stands in two partitions, a
// sighting counts as long as it is in the window of both.
//
// Held: an alert under embargo is part of the state, and restored like it. It is given out by Advance, when the record
// time of its partition has come to the embargo, or by ReleaseDue; never early.
#ifndef WIREWATCH_PIPELINE_ALERT_ALERT_POLICY_H_
#define WIREWATCH_PIPELINE_ALERT_ALERT_POLICY_H_

#include <chrono>
#include <compare>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "pipeline/alert/alert.h"
#include "pipeline/match/edition.h"
#include "pipeline/records/record.h"

namespace wirewatch {

// Why a match raises no alert.
enum class Suppressed {
  kRepeat,    // this version was seen before
  kOutdated,  // a later version was
  kCanceled,  // the article is canceled, and there is nothing to withdraw
  kDropped,   // it was held, and the article was canceled or replaced before its embargo ended
  // By StoryAlerts:
  kSameStory,  // its story was told, and there is nothing new in it
  kFolded,     // the topic's throttle keeps it for the summary of the hour
  kUntold,     // what would withdraw an article of which nobody was told by itself
};
inline constexpr Suppressed kAllSuppressed[] = {Suppressed::kRepeat,  Suppressed::kOutdated,  Suppressed::kCanceled,
                                                Suppressed::kDropped, Suppressed::kSameStory, Suppressed::kFolded,
                                                Suppressed::kUntold};

constexpr std::string_view Name(Suppressed why) {
  constexpr std::string_view kNames[] = {"repeat", "outdated", "canceled", "dropped", "same-story", "folded", "untold"};
  return kNames[static_cast<std::size_t>(why)];
}

struct AlertOptions {
  std::chrono::milliseconds window = std::chrono::hours(72);
  // From the record time on. An embargo that ends later is refused: the state is not kept for so long. Nothing: any.
  std::optional<std::chrono::milliseconds> longest_embargo = {};
  // Every partition gets each revision, and it concerns what is in the state of that partition alone.
  bool revisions_per_partition = false;
  std::size_t max_sightings = 2'000'000;  // the oldest are forgotten beyond that; about 400 bytes each
};

// One edition on one topic. Whatever is raised for it is raised once.
struct AlertKey {
  auto operator<=>(const AlertKey&) const = default;

  Digest topic_and_article{};
  Digest edition{};
};
Digest TopicAndArticle(std::string_view topic, std::string_view article_id);
AlertKey KeyOf(std::string_view topic, const ArticleFacts& article);

struct RaisedAlert {
  AlertKey key;
  Alert alert;  // `alerted` is the caller's
  // Of one that was held: where, and when its embargo ended.
  Partition partition{};
  WallTime until{};
  bool again = false;  // the edition raised one before, which a record in between took back
};

// What becomes of a match: one of these.
struct AlertVerdict {
  std::optional<RaisedAlert> raised;
  std::optional<Suppressed> suppressed;
  bool held = false;
  bool embargo_too_long = false;  // nothing of the match is remembered
  // Beside it: of another edition, and never given out now.
  std::optional<RaisedAlert> dropped;
};

// What follows from a revision.
struct RevisionVerdict {
  std::vector<RaisedAlert> withdrawn;  // by topic id
  std::vector<RaisedAlert> dropped;    // were held, and are never given out now
};

// Threads: one at a time. Of a record, first Advance, then Apply.
class AlertPolicy {
 public:
  explicit AlertPolicy(AlertOptions options);
  ~AlertPolicy();
  AlertPolicy(const AlertPolicy&) = delete;
  AlertPolicy& operator=(const AlertPolicy&) = delete;

  // The record at `place` is next, and `time` is the record time of its partition (HandlerBase::Advance): the
  // partition's clock goes on to it, never back. Returns what was held until then, in order of its times.
  std::vector<RaisedAlert> Advance(const RecordPlace& place, WallTime time);
  // `match` is taken only if it is raised or held.
  AlertVerdict Apply(Match&& match, const RecordPlace& place);
  RevisionVerdict Apply(const Revision& revision, const RecordPlace& place);
  // Of every alert that the revision may have raised when it came before.
  std::vector<AlertKey> KeysOf(const Revision& revision) const;

  // Without a record: what was held until `now`, of the partitions that `may` (empty: all).
  std::vector<RaisedAlert> ReleaseDue(WallTime now, const std::function<bool(Partition)>& may = {});
  // It is held here, and known to have been given out already, without a record.
  void GivenOut(const AlertKey& key);
  // What was raised from a held one is delivered: until then Undo may take it back.
  void Confirm(const AlertKey& key);

  // It was never delivered: the next match of that key raises it again. One that was held, and is not confirmed, is
  // held again.
  void Forget(const AlertKey& key);
  // Its state begins anew.
  void Forget(Partition partition);
  // Its records from that offset on were not handled, and come again.
  void Undo(Partition partition, Offset from);
  // What came of it so far is not undone any more.
  void Committed(Partition partition);

  std::size_t sightings() const { return sightings_; }
  std::size_t held() const;
  // Sightings that were given up for max_sightings, so far.
  std::size_t given_up() const { return given_up_; }

  // What is known of one article, as text; empty: nothing. And when it was last seen; none while something is held,
  // for that must not be lost.
  struct Saved {
    std::string text;
    std::optional<WallTime> last;
  };
  Saved Save(const std::string& article_id) const;
  // The texts that Save gave, in any order, before all else. kInvalid: it is none.
  Status Load(std::string_view text);
  // All that is held, to be given elsewhere.
  std::vector<RaisedAlert> TakeHeld();

 private:
  struct TopicFacts;
  struct Sighting;
  struct TopicState;
  struct ArticleState;
  struct Held;
  struct Released;
  struct PartitionState;
  struct View;
  using Sightings = std::list<Sighting>;
  using Articles = std::unordered_map<std::string, ArticleState>;
  using ArticleEntry = Articles::value_type;

  PartitionState& StateOf(Partition partition);
  WallTime WindowBegin(Partition one, Partition other) const;
  bool IsVisible(const Sighting& sighting, Partition from) const;
  bool HasVisibleTopic(const ArticleState& article, Partition from) const;
  bool Concerns(const TopicState& topic, Partition from) const;
  View Look(const ArticleState& article, const TopicState& topic, std::string_view topic_id, const Edition& edition,
            const RecordPlace& place) const;
  bool IsTakenBack(const Sighting& sighting, const TopicState& topic, const RecordPlace& place) const;

  std::shared_ptr<const TopicFacts> Shared(const Match& match);
  ArticleEntry& ArticleOf(const std::string& id);
  TopicState& TopicOf(ArticleEntry& article, const Digest& key);
  Sighting& See(ArticleEntry& article, std::optional<Digest> topic, const Edition& edition, const RecordPlace& place);
  void Remove(Sightings& sightings, Sightings::iterator at);
  void Unsay(ArticleEntry& article, const std::optional<Digest>& topic, const Digest& edition);
  void DropIfEmpty(ArticleEntry& article, Digest topic);
  void DropIfEmpty(ArticleEntry& article);
  void KeepBound();
  void SortLoaded();

  void Tell(TopicState& topic, RaisedAlert& raised);
  void Hold(RaisedAlert raised, WallTime until, TopicState& topic, const RecordPlace& place);
  void HoldAgain(TopicState& topic, Released released);
  std::optional<RaisedAlert> DropHeld(TopicState& topic, const RecordPlace& by);
  std::vector<RaisedAlert> Release(Partition partition, WallTime now, std::optional<Offset> by);

  const AlertOptions options_;
  Articles articles_;
  std::unordered_map<Digest, TopicState, DigestHash> topics_;  // by topic and article
  std::map<Partition, PartitionState> partitions_;
  std::map<AlertKey, Released> released_;                                          // not confirmed
  std::unordered_map<Digest, std::weak_ptr<const TopicFacts>, DigestHash> facts_;  // what many matches share
  std::size_t sightings_ = 0, given_up_ = 0, facts_bound_ = 1'000;
  bool sorted_ = true;  // not, after Load
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ALERT_ALERT_POLICY_H_
