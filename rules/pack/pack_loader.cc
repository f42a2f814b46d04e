#include "rules/pack/pack_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "base/text/ascii.h"
#include "base/yaml/yaml_mapping.h"
#include "base/yaml/yaml_text.h"
#include "rules/codes/language_code.h"
#include "rules/pack/expression_report.h"
#include "rules/pack/library_files.h"
#include "rules/pack/lint/rule_lint.h"
#include "rules/pack/pack_extensions.h"
#include "rules/pack/pack_keys.h"
#include "rules/pack/pack_lists.h"
#include "rules/pack/rule_budget.h"
#include "rules/pack/topic_terms.h"

namespace wirewatch {
namespace {

constexpr TopicSeverity kSeverities[] = {TopicSeverity::kLow, TopicSeverity::kMedium, TopicSeverity::kHigh,
                                         TopicSeverity::kCritical};

// Keys that a pack begins a line with, for all to know it by.
const std::vector<std::string_view> kPackKeys = {"pack", "topics", "lists", "owner", "use"};

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || IsAsciiDigit(c); }

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdBytes && IsLowerOrDigit(text.front()) && IsLowerOrDigit(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsLowerOrDigit(c) || c == '-' || c == '_' || c == '.'; });
}

// What the writer of a bad id most likely wants: "5G vendor bans" is offered "5g-vendor-bans".
std::string AsId(std::string_view text) {
  std::string id;
  for (char c : text.substr(0, kMaxIdBytes)) {
    c = AsciiLower(c);
    if (IsLowerOrDigit(c) || (!id.empty() && (c == '_' || c == '.'))) {
      id += c;
    } else if (!id.empty() && IsLowerOrDigit(id.back())) {
      id += '-';
    }
  }
  while (!id.empty() && !IsLowerOrDigit(id.back())) id.pop_back();
  return id;
}

// Where each topic was first seen, over all files.
using TopicPlaces = std::map<std::string, std::string, std::less<>>;

// Reads one pack. Goes on behind every mistake, so that all of them are reported.
class PackReader {
 public:
  PackReader(YamlText& text, TopicPlaces& topic_places, LibraryFiles& libraries)
      : text_(text), topic_places_(topic_places), libraries_(libraries), lists_(text) {}

  // What it uses, behind Read.
  const std::vector<std::filesystem::path>& used_files() const { return lists_.used_files(); }

  Pack Read(const YamlNode& root) {
    Pack pack;
    pack.file = text_.file();
    if (HoldsTests(root)) {
      ReportTests(root);
      return pack;
    }
    const YamlMapping mapping(text_, root, "a pack", KeysOf(PackPart::kPack));
    pack.name = ReadId(text_, mapping.Require("pack"), "'pack'").value_or("");
    pack.owner = ReadText(text_, mapping.Find("owner"), "'owner'").value_or("");
    pack.about = ReadAbout(mapping);
    if (const YamlNode* han = mapping.Find("han")) han_ = ReadHan(*han).value_or(han_);
    if (const YamlNode* use = mapping.Find("use")) lists_.Use(*use, libraries_);
    if (const YamlNode* lists = mapping.Find("lists")) lists_.Read(*lists);
    const YamlNode* topics = mapping.Require("topics");
    for (const YamlNode* topic : ReadItems(text_, topics, "'topics'", "- id: 5g-vendor-bans")) {
      if (Extends(*topic)) {
        pack.extensions.push_back(ReadExtension(*topic));
      } else {
        pack.topics.push_back(ReadTopic(*topic));
      }
    }
    if (topics != nullptr && topics->kind == YamlNode::Kind::kSequence && topics->items.empty()) {
      text_.Error(*topics, "empty-list", "a pack without topics does nothing", "add a topic");
    }
    lists_.ReportUnused();
    lists_.LintEntries();
    return pack;
  }

 private:
  static bool HoldsTests(const YamlNode& root) {
    const auto has = [&](std::string_view key) {
      return std::any_of(root.entries.begin(), root.entries.end(),
                         [&](const YamlEntry& entry) { return entry.key.scalar == key; });
    };
    return has("tests") && !has("topics");
  }

