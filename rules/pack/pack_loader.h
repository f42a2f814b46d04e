// Pack loader: rule files (YAML) to packs, with a place for every mistake.
#ifndef WIREWATCH_RULES_PACK_PACK_LOADER_H_
#define WIREWATCH_RULES_PACK_PACK_LOADER_H_

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "rules/pack/pack.h"

namespace wirewatch {

struct LoadedPacks {
  Packs packs;              // complete only when `diagnostics` has no errors
  Diagnostics diagnostics;  // all mistakes of all files, not just the first
};

// The rule files under `paths`: a file by its name; of a directory, every *.yaml and *.yml below it, in byte order of
// their paths, without hidden ones (Kubernetes keeps second copies in those). Tests (*_test.yaml) are left out, also
// when named, so that packs/*.yaml works in a shell; a file that is reached twice counts once. kNotFound, kIo: a path
// that cannot be read; kInvalid: no rule file at all.
Result<std::vector<std::filesystem::path>> FindPackFiles(const std::vector<std::filesystem::path>& paths);

// Reads and checks. An unreadable file is a diagnostic of that file. Ids that repeat over files are errors.
LoadedPacks LoadPacks(const std::vector<std::filesystem::path>& files);

// The same for one text that is at hand; `file` is only named in diagnostics.
LoadedPacks LoadPackText(std::string_view text, const std::string& file);

// The value of a key `severity`. Nothing: it is none, which is reported.
class YamlText;
struct YamlNode;
std::optional<TopicSeverity> ReadSeverity(YamlText& text, const YamlNode& node);

// *_test.yaml, *_test.yml: the tests beside a pack.
bool IsRuleTestFile(const std::filesystem::path& file);

// The pack that a test file stands beside: one that exists, or as it would be named. REQUIRES: IsRuleTestFile(file).
std::filesystem::path PackOfTestFile(const std::filesystem::path& file);

// The files as FindPackFiles does, of packs and tests alike.
Result<std::vector<std::filesystem::path>> FindYamlFiles(const std::vector<std::filesystem::path>& paths);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_PACK_LOADER_H_
