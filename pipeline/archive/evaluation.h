// Evaluation: what rules do on articles that people have labelled: precision, recall and F1 by topic and language, with
// intervals, and the articles on which rules and people disagree.
//
//   precision  alerts that are not false (label 1 or 2) of all alerts on labelled articles
//   strict     alerts on label 2 of all of them
//   recall     articles of label 2 on which the topic fires
//   F1         the harmonic mean of precision and recall
//   share      alerts on label 2 among those of high and critical severity
//
// An article that comes in several versions counts once: it fires when one of them does, with the highest severity.
// Memory: one LabelledArticle for each labelled article that came, about 2 KB. Threads: one at a time.
#ifndef WIREWATCH_PIPELINE_ARCHIVE_EVALUATION_H_
#define WIREWATCH_PIPELINE_ARCHIVE_EVALUATION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "pipeline/archive/labels.h"
#include "pipeline/archive/statistics.h"
#include "pipeline/story/story_signature.h"
#include "rules/pack/pack.h"

namespace wirewatch {

// What came of a labelled article.
struct LabelledArticle {
  struct OnTopic {
    Grade grade = Grade::kMustNot;
    std::optional<TopicSeverity> fired;  // nothing: it did not
    std::vector<std::string> rules;      // ids of those that held
    std::string why;                     // it fired, or why not: a sentence; empty: nobody asked
  };

  std::string id, title;
  std::string language;  // primary subtag; empty: unknown
  std::optional<WallTime> time;
  StorySignature signature;
  std::map<std::size_t, OnTopic> topics;  // by index in Labels::topics(); of those it has a grade for
};

inline constexpr std::size_t kSeverities = 4;
// By grade: alerts on labels 0, 1 and 2.
using GradeCounts = std::array<std::uint64_t, kGrades>;

struct EvaluationRow {
  std::uint64_t labelled = 0;  // articles with a grade
  GradeCounts grades{};        // of them
  std::array<GradeCounts, kSeverities> fired_by_severity{};
  std::optional<double> f1;
  std::optional<Interval> f1_interval;

  std::uint64_t must() const { return grades[2]; }
  GradeCounts fired() const;
  GradeCounts high() const;  // of high and critical severity
  std::uint64_t alerts() const;
  std::uint64_t right() const;  // alerts on labels 1 and 2
  Interval precision_interval() const;
  Interval strict_interval() const;
  Interval recall_interval() const;
  // Nothing: of no alerts, of no articles of label 2.
  std::optional<double> precision() const;
  std::optional<double> strict_precision() const;
  std::optional<double> recall() const;
  std::optional<double> high_share() const;
};

enum class Resample : std::uint8_t { kStories, kArticles };

struct EvaluationOptions {
  // What the bootstrap draws. Copies of a text are right or wrong together, so articles one by one give intervals that
  // are too narrow.
  Resample resample = Resample::kStories;
  std::size_t rounds = 1000;
  std::uint64_t seed = 1;
};

class Evaluation {
 public:
  explicit Evaluation(const Labels& labels) : labels_(labels) {}

  void Add(LabelledArticle article);

  struct TopicRows {
    std::size_t topic = 0;  // index in Labels::topics()
    EvaluationRow all;
    std::map<std::string, EvaluationRow> languages;
  };
  // Of the topics that have a grade for an article that came.
  std::vector<TopicRows> Rows(const EvaluationOptions& options) const;

  // In the order of their first versions.
  const std::vector<LabelledArticle>& articles() const { return articles_; }
  const Labels& labels() const { return labels_; }
  // Ids of labelled articles that did not come.
  std::vector<std::string> Missing() const;

 private:
  const Labels& labels_;
  std::vector<LabelledArticle> articles_;
  std::map<std::string, std::size_t, std::less<>> at_;  // index in articles_, by id
};

// "en" of "en-GB".
std::string PrimaryLanguage(std::string_view tag);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ARCHIVE_EVALUATION_H_