  // Tests whose file is not named as such.
  void ReportTests(const YamlNode& root) {
    std::string stem = std::filesystem::path(text_.file()).stem().string();
    for (const std::string_view end : {"_tests", "-tests", "-test", ".tests", ".test", "_spec", "tests", "test"}) {
      if (!stem.ends_with(end) || stem.size() == end.size()) continue;
      stem.resize(stem.size() - end.size());
      break;
    }
    text_.Error(root, "unknown-key", "this file holds tests, but is not named as a test file",
                fmt::format("the tests of {0}.yaml belong in {0}_test.yaml", stem));
  }

  // What a pack, a topic or a rule says of itself.
  About ReadAbout(const YamlMapping& mapping) {
    return {ReadText(text_, mapping.Find("description"), "'description'").value_or(""),
            ReadTexts(text_, mapping.Find("references"), "'references'", "[https://example.org/report]")};
  }

  // ---- topics

  Topic ReadTopic(const YamlNode& node) {
    Topic topic;
    const YamlMapping mapping(text_, node, "a topic", KeysOf(PackPart::kTopic));
    if (node.kind != YamlNode::Kind::kMapping) return topic;
    const YamlNode* id = mapping.Require("id");
    topic.id = ReadId(text_, id, "the id of a topic").value_or("");
    if (!topic.id.empty()) {
      const TextPosition place = text_.PositionOf(*id);
      const auto [first, is_new] = topic_places_.try_emplace(topic.id, fmt::format("{}:{}", text_.file(), place.line));
      if (!is_new) {
        text_.Error(*id, "duplicate-id", fmt::format("the topic '{}' is already at {}", topic.id, first->second),
                    "topics of all packs have different ids");
      }
    }
    topic.title = ReadText(text_, mapping.Require("title"), "'title'").value_or("");
    topic.about = ReadAbout(mapping);
    if (const YamlNode* severity = mapping.Find("severity"))
      topic.severity = ReadSeverity(text_, *severity).value_or(topic.severity);
    topic.tags = ReadTexts(text_, mapping.Find("tags"), "'tags'", "[telecom, security]");
    if (const YamlNode* languages = mapping.Find("languages")) topic.languages = ReadLanguages(*languages);

    ReadRules(mapping, topic);
    if (const YamlNode* story = mapping.Find("story")) topic.story = ReadStory(*story);
    return topic;
  }

  // What a topic and its extensions have: the keys `rules`, `unless` and `han`. To be called when the languages are
  // known.
  void ReadRules(const YamlMapping& mapping, Topic& topic) {
    const YamlNode* rules = mapping.Require("rules");
    std::set<std::string> ids;
    for (const YamlNode* rule : ReadItems(text_, rules, "'rules'", "- id: ban-near-vendor")) {
      topic.rules.push_back(ReadRule(*rule, ids));
    }
    if (rules != nullptr && rules->kind == YamlNode::Kind::kSequence && rules->items.empty()) {
      text_.Error(*rules, "empty-list", "a topic without rules never matches", "add a rule");
    }
    if (const YamlNode* unless = mapping.Find("unless")) {
      if (auto expression = ReadExpression(*unless, "'unless'")) {
        topic.unless = std::move(*expression);
        topic.unless_text = unless->scalar;
        topic.unless_place = text_.PositionOf(*unless);
      }
    }
    topic.status = ReadStatus(mapping);
    if (const YamlNode* budget = mapping.Find("budget")) topic.budget = ReadBudget(*budget);
    JoinLanguages(topic);
    HanCharacters han = han_;
    if (const YamlNode* node_of_han = mapping.Find("han")) han = ReadHan(*node_of_han).value_or(han);
    SettleTerms(topic, han == HanCharacters::kSame);
    LintTopic(topic, mapping, rules);
  }

