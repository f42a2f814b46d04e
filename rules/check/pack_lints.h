// Lints that compare what stands in different places of a pack: rules of a topic, terms of a list, a topic's languages
// with its lists. They take longer than those of the loader, so only `wirewatch check` asks for them; a process that
// reads packs again when they change does not.
//
// What is said to add nothing is proved (rules/pack/lint/never_holds.h), never guessed; what is not found out counts as
// useful.
#ifndef WIREWATCH_RULES_CHECK_PACK_LINTS_H_
#define WIREWATCH_RULES_CHECK_PACK_LINTS_H_

#include <set>
#include <string>

#include "base/yaml/yaml_text.h"
#include "rules/pack/pack.h"

namespace wirewatch {

// Reports to `text`, at places of its nodes. REQUIRES: `pack` was read from this text, without errors.
void LintPack(YamlText& text, const YamlNode& root, const Pack& pack);

// A warning for each topic that no test wants to fire. `expected`: the ids of those that some test does. Nothing, when
// there are none: then the whole pack is without a test, which is said elsewhere.
void LintUntestedTopics(YamlText& text, const YamlNode& root, const Pack& pack, const std::set<std::string>& expected);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_CHECK_PACK_LINTS_H_
