// Pack loader: rule files (YAML) to packs, with a place for every mistake. A file may also be a library
// (pack_library.h): it is checked as the packs are, and those that packs use are read with them.
#ifndef WIREWATCH_RULES_PACK_PACK_LOADER_H_
#define WIREWATCH_RULES_PACK_PACK_LOADER_H_

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "rules/pack/library_files.h"
#include "rules/pack/pack.h"
#include "rules/pack/pack_library.h"
#include "rules/pack/pack_switches.h"

namespace wirewatch {

struct LoadedPacks {
  Packs packs;                                                     // complete only when `diagnostics` has no errors
  Diagnostics diagnostics;                                         // all mistakes of all files, not just the first
  std::vector<std::shared_ptr<const PackLibrary>> libraries = {};  // those among the files, and those that packs use
  std::vector<std::filesystem::path> used_files = {};  // of libraries that packs use, some of which there may not be
  // Comments of the packs about warnings. They are applied to `diagnostics`; the rest of what is found asks them, too.
  std::vector<PackSwitch> switches = {};
};

// Reads and checks. An unreadable file is a diagnostic of that file. Ids that repeat over files are errors. Topics that
// go on in other files are whole (pack_extensions.h).
LoadedPacks LoadPacks(const std::vector<std::filesystem::path>& files);

// The same for one text that is at hand; `file` is named in diagnostics, and what the pack uses is looked for from its
// folder. A topic that it extends stays by itself, since it may be in another text.
LoadedPacks LoadPackText(std::string_view text, const std::string& file);
// The same, for who keeps the libraries: their diagnostics and `libraries` are added when all packs are loaded, once.
LoadedPacks LoadPackText(std::string_view text, const std::string& file, LibraryFiles& libraries);
void AddLibraries(const LibraryFiles& libraries, LoadedPacks& loaded);

// What other files of people say as packs do. Nothing: it is none, which is reported.
class YamlText;
struct YamlNode;
// The value of a key `severity`.
std::optional<TopicSeverity> ReadSeverity(YamlText& text, const YamlNode& node);
// An id: letters a to z and digits, joined by -, _ or .; `what` names it. `node`: as ReadText takes it.
std::optional<std::string> ReadId(YamlText& text, const YamlNode* node, std::string_view what);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_PACK_LOADER_H_
