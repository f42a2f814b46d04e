#include "cli/wiring/alert_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "base/clock.h"
#include "connectors/registry.h"
#include "rules/pack/pack.h"

namespace wirewatch {

AlertHandlerOptions AlertHandlerOptionsOf(const Config& config, bool remembers, bool transactional) {
  AlertHandlerOptions options;
  options.alerts.window = config.alerts.window;
  options.alerts.max_sightings = config.alerts.max_sightings;
  options.alerts.revisions_per_partition = options.partitioned = config.matches.has_value();
  // What goes out without a record is in no transaction; and in the time of an archive the clock says nothing.
  const bool archive = !options.partitioned && config.pipeline.pipeline.record_time == RecordTime::kPublished;
  options.releases_by_clock = !transactional && !archive;
  options.max_articles = config.alerts.max_story_articles;
  options.transactional = transactional;
  options.archive = archive;
  if (options.partitioned) {
    options.alerts.longest_embargo = options.alerts.window;
  } else if (!remembers && SourceOf(config).remembers) {
    options.alerts.longest_embargo = std::chrono::milliseconds(0);  // a crash would lose what is committed and held
  }
  return options;
}

std::optional<Diagnostic> FindCutWindows(const RuleSet& rules, std::chrono::milliseconds alerts_window) {
  constexpr std::size_t kNamed = 3;
  std::string named;
  std::size_t topics = 0;
  std::chrono::milliseconds longest{};
  for (const Topic* const topic : rules.topics()) {
    if (topic->story.window <= alerts_window) continue;
    longest = std::max(longest, topic->story.window);
    if (++topics > kNamed) continue;
    named += fmt::format("{}{} ({})", named.empty() ? "" : ", ", topic->id, FormatDuration(topic->story.window));
  }
  if (topics == 0) return std::nullopt;
  if (topics > kNamed) named += fmt::format(" and {} more", topics - kNamed);
  const std::string window = FormatDuration(alerts_window);
  return Diagnostic{
      .severity = Severity::kWarning,
      .code = "story-window-cut",
      .message =
          fmt::format("story.window is longer than alerts.window ({}) in {}: articles are known for {} only, so a "
                      "story about which nobody writes for longer ends, and its next article is told as a new one",
                      window, named, window),
      .help = fmt::format("set alerts.window to {} or more, or make story.window shorter", FormatDuration(longest))};
}

}  // namespace wirewatch
