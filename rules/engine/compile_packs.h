// Packs to rules: loading and compiling in one go.
#ifndef WIREWATCH_RULES_ENGINE_COMPILE_PACKS_H_
#define WIREWATCH_RULES_ENGINE_COMPILE_PACKS_H_

#include <filesystem>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "rules/engine/rule_set.h"
#include "rules/pack/pack_loader.h"

namespace wirewatch {

// Compiles packs that were loaded; the others as RuleSet::Compile. The diagnostics are those of loading, then those of
// compiling. Packs with errors are not compiled.
CompiledRules CompileLoaded(LoadedPacks loaded, const RuleSet* before, const std::filesystem::path& pattern_cache,
                            const std::stop_token& stop);

// Finds, loads and compiles packs. Nothing compiled: `diagnostics` has errors. kNotFound, kIo: a path cannot be read.
Result<CompiledRules> CompilePacks(const std::vector<std::filesystem::path>& paths);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_ENGINE_COMPILE_PACKS_H_
