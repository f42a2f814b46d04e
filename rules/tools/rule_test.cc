#include "rules/tools/rule_test.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/clock.h"
#include "base/yaml/yaml_text.h"
#include "rules/engine/matcher.h"
#include "rules/engine/shadow_rules.h"
#include "rules/pack/pack_files.h"
#include "rules/pack/pack_loader.h"
#include "rules/tools/explanation.h"
#include "rules/tools/rule_test_reader.h"

namespace wirewatch {
namespace {

// What came of one article, and why: the one place that asks for reasons.
class Finding {
 public:
  Finding(const RuleSet& rule_set, const ShadowRules& shadow, const Document& document,
          const std::vector<TopicMatch>& matches)
      : rule_set_(rule_set), shadow_(shadow), document_(document), matches_(matches) {}

  const std::string& IdOf(const TopicMatch& match) const { return rule_set_.topics()[match.topic]->id; }

  const TopicMatch* MatchOf(std::string_view id) const {
    const auto match =
        std::find_if(matches_.begin(), matches_.end(), [&](const TopicMatch& m) { return IdOf(m) == id; });
    return match == matches_.end() ? nullptr : &*match;
  }

  // The same, where it counts against who wants silence of it: a rule that is active holds, or all of the topic is in
  // shadow, and who names it means what it says.
  const TopicMatch* BreaksSilence(std::string_view id) const {
    const TopicMatch* const match = MatchOf(id);
    if (match == nullptr || Alerts(*match)) return match;
    return rule_set_.topics()[match->topic]->status == RuleStatus::kShadow ? match : nullptr;
  }
  // A rule that is active holds.
  bool Alerts(const TopicMatch& match) const { return shadow_.Part(rule_set_, match).active.has_value(); }
  // Severity and score as an alert has them; where only rules in shadow hold, as it will have them.
  TopicMatch AsAlerted(const TopicMatch& match) const {
    MatchParts parts = shadow_.Part(rule_set_, match);
    return parts.active ? *std::move(parts.active) : match;
  }

  const std::vector<TopicMatch>& matches() const { return matches_; }

  std::vector<std::string> RulesOf(const TopicMatch& match) const {
    std::vector<std::string> ids;
    for (const std::uint32_t rule : match.rules) ids.push_back(rule_set_.topics()[match.topic]->rules[rule].id);
    return ids;
  }

  std::string Why(const TopicMatch& match) const {
    return "it fires by " + WhyItFired(*rule_set_.topics()[match.topic], match, document_);
  }

  std::string WhyItDoesNot(std::string_view id) const {
    const auto topics = rule_set_.topics();
    const auto topic = std::find_if(topics.begin(), topics.end(), [&](const Topic* t) { return t->id == id; });
    const std::string why = topic == topics.end() ? "" : WhyNot(**topic, document_);
    return fmt::format("{}{}{}", why, why.empty() ? "" : "; ", WhatFired());
  }

 private:
  std::string WhatFired() const {
    std::string ids;
    for (const TopicMatch& match : matches_) ids += (ids.empty() ? "" : ", ") + IdOf(match);
    return ids.empty() ? "no topic fires on this article" : "on this article fires: " + ids;
  }

  const RuleSet& rule_set_;
  const ShadowRules& shadow_;
  const Document& document_;
  const std::vector<TopicMatch>& matches_;
};

// What does not come true.
struct Miss {
  const YamlNode* node;
  std::string message, help;
};

class TestRun {
 public:
  TestRun(YamlText& text, const RuleSet& rule_set, Matcher& matcher, const RuleTestOptions& options)
      : text_(text), rule_set_(rule_set), shadow_(rule_set), matcher_(matcher), options_(options) {}

