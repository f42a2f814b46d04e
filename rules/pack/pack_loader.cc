#include "rules/pack/pack_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "base/text/ascii.h"
#include "base/text/printable.h"
#include "base/yaml/yaml_mapping.h"
#include "base/yaml/yaml_text.h"
#include "rules/codes/language_code.h"
#include "rules/lanes/regex_lane.h"
#include "rules/language/common_words.h"
#include "rules/language/word_pattern.h"
#include "rules/pack/lint/rule_lint.h"

namespace wirewatch {
namespace {

constexpr std::size_t kMaxIdBytes = 100;  // an id is a kafka key, a label and part of URLs
constexpr std::uint32_t kMaxScore = 100;
constexpr std::uint32_t kMaxGrow = 100'000;
constexpr std::size_t kMaxListNesting = 100;
constexpr auto kMinWindow = std::chrono::minutes(1);
constexpr auto kMaxWindow = std::chrono::days(31);
constexpr TopicSeverity kSeverities[] = {TopicSeverity::kLow, TopicSeverity::kMedium, TopicSeverity::kHigh,
                                         TopicSeverity::kCritical};

constexpr std::string_view kTestEnd = "_test";

// Keys that a pack begins a line with, for all to know it by.
const std::vector<std::string_view> kPackKeys = {"pack", "topics", "lists", "owner"};

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdBytes && IsLowerOrDigit(text.front()) && IsLowerOrDigit(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsLowerOrDigit(c) || c == '-' || c == '_' || c == '.'; });
}

// What the writer of a bad id most likely wants: "5G vendor bans" is offered "5g-vendor-bans".
std::string AsId(std::string_view text) {
  std::string id;
  for (char c : text.substr(0, kMaxIdBytes)) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (IsLowerOrDigit(c) || (!id.empty() && (c == '_' || c == '.'))) {
      id += c;
    } else if (!id.empty() && IsLowerOrDigit(id.back())) {
      id += '-';
    }
  }
  while (!id.empty() && !IsLowerOrDigit(id.back())) id.pop_back();
  return id;
}

bool IsListName(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdBytes && text.back() != '.' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '_' || c == '-' || c == '.'; });
}

// Two terms that fold to the same text find the same.
Term Folded(Term term) {
  if (term.kind == Term::Kind::kWords) term.text = PatternOf(term);
  return term;
}

// Where each topic was first seen, over all files.
using TopicPlaces = std::map<std::string, std::string, std::less<>>;

// Reads one pack. Goes on behind every mistake, so that all of them are reported.
class PackReader {
 public:
  PackReader(YamlText& text, TopicPlaces& topic_places) : text_(text), topic_places_(topic_places) {}

