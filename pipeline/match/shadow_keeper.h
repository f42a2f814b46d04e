// ShadowKeeper: the records of the rules in shadow of a running process, in metrics and, where it has a file, there.
// The file is written by a thread of its own, whole (ReplaceFile): what it cannot write it tries again, and no article
// ever waits for it. One process a file.
#ifndef WIREWATCH_PIPELINE_MATCH_SHADOW_KEEPER_H_
#define WIREWATCH_PIPELINE_MATCH_SHADOW_KEEPER_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "monitoring/metrics.h"
#include "pipeline/match/shadow_metrics.h"
#include "pipeline/match/shadow_record.h"
#include "rules/engine/match.h"
#include "rules/engine/rule_set.h"
#include "rules/engine/shadow_rules.h"

namespace wirewatch {

// Threads: any.
class ShadowKeeper {
 public:
  // Reads what the file has: its rules go on with their records. A file that cannot be read is told in the log, and
  // moved aside (FILE.unreadable) when the first record is written. `file`: empty, there are only metrics. Borrows
  // `metrics`.
  ShadowKeeper(std::filesystem::path file, MetricsRegistry& metrics);
  ~ShadowKeeper();  // writes what is not written yet
  ShadowKeeper(const ShadowKeeper&) = delete;
  ShadowKeeper& operator=(const ShadowKeeper&) = delete;

  // Most rules with a record; those behind them are counted in metrics only.
  static constexpr std::size_t kMostRecords = 500;

  // These run in shadow from now on, and no others. `demoted`: why, of those that the process put there.
  void Know(const RuleSet& rules, const ShadowRules& shadow, const std::map<RulePlace, std::string>& demoted);

  // One more article was looked at, of that record time. Cheap: without a lock.
  void CountArticle(WallTime time) {
    articles_.fetch_add(1, std::memory_order_relaxed);
    if (needs_since_.load(std::memory_order_relaxed)) SetSince(time);
  }
  struct Hit {
    std::string_view topic, rule;  // ids
    std::string_view article, version;
    WallTime time;        // record time
    bool caught = false;  // an active rule of the topic holds, too
  };
  // True: a sample of it is wanted.
  bool CountHit(const Hit& hit);
  // `sample.rank` is filled in.
  void AddSample(std::string_view topic, std::string_view rule, ShadowSample sample);

  // Writes the file now, if something is new. kNotFound, kIo.
  Status Write();

 private:
  struct Entry {
    ShadowRecord record;
    bool runs = false;              // in shadow, now
    std::uint64_t seen_before = 0;  // articles_ when it began to run
    Counter matches, would_match;
  };
  using Key = std::pair<std::string, std::string>;

  void SetSince(WallTime time);
  Entry* Find(std::string_view topic, std::string_view rule);
  // Of a rule that runs no longer, the one whose last hit is the longest ago. False: all run. REQUIRES: mutex_.
  bool ForgetOldest();
  // With the articles that were counted until now. REQUIRES: mutex_.
  ShadowRecord RecordOf(const Entry& entry) const;
  void Load();
  void WriteLoop();

  const std::filesystem::path file_;
  ShadowMetrics metrics_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<Key, Entry, std::less<>> entries_;
  std::atomic<std::uint64_t> articles_ = 0;
  std::atomic<bool> needs_since_ = false;  // a rule that runs has not seen an article
  bool changed_ = false;
  bool stopping_ = false;
  bool told_of_most_ = false;

  std::mutex writing_;
  bool unreadable_ = false;    // the file that was there; of writing_
  bool failed_ = false;        // the last time; of writing_
  std::uint64_t written_ = 0;  // articles_ then; of writing_
  std::thread thread_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_SHADOW_KEEPER_H_
