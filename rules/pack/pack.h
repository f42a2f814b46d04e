// Pack: one rule file, read and checked: topics, each with rules.
#ifndef WIREWATCH_RULES_PACK_PACK_H_
#define WIREWATCH_RULES_PACK_PACK_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "rules/language/expression.h"

namespace wirewatch {

enum class TopicSeverity : std::uint8_t { kLow, kMedium, kHigh, kCritical };

constexpr std::string_view Name(TopicSeverity severity) {
  constexpr std::string_view kNames[] = {"low", "medium", "high", "critical"};
  return kNames[static_cast<std::size_t>(severity)];
}

// What a pack, a topic or a rule says of itself, for people. It changes nothing: neither what is found, nor a digest.
struct About {
  std::string description;
  std::vector<std::string> references;  // addresses, or titles of documents
};

// Whether a topic or rule is in use. A rule of a topic that is not active is no more than its topic (StatusOf).
enum class RuleStatus : std::uint8_t {
  kActive,  // alerts
  kShadow,  // runs on every article beside the others, is counted and sampled, and never alerts
  kOff,     // checked, but not run
};
inline constexpr RuleStatus kRuleStatuses[] = {RuleStatus::kActive, RuleStatus::kShadow, RuleStatus::kOff};

constexpr std::string_view Name(RuleStatus status) {
  constexpr std::string_view kNames[] = {"active", "shadow", "off"};
  return kNames[static_cast<std::size_t>(status)];
}

// What a rule, or a topic with all its rules and its `unless`, may take. Over it, a running process treats it as
// shadow. None: the default of the process (rules.budget_cpu, rules.budget_hits).
struct RuleBudget {
  bool operator==(const RuleBudget&) const = default;

  std::optional<std::chrono::nanoseconds> cpu;  // processor time of evaluation: the average over all articles
  std::optional<std::uint32_t> hits;            // articles in an hour, of record time
};

// Whether traditional and simplified Chinese characters are one (rules/text/han_variants.h).
enum class HanCharacters : std::uint8_t { kApart, kSame };
inline constexpr HanCharacters kHanCharacters[] = {HanCharacters::kApart, HanCharacters::kSame};

constexpr std::string_view Name(HanCharacters han) { return han == HanCharacters::kSame ? "same" : "apart"; }

struct Rule {
  std::string id;  // unique in its topic
  Expression match;
  std::string match_text;                 // the expression as written, for hashing and messages
  std::uint32_t score = 50;               // 0..100
  std::optional<TopicSeverity> severity;  // none: that of its topic
  About about;
  RuleStatus status = RuleStatus::kActive;
  RuleBudget budget;
  std::vector<std::string> languages;  // of these articles only, as Topic::languages; empty: of those of its topic
  TextPosition place;                  // of the expression in its file
  std::string file;                    // where it stands, if that is not the file of its pack
};

// How much it takes that a topic is said to boil.
enum class BurstSensitivity : std::uint8_t { kOff, kLow, kMedium, kHigh };
inline constexpr BurstSensitivity kBurstSensitivities[] = {BurstSensitivity::kOff, BurstSensitivity::kLow,
                                                           BurstSensitivity::kMedium, BurstSensitivity::kHigh};

constexpr std::string_view Name(BurstSensitivity sensitivity) {
  constexpr std::string_view kNames[] = {"off", "low", "medium", "high"};
  return kNames[static_cast<std::size_t>(sensitivity)];
}

// How the stories of a topic are followed. The match carries it to the alert step, which has no packs.
struct StoryPolicy {
  bool operator==(const StoryPolicy&) const = default;

  std::chrono::milliseconds window = std::chrono::hours(48);  // an article joins a story that had one within this time
  std::vector<std::uint32_t> grow;        // alert again when so many different sources carry it; rising
  std::optional<std::uint32_t> throttle;  // alerts an hour, at most; none: without a bound
  BurstSensitivity burst = BurstSensitivity::kMedium;
  bool join = true;    // false: each article is a story of its own, so each alerts
  bool quiet = false;  // tell when it is silent for far longer than it uses to be
};

struct Topic {
  std::string id;  // unique over all packs; [a-z0-9._-], a letter or digit at both ends
  std::string title;
  About about;
  TopicSeverity severity = TopicSeverity::kMedium;  // of its rules that have none
  std::vector<std::string> tags;
  std::vector<std::string> languages;  // primary BCP 47 subtags; empty: any. An article of unknown language passes.
  std::vector<Rule> rules;             // the topic matches when one of them holds ...
  std::optional<Expression> unless;    // ... and this does not
  std::string unless_text;
  TextPosition unless_place;  // of that expression in the pack's file
  StoryPolicy story;
  RuleStatus status = RuleStatus::kActive;
  RuleBudget budget;
};

// That of the rule, or that of its topic, whichever is used less.
inline RuleStatus StatusOf(const Topic& topic, const Rule& rule) { return std::max(topic.status, rule.status); }

// More rules for a topic of another file: `extends`. PackExtensions joins the two.
struct TopicExtension {
  std::string topic;                   // the id of the topic
  TextPosition place;                  // of that id
  std::vector<std::string> languages;  // as Topic::languages, of these rules
  std::vector<Rule> rules;
  std::optional<Expression> unless;  // none of these rules holds where it does; the topic's other rules may
};

struct Pack {
  std::string name;
  std::string owner;
  About about;
  std::string file;
  std::vector<Topic> topics;
  std::vector<TopicExtension> extensions;
};

// Shared by the rule sets that follow each other while a pack's file does not change.
using Packs = std::vector<std::shared_ptr<const Pack>>;

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_PACK_H_
