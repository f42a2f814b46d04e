#include "rules/check/pack_check.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/yaml/yaml_text.h"
#include "rules/check/lints.h"
#include "rules/check/pack_lints.h"
#include "rules/pack/pack_loader.h"

namespace wirewatch {
namespace {

void CheckOwner(YamlText& text, const YamlNode& root, const Policy* policy) {
  const YamlNode* const owner = ValueOf(root, "owner");
  if (owner != nullptr && !owner->scalar.empty()) return;
  if (policy != nullptr && policy->pack.contains("owner")) return;  // then that decides
  text.Report(*ValueOf(root, "pack"), Severity::kWarning, "missing-owner", "nobody is named who answers for this pack",
              "add 'owner: ...': a person, a desk or an address");
}

}  // namespace

Diagnostics CheckPackText(std::string_view bytes, const std::string& file, LibraryFiles& libraries,
                          const Policy* policy, const TestedRules* tested) {
  if (IsLibraryText(bytes)) return {};
  // As it stands in its file: what others extend is not joined.
  const LoadedPacks loaded = LoadPackText(bytes, file, libraries);
  if (HasErrors(loaded.diagnostics) || loaded.packs.empty()) return {};
  const Pack& pack = *loaded.packs.front();
  YamlText text(file, bytes);
  const auto root = text.Parse();
  if (!root) return {};
  LintPack(text, *root, pack);
  CheckOwner(text, *root, policy);
  if (tested != nullptr) LintUntestedTopics(text, *root, pack, tested->topics);
  if (policy != nullptr) CheckPolicy(text, *root, pack, *policy, tested);
  return text.TakeDiagnostics();
}

Diagnostics CheckPackFile(const std::filesystem::path& file, LibraryFiles& libraries, const Policy* policy,
                          const TestedRules* tested) {
  const auto bytes = YamlText::ReadFile(file);
  return bytes ? CheckPackText(*bytes, file.string(), libraries, policy, tested) : Diagnostics();
}

Result<const Policy*> Policies::Of(const std::filesystem::path& file) {
  std::optional<std::filesystem::path> path = only_;
  if (!path) {
    const auto [known, is_new] = found_.try_emplace(file.parent_path());
    if (is_new) known->second = FindPolicy(file);
    path = known->second;
  }
  if (!path) return nullptr;
  const auto [known, is_new] = read_.try_emplace(*path);
  if (is_new) {
    auto read = LoadPolicy(*path);
    if (!read) return Error(read.error()).In(path->string());
    if (!HasErrors(read->diagnostics)) known->second = std::make_unique<Policy>(std::move(read->policy));
    std::move(read->diagnostics.begin(), read->diagnostics.end(), std::back_inserter(diagnostics_));
  }
  return known->second.get();
}

const Policy* Policies::Known(const std::filesystem::path& file) const {
  std::optional<std::filesystem::path> path = only_;
  if (!path) {
    const auto found = found_.find(file.parent_path());
    if (found != found_.end()) path = found->second;
  }
  if (!path) return nullptr;
  const auto read = read_.find(*path);
  return read == read_.end() ? nullptr : read->second.get();
}

std::vector<std::string> Policies::files() const {
  std::vector<std::string> files;
  for (const auto& [path, policy] : read_) files.push_back(path.string());
  return files;
}

void ApplyLevels(const WarningLevels& levels, const Policy* policy, std::vector<PackSwitch>& switches,
                 Diagnostics& diagnostics) {
  const auto level_of = [&](const std::string& code) {
    if (const auto level = levels.find(code); level != levels.end()) return level->second;
    if (policy == nullptr) return WarningLevel::kWarn;
    const auto level = policy->levels.find(code);
    return level == policy->levels.end() ? WarningLevel::kWarn : level->second;
  };
  std::erase_if(diagnostics, [&](Diagnostic& diagnostic) {
    if (diagnostic.severity != Severity::kWarning || SwitchFor(switches, diagnostic) != nullptr) return false;
    const WarningLevel level = level_of(diagnostic.code);
    if (level == WarningLevel::kError) diagnostic.severity = Severity::kError;
    return level == WarningLevel::kOff;
  });
}

}  // namespace wirewatch
