// The section `decode`.
#ifndef WIREWATCH_PIPELINE_DECODE_DECODE_SETTINGS_H_
#define WIREWATCH_PIPELINE_DECODE_DECODE_SETTINGS_H_

#include <vector>

#include "base/settings/field_spec.h"
#include "pipeline/decode/article_decoder.h"

namespace wirewatch {

struct DecodeSettings {
  DecodeLimits limits;
  DecodeMapping mapping;

  static const FieldTable& Table();
  static DecodeSettings From(const Fields& fields);
  static std::vector<SettingsProblem> Check(const Fields& fields);
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DECODE_DECODE_SETTINGS_H_
