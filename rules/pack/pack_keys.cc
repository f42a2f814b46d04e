#include "rules/pack/pack_keys.h"

#include <array>

#include "rules/language/attribute_value.h"
#include "rules/pack/pack.h"

namespace wirewatch {
namespace {

constexpr auto kSeverities = std::to_array<std::string_view>({"low", "medium", "high", "critical"});
constexpr auto kHan = std::to_array<std::string_view>({"apart", "same"});
constexpr auto kStatuses = std::to_array<std::string_view>({"active", "shadow", "off"});
constexpr auto kBursts = std::to_array<std::string_view>({"off", "low", "medium", "high"});

// The names of the enums in pack.h, which the loader reads them with.
template <typename Enum>
constexpr bool AreNamesOf(std::span<const std::string_view> names, Enum last) {
  if (names.size() != static_cast<std::size_t>(last) + 1) return false;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] != Name(static_cast<Enum>(i))) return false;
  }
  return true;
}
static_assert(AreNamesOf(kSeverities, TopicSeverity::kCritical));
static_assert(AreNamesOf(kHan, HanCharacters::kSame));
static_assert(AreNamesOf(kStatuses, RuleStatus::kOff));
static_assert(AreNamesOf(kBursts, BurstSensitivity::kHigh));

using enum KeyForm;
using enum PackPart;

