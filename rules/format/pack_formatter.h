// Pack formatter: the one layout of packs, libraries of lists and test files. It changes how a file is written and
// nothing of what it says: comments stay with what they stand at, lists keep their order.
//
// Keys stand in the order of rules/pack/pack_keys.cc, two columns a level. Expressions are in single quotes, long ones
// folded (`>-`) and broken at OR and AND. Lists stand in brackets, 120 columns a line. Between topics is an empty line;
// others stay, never two in a row.
#ifndef WIREWATCH_RULES_FORMAT_PACK_FORMATTER_H_
#define WIREWATCH_RULES_FORMAT_PACK_FORMATTER_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/diagnostic.h"

namespace wirewatch {

struct FormattedPack {
  std::optional<std::string> text;  // nothing: it has errors, and is left alone
  Diagnostics errors;               // of the text; empty if there is `text`
};

// `file` says by its name whether it is a test file, and where the libraries of a pack are; it is not read.
FormattedPack FormatPack(std::string_view text, const std::string& file);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_FORMAT_PACK_FORMATTER_H_
