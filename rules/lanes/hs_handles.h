// Hyperscan's objects with owners, for the .cc files of this folder. What others hold of it: hs_database.h.
#ifndef WIREWATCH_RULES_LANES_HS_HANDLES_H_
#define WIREWATCH_RULES_LANES_HS_HANDLES_H_

#include <hs.h>

#include <cstdlib>

#include "base/c_handle.h"

namespace wirewatch {

using HsCompileError = CHandle<hs_compile_error_t, hs_free_compile_error>;
using HsExpressionInfo = CHandle<hs_expr_info_t, std::free>;
using HsBytes = CHandle<char, std::free>;

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANES_HS_HANDLES_H_