  Pack Read(const YamlNode& root) {
    Pack pack;
    pack.file = text_.file();
    if (HoldsTests(root)) {
      ReportTests(root);
      return pack;
    }
    const YamlMapping mapping(text_, root, "a pack", {"pack", "owner", "lists", "topics"});
    pack.name = ReadId(mapping.Require("pack"), "'pack'").value_or("");
    pack.owner = ReadText(text_, mapping.Find("owner"), "'owner'").value_or("");
    if (const YamlNode* lists = mapping.Find("lists")) ReadLists(*lists);
    const YamlNode* topics = mapping.Require("topics");
    for (const YamlNode* topic : ReadItems(text_, topics, "'topics'", "- id: 5g-vendor-bans")) {
      pack.topics.push_back(ReadTopic(*topic));
    }
    if (topics != nullptr && topics->kind == YamlNode::Kind::kSequence && topics->items.empty()) {
      text_.Error(*topics, "empty-list", "a pack without topics does nothing", "add a topic");
    }
    ReportUnusedLists();
    LintLists();
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

  // ---- lists

  void ReadLists(const YamlNode& lists) {
    if (lists.kind != YamlNode::Kind::kMapping) {
      text_.Error(lists, "wrong-type", "'lists' is a mapping of names to terms",
                  "write it like vendors: [Huawei, ZTE]");
      return;
    }
    for (const YamlEntry& entry : lists.entries) {
      if (!IsListName(entry.key.scalar)) {
        text_.Error(entry.key, "bad-id", fmt::format("'{}' cannot be the name of a list", entry.key.scalar),
                    "a name has letters a to z, digits, -, _ and . only");
        continue;
      }
      list_keys_.push_back(&entry.key);
      unread_lists_.emplace(entry.key.scalar, &entry);
    }
    for (const YamlNode* key : list_keys_) FindList(key->scalar);
  }

  // The list of that name, read on the first call, because a list may be written before those that it contains. Null:
  // there is none, or it is being read: it contains itself.
  const Expression* FindList(const std::string& name) {
    if (const auto unread = unread_lists_.extract(name)) {
      reading_.push_back(name);
      lists_[name] = ReadList(*unread.mapped());
      reading_.pop_back();
    }
    const auto list = lists_.find(name);
    return list == lists_.end() ? nullptr : &list->second;
  }

  // With mistakes in it, what is left of it: its name must be known, or each use of it would be a mistake as well.
  Expression ReadList(const YamlEntry& entry) {
    Expression list;
    list.kind = Expression::Kind::kOr;
    const std::string what = fmt::format("the list '{}'", entry.key.scalar);
    if (entry.value.kind == YamlNode::Kind::kNull ||
        (entry.value.kind == YamlNode::Kind::kSequence && entry.value.items.empty())) {
      text_.Error(entry.key, "empty-list", fmt::format("{} is empty", what), "add a term, or delete the list");
      return list;
    }
    std::set<Term> own, all, left_out;
    const auto add = [&](const Expression& term) {
      if (all.insert(term.term).second) list.children.push_back(term);
    };
    bool has_mistakes = false;
    for (const YamlNode* item : ReadItems(text_, &entry.value, what, "[Huawei, ZTE]")) {
      const std::optional<ListEntry> read = ReadListEntry(*item, what);
      has_mistakes |= !read;
      if (!read) continue;
      if (read->leaves_out) {
        for (const Expression& term : read->terms) left_out.insert(Folded(term.term));
        continue;
      }
      if (!read->is_list) list_entries_.push_back({entry.key.scalar, item, read->terms.front().term});
      if (!read->is_list && !own.insert(Folded(read->terms.front().term)).second) {
        text_.Report(*item, Severity::kWarning, "repeated-term", fmt::format("{} has this term already", what),
                     "delete one of the two");
      }
      for (const Expression& term : read->terms) add(term);
    }
    std::erase_if(list.children, [&](const Expression& term) { return left_out.contains(Folded(term.term)); });
    if (list.children.empty() && !left_out.empty() && !has_mistakes) {
      text_.Error(entry.key, "empty-list", fmt::format("{} leaves out all of its terms", what),
                  "add a term, or delete the list");
    }
    return list;
  }

  struct ListEntry {
    std::vector<Expression> terms;
    bool is_list = false;     // @name
    bool leaves_out = false;  // NOT
  };

  // Nothing: a mistake, which is reported.
  std::optional<ListEntry> ReadListEntry(const YamlNode& item, const std::string& what) {
    if (item.kind != YamlNode::Kind::kScalar) {
      ReportNoTerm(item, what);
      return std::nullopt;
    }
    ListEntry read;
    std::string_view text = item.scalar;
    if (constexpr std::string_view kNot = "NOT "; text.starts_with(kNot)) {
      read.leaves_out = true;
      text.remove_prefix(std::min(text.find_first_not_of(' ', kNot.size()), text.size()));
    }
    if (text.starts_with('@')) {
      const Expression* const list = FindListOf(item, std::string(text.substr(1)));
      if (list == nullptr) return std::nullopt;
      read.is_list = true;
      read.terms = list->children;
      return read;
    }
    ParsedExpression parsed = ParseListEntry(text);
    const auto skipped = static_cast<std::uint32_t>(item.scalar.size() - text.size());
    for (ExpressionError& error : parsed.errors) {
      error.place.begin += skipped;
      error.place.end += skipped;
    }
    for (ExpressionError& warning : parsed.warnings) {
      warning.place.begin += skipped;
      warning.place.end += skipped;
    }
    ReportErrors(item, parsed.errors);
    ReportWarnings(item, parsed.warnings);
    if (!parsed.expression || !CheckRegexes(item, *parsed.expression, skipped)) return std::nullopt;
    read.terms.push_back(std::move(*parsed.expression));
    return read;
  }

  // A list that another one contains; null: reported.
  const Expression* FindListOf(const YamlNode& item, const std::string& name) {
    if (std::find(reading_.begin(), reading_.end(), name) != reading_.end()) {
      text_.Error(item, "list-cycle",
                  fmt::format("the list '{}' contains itself: {} > {}", name, fmt::join(reading_, " > "), name),
                  "take one of these entries out");
      return nullptr;
    }
    used_lists_.insert(name);
    if (reading_.size() == kMaxListNesting) {
      text_.Error(item, "too-deep", fmt::format("more than {} lists, each in the one before", kMaxListNesting),
                  "write the terms themselves");
      return nullptr;
    }
    const Expression* const list = FindList(name);
    if (list == nullptr) {
      std::vector<std::string_view> names;
      for (const YamlNode* key : list_keys_) names.push_back(key->scalar);
      const std::string_view nearest = Nearest(name, names);
      text_.Error(item, "unknown-list", fmt::format("this pack has no list '{}'", name),
                  nearest.empty() ? std::string("write it under 'lists:'") : fmt::format("did you mean @{}?", nearest));
    }
    return list;
  }

  void ReportNoTerm(const YamlNode& item, const std::string& what) {
    const std::string message = fmt::format("an entry of {} is one term", what);
    switch (item.kind) {
      case YamlNode::Kind::kNull:
        text_.Error(item, "wrong-type", message, "put quotes around it if the word null or a tilde is meant");
        return;
      case YamlNode::Kind::kMapping:
        text_.Error(item, "wrong-type", message, "a term with a colon and a blank in it goes in quotes");
        return;
      default: text_.Error(item, "wrong-type", message, "another list is written '@name'"); return;
    }
  }

  void ReportUnusedLists() {
    for (const YamlNode* key : list_keys_) {
      if (used_lists_.contains(key->scalar)) continue;
      text_.Report(*key, Severity::kWarning, "unused-list", fmt::format("no rule uses the list '{}'", key->scalar),
                   fmt::format("use it as @{}, or delete it", key->scalar));
    }
  }

  // ---- topics

  Topic ReadTopic(const YamlNode& node) {
    Topic topic;
    const YamlMapping mapping(text_, node, "a topic",
                              {"id", "title", "severity", "tags", "languages", "rules", "unless", "story"});
    if (node.kind != YamlNode::Kind::kMapping) return topic;
    const YamlNode* id = mapping.Require("id");
    topic.id = ReadId(id, "the id of a topic").value_or("");
    if (!topic.id.empty()) {
      const TextPosition place = text_.PositionOf(*id);
      const auto [first, is_new] = topic_places_.try_emplace(topic.id, fmt::format("{}:{}", text_.file(), place.line));
      if (!is_new) {
        text_.Error(*id, "duplicate-id", fmt::format("the topic '{}' is already at {}", topic.id, first->second),
                    "topics of all packs have different ids");
      }
    }
    topic.title = ReadText(text_, mapping.Require("title"), "'title'").value_or("");
    if (const YamlNode* severity = mapping.Find("severity"))
      topic.severity = ReadSeverity(text_, *severity).value_or(topic.severity);
    topic.tags = ReadTexts(text_, mapping.Find("tags"), "'tags'", "[telecom, security]");
    if (const YamlNode* languages = mapping.Find("languages")) topic.languages = ReadLanguages(*languages);

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
    if (const YamlNode* story = mapping.Find("story")) topic.story = ReadStory(*story);
    LintTopic(topic, mapping, rules);
    return topic;
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
      ReportWarnings(match, LintRule(rule.match, unless, topic.languages));
      LintCommonWords(match, rule.match, topic.languages);
      NoteLanguages(rule.match, topic.languages);
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
    ReportWarnings(node, LintUnless(*unless, topic.languages));
    LintCommonWords(node, *unless, topic.languages);
    NoteLanguages(*unless, topic.languages);
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

  static bool IsAbbreviation(std::string_view word) {
    return word.size() > 1 && std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  }

  // A term in capitals that is also a function word, written out in a rule; in small letters the word is meant.
  void LintCommonWords(const YamlNode& node, const Expression& e, const std::vector<std::string>& languages) {
    if (!e.list.empty()) return;  // its entries have places of their own
    if (e.kind == Expression::Kind::kTerm && e.term.kind == Term::Kind::kWords && IsAbbreviation(e.term.text)) {
      WarnOfCommonWord(node, e.place, e.term.text, languages);
    }
    for (const Expression& child : e.children) LintCommonWords(node, child, languages);
  }

  void WarnOfCommonWord(const YamlNode& node, Span place, const std::string& word,
                        const std::vector<std::string>& languages) {
    const std::string folded = FoldText(word).text;
    // Without languages articles of all are read, but a rule is mostly written with one in mind.
    std::string_view language = CommonIn(folded, languages.empty() ? std::vector<std::string>{"en"} : languages);
    if (language.empty() && languages.empty() && IsAbbreviation(word) && IsInNearlyEveryArticle(folded)) {
      language = CommonIn(folded, {});
    }
    if (language.empty()) return;
    text_.ReportInside(node, place, Severity::kWarning, "common-word",
                       fmt::format("'{}' is found wherever the {} word '{}' stands", word, language, folded),
                       IsAbbreviation(word) ? fmt::format("=\"{}\" takes it only as it is written here", word)
                                            : "take it out, or ask for a phrase that it stands in");
  }

  // The languages of the topics that use a list.
  void NoteLanguages(const Expression& e, const std::vector<std::string>& languages) {
    if (!e.list.empty()) {
      auto& all = list_languages_[e.list];
      if (languages.empty()) all.any = true;
      all.languages.insert(languages.begin(), languages.end());
      return;
    }
    for (const Expression& child : e.children) NoteLanguages(child, languages);
  }

  void LintLists() {
    for (const WrittenEntry& entry : list_entries_) {
      if (entry.term.kind != Term::Kind::kWords) continue;
      const auto used = list_languages_.find(entry.list);
      std::vector<std::string> languages;
      if (used != list_languages_.end() && !used->second.any) {
        languages.assign(used->second.languages.begin(), used->second.languages.end());
      }
      const std::size_t at = entry.node->scalar.find(entry.term.text);
      if (at == std::string::npos) continue;
      WarnOfCommonWord(*entry.node,
                       {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + entry.term.text.size())},
                       entry.term.text, languages);
    }
  }

  Rule ReadRule(const YamlNode& node, std::set<std::string>& ids) {
    Rule rule;
    const YamlMapping mapping(text_, node, "a rule", {"id", "match", "score", "severity"});
    if (node.kind != YamlNode::Kind::kMapping) return rule;
    const YamlNode* id = mapping.Require("id");
    rule.id = ReadId(id, "the id of a rule").value_or("");
    if (!rule.id.empty() && !ids.insert(rule.id).second) {
      text_.Error(*id, "duplicate-id", fmt::format("this topic already has a rule '{}'", rule.id),
                  "rules of a topic have different ids");
    }
    if (const YamlNode* match = mapping.Require("match")) {
      if (auto expression = ReadExpression(*match, "'match'")) {
        rule.match = std::move(*expression);
        rule.match_text = match->scalar;
        rule.place = text_.PositionOf(*match);
      }
    }
    rule.score = ReadNumber(text_, mapping.Find("score"), "'score'", 0, kMaxScore).value_or(rule.score);
    if (const YamlNode* severity = mapping.Find("severity")) rule.severity = ReadSeverity(text_, *severity);
    return rule;
  }

  std::optional<std::string> ReadId(const YamlNode* node, std::string_view what) {
    auto id = ReadText(text_, node, what);
    if (!id || IsId(*id)) return id;
    const std::string offered = AsId(*id);
    text_.Error(
        *node, "bad-id",
        fmt::format("{} is made of at most {} letters a to z and digits, joined by -, _ or .", what, kMaxIdBytes),
        offered.empty() ? "write it like 5g-vendor-bans" : fmt::format("write {}", offered));
    return std::nullopt;
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
      for (char& c : *language) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      }
      const bool letters = std::all_of(language->begin(), language->end(), [](char c) { return c >= 'a' && c <= 'z'; });
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

  StoryPolicy ReadStory(const YamlNode& node) {
    StoryPolicy story;
    const YamlMapping mapping(text_, node, "'story'", {"window", "grow"});
    if (const YamlNode* window = mapping.Find("window")) {
      if (const auto text = ReadText(text_, window, "'window'")) {
        const auto duration = ParseDuration(*text);
        if (duration && *duration >= kMinWindow && *duration <= kMaxWindow) {
          story.window = *duration;
        } else {
          text_.Error(*window, "bad-value",
                      fmt::format("'window' is a time from 1m to {}d, not '{}'", kMaxWindow.count(), *text),
                      "write it like 90m, 48h or 7d");
        }
      }
    }
    for (const YamlNode* step : ReadItems(text_, mapping.Find("grow"), "'grow'", "[5, 20, 100]")) {
      const auto sources = ReadNumber(text_, step, "a step of 'grow'", 2, kMaxGrow);
      if (!sources) continue;
      if (!story.grow.empty() && *sources <= story.grow.back()) {
        text_.Error(*step, "bad-value", "the steps of 'grow' must rise",
                    "write them in order, each once: [5, 20, 100]");
        continue;
      }
      story.grow.push_back(*sources);
    }
    return story;
  }

  // ---- expressions

  std::optional<Expression> ReadExpression(const YamlNode& node, std::string_view what) {
    if (node.kind != YamlNode::Kind::kScalar) {
      text_.Error(node, "wrong-type", fmt::format("{} is an expression: one text", what),
                  "put it in single quotes if it begins with [ or { or has a colon and a blank in it");
      return std::nullopt;
    }
    ParsedExpression parsed = ParseExpression(node.scalar, lists_);
    if (parsed.errors.empty()) NoteLists(*parsed.expression);
    if (IsCutByComma(node)) {
      for (ExpressionError& error : parsed.errors) {
        if (!error.code.starts_with("unclosed")) continue;
        error.help = "within { } YAML ends the value at the comma: put the expression in single quotes";
      }
    }
    ReportErrors(node, parsed.errors);
    ReportWarnings(node, parsed.warnings);
    WarnOfComment(node, !parsed.errors.empty());
    if (!parsed.errors.empty()) NoteListsIn(node.scalar);
    if (parsed.expression && !CheckRegexes(node, *parsed.expression, 0)) return std::nullopt;
    return std::move(parsed.expression);
  }

  // An unquoted value inside { } or [ ].
  bool IsCutByComma(const YamlNode& node) const {
    const Span raw = node.span();
    const std::string_view written = raw.Of(text_.text());
    if (written.empty() || written.front() == '\'' || written.front() == '"') return false;
    const std::string_view behind = text_.text().substr(raw.end);
    const std::size_t next = behind.find_first_not_of(" \t");
    return next != std::string_view::npos && behind[next] == ',';
  }

  // False: the engine does not take one of the regular expressions, which is reported where it stands.
  bool CheckRegexes(const YamlNode& node, const Expression& e, std::uint32_t shift) {
    if (!e.list.empty()) return true;  // checked where the list is
    bool good = true;
    if (e.kind == Expression::Kind::kTerm && e.term.kind == Term::Kind::kRegex) {
      if (auto problem = FindRegexMistake(e.term)) {
        text_.ReportInside(node, {e.place.begin + shift, e.place.end + shift}, Severity::kError, problem->code,
                           problem->message, problem->help);
        good = false;
      }
    }
    for (const Expression& child : e.children) good &= CheckRegexes(node, child, shift);
    return good;
  }

  void ReportErrors(const YamlNode& node, const std::vector<ExpressionError>& errors) {
    for (const ExpressionError& error : errors) {
      text_.ReportInside(node, error.place, Severity::kError, error.code, error.message, error.help);
    }
  }

  void ReportWarnings(const YamlNode& node, const std::vector<ExpressionError>& warnings) {
    for (const ExpressionError& warning : warnings) {
      text_.ReportInside(node, warning.place, Severity::kWarning, warning.code, warning.message, warning.help);
    }
  }

  // YAML ends an unquoted value at a blank and #: `huawei AND #5G` is silently `huawei AND`.
  void WarnOfComment(const YamlNode& node, bool has_errors) {
    const Span raw = node.span();
    const std::string_view first = raw.Of(text_.text()).substr(0, 1);
    if (first == "'" || first == "\"" || first == "|" || first == ">") return;
    const std::string_view behind = text_.text().substr(raw.end);
    const std::size_t hash = behind.find_first_not_of(" \t");
    if (hash == 0 || hash == std::string_view::npos || behind[hash] != '#') return;
    const bool reads_as_comment = hash + 1 == behind.size() || behind[hash + 1] == ' ' || behind[hash + 1] == '#';
    if (reads_as_comment && !has_errors) return;
    text_.Report(node, Severity::kWarning, "comment-in-value",
                 "YAML ends this value before the #: what follows is a comment", "put the expression in single quotes");
  }

  void NoteLists(const Expression& expression) {
    if (!expression.list.empty()) used_lists_.insert(expression.list);
    for (const Expression& child : expression.children) NoteLists(child);
  }

  // Of an expression that did not parse: a list that is named in it is not unused.
  void NoteListsIn(std::string_view text) {
    for (const auto& [name, list] : lists_) {
      if (text.find("@" + name) != std::string_view::npos) used_lists_.insert(name);
    }
  }

  YamlText& text_;
  TopicPlaces& topic_places_;
  NamedLists lists_;
  std::vector<const YamlNode*> list_keys_;
  std::map<std::string, const YamlEntry*> unread_lists_;
  std::vector<std::string> reading_;  // lists, each in the one before
  std::set<std::string, std::less<>> used_lists_;

  // Of lints:
  struct WrittenEntry {
    std::string list;
    const YamlNode* node;
    Term term;
  };
  struct ListUse {
    bool any = false;  // a topic without languages
    std::set<std::string> languages;
  };
  std::vector<WrittenEntry> list_entries_;
  std::map<std::string, ListUse> list_languages_;
};

void LoadInto(LoadedPacks& loaded, std::string_view bytes, const std::string& file, TopicPlaces& topic_places) {
  YamlText text(file, bytes);
  text.QuoteOnlyWith(kPackKeys);
  if (const auto root = text.Parse()) {
    loaded.packs.push_back(std::make_shared<const Pack>(PackReader(text, topic_places).Read(*root)));
  }
  for (Diagnostic& diagnostic : text.TakeDiagnostics()) loaded.diagnostics.push_back(std::move(diagnostic));
}

bool IsHidden(const std::filesystem::path& path) { return path.filename().string().starts_with('.'); }

bool IsYamlFile(const std::filesystem::path& path) { return path.extension() == ".yaml" || path.extension() == ".yml"; }

// The YAML files below a directory, in byte order.
Result<std::vector<std::filesystem::path>> FilesBelow(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  std::filesystem::recursive_directory_iterator entry(directory, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    std::error_code no_matter;
    if (IsHidden(entry->path())) {
      entry.disable_recursion_pending();
    } else if (IsYamlFile(entry->path()) && !entry->is_directory(no_matter)) {
      files.push_back(entry->path());
    }
  }
  if (error)
    return Error{ErrorCode::kIo, fmt::format("{}: cannot be read: {}", Printable(directory.string()), error.message())};
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.native() < b.native(); });
  return files;
}

}  // namespace