  // Reports what does not come true, unless it is to do, and what was to do and does. Sets all of `result` that follows
  // from it, but for its diagnostics.
  Status Run(const RuleTest& test, RuleTestResult& result) {
    const Document document = test.article.AsDocument();
    Fold(document, folded_);
    const auto matches = matcher_.Match(document, folded_);
    if (!matches) return matches.error();
    const Finding finding(rule_set_, shadow_, document, *matches);

    const std::vector<Miss> misses = FindMisses(test, finding);
    if (test.todo_node != nullptr) {
      for (const Miss& miss : misses) result.to_do.push_back(miss.message);
      if (misses.empty() && WantsNow(test)) Passes(test, *test.todo_node, "all that it wants", "delete 'todo'", result);
    } else {
      for (const Miss& miss : misses) {
        text_.Error(*miss.node, "rule-test", fmt::format("test '{}': {}", test.name, miss.message), miss.help);
      }
    }
    JudgeToDo(test, finding, result);
    if (test.wants_nothing_now) {
      result.outcome = result.to_do.empty() ? TestOutcome::kToDoPasses : TestOutcome::kToDo;
      return {};
    }
    result.outcome = misses.empty() ? TestOutcome::kPassed : TestOutcome::kFailed;
    return options_.judged == nullptr ? Status() : Tell(test, document, *matches, finding);
  }

 private:
  static bool WantsNow(const RuleTest& test) {
    return test.exactly || !test.must_fire.empty() || !test.must_not_fire.empty();
  }

  // Nothing: it fires as it must.
  static std::optional<Miss> MissOf(const ExpectedTopic& topic, const Finding& finding) {
    const TopicMatch* const match = finding.MatchOf(topic.id);
    if (match == nullptr) {
      return Miss{topic.node, fmt::format("'{}' must fire, and does not", topic.id), finding.WhyItDoesNot(topic.id)};
    }
    const auto other = [&](std::string_view what, const auto& wanted, const auto& got) {
      return Miss{topic.node, fmt::format("'{}' must fire with {} {}, and does with {}", topic.id, what, wanted, got),
                  finding.Why(*match)};
    };
    const TopicMatch alerted = finding.AsAlerted(*match);
    if (topic.severity && alerted.severity != *topic.severity) {
      return other("severity", Name(*topic.severity), Name(alerted.severity));
    }
    if (topic.score && alerted.score != *topic.score) return other("score", *topic.score, alerted.score);
    return MissingRule(topic, *match, finding);
  }

  static std::optional<Miss> MissingRule(const ExpectedTopic& topic, const TopicMatch& match, const Finding& finding) {
    const std::vector<std::string> holding = finding.RulesOf(match);
    for (const std::string& rule : topic.rules) {
      if (std::find(holding.begin(), holding.end(), rule) != holding.end()) continue;
      return Miss{topic.node,
                  fmt::format("'{}' must fire by rule '{}', and does by {}", topic.id, rule, fmt::join(holding, ", ")),
                  finding.Why(match)};
    }
    return std::nullopt;
  }

  std::vector<Miss> FindMisses(const RuleTest& test, const Finding& finding) const {
    std::vector<Miss> misses;
    for (const ExpectedTopic& topic : test.must_fire) {
      if (auto miss = MissOf(topic, finding)) misses.push_back(*std::move(miss));
    }
    for (const ExpectedTopic& topic : test.must_not_fire) {
      if (const TopicMatch* match = finding.BreaksSilence(topic.id)) {
        misses.push_back({topic.node, fmt::format("'{}' must not fire, and does", topic.id), finding.Why(*match)});
      }
    }
    if (!test.exactly) return misses;
    for (const TopicMatch& match : finding.matches()) {
      const std::string& id = finding.IdOf(match);
      if (test.Names(id) || !finding.Alerts(match)) continue;
      misses.push_back({test.name_node, fmt::format("'{}' fires, and is not in 'fires'", id), finding.Why(match)});
    }
    return misses;
  }

  void Passes(const RuleTest& test, const YamlNode& node, std::string_view what, std::string help,
              RuleTestResult& result) {
    ++result.to_do_passes;
    text_.Report(node, Severity::kWarning, "to-do-passes",
                 fmt::format("test '{}': to-do passes now: {}: make it a test", test.name, what), std::move(help));
  }

