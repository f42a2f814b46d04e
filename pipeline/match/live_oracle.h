// LiveOracle: has the reference matcher look again at a share of the articles that a running process matches, on a
// thread of its own. Where the two do not agree, the engine may have missed alerts: it is counted, logged, and the
// article goes to the dead letters with both answers. The article itself goes its ordinary way.
//
// It never holds up the stream: what comes faster than the reference matcher works is dropped, and counted.
#ifndef WIREWATCH_PIPELINE_MATCH_LIVE_ORACLE_H_
#define WIREWATCH_PIPELINE_MATCH_LIVE_ORACLE_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "monitoring/metrics.h"
#include "pipeline/decode/article.h"
#include "pipeline/match/shadow_metrics.h"
#include "pipeline/records/dead_letter_reason.h"
#include "pipeline/records/record.h"
#include "pipeline/records/sink.h"
#include "rules/engine/match.h"
#include "rules/engine/rule_set.h"
#include "rules/text/document.h"

namespace wirewatch {

// The topics on which the two answers differ, as JSON: {"engine":[...],"reference":[...]}, each a list of {topic,
// rules, severity, score, spans: [[field, begin, end, term], ...]}; at most `most` bytes of it, then cut.
std::string DifferenceJson(const RuleSet& rules, const std::vector<TopicMatch>& engine,
                           const std::vector<TopicMatch>& reference, std::size_t most);

// Threads: Wants and Offer by any.
class LiveOracle {
 public:
  // One article of `one_in` is looked at, `waiting` at most wait for it. Borrows `metrics`.
  LiveOracle(std::uint64_t one_in, std::unique_ptr<DeadLetterSink> letters, MetricsRegistry& metrics,
             std::size_t waiting = kWaiting);
  // What waits and what is looked at is given up, and counts as dropped.
  ~LiveOracle();
  LiveOracle(const LiveOracle&) = delete;
  LiveOracle& operator=(const LiveOracle&) = delete;

  static constexpr std::size_t kWaiting = 64;

  // By a hash of the id: the same articles in every process.
  bool Wants(std::string_view article_id) const;

  // `engine`: its answer by all of the rules. Copies what it needs; never waits. False: dropped.
  bool Offer(const std::shared_ptr<const RuleSet>& rules, const Article& article, const Document& document,
             const Record& record, const std::vector<TopicMatch>& engine);

  // Waits until all that was offered is looked at and its letters are with their sink. For tests.
  void WaitUntilIdle();

 private:
  struct Job;
  void Loop();
  void Check(const Job& job);
  void Bury(const Job& job, std::string message);

  const std::uint64_t one_in_;
  const std::size_t waiting_;
  const std::unique_ptr<DeadLetterSink> letters_;
  ShadowMetrics metrics_;
  Counter checked_, dropped_, failed_;
  Counter letter_count_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Job>> jobs_;
  bool busy_ = false;
  bool stopping_ = false;
  std::stop_source stop_;  // of what is looked at
  std::thread thread_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_LIVE_ORACLE_H_
