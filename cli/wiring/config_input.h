// Configuration as the command line gives it: a file, or options that stand for a small one.
#ifndef WIREWATCH_CLI_WIRING_CONFIG_INPUT_H_
#define WIREWATCH_CLI_WIRING_CONFIG_INPUT_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "pipeline/config.h"

namespace wirewatch {

// kInvalid: the message is the rendered diagnostics; kNotFound, kIo: the file cannot be read.
Result<Config> LoadConfig(const std::string& file);

// What the options of `run`, `match`, `stories` and `explain` say without a file.
struct QuickConfig {
  std::vector<std::string> packs;   // none: no rules are asked
  std::vector<std::string> inputs;  // files and directories; none or "-": stdin
  bool follow = false;
  std::string record_time = "received";  // or "published"
  std::string alerts;                    // a file; empty: stdout
  std::string format = "auto";           // of stdout
  std::string dead_letters;              // a file; empty: a line each on stderr
  std::string deliver;                   // a subscription file; empty: nothing is delivered
  std::string store;                     // a SQLite file; empty: beside `deliver`
  std::string listen;                    // empty: no listener
  std::string decode;                    // a configuration of which only `decode` is taken; empty: none
};
// Errors: as LoadConfig.
Result<Config> MakeConfig(const QuickConfig& options);

// Of the option that gives QuickConfig::record_time.
inline constexpr std::string_view kRecordTimeHelp =
    "Time of articles from files: received (when they are read), or published, to replay an archive";

// Colours for messages: stderr is a terminal and neither NO_COLOR nor TERM=dumb says no.
bool ColourOnStderr();
// The same of stdout, for what a verb prints for people.
bool ColourOnStdout();

// Writes a text file anew, whole. A pipe that nobody reads, or that takes not all of it, is an error (kIo).
Status WriteFile(const std::string& file, const std::string& text);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_CONFIG_INPUT_H_
