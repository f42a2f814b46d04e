#include "tests/support/source_directory.h"

namespace wirewatch {

std::filesystem::path SourceDirectory() { return WIREWATCH_SOURCE_DIR; }

}  // namespace wirewatch
