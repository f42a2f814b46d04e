#include "pipeline/alert/alert_settings.h"

namespace wirewatch {

const FieldTable& AlertSettings::Table() {
  static const FieldTable table = {
      DurationField("window",
                    "How long an article that was seen on a topic is known: its repeats raise no alert, and others "
                    "join its story. By record time, and from the last repeat on. No story.window of a pack reaches "
                    "further.")
          .Default("72h"),
      TextField("state",
                "Where one process without `matches` keeps what it has alerted on, and what it holds for an embargo, "
                "so that a restart alerts on nothing twice: a SQLite file of its own. Empty: PATH.state beside the "
                "alerts, where a sink writes them to a file; off: nowhere."),
      IntegerField("max_sightings",
                   "Most versions of articles, each on one topic, that are known at a time, about 400 bytes each; "
                   "beyond them the oldest are forgotten, and may alert again.")
          .Default("2000000")
          .Between(1, 1'000'000'000),
      IntegerField(
          "max_story_articles",
          "Most articles, each on one topic, that are known at a time with what tells their story, about 1 KiB "
          "each; beyond them the oldest are forgotten, whatever their topic, and what is like them may be told as a "
          "new "
          "story.")
          .Default("1000000")
          .Between(1, 1'000'000'000),
  };
  return table;
}

AlertSettings AlertSettings::From(const Fields& fields) {
  return {.window = fields.Duration("window"),
          .state = fields.String("state"),
          .max_sightings = fields.Count("max_sightings"),
          .max_story_articles = fields.Count("max_story_articles")};
}

}  // namespace wirewatch