constexpr auto kKeys = std::to_array<PackKey>({
    {.in = kPack, .name = "pack", .form = kId, .help = "The pack's name.", .required = true},
    {.in = kPack, .name = "owner", .form = kText, .help = "Who answers for it: a person, a desk or an address."},
    {.in = kPack, .name = "description", .form = kText, .help = "What the pack is for, for people."},
    {.in = kPack, .name = "references", .form = kTexts, .help = "What it rests on: addresses, or titles of documents."},
    {.in = kPack,
     .name = "han",
     .form = kChoice,
     .help = "Whether traditional and simplified Chinese characters are one, in all its topics.",
     .default_value = "apart",
     .choices = kHan},
    {.in = kPack, .name = "use", .form = kTexts, .help = "Libraries of lists: paths from the folder of the pack."},
    {.in = kPack, .name = "lists", .form = kNamedLists, .help = "Named lists of terms, used as `@name`."},
    {.in = kPack, .name = "topics", .form = kTopics, .help = "What the pack finds.", .required = true, .part = kTopic},

    {.in = kTopic,
     .name = "id",
     .form = kId,
     .help = "What people subscribe to; different in all packs that are loaded together.",
     .required = true},
    {.in = kTopic, .name = "title", .form = kText, .help = "Its name for people.", .required = true},
    {.in = kTopic, .name = "description", .form = kText, .help = "What it should find and what not, for people."},
    {.in = kTopic,
     .name = "references",
     .form = kTexts,
     .help = "What it rests on: addresses, or titles of documents."},
    {.in = kTopic,
     .name = "severity",
     .form = kChoice,
     .help = "Of its rules that have none.",
     .default_value = "medium",
     .choices = kSeverities},
    {.in = kTopic, .name = "tags", .form = kTexts, .help = "Copied to alerts."},
    {.in = kTopic,
     .name = "languages",
     .form = kLanguages,
     .help = "Articles in these only; `en` includes `en-GB`. An article of unknown language is read too."},
    {.in = kTopic,
     .name = "han",
     .form = kChoice,
     .help = "Whether traditional and simplified Chinese characters are one; in place of that of the pack.",
     .choices = kHan},
    {.in = kTopic,
     .name = "rules",
     .form = kMappings,
     .help = "The topic fires when one of them holds.",
     .required = true,
     .part = kRule},
    {.in = kTopic, .name = "unless", .form = kExpression, .help = "The topic does not fire where this holds."},
    {.in = kTopic, .name = "story", .form = kMapping, .help = "How its stories are followed.", .part = kStory},
    {.in = kTopic,
     .name = "status",
     .form = kChoice,
     .help = "`shadow`: it runs and is counted, and never alerts; `off`: it does not run.",
     .default_value = "active",
     .choices = kStatuses},
    {.in = kTopic,
     .name = "budget",
     .form = kMapping,
     .help = "What it may take, with all its rules.",
     .part = kBudget},

    {.in = kExtension,
     .name = "extends",
     .form = kId,
     .help = "The id of a topic of another file, which gets these rules, too.",
     .required = true},
    {.in = kExtension, .name = "languages", .form = kLanguages, .help = "Of these rules."},
    {.in = kExtension,
     .name = "han",
     .form = kChoice,
     .help = "Whether traditional and simplified Chinese characters are one; in place of that of the pack.",
     .choices = kHan},
    {.in = kExtension,
     .name = "rules",
     .form = kMappings,
     .help = "The topic also fires when one of them holds.",
     .required = true,
     .part = kRule},
    {.in = kExtension, .name = "unless", .form = kExpression, .help = "None of these rules holds where this does."},

    {.in = kRule, .name = "id", .form = kId, .help = "Different in its topic.", .required = true},
    {.in = kRule, .name = "description", .form = kText, .help = "What it should find, for people."},
    {.in = kRule, .name = "references", .form = kTexts, .help = "What it rests on: addresses, or titles of documents."},
    {.in = kRule, .name = "match", .form = kExpression, .help = "What an article must say.", .required = true},
    {.in = kRule,
     .name = "score",
     .form = kInteger,
     .help = "A match has the highest of the rules that hold.",
     .default_value = "50",
     .least = 0,
     .most = kMaxScore},
    {.in = kRule,
     .name = "severity",
     .form = kChoice,
     .help = "In place of that of its topic; a match has the highest of the rules that hold.",
     .choices = kSeverities},
    {.in = kRule,
     .name = "languages",
     .form = kLanguages,
     .help = "Articles in these only; in place of those of its topic."},
    {.in = kRule,
     .name = "status",
     .form = kChoice,
     .help = "As that of its topic, for this rule alone.",
     .default_value = "active",
     .choices = kStatuses},
    {.in = kRule, .name = "budget", .form = kMapping, .help = "What it may take.", .part = kBudget},

    {.in = kStory,
     .name = "window",
     .form = kDuration,
     .help = "An article joins a story that had one within this time: 1m to 31d.",
     .default_value = "48h"},
    {.in = kStory,
     .name = "grow",
     .form = kSteps,
     .help = "Alert again when so many different sources carry a story.",
     .least = 2,
     .most = kMaxGrow},
    {.in = kStory,
     .name = "throttle",
     .form = kInteger,
     .help = "Alerts of the topic in an hour, at most.",
     .least = 1,
     .most = kMaxThrottle},
    {.in = kStory,
     .name = "burst",
     .form = kChoice,
     .help = "How much it takes that the topic is said to boil.",
     .default_value = "medium",
     .choices = kBursts},
    {.in = kStory,
     .name = "join",
     .form = kBoolean,
     .help = "`false`: each article is a story by itself.",
     .default_value = "true"},
    {.in = kStory,
     .name = "quiet",
     .form = kBoolean,
     .help = "`true`: tell when the topic, or a source of it, is silent for far longer than usual.",
     .default_value = "false"},

    {.in = kBudget,
     .name = "cpu",
     .form = kText,
     .help = "Time of a processor for each article, on average: 1us to 1000ms."},
    {.in = kBudget, .name = "hits", .form = kText, .help = "Articles in an hour: 1/h to 10000000/h."},

    {.in = kTestFile,
     .name = "tests",
     .form = kMappings,
     .help = "Articles, and what must fire on them.",
     .required = true,
     .part = kTest},

    {.in = kTest, .name = "name", .form = kText, .help = "A sentence.", .required = true},
    {.in = kTest, .name = "article", .form = kMapping, .help = "What is read.", .required = true, .part = kArticle},
    {.in = kTest,
     .name = "fires",
     .form = kExpectedTopics,
     .help = "The topics that must fire, and no others; `[]` asserts silence.",
     .part = kExpectedTopic},
    {.in = kTest,
     .name = "must_fire",
     .form = kExpectedTopics,
     .help = "In place of `fires`: only these topics, and those of `must_not_fire`, are judged.",
     .part = kExpectedTopic},
    {.in = kTest, .name = "must_not_fire", .form = kTexts, .help = "Topics that must not fire."},

    {.in = kTest, .name = "todo", .form = kText, .help = "`true`, or why: all that the test wants is to do."},
    {.in = kTest,
     .name = "todo_fire",
     .form = kExpectedTopics,
     .help = "Topics that should fire, and do not yet.",
     .part = kExpectedTopic},
    {.in = kTest, .name = "todo_silent", .form = kTexts, .help = "Topics that should be silent, and are not yet."},

    {.in = kArticle, .name = "title", .form = kText, .help = "The headline."},
    {.in = kArticle, .name = "summary", .form = kText, .help = "What stands above the text."},
    {.in = kArticle, .name = "body", .form = kText, .help = "The text."},
    {.in = kArticle, .name = "language", .form = kText, .help = "The code of its language."},
    {.in = kArticle, .name = "country", .form = kText, .help = "Its country, as a code or a name."},
    {.in = kArticle, .name = "source", .form = kText, .help = "Who published it."},
    {.in = kArticle, .name = "host", .form = kText, .help = "The host of its url."},
    {.in = kArticle, .name = "section", .form = kText, .help = "Its section."},
    {.in = kArticle, .name = "tags", .form = kTexts, .help = "Its tags."},
    {.in = kArticle, .name = "age", .form = kDuration, .help = "The time since its publication."},
    {.in = kArticle,
     .name = "urgency",
     .form = kInteger,
     .help = "1 is the most urgent.",
     .least = 1,
     .most = kMostUrgency},
    {.in = kArticle,
     .name = "file",
     .form = kText,
     .help = "A file of articles beside the test file, from which the rest of the article is taken."},
    {.in = kArticle, .name = "id", .form = kText, .help = "Of the article in `file`."},

    {.in = kExpectedTopic, .name = "topic", .form = kText, .help = "The id of a topic.", .required = true},
    {.in = kExpectedTopic,
     .name = "severity",
     .form = kChoice,
     .help = "That the match must have.",
     .choices = kSeverities},
    {.in = kExpectedTopic,
     .name = "score",
     .form = kInteger,
     .help = "That the match must have.",
     .least = 0,
     .most = kMaxScore},
    {.in = kExpectedTopic, .name = "rules", .form = kTexts, .help = "Rules that must be among those that hold."},
});

}  // namespace

std::span<const PackKey> PackKeys() { return kKeys; }

const std::vector<std::string_view>& KeysOf(PackPart part) {
  static const std::array<std::vector<std::string_view>, kPackPartCount> keys = [] {
    std::array<std::vector<std::string_view>, kPackPartCount> by_part;
    for (const PackKey& key : kKeys) by_part[static_cast<std::size_t>(key.in)].push_back(key.name);
    return by_part;
  }();
  return keys[static_cast<std::size_t>(part)];
}

}  // namespace wirewatch
