// Writes a LayoutTree as text.
#ifndef WIREWATCH_RULES_FORMAT_PACK_WRITER_H_
#define WIREWATCH_RULES_FORMAT_PACK_WRITER_H_

#include <string>
#include <string_view>

#include "rules/format/layout_tree.h"

namespace wirewatch {

// `text` is the one that the tree was made of.
std::string WriteLayout(std::string_view text, const LayoutTree& tree);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_FORMAT_PACK_WRITER_H_