std::filesystem::path PackOfTestFile(const std::filesystem::path& file) {
  std::string stem = file.stem().string();
  stem.resize(stem.size() - kTestEnd.size());
  for (const char* extension : {".yaml", ".yml"}) {
    const auto pack = file.parent_path() / (stem + extension);
    std::error_code error;
    if (std::filesystem::exists(pack, error)) return pack;
  }
  return file.parent_path() / (stem + file.extension().string());
}

bool IsRuleTestFile(const std::filesystem::path& file) {
  return IsYamlFile(file) && file.stem().string().ends_with(kTestEnd);
}

Result<std::vector<std::filesystem::path>> FindYamlFiles(const std::vector<std::filesystem::path>& paths) {
  std::vector<std::filesystem::path> files;
  std::set<std::filesystem::path> seen;
  std::map<std::filesystem::path, std::filesystem::path> directories;  // without links: each is looked up once
  const auto add = [&](std::filesystem::path file) {
    std::error_code error;
    std::filesystem::path real;
    if (std::filesystem::is_symlink(file, error) || !file.has_parent_path()) {
      real = std::filesystem::weakly_canonical(file, error);
    } else {
      const auto [known, is_new] = directories.try_emplace(file.parent_path());
      if (is_new) known->second = std::filesystem::weakly_canonical(known->first, error);
      real = known->second / file.filename();
    }
    if (seen.insert(error ? file : real).second) files.push_back(std::move(file));
  };
  for (const std::filesystem::path& path : paths) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (status.type() == std::filesystem::file_type::not_found) {
      return Error{ErrorCode::kNotFound,
                   fmt::format("{}: there is no such file or directory", Printable(path.string()))};
    }
    if (error)
      return Error{ErrorCode::kIo, fmt::format("{}: cannot be read: {}", Printable(path.string()), error.message())};
    if (status.type() != std::filesystem::file_type::directory) {
      add(path);
      continue;
    }
    auto below = FilesBelow(path);
    if (!below) return std::move(below).error();
    for (std::filesystem::path& file : *below) add(std::move(file));
  }
  return files;
}

