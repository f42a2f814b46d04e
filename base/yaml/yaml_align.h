// Which byte of a YAML file each byte of a scalar's value was written as: a finding inside an expression is underlined
// where the person wrote it, whatever quotes, escapes and line breaks lie between.
#ifndef WIREWATCH_BASE_YAML_YAML_ALIGN_H_
#define WIREWATCH_BASE_YAML_YAML_ALIGN_H_

#include <cstdint>
#include <string_view>
#include <vector>

namespace wirewatch {

// `written` begins with the scalar as it stands in the file, with its quotes or its block header, and may go on behind
// it. `value` is what YAML reads from it. For each byte of `value` its byte of `written`, never smaller than the one
// before, and last the byte behind them all; empty: it could not be told. Time: linear.
std::vector<std::uint32_t> AlignScalar(std::string_view written, std::string_view value);

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_YAML_YAML_ALIGN_H_
