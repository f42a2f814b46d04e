#include "cli/terminal/tell.h"

#include <cstdio>

namespace wirewatch {

void Tell(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

}  // namespace wirewatch
