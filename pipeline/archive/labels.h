// Labels: what people said of articles: on which topics must fire, may, and must not. cli/wiring/labels_file.h reads
// them from the files that people keep.
#ifndef WIREWATCH_PIPELINE_ARCHIVE_LABELS_H_
#define WIREWATCH_PIPELINE_ARCHIVE_LABELS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wirewatch {

enum class Grade : std::uint8_t {
  kMustNot,  // 0: an alert is false
  kMay,      // 1: in passing, or borderline; an alert is neither required nor wrong
  kMust,     // 2: a main point of the article; an alert must come
};
inline constexpr std::size_t kGrades = 3;

// Memory: some 150 bytes an article. Threads: immutable once read, then any.
class Labels {
 public:
  // Grades of an article, by topic; those it has none of may be missing at the end.
  using Row = std::vector<std::optional<Grade>>;

  // The index of the topic, which is new or known.
  std::size_t TopicIndex(std::string_view topic) {
    const auto at = std::find(topics_.begin(), topics_.end(), topic);
    if (at != topics_.end()) return static_cast<std::size_t>(at - topics_.begin());
    topics_.emplace_back(topic);
    return topics_.size() - 1;
  }
  // False: the article has another grade on that topic already, and keeps it.
  bool Add(std::string_view article, std::size_t topic, Grade grade) {
    auto at = articles_.find(article);
    if (at == articles_.end()) at = articles_.emplace(article, Row()).first;
    Row& row = at->second;
    if (row.size() <= topic) row.resize(topic + 1);
    if (row[topic]) return row[topic] == grade;
    row[topic] = grade;
    return true;
  }
  // In place of the grade that it has.
  void Set(std::string_view article, std::size_t topic, Grade grade) { articles_.find(article)->second[topic] = grade; }

  const std::vector<std::string>& topics() const { return topics_; }
  const std::map<std::string, Row, std::less<>>& articles() const { return articles_; }
  // Null: the article has no label.
  const Row* Find(std::string_view article) const {
    const auto at = articles_.find(article);
    return at == articles_.end() ? nullptr : &at->second;
  }
  static std::optional<Grade> Of(const Row& row, std::size_t topic) {
    return topic < row.size() ? row[topic] : std::nullopt;
  }

 private:
  std::vector<std::string> topics_;
  std::map<std::string, Row, std::less<>> articles_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_ARCHIVE_LABELS_H_