  void JudgeToDo(const RuleTest& test, const Finding& finding, RuleTestResult& result) {
    const char* const firing = test.exactly ? "fires" : "must_fire";
    for (const ExpectedTopic& topic : test.todo_fire) {
      if (const auto miss = MissOf(topic, finding)) {
        result.to_do.push_back(miss->message);
      } else {
        Passes(test, *topic.node, fmt::format("'{}' fires", topic.id), fmt::format("move it to '{}'", firing), result);
      }
    }
    for (const ExpectedTopic& topic : test.todo_silent) {
      if (finding.BreaksSilence(topic.id) != nullptr) {
        result.to_do.push_back(fmt::format("'{}' must not fire, and does", topic.id));
      } else {
        Passes(test, *topic.node, fmt::format("'{}' is silent", topic.id),
               test.exactly ? "delete it here: 'fires' says it already" : "move it to 'must_not_fire'", result);
      }
    }
  }

  Status Tell(const RuleTest& test, const Document& document, const std::vector<TopicMatch>& matches,
              const Finding& finding) const {
    JudgedArticle judged{document, folded_, matches, {}, {}};
    for (std::uint32_t i = 0; i < rule_set_.topics().size(); ++i) {
      const std::string& id = rule_set_.topics()[i]->id;
      const auto says = [&](const std::vector<ExpectedTopic>& topics) {
        return std::find_if(topics.begin(), topics.end(), [&](const ExpectedTopic& t) { return t.id == id; });
      };
      if (const auto wanted = says(test.must_fire); wanted != test.must_fire.end()) {
        if (!MissOf(*wanted, finding)) judged.fired.push_back(i);
        continue;
      }
      const bool wants_silence =
          says(test.must_not_fire) != test.must_not_fire.end() || (test.exactly && !test.IsToDo(id));
      if (wants_silence && finding.BreaksSilence(id) == nullptr) judged.silent.push_back(i);
    }
    return options_.judged(judged);
  }

