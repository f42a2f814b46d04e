#include "pipeline/match/rule_settings.h"

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
  };
  return table;
}

RuleSettings RuleSettings::From(const Fields& fields) {
  const auto& packs = fields.List("packs");
  return {.packs = {packs.begin(), packs.end()},
          .reload_interval = fields.Duration("reload_interval"),
          .pattern_cache = fields.String("pattern_cache")};
}

}  // namespace wirewatch
