// AlertReplay: which alerts `run` would have raised on the articles of an archive, as they pass: the alert handler of
// that verb, fed with matches one by one, in memory. No alert goes anywhere, and nothing is remembered.
//
// Time is record time (that of the archive), never the clock's. Memory is bounded by the alert step's own bounds: the
// articles of its window, `alerts.max_sightings` and `alerts.max_story_articles`.
#ifndef WIREWATCH_CLI_WIRING_ALERT_REPLAY_H_
#define WIREWATCH_CLI_WIRING_ALERT_REPLAY_H_

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
  // What follows from a match, in order. `time`: the record time at which it was decided. Either may be null.
  struct Listener {
    std::function<void(const Alert& alert, WallTime time)> alert;
    std::function<void(const Decision& decision)> decision;
  };

  // `config`: Archive::config, of which `alerts` is taken.
  AlertReplay(const Config& config, Listener listener);
  ~AlertReplay();
  AlertReplay(const AlertReplay&) = delete;
  AlertReplay& operator=(const AlertReplay&) = delete;

  // The next article of the archive, with what comes of it (MatchTeller). To be called for every article, also one that
  // matches nothing: time goes on with it. That costs nothing until kTick has passed.
  void Take(const ArchivePlace& place, ArticleMatches found);
  // The archive has ended: what the throttles have folded is told. Call once, last.
  Status Close();

  static constexpr std::chrono::minutes kTick{1};

 private:
  struct Rep;
  const std::unique_ptr<Rep> rep_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_ALERT_REPLAY_H_
