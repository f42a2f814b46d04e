#include "pipeline/rule_store.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "rules/pack_loader.h"

namespace wirewatch {
namespace {

// Changes when a pack file is edited, replaced, added or removed. Unreadable paths are part of it, so that their return
// counts.
std::string Fingerprint(const std::vector<std::filesystem::path>& paths) {
  const auto files = FindPackFiles(paths);
  if (!files) return files.error().message;
  std::string fingerprint;
  for (const auto& file : *files) {
    struct stat status {};
    if (stat(file.c_str(), &status) != 0) continue;
    fingerprint += fmt::format("{}|{}|{}|{}.{}\n", file.string(), status.st_ino, status.st_size, status.st_mtim.tv_sec,
                               status.st_mtim.tv_nsec);
  }
  return fingerprint;
}

}  // namespace

Result<CompiledRules> CompilePacks(const std::vector<std::filesystem::path>& paths) {
  const auto files = FindPackFiles(paths);
  if (!files) return files.error();
  LoadedPacks loaded = LoadPacks(*files);
  if (HasErrors(loaded.diagnostics)) return CompiledRules{nullptr, std::move(loaded.diagnostics)};
  CompiledRules compiled = RuleSet::Compile(std::move(loaded.packs));
  std::move(compiled.diagnostics.begin(), compiled.diagnostics.end(), std::back_inserter(loaded.diagnostics));
  compiled.diagnostics = std::move(loaded.diagnostics);
  return compiled;
}

Result<std::unique_ptr<RuleStore>> RuleStore::Create(std::vector<std::filesystem::path> paths, Metrics& metrics) {
  std::unique_ptr<RuleStore> store(new RuleStore(std::move(paths), metrics));
  if (Status loaded = store->Reload(); !loaded) return std::move(loaded).error();
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
    const std::string known = fingerprint_;
    lock.unlock();
    if (requested || (looks && Fingerprint(paths_) != known)) {
      // Who asks is answered, also when the answer is that of before.
      if (Status reloaded = Reload(); !reloaded && (requested || reloaded.error().message != told)) {
        told = reloaded.error().message;
        log::Error("rules not reloaded, the ones before stay in use:\n{}", told);
      } else if (reloaded) {
        told.clear();
      }
    }
    lock.lock();
  }
  heartbeat.Retire();
}

Status RuleStore::Reload() {
  const SteadyTime begin = SteadyNow();
  // Taken before the files are read: an edit in between is seen as a change the next time.
  std::string fingerprint = Fingerprint(paths_);
  Result<CompiledRules> compiled = CompilePacks(paths_);
  Status status;
  if (!compiled) {
    status = compiled.error();
  } else if (compiled->rule_set == nullptr) {
    status = Error{ErrorCode::kInvalid, Render(compiled->diagnostics)};
  }

  // An unreadable file may be readable again without a change: it is tried again at the next look.
  const bool settled = status || status.error().code != ErrorCode::kIo;
  if (!status) {
    metrics_.reloads_failed.Increment();
    const std::lock_guard lock(mutex_);
    if (settled) fingerprint_ = std::move(fingerprint);
    return status;
  }
  std::shared_ptr<const RuleSet> rules = compiled->rule_set;
  {
    const std::lock_guard lock(mutex_);
    fingerprint_ = std::move(fingerprint);
    current_.swap(rules);
  }
  Announce(*compiled, SteadyNow() - begin);
  return {};  // the set before goes here, outside of the lock, unless a worker still uses it
}

void RuleStore::Announce(const CompiledRules& compiled, std::chrono::duration<double> took) {
  for (const Diagnostic& warning : compiled.diagnostics) log::Warn("{}", Render(warning));
  const RuleSet& rules = *compiled.rule_set;
  std::size_t rule_count = 0;
  for (const Topic* topic : rules.topics()) {
    rule_count += topic->rules.size();
    metrics_.Alerts(topic->id, Name(topic->severity));  // there from the start: rate() misses a series' first event
  }
  metrics_.reloads_ok.Increment();
  metrics_.topics.Set(static_cast<double>(rules.topics().size()));
  metrics_.rules.Set(static_cast<double>(rule_count));
  metrics_.terms.Set(static_cast<double>(rules.terms().size()));
  metrics_.rules_compile_duration.Set(took.count());
  metrics_.rules_loaded_at.Set(std::chrono::duration<double>(WallNow().time_since_epoch()).count());
  metrics_.SetRuleSet(rules.hash());
  log::Info("rules loaded rule_set={} packs={} topics={} rules={} terms={} ms={:.1f}", rules.hash(),
            rules.packs().size(), rules.topics().size(), rule_count, rules.terms().size(), took.count() * 1e3);
}

}  // namespace wirewatch
