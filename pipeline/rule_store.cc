#include "pipeline/rule_store.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <iterator>
#include <set>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "rules/pack_loader.h"

namespace wirewatch {
namespace {

CompiledRules Compile(LoadedPacks loaded, const RuleSet* before, const std::filesystem::path& pattern_cache) {
  if (HasErrors(loaded.diagnostics)) return CompiledRules{nullptr, std::move(loaded.diagnostics)};
  CompiledRules compiled = RuleSet::Compile(std::move(loaded.packs), before, pattern_cache);
  std::move(compiled.diagnostics.begin(), compiled.diagnostics.end(), std::back_inserter(loaded.diagnostics));
  compiled.diagnostics = std::move(loaded.diagnostics);
  return compiled;
}

// The thread that calls gets what processor time others leave.
void StandBack() {
  // Of one thread, as Linux has it, and not of the process. Not allowed, it is only less polite.
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 19);
}

}  // namespace

Result<CompiledRules> CompilePacks(const std::vector<std::filesystem::path>& paths) {
  auto loaded = PackCache(paths).Load();
  if (!loaded) return std::move(loaded).error();
  return Compile(*std::move(loaded), nullptr, {});
}

Result<std::unique_ptr<RuleStore>> RuleStore::Create(std::vector<std::filesystem::path> paths, Metrics& metrics,
                                                     std::filesystem::path pattern_cache) {
  std::unique_ptr<RuleStore> store(new RuleStore(std::move(paths), metrics, std::move(pattern_cache)));
  if (Status loaded = store->Reload(false); !loaded) return std::move(loaded).error();
  return store;
}

RuleStore::~RuleStore() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (watcher_.joinable()) watcher_.join();
}

std::shared_ptr<const RuleSet> RuleStore::Current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void RuleStore::RequestReload() {
  {
    const std::lock_guard lock(mutex_);
    reload_requested_ = true;
  }
  wake_.notify_all();
}

void RuleStore::Watch(std::chrono::milliseconds interval, Heartbeat& heartbeat) {
  watcher_ = std::thread([this, interval, &heartbeat] { WatchLoop(interval, heartbeat); });
}

void RuleStore::WatchLoop(std::chrono::milliseconds interval, Heartbeat& heartbeat) {
  const bool looks = interval.count() > 0;
  const auto pause = looks ? interval : std::chrono::milliseconds(1000);
  std::string told;  // the last failure
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    heartbeat.Beat();
    wake_.wait_for(lock, pause, [&] { return stopping_ || reload_requested_; });
    if (stopping_) break;
    const bool requested = std::exchange(reload_requested_, false);
    lock.unlock();
    if (requested || (looks && (failed_to_read_ || packs_.MayHaveChanged()))) {
      // Who asks is answered, also when the answer is that of before.
      if (Status reloaded = Reload(requested); !reloaded && (requested || reloaded.error().message != told)) {
        told = reloaded.error().message;
        log::Error("rules not reloaded, the ones before stay in use:\n{}", told);
      } else if (reloaded) {
        told.clear();
      }
    }
    UnitePartsInTheBackground();
    lock.lock();
  }
  heartbeat.Retire();
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
    compiled = Compile(*std::move(loaded), before.get(), pattern_cache_);
    if (compiled.rule_set == nullptr) status = Error{ErrorCode::kInvalid, Render(compiled.diagnostics)};
  }
  last_reload_ = status;
  if (!status) {
    metrics_.reloads_failed.Increment();
    return status;
  }
  Swap(compiled.rule_set);
  Announce(compiled, before.get(), SteadyNow() - begin);
  return {};
}

void RuleStore::Swap(std::shared_ptr<const RuleSet> rules) {
  const std::lock_guard lock(mutex_);
  current_.swap(rules);
  // The set before goes when `rules` does, after the lock, unless a worker still uses it.
}

void RuleStore::UnitePartsInTheBackground() {
  const std::shared_ptr<const RuleSet> current = Current();
  if (uniting_.valid()) {
    if (uniting_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return;
    const std::shared_ptr<const RuleSet> united = uniting_.get();
    if (united == nullptr) {
      cannot_unite_ = current->hash();
      log::Warn("rules stay in parts: what was edited does not compile together with the rest; nothing is lost");
      return;
    }
    // What was edited meanwhile comes on top.
    CompiledRules next = RuleSet::Compile(current->packs(), united.get(), pattern_cache_);
    if (next.rule_set != nullptr) Swap(std::move(next.rule_set));
    return;
  }
  if (!current->is_in_parts() || current->hash() == cannot_unite_) return;
  uniting_ = std::async(std::launch::async, [this, current] {
    StandBack();
    return RuleSet::Compile(current->packs(), nullptr, pattern_cache_).rule_set;
  });
}

void RuleStore::Announce(const CompiledRules& compiled, const RuleSet* before, std::chrono::duration<double> took) {
  for (const Diagnostic& warning : compiled.diagnostics) log::Warn("{}", Render(warning));
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
      if (is_new) metrics_.Alerts(topic.id, Name(topic.severity));
    }
  }
  metrics_.reloads_ok.Increment();
  metrics_.topics.Set(static_cast<double>(rules.topics().size()));
  metrics_.rules.Set(static_cast<double>(rule_count));
  metrics_.terms.Set(static_cast<double>(rules.term_count()));
  metrics_.rules_compile_duration.Set(took.count());
  metrics_.rules_loaded_at.Set(std::chrono::duration<double>(WallNow().time_since_epoch()).count());
  metrics_.SetRuleSet(rules.hash());
  log::Info("rules loaded rule_set={} packs={} topics={} rules={} terms={} ms={:.1f}", rules.hash(),
            rules.packs().size(), rules.topics().size(), rule_count, rules.term_count(), took.count() * 1e3);
}

}  // namespace wirewatch
