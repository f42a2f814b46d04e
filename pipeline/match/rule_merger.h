// RuleMerger: compiles a rule set that is in parts (RuleSet::is_in_parts) as one, in a thread at the lowest priority.
#ifndef WIREWATCH_PIPELINE_MATCH_RULE_MERGER_H_
#define WIREWATCH_PIPELINE_MATCH_RULE_MERGER_H_

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "rules/engine/rule_set.h"

namespace wirewatch {

// Threads: one calls Begin and Take; is_running by any.
class RuleMerger {
 public:
  struct Merged {
    std::shared_ptr<const RuleSet> parts;
    std::shared_ptr<const RuleSet> whole;  // the same packs; null: Hyperscan does not take them together
  };

  // `stop`: heard between the parts of a compile, each of some seconds at most.
  RuleMerger(std::filesystem::path pattern_cache, std::stop_token stop)
      : pattern_cache_(std::move(pattern_cache)), stop_(std::move(stop)) {}
  ~RuleMerger();  // waits for the compile under way
  RuleMerger(const RuleMerger&) = delete;
  RuleMerger& operator=(const RuleMerger&) = delete;

  // Begins to compile `rules`. Not if they are whole, if they are known not to compile together, if a compile is under
  // way or not yet taken, or if `stop` was asked for.
  void Begin(std::shared_ptr<const RuleSet> rules);
  // The compile that has ended since the last call; nothing: none, or it was stopped.
  std::optional<Merged> Take();

  bool is_running() const;

 private:
  struct Job {
    Merged merged;
    std::atomic<bool> done = false;
    std::thread thread;
  };

  const std::filesystem::path pattern_cache_;
  const std::stop_token stop_;
  std::string not_mergeable_;  // hash of the last rules that Hyperscan did not take together
  mutable std::mutex mutex_;   // of job_, which only the thread of Begin and Take changes
  std::unique_ptr<Job> job_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_RULE_MERGER_H_
