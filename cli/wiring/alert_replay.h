// AlertReplay: which alerts `run` would have raised on the articles of an archive, as they pass: the alert handler of
// that verb, fed with matches one by one, in memory. No alert goes anywhere, and nothing is remembered.
//
// Time is that of the articles, never the clock's: the dates of files, the record times of a kafka topic.
//
// Order: archives are seldom in the order of their dates (one file a source, several partitions), and stories depend
//        on it. So matches wait until kMostWaiting bytes of them have come, and are taken in the order of their times.
//        An archive of fewer matches is replayed in the order of its dates, whatever its own; of a larger one those
//        that come too late (late()) are taken when they come.
// Memory: kMostWaiting, and the alert step's own bounds: the articles of its window, `alerts.max_sightings` and
//        `alerts.max_story_articles`.
#ifndef WIREWATCH_CLI_WIRING_ALERT_REPLAY_H_
#define WIREWATCH_CLI_WIRING_ALERT_REPLAY_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "cli/wiring/archive_run.h"
#include "pipeline/alert/alert.h"
#include "pipeline/alert/decision.h"
#include "pipeline/config.h"
#include "pipeline/match/article_matches.h"

namespace wirewatch {

// Threads: one at a time.
class AlertReplay {
 public:
  // What follows from a match, in order; called by Take and Close. `time`: of the match, or for a topic's own alert the
  // time that the replay has come to. Either may be null.
  struct Listener {
    std::function<void(const Alert& alert, WallTime time)> alert;
    // `note`: of Take, of the match that is decided on.
    std::function<void(const Decision& decision, const void* note)> decision;
  };

  // `config`: Archive::config, of which `alerts` is taken.
  AlertReplay(const Config& config, Listener listener);
  ~AlertReplay();
  AlertReplay(const AlertReplay&) = delete;
  AlertReplay& operator=(const AlertReplay&) = delete;

  // The next article of the archive, with what comes of it (MatchTeller). To be called for every article, also one that
  // matches nothing: time goes on with it, by the hour. An article without a date has the time of the last one.
  // `note`: what the caller wants to know again when it is decided on; null: nothing.
  void Take(const ArchivePlace& place, ArticleMatches found, std::shared_ptr<const void> note = nullptr);
  // The archive has ended: what waits is taken, and what the throttles have folded is told. Call once, last.
  Status Close();

  // Matches that came more than kMostLate behind one of a later time that was taken already.
  std::uint64_t late() const;

  static constexpr std::size_t kMostWaiting = 48 << 20;  // bytes, about
  static constexpr std::chrono::hours kMostLate{1};

 private:
  struct Rep;
  const std::unique_ptr<Rep> rep_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_ALERT_REPLAY_H_