  // A rule of other languages than its topic: the topic reads those, too, and its other rules stay with theirs.
  static void JoinLanguages(Topic& topic) {
    if (topic.languages.empty()) return;  // it reads all
    std::vector<std::string> all = topic.languages;
    for (const Rule& rule : topic.rules) {
      for (const std::string& language : rule.languages) {
        if (std::find(all.begin(), all.end(), language) == all.end()) all.push_back(language);
      }
    }
    if (all.size() == topic.languages.size()) return;
    for (Rule& rule : topic.rules) {
      if (rule.languages.empty()) rule.languages = topic.languages;
    }
    topic.languages = std::move(all);
  }

  static bool Extends(const YamlNode& topic) {
    return std::any_of(topic.entries.begin(), topic.entries.end(),
                       [](const YamlEntry& entry) { return entry.key.scalar == "extends"; });
  }

  TopicExtension ReadExtension(const YamlNode& node) {
    TopicExtension extension;
    const YamlMapping mapping(text_, node, "an extension of a topic", KeysOf(PackPart::kExtension));
    const YamlNode* id = mapping.Require("extends");
    extension.topic = ReadId(text_, id, "the id of a topic").value_or("");
    extension.place = text_.PositionOf(*id);
    Topic topic;
    if (const YamlNode* languages = mapping.Find("languages")) topic.languages = ReadLanguages(*languages);
    ReadRules(mapping, topic);
    extension.languages = std::move(topic.languages);
    extension.rules = std::move(topic.rules);
    extension.unless = std::move(topic.unless);
    return extension;
  }

  // ---- what is read, but hardly as it was meant

  void LintTopic(const Topic& topic, const YamlMapping& mapping, const YamlNode* rules) {
    const Expression* const unless = topic.unless ? &*topic.unless : nullptr;
    // Only of rules with the same words the texts are made and compared: a text takes as long as all other lints.
    struct Alike {
      const Rule* first = nullptr;
      std::map<std::string, std::string> rules;  // if there are several: an expression, and the rule that has it
    };
    std::unordered_map<std::size_t, Alike> seen;
    for (std::size_t i = 0; i < topic.rules.size(); ++i) {
      const Rule& rule = topic.rules[i];
      if (rule.match_text.empty()) continue;  // with a mistake
      const YamlNode& match = *Value(rules->items[i], "match");
      const std::vector<std::string>& languages = rule.languages.empty() ? topic.languages : rule.languages;
      ReportWarnings(text_, match, LintRule(rule.match, unless, languages));
      LintCommonWords(text_, match, rule.match, languages);
      lists_.NoteLanguages(rule.match, languages);
      Alike& alike = seen[HashOfWords(rule.match, 0)];
      if (alike.first == nullptr) {
        alike.first = &rule;
        continue;
      }
      if (alike.rules.empty()) alike.rules.emplace(ToText(alike.first->match), alike.first->id);
      const auto [first, is_new] = alike.rules.try_emplace(ToText(rule.match), rule.id);
      if (!is_new) {
        text_.Report(match, Severity::kWarning, "duplicate-rule", fmt::format("rule '{}' says the same", first->second),
                     "delete one of the two");
      }
    }
    if (unless == nullptr) return;
    const YamlNode& node = *mapping.Find("unless");
    ReportWarnings(text_, node, LintUnless(*unless, topic.languages));
    LintCommonWords(text_, node, *unless, topic.languages);
    lists_.NoteLanguages(*unless, topic.languages);
  }

  // REQUIRES: the mapping has that key.
  static const YamlNode* Value(const YamlNode& mapping, std::string_view key) {
    return &std::find_if(mapping.entries.begin(), mapping.entries.end(), [&](const YamlEntry& entry) {
              return entry.key.scalar == key;
            })->value;
  }

  // The same for expressions of the same text: of words, names of lists and values in their order.
  static std::size_t HashOfWords(const Expression& e, std::size_t before) {
    const auto with = [&](std::string_view word) { return before * 31 + std::hash<std::string_view>()(word); };
    if (!e.list.empty()) return with(e.list);
    if (e.kind == Expression::Kind::kAttribute) return with(e.value);
    if (e.kind == Expression::Kind::kTerm && e.term.kind != Term::Kind::kRegex) return with(e.term.text);
    for (const Expression& child : e.children) before = HashOfWords(child, before);
    return before;
  }

