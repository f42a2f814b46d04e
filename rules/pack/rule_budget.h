// Budgets as people write them, in packs (`budget: {cpu: 50us, hits: 100/h}`) and as defaults in the configuration.
#ifndef WIREWATCH_RULES_PACK_RULE_BUDGET_H_
#define WIREWATCH_RULES_PACK_RULE_BUDGET_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace wirewatch {

// "50us", "2ms": from 1us to 1000ms. Nothing: it is another text.
std::optional<std::chrono::nanoseconds> ParseCpuBudget(std::string_view text);

// "50/h": from 1/h to 10,000,000/h. Nothing: it is another text.
std::optional<std::uint32_t> ParseHitBudget(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_RULE_BUDGET_H_
