// PresetMapping: the mapping of one preset by its name, for tests of single shapes.
#ifndef WIREWATCH_TESTS_SUPPORT_PRESET_MAPPING_H_
#define WIREWATCH_TESTS_SUPPORT_PRESET_MAPPING_H_

#include <algorithm>
#include <string_view>

#include "pipeline/decode/decode_presets.h"

namespace wirewatch {

// REQUIRES: there is a preset of that name.
inline const DecodeMapping& PresetMapping(std::string_view name) {
  const auto presets = DecodePresets();
  return std::find_if(presets.begin(), presets.end(), [&](const auto& preset) { return preset.name == name; })->mapping;
}

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_PRESET_MAPPING_H_