  Rule ReadRule(const YamlNode& node, std::set<std::string>& ids) {
    Rule rule;
    const YamlMapping mapping(text_, node, "a rule", KeysOf(PackPart::kRule));
    if (node.kind != YamlNode::Kind::kMapping) return rule;
    const YamlNode* id = mapping.Require("id");
    rule.id = ReadId(text_, id, "the id of a rule").value_or("");
    if (!rule.id.empty() && !ids.insert(rule.id).second) {
      text_.Error(*id, "duplicate-id", fmt::format("this topic already has a rule '{}'", rule.id),
                  "rules of a topic have different ids");
    }
    rule.about = ReadAbout(mapping);
    if (const YamlNode* match = mapping.Require("match")) {
      if (auto expression = ReadExpression(*match, "'match'")) {
        rule.match = std::move(*expression);
        rule.match_text = match->scalar;
        rule.place = text_.PositionOf(*match);
      }
    }
    rule.score = ReadNumber(text_, mapping.Find("score"), "'score'", 0, kMaxScore).value_or(rule.score);
    if (const YamlNode* severity = mapping.Find("severity")) rule.severity = ReadSeverity(text_, *severity);
    if (const YamlNode* languages = mapping.Find("languages")) rule.languages = ReadLanguages(*languages);
    rule.status = ReadStatus(mapping);
    if (const YamlNode* budget = mapping.Find("budget")) rule.budget = ReadBudget(*budget);
    return rule;
  }

  // ---- what topics and rules have both

  RuleStatus ReadStatus(const YamlMapping& mapping) {
    const YamlNode* status = mapping.Find("status");
    if (status == nullptr) return RuleStatus::kActive;
    return ReadName(text_, *status, "'status'", "status", kRuleStatuses).value_or(RuleStatus::kActive);
  }

  RuleBudget ReadBudget(const YamlNode& node) {
    RuleBudget budget;
    const YamlMapping mapping(text_, node, "'budget'", KeysOf(PackPart::kBudget));
    if (const YamlNode* cpu = mapping.Find("cpu")) {
      if (const auto text = ReadText(text_, cpu, "'cpu'")) {
        budget.cpu = ParseCpuBudget(*text);
        if (!budget.cpu) {
          text_.Error(*cpu, "bad-value",
                      fmt::format("'cpu' is the time of a processor for each article, on average, not '{}'", *text),
                      "write it like 50us or 2ms: from 1us to 1000ms");
        }
      }
    }
    if (const YamlNode* hits = mapping.Find("hits")) {
      if (const auto text = ReadText(text_, hits, "'hits'")) {
        budget.hits = ParseHitBudget(*text);
        if (!budget.hits) {
          text_.Error(*hits, "bad-value", fmt::format("'hits' is a number of articles in an hour, not '{}'", *text),
                      "write it like 50/h: from 1/h to 10000000/h");
        }
      }
    }
    return budget;
  }

  std::vector<std::string> ReadLanguages(const YamlNode& node) {
    std::vector<std::string> languages;
    const auto items = ReadItems(text_, &node, "'languages'", "[en, de]");
    if (node.kind == YamlNode::Kind::kSequence && items.empty()) {
      text_.Error(node, "empty-list", "'languages' is empty", "delete the key to take articles of any language");
    }
    for (const YamlNode* item : items) {
      auto language = ReadText(text_, item, "an entry of 'languages'");
      if (!language) continue;
      *language = AsciiLowerCase(*language);
      const bool letters = std::all_of(language->begin(), language->end(), IsAsciiLetter);
      if (letters && (language->size() == 2 || language->size() == 3)) {
        std::string canonical = CanonicalLanguage(*language);
        if (canonical.empty()) {
          text_.Report(*item, Severity::kWarning, "unknown-code",
                       fmt::format("no language has the code '{}', so no article does", *language),
                       "codes are those of ISO 639: [en, de, zh]");
        }
        languages.push_back(canonical.empty() ? std::move(*language) : std::move(canonical));
        continue;
      }
      const std::size_t hyphen = language->find('-');
      text_.Error(*item, "bad-value", fmt::format("'{}' is not the code of a language", item->scalar),
                  hyphen == 2 || hyphen == 3
                      ? fmt::format("write {}: it stands for all its varieties", language->substr(0, hyphen))
                      : "write the two or three letters of ISO 639: en, de, zh");
    }
    return languages;
  }

