// AlertMemory: what the alert step knows, kept across restarts where no stream can be read again for it. Entries of
// articles (AlertPolicy::Save, StoryAlerts::SaveArticle) and of topics (StoryAlerts::SaveTopic).
#ifndef WIREWATCH_PIPELINE_ALERT_ALERT_MEMORY_H_
#define WIREWATCH_PIPELINE_ALERT_ALERT_MEMORY_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace wirewatch {

struct RememberedEntry {
  std::string id;
  std::string text;              // empty: forget it
  std::optional<WallTime> last;  // seen; nothing: it is kept until it is given again
};

// Threads: one at a time.
class AlertMemory {
 public:
  virtual ~AlertMemory() = default;

  // Gives the text of every entry that was seen at `since` or later, in any order. An error of `each` ends it.
  virtual Status Load(WallTime since, const std::function<Status(std::string_view text)>& each) = 0;

  // All of them are on disk, or none (an error: try again). What was seen before `since` is forgotten.
  virtual Status Remember(const std::vector<RememberedEntry>& entries, WallTime since) = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ALERT_ALERT_MEMORY_H_
