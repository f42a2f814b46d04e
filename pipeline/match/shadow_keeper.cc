#include "pipeline/match/shadow_keeper.h"

#include <chrono>
#include <system_error>
#include <vector>

#include "base/io/replace_file.h"
#include "base/log.h"
#include "base/text/hex.h"
#include "rules/pack/topic_digest.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("match");

constexpr std::chrono::seconds kWriteInterval{5};

std::string Hex(const Digest& digest) {
  std::string hex;
  for (const unsigned char byte : digest) AppendHex(byte, hex);
  return hex;
}

}  // namespace

ShadowKeeper::ShadowKeeper(std::filesystem::path file, MetricsRegistry& metrics)
    : file_(std::move(file)), metrics_{metrics} {
  if (file_.empty()) return;
  Load();
  thread_ = std::thread([this] { WriteLoop(); });
}

ShadowKeeper::~ShadowKeeper() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  (void)Write();  // it tells
}

void ShadowKeeper::Load() {
  auto records = ReadShadowFile(file_);
  if (!records) {
    if (records.error().code == ErrorCode::kNotFound) return;
    unreadable_ = true;
    kLog.Warn("the record of the rules in shadow begins anew: {error}; the old one is kept as {kept}",
              {{"error", records.error().message}, {"kept", file_.string() + ".unreadable"}});
    return;
  }
  for (ShadowRecord& record : *records) {
    if (entries_.size() == kMostRecords) break;
    const Key key(record.topic, record.rule);
    entries_.insert_or_assign(key, Entry{std::move(record), false, 0, metrics_.matches.With(key.first, key.second),
                                         metrics_.would_match.With(key.first, key.second)});
  }
}

void ShadowKeeper::Know(const RuleSet& rules, const ShadowRules& shadow,
                        const std::map<RulePlace, std::string>& demoted) {
  struct Known {
    std::string digest, why;
  };
  std::map<Key, Known> known;
  for (std::uint32_t topic = 0; !shadow.empty() && topic < rules.topics().size(); ++topic) {
    const Topic& written = *rules.topics()[topic];
    for (std::uint32_t rule = 0; rule < written.rules.size(); ++rule) {
      if (!shadow.Has({topic, rule})) continue;
      const Digest digest = FoundDigestOf(written, written.rules[rule]);
      const auto why = demoted.find({topic, rule});
      known.insert_or_assign(Key(written.id, written.rules[rule].id),
                             Known{Hex(digest), why == demoted.end() ? "" : why->second});
    }
  }
  const std::lock_guard lock(mutex_);
  for (auto& [key, entry] : entries_) {
    if (!entry.runs || known.contains(key)) continue;
    entry.record = RecordOf(entry);
    entry.runs = false;
    changed_ = true;
  }
  for (const auto& [key, one] : known) {
    auto at = entries_.find(key);
    if (at != entries_.end() && at->second.runs && at->second.record.digest == one.digest) {
      at->second.record.demoted = one.why;
      continue;
    }
    if (at == entries_.end() && entries_.size() >= kMostRecords && !ForgetOldest()) {
      if (!std::exchange(told_of_most_, true)) {
        kLog.Warn("more than {most} rules have run in shadow: the others have metrics, and no record",
                  {{"most", kMostRecords}});
      }
      continue;
    }
    if (at == entries_.end()) {
      at = entries_
               .emplace(key, Entry{{},
                                   false,
                                   0,
                                   metrics_.matches.With(key.first, key.second),
                                   metrics_.would_match.With(key.first, key.second)})
               .first;
    }
    Entry& entry = at->second;
    if (entry.record.digest != one.digest) {
      entry.record = {};
      entry.record.topic = key.first;
      entry.record.rule = key.second;
      entry.record.digest = one.digest;
    }
    entry.record.demoted = one.why;
    entry.runs = true;
    entry.seen_before = articles_;
    if (!entry.record.since) needs_since_ = true;
    changed_ = true;
  }
}

