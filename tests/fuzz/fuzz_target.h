// What the fuzz targets share. A target is one file with one function that asserts a property of any input:
// libFuzzer calls it with inputs that it invents (preset `fuzz`), replay_main.cc with those in corpus/ (all others).
#ifndef WIREWATCH_TESTS_FUZZ_FUZZ_TARGET_H_
#define WIREWATCH_TESTS_FUZZ_FUZZ_TARGET_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

// libFuzzer's name for it. Returns 0; or -1: the input says too little to be worth keeping. Dies where the property
// does not hold.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace wirewatch {

inline std::string_view TextOf(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Dies, saying so, unless the property holds. `details` are printed behind it: what was seen.
template <typename... Details>
void Require(bool holds, std::string_view property, const Details&... details) {
  if (holds) return;
  const auto print = [](std::string_view text) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
  };
  std::fputs("\nthis does not hold: ", stderr);
  print(property);
  (print(details), ...);
  std::abort();
}

// The text up to the next `separator`, which goes too; all of it where there is none.
inline std::string_view TakeUntil(char separator, std::string_view& text) {
  const std::size_t end = text.find(separator);
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return taken;
}

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_FUZZ_FUZZ_TARGET_H_
