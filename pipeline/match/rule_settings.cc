#include "pipeline/match/rule_settings.h"

#include <fmt/format.h>

#include <string>

#include "rules/pack/rule_budget.h"

namespace wirewatch {

const FieldTable& RuleSettings::Table() {
  static const FieldTable table = {
      TextListField("packs", "Rule files and directories of them (*.yaml, without *_test.yaml).").Required(),
      DurationField("reload_interval",
                    "How often to look for changed packs, at most; 0ms: only on SIGHUP. A pack that is being written "
                    "is left alone until it stands still; one with a mistake changes nothing and is logged.")
          .Default("50ms"),
      TextField("pattern_cache",
                "A directory of this program's own, where compiled regular expressions are kept for the next start; "
                "empty: none are. It is made if its parent is there, with mode 700; files that others may write are "
                "not taken."),
      TextField("shadow_file",
                "A file of this process's own, where the record of the rules in shadow is kept, for `wirewatch "
                "promote`; empty: they are only counted in metrics. Made when it is missing."),
      TextField("budget_cpu",
                "The processor time that a rule may take, an article on average, such as 200us or 2ms; over it the "
                "rule runs as if it were in shadow. For rules that name no `budget` themselves; empty: none."),
      TextField("budget_hits",
                "The articles that a rule may hold on in an hour, such as 500/h, in this process; otherwise as "
                "budget_cpu."),
      IntegerField("oracle_one_in",
                   "Of so many articles one is matched by the reference matcher, too, on a thread of its own; "
                   "differences are dead letters (oracle-mismatch). 0: none.")
          .Default("0")
          .Between(0, 1'000'000'000),
  };
  return table;
}

RuleSettings RuleSettings::From(const Fields& fields) {
  const auto& packs = fields.List("packs");
  return {
      .packs = {packs.begin(), packs.end()},
      .reload_interval = fields.Duration("reload_interval"),
      .pattern_cache = fields.String("pattern_cache"),
      .live = {.shadow_file = fields.String("shadow_file"),
               .budget = {ParseCpuBudget(fields.String("budget_cpu")), ParseHitBudget(fields.String("budget_hits"))},
               .oracle_one_in = static_cast<std::uint64_t>(fields.Integer("oracle_one_in"))}};
}

std::vector<SettingsProblem> RuleSettings::Check(const Fields& fields) {
  std::vector<SettingsProblem> problems;
  if (const std::string& cpu = fields.String("budget_cpu"); !cpu.empty() && !ParseCpuBudget(cpu)) {
    problems.push_back({"budget_cpu", fmt::format("'{}' is no processor time; write it like 200us or 2ms: from 1us to "
                                                  "1000ms",
                                                  cpu)});
  }
  if (const std::string& hits = fields.String("budget_hits"); !hits.empty() && !ParseHitBudget(hits)) {
    problems.push_back(
        {"budget_hits", fmt::format("'{}' is no number of articles in an hour; write it like 500/h", hits)});
  }
  return problems;
}

}  // namespace wirewatch
