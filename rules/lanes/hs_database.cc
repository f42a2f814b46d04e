#include "rules/lanes/hs_database.h"

#include <hs.h>

#include <string>
#include <type_traits>

namespace wirewatch {

static_assert(std::is_same_v<hs_database, hs_database_t> && std::is_same_v<hs_scratch, hs_scratch_t>);
static_assert(std::is_same_v<HsOnMatch, match_event_handler>);

void FreeHsDatabase::operator()(hs_database* database) const noexcept { hs_free_database(database); }

HsScratch::~HsScratch() { hs_free_scratch(scratch_); }

Status HsScratch::GrowFor(const hs_database* database) {
  if (database == nullptr) return {};
  const hs_error_t code = hs_alloc_scratch(database, &scratch_);
  if (code == HS_SUCCESS) return {};
  return Error{ErrorCode::kInternal, "Hyperscan gives no scratch memory (code " + std::to_string(code) + ")"};
}

Status HsScan(const hs_database* database, const HsScratch& scratch, std::string_view text, HsOnMatch on_match,
              void* context) {
  if (database == nullptr || text.empty()) return {};
  const hs_error_t code =
      hs_scan(database, text.data(), static_cast<unsigned>(text.size()), 0, scratch.get(), on_match, context);
  if (code == HS_SUCCESS) return {};
  return Error{ErrorCode::kInternal, "Hyperscan stopped in the middle of a text of " + std::to_string(text.size()) +
                                         " bytes (code " + std::to_string(code) + ")"};
}

}  // namespace wirewatch
