// The section `rules`.
#ifndef WIREWATCH_PIPELINE_MATCH_RULE_SETTINGS_H_
#define WIREWATCH_PIPELINE_MATCH_RULE_SETTINGS_H_

#include <chrono>
#include <filesystem>
#include <vector>

#include "base/settings/field_spec.h"
#include "pipeline/match/live_rules.h"

namespace wirewatch {

struct RuleSettings {
  std::vector<std::filesystem::path> packs;
  std::chrono::milliseconds reload_interval{};  // as RuleStore::Watch
  std::filesystem::path pattern_cache;          // as RuleSet::Compile
  LiveRulesOptions live;

  static const FieldTable& Table();
  static RuleSettings From(const Fields& fields);
  static std::vector<SettingsProblem> Check(const Fields& fields);
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_RULE_SETTINGS_H_