ShadowRecord ShadowKeeper::RecordOf(const Entry& entry) const {
  ShadowRecord record = entry.record;
  if (entry.runs) record.articles += articles_ - entry.seen_before;
  return record;
}

void ShadowKeeper::SetSince(WallTime time) {
  const std::lock_guard lock(mutex_);
  for (auto& [key, entry] : entries_) {
    if (entry.runs && !entry.record.since) entry.record.since = time;
  }
  needs_since_ = false;
}

bool ShadowKeeper::ForgetOldest() {
  auto oldest = entries_.end();
  for (auto at = entries_.begin(); at != entries_.end(); ++at) {
    if (at->second.runs) continue;
    if (oldest == entries_.end() || at->second.record.last < oldest->second.record.last) oldest = at;
  }
  if (oldest == entries_.end()) return false;
  entries_.erase(oldest);
  return true;
}

ShadowKeeper::Entry* ShadowKeeper::Find(std::string_view topic, std::string_view rule) {
  const auto at = entries_.find(Key(topic, rule));
  return at == entries_.end() || !at->second.runs ? nullptr : &at->second;
}

bool ShadowKeeper::CountHit(const Hit& hit) {
  const std::lock_guard lock(mutex_);
  Entry* const entry = Find(hit.topic, hit.rule);
  if (entry == nullptr) {
    metrics_.matches.With(hit.topic, hit.rule).Increment();
    if (!hit.caught) metrics_.would_match.With(hit.topic, hit.rule).Increment();
    return false;
  }
  entry->matches.Increment();
  if (!hit.caught) entry->would_match.Increment();
  AddHit(entry->record, hit.time, hit.caught);
  changed_ = true;
  return Wants(entry->record, RankOf(entry->record.digest, hit.article, hit.version));
}

void ShadowKeeper::AddSample(std::string_view topic, std::string_view rule, ShadowSample sample) {
  const std::lock_guard lock(mutex_);
  Entry* const entry = Find(topic, rule);
  if (entry == nullptr) return;
  sample.rank = RankOf(entry->record.digest, sample.article, sample.version);
  wirewatch::AddSample(entry->record, std::move(sample));
}

Status ShadowKeeper::Write() {
  if (file_.empty()) return {};
  const std::lock_guard writing(writing_);
  std::vector<Key> keys;
  {
    const std::lock_guard lock(mutex_);
    const std::uint64_t articles = articles_;
    if (entries_.empty() || (!changed_ && !failed_ && articles == written_)) return {};
    changed_ = false;
    written_ = articles;
    for (const auto& [key, entry] : entries_) keys.push_back(key);
  }
  // One at a time: those who count wait for the copy of one record at most.
  std::string text;
  for (const Key& key : keys) {
    ShadowRecord record;
    {
      const std::lock_guard lock(mutex_);
      const auto entry = entries_.find(key);
      if (entry == entries_.end()) continue;  // forgotten meanwhile (ForgetOldest)
      record = RecordOf(entry->second);
    }
    text += ToJson(record);
    text += '\n';
  }
  if (unreadable_) {
    std::error_code error;  // then the next line says that it cannot be written, either
    std::filesystem::rename(file_, file_.string() + ".unreadable", error);
    unreadable_ = static_cast<bool>(error);
  }
  const Status written = ReplaceFile(file_, text);
  if (!written) {
    metrics_.write_failures.Increment();
    if (!failed_) {
      kLog.Error("the record of the rules in shadow: {error}; trying again until it works",
                 {{"error", written.error().message}});
    }
  }
  failed_ = !written;
  return written;
}

void ShadowKeeper::WriteLoop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait_for(lock, kWriteInterval, [&] { return stopping_; });
    if (stopping_) return;
    lock.unlock();
    (void)Write();  // it tells
    lock.lock();
  }
}

}  // namespace wirewatch
