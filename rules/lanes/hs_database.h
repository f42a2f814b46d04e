// HsDatabase, HsScratch: what Hyperscan compiled, and what one thread scans it with. No header of Hyperscan is needed
// to hold them.
#ifndef WIREWATCH_RULES_LANES_HS_DATABASE_H_
#define WIREWATCH_RULES_LANES_HS_DATABASE_H_

#include <memory>
#include <string_view>

#include "base/result.h"

// Hyperscan's own names of its two opaque types (hs_common.h).
struct hs_database;
struct hs_scratch;

namespace wirewatch {

struct FreeHsDatabase {
  void operator()(hs_database* database) const noexcept;
};
// Immutable; shared by threads.
using HsDatabase = std::unique_ptr<hs_database, FreeHsDatabase>;

// One a thread, shared by all databases that the thread scans.
class HsScratch {
 public:
  HsScratch() = default;
  ~HsScratch();
  HsScratch(const HsScratch&) = delete;
  HsScratch& operator=(const HsScratch&) = delete;

  // Makes room for `database`; null is no database and needs none. kInternal: Hyperscan gives no memory.
  Status GrowFor(const hs_database* database);
  hs_scratch* get() const { return scratch_; }

 private:
  hs_scratch* scratch_ = nullptr;
};

// Hyperscan's match_event_handler: number of the pattern, first byte, byte behind the last, flags, `context`. It
// returns 0; any other value stops the scan, and HsScan reports a failure.
using HsOnMatch = int (*)(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void* context);

// Scans `text`; `on_match` gets `context`. A null database finds nothing.
// kInternal: the scan did not run to its end: what it found must not be used.
Status HsScan(const hs_database* database, const HsScratch& scratch, std::string_view text, HsOnMatch on_match,
              void* context);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANES_HS_DATABASE_H_
