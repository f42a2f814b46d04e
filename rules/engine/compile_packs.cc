#include "rules/engine/compile_packs.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "rules/engine/facet_set.h"
#include "rules/pack/pack_cache.h"

namespace wirewatch {

CompiledRules CompileLoaded(LoadedPacks loaded, const RuleSet* before, const std::filesystem::path& pattern_cache,
                            const std::stop_token& stop) {
  if (HasErrors(loaded.diagnostics)) return CompiledRules{nullptr, std::move(loaded.diagnostics)};
  auto facets = FacetSet::Compile(loaded.libraries, before == nullptr ? nullptr : before->facets());
  if (!facets) {
    loaded.diagnostics.push_back(
        {.file = "facets", .code = "engine", .message = facets.error().message, .help = "look at the libraries"});
    return CompiledRules{nullptr, std::move(loaded.diagnostics)};
  }
  CompiledRules compiled = RuleSet::Compile(std::move(loaded.packs), before, pattern_cache, stop, *std::move(facets));
  std::move(compiled.diagnostics.begin(), compiled.diagnostics.end(), std::back_inserter(loaded.diagnostics));
  compiled.diagnostics = std::move(loaded.diagnostics);
  return compiled;
}

Result<CompiledRules> CompilePacks(const std::vector<std::filesystem::path>& paths) {
  auto loaded = PackCache(paths).Load();
  if (!loaded) return std::move(loaded).error();
  return CompileLoaded(*std::move(loaded), nullptr, {}, {});
}

}  // namespace wirewatch
