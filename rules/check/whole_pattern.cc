#include "rules/check/whole_pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <fmt/format.h>
#include <pcre2.h>

#include <cstdint>
#include <utility>

#include "base/c_handle.h"

namespace wirewatch {
namespace {

using PcreCode = CHandle<pcre2_code, pcre2_code_free>;
using PcreMatch = CHandle<pcre2_match_data, pcre2_match_data_free>;
using PcreMatchContext = CHandle<pcre2_match_context, pcre2_match_context_free>;

constexpr std::uint32_t kMostSteps = 100'000;

PCRE2_SPTR BytesOf(std::string_view text) {
  return reinterpret_cast<PCRE2_SPTR>(text.empty() ? "" : text.data());  // an empty view may have no bytes at all
}

}  // namespace

struct WholePattern::Rep {
  PcreCode code;
};

Result<WholePattern> WholePattern::Create(std::string_view pattern) {
  int error = 0;
  PCRE2_SIZE place = 0;
  constexpr std::uint32_t kOptions =
      PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NEVER_BACKSLASH_C;
  PcreCode code(pcre2_compile(BytesOf(pattern), pattern.size(), kOptions, &error, &place, nullptr));
  if (code == nullptr) {
    PCRE2_UCHAR message[256] = {};
    pcre2_get_error_message(error, message, sizeof message);
    return Error{ErrorCode::kInvalid,
                 fmt::format("{} (at character {})", reinterpret_cast<const char*>(message), place + 1)};
  }
  return WholePattern(std::string(pattern), std::make_shared<const Rep>(Rep{std::move(code)}));
}

bool WholePattern::Fits(std::string_view text) const {
  const PcreMatch match(pcre2_match_data_create(1, nullptr));
  const PcreMatchContext context(pcre2_match_context_create(nullptr));
  if (match == nullptr || context == nullptr) return false;
  pcre2_set_match_limit(context.get(), kMostSteps);
  return pcre2_match(rep_->code.get(), BytesOf(text), text.size(), 0, 0, match.get(), context.get()) >= 0;
}

}  // namespace wirewatch