  std::optional<HanCharacters> ReadHan(const YamlNode& node) {
    return ReadName(text_, node, "'han'", "way to take Chinese characters", kHanCharacters);
  }

  StoryPolicy ReadStory(const YamlNode& node) {
    StoryPolicy story;
    const YamlMapping mapping(text_, node, "'story'", KeysOf(PackPart::kStory));
    if (const YamlNode* window = mapping.Find("window")) {
      if (const auto text = ReadText(text_, window, "'window'")) {
        const auto duration = ParseDuration(*text);
        if (duration && *duration >= kMinStoryWindow && *duration <= kMaxStoryWindow) {
          story.window = *duration;
        } else {
          text_.Error(*window, "bad-value",
                      fmt::format("'window' is a time from 1m to {}d, not '{}'", kMaxStoryWindow.count(), *text),
                      "write it like 90m, 48h or 7d");
        }
      }
    }
    const YamlNode* const grow = mapping.Find("grow");
    const std::vector<const YamlNode*> steps = ReadItems(text_, grow, "'grow'", "[5, 20, 100]");
    if (steps.size() > kMaxGrowSteps) {
      text_.Error(*grow, "bad-value", fmt::format("'grow' has at most {} steps, not {}", kMaxGrowSteps, steps.size()),
                  "write steps that lie further apart: [5, 20, 100]");
    }
    for (const YamlNode* step : steps) {
      const auto sources = ReadNumber(text_, step, "a step of 'grow'", 2, kMaxGrow);
      if (!sources) continue;
      if (!story.grow.empty() && *sources <= story.grow.back()) {
        text_.Error(*step, "bad-value", "the steps of 'grow' must rise",
                    "write them in order, each once: [5, 20, 100]");
        continue;
      }
      story.grow.push_back(*sources);
    }
    story.throttle = ReadNumber(text_, mapping.Find("throttle"), "'throttle'", 1, kMaxThrottle);
    if (const YamlNode* burst = mapping.Find("burst")) {
      story.burst = ReadName(text_, *burst, "'burst'", "sensitivity", kBurstSensitivities).value_or(story.burst);
    }
    story.join = ReadBoolean(text_, mapping.Find("join"), "'join'").value_or(story.join);
    story.quiet = ReadBoolean(text_, mapping.Find("quiet"), "'quiet'").value_or(story.quiet);
    return story;
  }

  std::optional<Expression> ReadExpression(const YamlNode& node, std::string_view what) {
    if (node.kind != YamlNode::Kind::kScalar) {
      text_.Error(node, "wrong-type", fmt::format("{} is an expression: one text", what),
                  "put it in single quotes if it begins with [ or { or has a colon and a blank in it");
      return std::nullopt;
    }
    lists_.Prepare(node.scalar);
    ParsedExpression parsed = ParseExpression(node.scalar, lists_.named());
    const bool has_errors = !parsed.errors.empty();
    std::erase_if(parsed.errors, [&](ExpressionError& error) { return !lists_.Explain(node.scalar, error); });
    if (!has_errors) lists_.NoteUse(*parsed.expression);
    if (IsCutByComma(text_, node)) {
      for (ExpressionError& error : parsed.errors) {
        if (!error.code.starts_with("unclosed")) continue;
        error.help = "within { } YAML ends the value at the comma: put the expression in single quotes";
      }
    }
    ReportErrors(text_, node, parsed.errors);
    ReportWarnings(text_, node, parsed.warnings);
    WarnOfComment(text_, node, has_errors);
    if (has_errors) lists_.NoteUseIn(node.scalar);
    if (parsed.expression && !CheckRegexes(text_, node, *parsed.expression, 0)) return std::nullopt;
    return std::move(parsed.expression);
  }

