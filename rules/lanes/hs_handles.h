// Hyperscan's objects with owners, and its return codes as Status.
#ifndef WIREWATCH_RULES_LANES_HS_HANDLES_H_
#define WIREWATCH_RULES_LANES_HS_HANDLES_H_

#include <hs.h>

#include <string>
#include <string_view>

#include "base/c_handle.h"
#include "base/result.h"

namespace wirewatch {

using HsDatabase = CHandle<hs_database_t, hs_free_database>;
using HsCompileError = CHandle<hs_compile_error_t, hs_free_compile_error>;

// One a thread, shared by all databases that the thread scans.
class HsScratch {
 public:
  HsScratch() = default;
  ~HsScratch() { hs_free_scratch(scratch_); }
  HsScratch(const HsScratch&) = delete;
  HsScratch& operator=(const HsScratch&) = delete;

  // Makes room for `database`; null is no database and needs none.
  Status GrowFor(const hs_database_t* database) {
    if (database == nullptr) return {};
    const hs_error_t code = hs_alloc_scratch(database, &scratch_);
    if (code == HS_SUCCESS) return {};
    return Error{ErrorCode::kInternal, "Hyperscan gives no scratch memory (code " + std::to_string(code) + ")"};
  }
  hs_scratch_t* get() const { return scratch_; }

 private:
  hs_scratch_t* scratch_ = nullptr;
};

// Scans `text`; `on_match` is hs_scan's callback and gets `context`. A null database finds nothing.
// kInternal: the scan did not run to its end, so that what was found says nothing.
inline Status HsScan(const hs_database_t* database, const HsScratch& scratch, std::string_view text,
                     match_event_handler on_match, void* context) {
  if (database == nullptr || text.empty()) return {};
  const hs_error_t code =
      hs_scan(database, text.data(), static_cast<unsigned>(text.size()), 0, scratch.get(), on_match, context);
  if (code == HS_SUCCESS) return {};
  return Error{ErrorCode::kInternal, "Hyperscan stopped in the middle of a text of " + std::to_string(text.size()) +
                                         " bytes (code " + std::to_string(code) + ")"};
}

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANES_HS_HANDLES_H_
