// Pack switches: comments in a pack that switch a warning off, or make it an error, near the place it is about.
//
//   # wirewatch: off shadowed-term, broad-beginning
//   banning: [ban*, banned, the*]
//   owner: desk                        # wirewatch: error common-word
//
// A comment counts for what begins on its line; alone on its line, for what begins on the next one that is neither
// empty nor a comment: a value, a rule, a topic with its rules, a list, or, before the first key, the whole file. Of
// two that cover a finding the inner one counts.
#ifndef WIREWATCH_RULES_PACK_PACK_SWITCHES_H_
#define WIREWATCH_RULES_PACK_PACK_SWITCHES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/yaml/yaml_text.h"

namespace wirewatch {

// What is done with a warning of some code.
enum class WarningLevel : std::uint8_t { kOff, kWarn, kError };
inline constexpr WarningLevel kWarningLevels[] = {WarningLevel::kOff, WarningLevel::kWarn, WarningLevel::kError};

constexpr std::string_view Name(WarningLevel level) {
  constexpr std::string_view kNames[] = {"off", "warn", "error"};
  return kNames[static_cast<std::size_t>(level)];
}

struct PackSwitch {
  std::string file;
  std::uint32_t first_line = 0, last_line = 0;  // of what it counts for
  bool whole_file = false;                      // findings without a place, too
  std::string code;
  WarningLevel level = WarningLevel::kOff;
  bool used = false;
  Diagnostic idle;  // to be reported if it is not used
};

// The switches of a text. Comments that cannot be read, and codes that there are not, are reported to the text.
std::vector<PackSwitch> ReadSwitches(YamlText& text, const YamlNode& root);

// The switch that decides about a finding; null: none does.
PackSwitch* SwitchFor(std::vector<PackSwitch>& switches, const Diagnostic& diagnostic);

// Takes warnings out, or makes them errors, as the switches say, and notes which of them were used.
void ApplySwitches(std::vector<PackSwitch>& switches, Diagnostics& diagnostics);

// A warning for each switch that was not used. To be asked when all findings have been through ApplySwitches.
Diagnostics IdleSwitches(const std::vector<PackSwitch>& switches);

// The names of all codes of warnings.
std::vector<std::string_view> WarningCodes();
// Why `code` cannot be switched, and what to do, as "message; help" in two parts; an empty message: it can.
struct CodeMistake {
  std::string message, help;
};
CodeMistake FindCodeMistake(std::string_view code);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_PACK_SWITCHES_H_
