// CHandle: ownership of an object of a C library, released by that library's own function.
#ifndef WIREWATCH_BASE_C_HANDLE_H_
#define WIREWATCH_BASE_C_HANDLE_H_

#include <memory>

namespace wirewatch {

template <auto Free>
struct FreeWith {
  void operator()(auto* pointer) const noexcept { Free(pointer); }
};

// using HsDatabase = CHandle<hs_database_t, hs_free_database>;
template <typename T, auto Free>
using CHandle = std::unique_ptr<T, FreeWith<Free>>;

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_C_HANDLE_H_
