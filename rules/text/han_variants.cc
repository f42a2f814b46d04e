#include "rules/text/han_variants.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "rules/text/han_table.h"

namespace wirewatch {
namespace {

constexpr std::size_t kCharacter = 3;  // bytes of UTF-8 of each in the table

// A character, and the first one of its class; by the character.
using Variant = std::pair<std::string_view, std::string_view>;

std::vector<Variant> MakeVariants() {
  std::vector<Variant> variants;
  for (std::string_view rest = kHanClasses; !rest.empty();) {
    const std::string_view members = rest.substr(0, rest.find(' '));
    for (std::size_t at = 0; at < members.size(); at += kCharacter) {
      variants.emplace_back(members.substr(at, kCharacter), members.substr(0, kCharacter));
    }
    rest.remove_prefix(std::min(members.size() + 1, rest.size()));
  }
  std::sort(variants.begin(), variants.end());
  return variants;
}

}  // namespace

std::string_view HanClassOf(std::string_view word) {
  if (word.size() != kCharacter) return {};
  static const std::vector<Variant> variants = MakeVariants();
  const auto found = std::lower_bound(variants.begin(), variants.end(), Variant{word, {}});
  return found != variants.end() && found->first == word ? found->second : std::string_view();
}

}  // namespace wirewatch
