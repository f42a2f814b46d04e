// Pack check: all that `wirewatch check` says of packs that load, beyond what the loader says: the lints of this room,
// the policy of the house, the owner; and the levels of warnings. The editor's language server asks the same.
#ifndef WIREWATCH_RULES_CHECK_PACK_CHECK_H_
#define WIREWATCH_RULES_CHECK_PACK_CHECK_H_

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "rules/check/policy.h"
#include "rules/pack/library_files.h"
#include "rules/pack/pack.h"
#include "rules/pack/pack_switches.h"

namespace wirewatch {

// What is found in the text of one file. Nothing is said of a library, nor of a pack with errors, which the loader
// tells. `libraries`: those that packs use. `policy` may be null. `tested`: null, the tests are not known.
Diagnostics CheckPackText(std::string_view bytes, const std::string& file, LibraryFiles& libraries,
                          const Policy* policy, const TestedRules* tested);
// The same of a file as it is now; nothing, if it cannot be read.
Diagnostics CheckPackFile(const std::filesystem::path& file, LibraryFiles& libraries, const Policy* policy,
                          const TestedRules* tested);

// The policies of packs, each read once. Threads: one at a time.
class Policies {
 public:
  // `only`: the policy of all packs, in place of the one beside each.
  explicit Policies(std::optional<std::filesystem::path> only) : only_(std::move(only)) {}

  // The policy of a file beside a pack, or of the pack; null: there is none. Its mistakes go to diagnostics(), and it
  // counts for nothing then. kNotFound, kIo: it cannot be read.
  Result<const Policy*> Of(const std::filesystem::path& file);
  // The same of any file in the folder of a pack that Of was asked for; of others null.
  const Policy* Known(const std::filesystem::path& file) const;
  const Diagnostics& diagnostics() const { return diagnostics_; }
  // Those that were found, in order.
  std::vector<std::string> files() const;

 private:
  const std::optional<std::filesystem::path> only_;
  std::map<std::filesystem::path, std::optional<std::filesystem::path>> found_;  // by directory
  std::map<std::filesystem::path, std::unique_ptr<Policy>> read_;                // null: with mistakes
  Diagnostics diagnostics_;
};

// Takes warnings out, or makes them errors. What a comment in a pack decides stays; then `levels`, then those of
// `policy` (null: none) count.
void ApplyLevels(const WarningLevels& levels, const Policy* policy, std::vector<PackSwitch>& switches,
                 Diagnostics& diagnostics);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_CHECK_PACK_CHECK_H_
