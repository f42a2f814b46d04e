// MatchCounts: matches counted by rule, topic, source or language, for `match --by`.
#ifndef WIREWATCH_CLI_WIRING_MATCH_COUNTS_H_
#define WIREWATCH_CLI_WIRING_MATCH_COUNTS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/wiring/match_view.h"
#include "rules/engine/rule_set.h"

namespace wirewatch {

enum class CountBy : std::uint8_t { kRule, kTopic, kSource, kLanguage };
inline constexpr CountBy kCountBys[] = {CountBy::kRule, CountBy::kTopic, CountBy::kSource, CountBy::kLanguage};

constexpr std::string_view Name(CountBy by) {
  constexpr std::string_view kNames[] = {"rule", "topic", "source", "language"};
  return kNames[static_cast<std::size_t>(by)];
}

enum class CountForm : std::uint8_t { kTable, kJson, kCsv };

// Threads: one at a time.
class MatchCounts {
 public:
  // What one rule brought to its topic. All counts are of articles.
  struct RuleCount {
    std::uint64_t articles = 0;                 // on which it held, and its topic fired
    std::uint64_t alone = 0;                    // of these: no other rule of the topic held
    std::map<std::string, std::uint64_t> with;  // of these: by each other rule that held, too
  };
  struct TopicCount {
    std::uint64_t articles = 0;
    std::map<std::string, RuleCount> rules;  // by id: all that are active, also those that never held
  };
  // A source or language.
  struct GroupCount {
    std::uint64_t articles = 0;  // with a match
    std::uint64_t matches = 0;
    std::map<std::string, std::uint64_t> topics;
  };

  // `topics`: those that are counted, by id; none: all of the rules. What is in shadow or off makes no match, and is
  // not counted.
  MatchCounts(CountBy by, const RuleSet& rules, const std::vector<std::string>& topics);

  void Add(const std::vector<const Match*>& matches);
  std::string Text(CountForm form) const;

  const std::map<std::string, TopicCount>& topics() const { return topics_; }
  const std::map<std::string, GroupCount>& groups() const { return groups_; }

 private:
  void AddToTopic(const Match& match);
  std::string RuleText(CountForm form) const;
  std::string RuleJson() const;
  std::string GroupText(CountForm form) const;
  std::string GroupJson() const;
  std::map<std::string, GroupCount> Groups() const;

  // For people: what is left out, and why. A line, or empty.
  std::string NotCountedText() const;

  const CountBy by_;
  std::vector<std::string> not_counted_;  // "topic", or "topic/rule"
  std::map<std::string, TopicCount> topics_;
  std::map<std::string, GroupCount> groups_;  // of kSource and kLanguage
};

// Counts, and prints the counts at the end.
std::unique_ptr<MatchView> MakeCountingView(MatchCounts counts, CountForm form);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_MATCH_COUNTS_H_