  YamlText& text_;
  const RuleSet& rule_set_;
  const ShadowRules shadow_;
  Matcher& matcher_;
  const RuleTestOptions& options_;
  FoldedDocument folded_;
};

bool IsWanted(const RuleTest& test, const RuleTestOptions& options) {
  return (options.wanted == nullptr || options.wanted(test.name)) &&
         (options.topic.empty() || test.Names(options.topic));
}

void Count(const RuleTestResult& result, RuleTestReport& report) {
  switch (result.outcome) {
    case TestOutcome::kPassed: ++report.passed; break;
    case TestOutcome::kFailed:
    case TestOutcome::kMistake: ++report.failed; break;
    case TestOutcome::kToDo:
    case TestOutcome::kToDoPasses: break;
  }
  report.to_do += result.to_do.size();
  report.to_do_passes += result.to_do_passes;
}

Status RunTests(const YamlNode& root, YamlText& text, const RuleSet& rule_set, Matcher& matcher,
                const RuleTestOptions& options, RuleTestFile& file, RuleTestReport& report) {
  RuleTestReader reader(text, rule_set, options.load_article);
  TestRun run(text, rule_set, matcher, options);
  const std::vector<const YamlNode*> nodes = reader.Find(root);
  file.diagnostics = text.TakeDiagnostics();
  for (const YamlNode* const node : nodes) {
    const SteadyTime begin = SteadyNow();
    const auto [test, good] = reader.ReadTest(*node);
    if (!IsWanted(test, options)) {
      text.TakeDiagnostics();  // of a test that nobody asked for
      ++report.left_out;
      continue;
    }
    RuleTestResult& result = file.tests.emplace_back();
    result.name = test.name;
    result.position = text.PositionOf(test.name_node == nullptr ? *node : *test.name_node);
    result.outcome = TestOutcome::kMistake;
    if (good) {
      if (!test.wants_nothing_now) {
        for (const ExpectedTopic& topic : test.must_fire) report.expected.insert(topic.id);
      }
      if (Status ran = run.Run(test, result); !ran) {
        return Error(ran.error()).In(fmt::format("{}: test '{}'", file.file, test.name));
      }
    }
    result.took = SteadyNow() - begin;
    result.diagnostics = text.TakeDiagnostics();
    Count(result, report);
  }
  return {};
}

Status RunFile(const std::filesystem::path& path, const RuleSet& rule_set, Matcher& matcher,
               const RuleTestOptions& options, RuleTestReport& report) {
  RuleTestFile& file = report.files.emplace_back();
  file.file = path.string();
  const auto bytes = YamlText::ReadFile(path);
  if (!bytes) {
    Diagnostic& diagnostic = file.diagnostics.emplace_back();
    diagnostic.file = path.string();
    diagnostic.code = "unreadable";
    diagnostic.message = bytes.error().message;
    diagnostic.help = "check its path and permissions";
  } else {
    YamlText text(path.string(), *bytes);
    text.QuoteOnlyWith({"tests", "name", "article", "pack", "topics"});
    if (const auto root = text.Parse()) {
      Status ran = RunTests(*root, text, rule_set, matcher, options, file, report);
      if (!ran) return ran;
    } else {
      file.diagnostics = text.TakeDiagnostics();
    }
  }
  const auto add = [&](const Diagnostics& all) {
    report.diagnostics.insert(report.diagnostics.end(), all.begin(), all.end());
  };
  add(file.diagnostics);
  for (const RuleTestResult& test : file.tests) add(test.diagnostics);
  return {};
}

// The tests beside a pack file: telecom.yaml has telecom_test.yaml.
std::vector<std::filesystem::path> NeighboursOf(const std::filesystem::path& pack) {
  std::vector<std::filesystem::path> files;
  for (std::string_view extension : {".yaml", ".yml"}) {
    auto file = pack.parent_path() / fmt::format("{}_test{}", pack.stem().string(), extension);
    std::error_code error;
    if (std::filesystem::exists(file, error)) files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

Result<std::vector<std::filesystem::path>> FindRuleTestFiles(const std::vector<std::filesystem::path>& paths) {
  std::vector<std::filesystem::path> near;
  for (const std::filesystem::path& path : paths) {
    near.push_back(path);
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) continue;
    for (std::filesystem::path& neighbour : NeighboursOf(path)) near.push_back(std::move(neighbour));
  }
  auto files = FindYamlFiles(near);
  if (files) std::erase_if(*files, [](const std::filesystem::path& file) { return !IsRuleTestFile(file); });
  return files;
}

Result<RuleTestReport> RunRuleTests(const RuleSet& rule_set, const std::vector<std::filesystem::path>& files,
                                    const RuleTestOptions& options) {
  RuleTestReport report;
  if (files.empty()) return report;
  // The matcher wants to share the rule set, but this one outlives it.
  auto matcher = Matcher::Create(std::shared_ptr<const RuleSet>(std::shared_ptr<void>(), &rule_set));
  if (!matcher) return std::move(matcher).error();
  for (const std::filesystem::path& file : files) {
    if (Status run = RunFile(file, rule_set, *matcher, options, report); !run) return std::move(run).error();
  }
  return report;
}

Diagnostics FindUntestedPacks(const RuleSet& rule_set, const RuleTestReport& report) {
  Diagnostics diagnostics;
  for (const auto& pack : rule_set.packs()) {
    const bool tested = std::any_of(pack->topics.begin(), pack->topics.end(),
                                    [&](const Topic& topic) { return report.expected.contains(topic.id); }) ||
                        std::any_of(pack->extensions.begin(), pack->extensions.end(),
                                    [&](const TopicExtension& part) { return report.expected.contains(part.topic); });
    if (tested) continue;
    const std::filesystem::path file(pack->file);
    diagnostics.push_back(
        {.severity = Severity::kWarning,
         .file = pack->file,
         .code = "no-test",
         .message = fmt::format("no test makes a topic of the pack '{}' fire", pack->name),
         .help = fmt::format("put tests beside it, in {}_test.yaml: an article, and 'fires: [{}]'",
                             file.stem().string(), pack->topics.empty() ? "" : pack->topics.front().id)});
  }
  return diagnostics;
}

}  // namespace wirewatch
