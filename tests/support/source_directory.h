// The root of the checkout that the tests were built from.
#ifndef WIREWATCH_TESTS_SUPPORT_SOURCE_DIRECTORY_H_
#define WIREWATCH_TESTS_SUPPORT_SOURCE_DIRECTORY_H_

#include <filesystem>

namespace wirewatch {

// Absolute. A function of a file of its own: only that file is compiled anew in a checkout elsewhere.
std::filesystem::path SourceDirectory();

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_SOURCE_DIRECTORY_H_
