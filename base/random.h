// Bytes that nobody can foretell: for tokens and keys.
#ifndef WIREWATCH_BASE_RANDOM_H_
#define WIREWATCH_BASE_RANDOM_H_

#include <cstddef>
#include <string>

namespace wirewatch {

// From the kernel (getrandom(2)). A kernel that has none ends the process: there is no lesser source to fall back on.
// Threads: any.
std::string RandomBytes(std::size_t count);

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_RANDOM_H_
