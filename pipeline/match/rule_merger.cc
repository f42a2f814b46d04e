#include "pipeline/match/rule_merger.h"

#include <sys/resource.h>
#include <unistd.h>

#include <utility>

namespace wirewatch {
namespace {

// Lowers the calling thread to nice 19: on Linux setpriority with a thread's id affects that thread alone. Failure is
// harmless: the compile then competes with the workers.
void LowerPriority() { (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 19); }

}  // namespace

RuleMerger::~RuleMerger() {
  if (job_ != nullptr) job_->thread.join();
}

void RuleMerger::Begin(std::shared_ptr<const RuleSet> rules) {
  if (job_ != nullptr || stop_.stop_requested() || !rules->is_in_parts() || rules->hash() == not_mergeable_) return;
  auto job = std::make_unique<Job>();
  job->merged.parts = std::move(rules);
  job->thread = std::thread([this, &job = *job] {
    LowerPriority();
    const RuleSet& parts = *job.merged.parts;
    job.merged.whole = RuleSet::Compile(parts.packs(), nullptr, pattern_cache_, stop_, parts.facets()).rule_set;
    job.done = true;
  });
  const std::lock_guard lock(mutex_);
  job_ = std::move(job);
}

std::optional<RuleMerger::Merged> RuleMerger::Take() {
  if (job_ == nullptr || !job_->done) return std::nullopt;
  std::unique_ptr<Job> ended;
  {
    const std::lock_guard lock(mutex_);
    ended = std::move(job_);
  }
  ended->thread.join();
  if (stop_.stop_requested()) return std::nullopt;
  if (ended->merged.whole == nullptr) not_mergeable_ = ended->merged.parts->hash();
  return std::move(ended->merged);
}

bool RuleMerger::is_running() const {
  const std::lock_guard lock(mutex_);
  return job_ != nullptr && !job_->done;
}

}  // namespace wirewatch
