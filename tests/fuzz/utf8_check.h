// Whether a text is UTF-8, as utf8proc says: a judge that is not ours.
#ifndef WIREWATCH_TESTS_FUZZ_UTF8_CHECK_H_
#define WIREWATCH_TESTS_FUZZ_UTF8_CHECK_H_

#include <utf8proc.h>

#include <cstddef>
#include <string_view>

namespace wirewatch {

inline bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    utf8proc_int32_t code_point = 0;
    const utf8proc_ssize_t size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                                   static_cast<utf8proc_ssize_t>(text.size()), &code_point);
    if (size <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_FUZZ_UTF8_CHECK_H_