  YamlText& text_;
  TopicPlaces& topic_places_;
  LibraryFiles& libraries_;
  PackLists lists_;
  HanCharacters han_ = HanCharacters::kApart;  // of topics that do not say it
};

void LoadInto(LoadedPacks& loaded, std::string_view bytes, const std::string& file, TopicPlaces& topic_places,
              LibraryFiles& libraries) {
  if (IsLibraryText(bytes)) {
    libraries.Add(file, bytes);
    return;
  }
  YamlText text(file, bytes);
  text.QuoteOnlyWith(kPackKeys);
  std::vector<PackSwitch> switches;
  if (const auto root = text.Parse()) {
    PackReader reader(text, topic_places, libraries);
    loaded.packs.push_back(std::make_shared<const Pack>(reader.Read(*root)));
    loaded.used_files.insert(loaded.used_files.end(), reader.used_files().begin(), reader.used_files().end());
    switches = ReadSwitches(text, *root);
  }
  Diagnostics diagnostics = text.TakeDiagnostics();
  ApplySwitches(switches, diagnostics);
  std::move(diagnostics.begin(), diagnostics.end(), std::back_inserter(loaded.diagnostics));
  std::move(switches.begin(), switches.end(), std::back_inserter(loaded.switches));
}

}  // namespace

std::optional<std::string> ReadId(YamlText& text, const YamlNode* node, std::string_view what) {
  auto id = ReadText(text, node, what);
  if (!id || IsId(*id)) return id;
  const std::string offered = AsId(*id);
  text.Error(*node, "bad-id",
             fmt::format("{} is made of at most {} letters a to z and digits, joined by -, _ or .", what, kMaxIdBytes),
             offered.empty() ? "write it like 5g-vendor-bans" : fmt::format("write {}", offered));
  return std::nullopt;
}

std::optional<TopicSeverity> ReadSeverity(YamlText& text, const YamlNode& node) {
  return ReadName(text, node, "'severity'", "severity", kSeverities);
}

LoadedPacks LoadPacks(const std::vector<std::filesystem::path>& files) {
  LoadedPacks loaded;
  TopicPlaces topic_places;
  LibraryFiles libraries;
  for (const std::filesystem::path& file : files) {
    const auto bytes = YamlText::ReadFile(file);
    if (bytes) {
      LoadInto(loaded, *bytes, file.string(), topic_places, libraries);
      continue;
    }
    Diagnostic& diagnostic = loaded.diagnostics.emplace_back();
    diagnostic.file = file.string();
    diagnostic.code = "unreadable";
    diagnostic.message = bytes.error().message;
    switch (bytes.error().code) {
      case ErrorCode::kTooLarge: diagnostic.help = "split it into several packs"; break;
      case ErrorCode::kInvalid: diagnostic.help = "packs are read again when they change: only files can be"; break;
      default: diagnostic.help = "check its path and permissions";
    }
  }
  AddLibraries(libraries, loaded);
  PackExtensions().Join(loaded);
  return loaded;
}

LoadedPacks LoadPackText(std::string_view text, const std::string& file) {
  LibraryFiles libraries;
  LoadedPacks loaded = LoadPackText(text, file, libraries);
  AddLibraries(libraries, loaded);
  return loaded;
}

LoadedPacks LoadPackText(std::string_view text, const std::string& file, LibraryFiles& libraries) {
  LoadedPacks loaded;
  TopicPlaces topic_places;
  LoadInto(loaded, text, file, topic_places, libraries);
  return loaded;
}

void AddLibraries(const LibraryFiles& libraries, LoadedPacks& loaded) {
  for (const auto& [path, file] : libraries.files()) {
    if (file->pack_library != nullptr) loaded.libraries.push_back(file->pack_library);
    loaded.diagnostics.insert(loaded.diagnostics.end(), file->diagnostics.begin(), file->diagnostics.end());
  }
}

}  // namespace wirewatch
