// RuleStore: the rule set in use, and its replacement while articles flow.
//
// Packs are compiled beside the running ones and swapped in whole. Packs with a mistake change nothing and say why.
// An edit compiles only the topics that it changed, in a segment beside the others (rule_set.h): it is in use at once.
// Afterwards all are compiled as one in the background (rule_merger.h).
//
// A look whether packs changed costs at most a tenth of a core: with very many files it is taken less often.
// A change is taken into use when it is done (pack_cache.h). Compiling is not interrupted, only left between its parts,
// which take some seconds at most.
#ifndef WIREWATCH_PIPELINE_MATCH_RULE_STORE_H_
#define WIREWATCH_PIPELINE_MATCH_RULE_STORE_H_

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "monitoring/health.h"
#include "monitoring/metrics.h"
#include "pipeline/match/rule_merger.h"
#include "pipeline/match/rule_metrics.h"
#include "pipeline/match/rule_watcher.h"
#include "rules/engine/rule_set.h"
#include "rules/pack/pack_cache.h"

namespace wirewatch {

// Threads: Current and RequestReload by any.
class RuleStore {
 public:
  // `pattern_cache`: as RuleSet::Compile. kInvalid: the packs have mistakes; the message is the rendered diagnostics.
  static Result<std::unique_ptr<RuleStore>> Create(std::vector<std::filesystem::path> paths, MetricsRegistry& metrics,
                                                   std::filesystem::path pattern_cache = {});
  ~RuleStore();  // as Stop, and waits

  // Any thread: nothing more is begun. False: something is compiled just now, and the destructor would wait for it.
  bool Stop();

  // Cheap: once a batch.
  std::shared_ptr<const RuleSet> Current() const;

  // Looks every `interval` whether a pack file changed, appeared or vanished, and reloads then; also on RequestReload.
  // 0: only on RequestReload. Looking is by stat: it works on network and container file systems, where change notices
  // do not arrive.
  void Watch(std::chrono::milliseconds interval, Heartbeat& heartbeat);
  void RequestReload();

 private:
  RuleStore(std::vector<std::filesystem::path> paths, MetricsRegistry& metrics, std::filesystem::path pattern_cache)
      : metrics_{metrics},
        alerts_(TopicMetrics{metrics}.alerts),
        pattern_cache_(std::move(pattern_cache)),
        packs_(std::move(paths)),
        merger_(pattern_cache_, stopping_.get_token()) {}

  // `requested`: every file is read, and the rules are announced also when they are those of before.
  Status Reload(bool requested);
  void TellOfFailure(const std::string& message, bool requested);
  void Swap(std::shared_ptr<const RuleSet> rules);
  void Announce(const CompiledRules& compiled, const RuleSet* before, std::chrono::duration<double> took);
  // RuleWatcher::Look. `looks`: also without a request.
  SteadyTime::duration Look(bool requested, bool looks, Heartbeat& heartbeat);
  // Merges the parts of the rules in use, and takes what was merged.
  void Merge();

  RuleMetrics metrics_;
  const CounterFamily alerts_;  // by topic and severity
  const std::filesystem::path pattern_cache_;
  std::stop_source stopping_;

  // Of the watcher's thread, and of Create before it.
  PackCache packs_;
  bool failed_to_read_ = false;
  Status last_reload_;
  std::string told_;  // the last failure that was logged

  mutable std::mutex mutex_;
  std::shared_ptr<const RuleSet> current_;

  RuleMerger merger_;
  RuleWatcher watcher_;  // the last member: its thread uses the others
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_RULE_STORE_H_