Result<std::vector<std::filesystem::path>> FindPackFiles(const std::vector<std::filesystem::path>& paths) {
  auto files = FindYamlFiles(paths);
  if (!files) return files;
  const std::vector<std::filesystem::path> found = *files;
  std::erase_if(*files, IsRuleTestFile);
  if (!files->empty()) return files;
  if (found.size() == 1 && paths.size() == 1 && found.front() == paths.front()) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("{} is a test file: its rules are {}", Printable(found.front().string()),
                             Printable(PackOfTestFile(found.front()).string()))};
  }
  std::vector<std::string> names;
  for (const std::filesystem::path& path : paths) names.push_back(Printable(path.string()));
  return Error{ErrorCode::kInvalid, names.empty()
                                        ? std::string("no rule file is given")
                                        : fmt::format("there is no rule file (*.yaml) in {}", fmt::join(names, ", "))};
}

std::optional<TopicSeverity> ReadSeverity(YamlText& text, const YamlNode& node) {
  const auto read = ReadText(text, &node, "'severity'");
  if (!read) return std::nullopt;
  std::vector<std::string_view> names;
  for (const TopicSeverity severity : kSeverities) {
    if (Name(severity) == *read) return severity;
    names.push_back(Name(severity));
  }
  const std::string_view nearest = Nearest(*read, names);
  text.Error(node, "bad-value", fmt::format("there is no severity '{}'", *read),
             nearest.empty() ? fmt::format("it is one of {}", fmt::join(names, ", "))
                             : fmt::format("did you mean '{}'?", nearest));
  return std::nullopt;
}

LoadedPacks LoadPacks(const std::vector<std::filesystem::path>& files) {
  LoadedPacks loaded;
  TopicPlaces topic_places;
  for (const std::filesystem::path& file : files) {
    const auto bytes = YamlText::ReadFile(file);
    if (bytes) {
      LoadInto(loaded, *bytes, file.string(), topic_places);
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
  return loaded;
}

LoadedPacks LoadPackText(std::string_view text, const std::string& file) {
  LoadedPacks loaded;
  TopicPlaces topic_places;
  LoadInto(loaded, text, file, topic_places);
  return loaded;
}

}  // namespace wirewatch
