#include "pipeline/match/rule_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "rules/engine/compile_packs.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("match");

// Times the processor time of a look, so that looking takes a tenth of a core.
constexpr int kPauseForLook = 9;
constexpr std::size_t kToldTopics = 20;

// A pack that was deleted, or cut short by whoever writes it, takes its topics along without a mistake.
void TellOfDropped(const RuleSet& before, const RuleSet& after) {
  std::set<std::string_view> left;
  for (const Topic* const topic : after.topics()) left.insert(topic->id);
  std::vector<std::string_view> dropped;
  for (const Topic* const topic : before.topics()) {
    if (!left.contains(topic->id)) dropped.push_back(topic->id);
  }
  if (dropped.empty()) return;
  const std::size_t told = std::min(dropped.size(), kToldTopics);
  kLog.Warn("{count} topics are no longer in the packs, and raise no alerts from now on: {topics}{more}",
            {{"count", dropped.size()},
             {"topics",
              fmt::format("{}", fmt::join(dropped.begin(), dropped.begin() + static_cast<std::ptrdiff_t>(told), ", "))},
             {"more", told < dropped.size() ? fmt::format(" and {} more", dropped.size() - told) : ""}});
}

}  // namespace

Result<std::unique_ptr<RuleStore>> RuleStore::Create(std::vector<std::filesystem::path> paths, MetricsRegistry& metrics,
                                                     std::filesystem::path pattern_cache) {
  std::unique_ptr<RuleStore> store(new RuleStore(std::move(paths), metrics, std::move(pattern_cache)));
  if (Status loaded = store->Reload(false); !loaded) return std::move(loaded).error();
  return store;
}

RuleStore::~RuleStore() { Stop(); }

bool RuleStore::Stop() {
  stopping_.request_stop();
  const bool looking = watcher_.Stop();
  return !looking && !merger_.is_running();
}

std::shared_ptr<const RuleSet> RuleStore::Current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void RuleStore::RequestReload() { watcher_.Request(); }

void RuleStore::Watch(std::chrono::milliseconds interval, Heartbeat& heartbeat) {
  const bool looks = interval.count() > 0;
  watcher_.Start(looks ? interval : std::chrono::milliseconds(1000), heartbeat,
                 [this, looks, &heartbeat](bool requested) { return Look(requested, looks, heartbeat); });
}

SteadyTime::duration RuleStore::Look(bool requested, bool looks, Heartbeat& heartbeat) {
  const auto begin = ThreadCpuTime();
  const PackCache::Change change = looks ? packs_.Look(SteadyNow()) : PackCache::Change::kNone;
  const bool wanted = requested || change == PackCache::Change::kDone || (looks && failed_to_read_);
  SteadyTime::duration pause{};
  if (change == PackCache::Change::kNone) pause = kPauseForLook * (ThreadCpuTime() - begin);
  heartbeat.Rest();
  if (wanted) {
    // Who asks is answered, also when the answer is that of before.
    (void)Reload(requested);  // it has told what is wrong
  }
  Merge();
  return pause;
}

Status RuleStore::Reload(bool requested) {
  const SteadyTime begin = SteadyNow();
  const std::shared_ptr<const RuleSet> before = Current();
  if (requested) packs_.Forget();  // who asks may know of a change that no time stamp tells
  auto loaded = packs_.Load();
  // An unreadable path may be readable again without a change: it is tried again at the next look.
  failed_to_read_ = !loaded && loaded.error().code == ErrorCode::kIo;
  if (!requested && before != nullptr && !packs_.changed()) return last_reload_;  // written again, as it was
  Status status;
  CompiledRules compiled;
  if (!loaded) {
    status = loaded.error();
  } else {
    compiled = CompileLoaded(*std::move(loaded), before.get(), pattern_cache_, stopping_.get_token());
    if (compiled.rule_set == nullptr) status = Error{ErrorCode::kInvalid, Render(compiled.diagnostics)};
  }
  last_reload_ = status;
  if (!status) {
    if (before != nullptr) TellOfFailure(status.error().message, requested);
    metrics_.reloads_failed.Increment();  // behind its lines: who sees the count finds them in the log
    return status;
  }
  told_.clear();
  Swap(compiled.rule_set);
  Announce(compiled, before.get(), SteadyNow() - begin);
  return {};
}

// A reload that the stop has ended is no mistake of the packs.
void RuleStore::TellOfFailure(const std::string& message, bool requested) {
  if (stopping_.stop_requested() || (!requested && message == told_)) return;
  told_ = message;
  kLog.Error("rules not reloaded, the ones before stay in use:");
  kLog.WriteDetails(log::Level::kError, told_);
}

void RuleStore::Swap(std::shared_ptr<const RuleSet> rules) {
  const std::lock_guard lock(mutex_);
  current_.swap(rules);
  // The set before goes when `rules` does, after the lock, unless a worker still uses it.
}

void RuleStore::Merge() {
  if (const auto merged = merger_.Take()) {
    if (merged->whole == nullptr) {
      kLog.Warn("rules stay in parts: what was edited does not compile together with the rest; nothing is lost");
      return;
    }
    // What was edited meanwhile comes on top.
    CompiledRules next = RuleSet::Compile(Current()->packs(), merged->whole.get(), pattern_cache_,
                                          stopping_.get_token(), Current()->facets());
    if (next.rule_set != nullptr) Swap(std::move(next.rule_set));
    return;
  }
  merger_.Begin(Current());
}

void RuleStore::Announce(const CompiledRules& compiled, const RuleSet* before, std::chrono::duration<double> took) {
  kLog.WriteDetails(log::Level::kWarn, Render(compiled.diagnostics));
  const RuleSet& rules = *compiled.rule_set;
  std::set<const Pack*> known;
  if (before != nullptr) {
    for (const auto& pack : before->packs()) known.insert(pack.get());
  }
  std::size_t rule_count = 0;
  for (const auto& pack : rules.packs()) {
    const bool is_new = !known.contains(pack.get());
    for (const Topic& topic : pack->topics) {
      rule_count += topic.rules.size();
      // There from the start: rate() misses a series' first event.
      if (is_new) alerts_.With(topic.id, Name(topic.severity));
    }
  }
  if (before != nullptr) TellOfDropped(*before, rules);
  metrics_.reloads_ok.Increment();
  metrics_.topics.Set(static_cast<double>(rules.topics().size()));
  metrics_.rules.Set(static_cast<double>(rule_count));
  metrics_.terms.Set(static_cast<double>(rules.term_count()));
  metrics_.compile_duration.Set(took.count());
  metrics_.loaded_at.Set(std::chrono::duration<double>(WallNow().time_since_epoch()).count());
  metrics_.rule_set.SetOnly(1, rules.hash());
  kLog.Info("rules loaded", {{"rule_set", rules.hash()},
                             {"packs", rules.packs().size()},
                             {"topics", rules.topics().size()},
                             {"rules", rule_count},
                             {"terms", rules.term_count()},
                             {"ms", took.count() * 1e3}});
}

}  // namespace wirewatch
