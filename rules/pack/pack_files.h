// Pack files: which files of a directory are packs, and which are their tests.
#ifndef WIREWATCH_RULES_PACK_PACK_FILES_H_
#define WIREWATCH_RULES_PACK_PACK_FILES_H_

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace wirewatch {

// The rule files under `paths`: a file by its name; of a directory, every *.yaml and *.yml below it, in byte order of
// their paths, without policies and hidden ones (Kubernetes keeps second copies in those). Tests (*_test.yaml) are left
// out, also when named, so that packs/*.yaml works in a shell; a file that is reached twice counts once. kNotFound,
// kIo: a path that cannot be read; kInvalid: no rule file at all.
Result<std::vector<std::filesystem::path>> FindPackFiles(const std::vector<std::filesystem::path>& paths);

// What a house asks of its packs (rules/check/policy.h): no pack, though it lies among them.
inline constexpr std::string_view kPolicyFileName = "wirewatch-policy.yaml";

// *_test.yaml, *_test.yml: the tests beside a pack.
bool IsRuleTestFile(const std::filesystem::path& file);

// The pack that a test file stands beside: one that exists, or as it would be named. REQUIRES: IsRuleTestFile(file).
std::filesystem::path PackOfTestFile(const std::filesystem::path& file);

// The files as FindPackFiles does, of packs and tests alike.
Result<std::vector<std::filesystem::path>> FindYamlFiles(const std::vector<std::filesystem::path>& paths);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_PACK_FILES_H_
