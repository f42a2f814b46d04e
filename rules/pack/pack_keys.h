// Pack keys: every key of a rule file and of the tests beside it, in one table. The loader knows its keys from here,
// and the JSON Schemas in docs/schema/ are made of it (rules/pack/pack_schema.h).
#ifndef WIREWATCH_RULES_PACK_PACK_KEYS_H_
#define WIREWATCH_RULES_PACK_PACK_KEYS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace wirewatch {

inline constexpr std::size_t kMaxIdBytes = 100;  // an id is a kafka key, a label and part of URLs
inline constexpr std::size_t kMaxListNameBytes = 100;
inline constexpr std::uint32_t kMaxScore = 100;
inline constexpr std::uint32_t kMaxGrow = 1'000;  // sources that a story tells apart (story_alerts.cc)
inline constexpr std::size_t kMaxGrowSteps = 20;  // every match carries them
inline constexpr std::uint32_t kMaxThrottle = 10'000;
inline constexpr auto kMinStoryWindow = std::chrono::minutes(1);
inline constexpr auto kMaxStoryWindow = std::chrono::days(31);

// A mapping of a rule file or test file.
enum class PackPart : std::uint8_t {
  kPack,
  kTopic,
  kExtension,
  kRule,
  kStory,
  kBudget,
  kTestFile,
  kTest,
  kArticle,
  kExpectedTopic
};
inline constexpr std::size_t kPackPartCount = 10;

// What is written behind a key.
enum class KeyForm : std::uint8_t {
  kText,
  kId,          // letters a to z and digits, joined by -, _ or .
  kExpression,  // of the rule language
  kChoice,      // one of `choices`
  kInteger,     // from `least` to `most`
  kBoolean,
  kDuration,        // 90m, 48h, 7d
  kTexts,           // a list of texts
  kLanguages,       // a list of the two or three letters of ISO 639
  kSteps,           // a list of rising integers from `least` to `most`
  kNamedLists,      // names, and the terms of each
  kMapping,         // of `part`
  kMappings,        // a list of mappings of `part`, one at least
  kTopics,          // the same, of topics and of extensions
  kExpectedTopics,  // a list of ids of topics, or of mappings of `part`
};

struct PackKey {
  PackPart in;
  std::string_view name;
  KeyForm form;
  std::string_view help;                // one sentence, in Markdown
  bool required = false;                // must be written
  std::string_view default_value = {};  // as it would be written
  std::span<const std::string_view> choices = {};
  std::uint32_t least = 0, most = 0;
  PackPart part = PackPart::kPack;
};

// By part, in the order in which they are best written.
std::span<const PackKey> PackKeys();

// Those of one mapping.
const std::vector<std::string_view>& KeysOf(PackPart part);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_PACK_KEYS_H_
