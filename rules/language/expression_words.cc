#include "rules/language/expression_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text/ascii.h"

namespace wirewatch {
namespace {

struct ScopePrefix {
  std::string_view prefix;
  Scope scope;
};
constexpr ScopePrefix kScopes[] = {{"title:", Scope::kTitle},
                                   {"lead:", Scope::kLead},
                                   {"body:", Scope::kBody},
                                   {"(title, lead):", Scope::kTitleLead},
                                   {"(title, body):", Scope::kTitleBody},
                                   {"(lead, body):", Scope::kLeadBody}};

struct AttributePrefix {
  std::string_view prefix;
  Attribute attribute;
};
constexpr AttributePrefix kAttributes[] = {{"lang:", Attribute::kLanguage},   {"country:", Attribute::kCountry},
                                           {"source:", Attribute::kSource},   {"tag:", Attribute::kTag},
                                           {"section:", Attribute::kSection}, {"published:", Attribute::kPublished},
                                           {"urgency:", Attribute::kUrgency}, {"words:", Attribute::kWords}};

constexpr ComparisonSign kSigns[] = {{"<=", Comparison::kAtMost},
                                     {">=", Comparison::kAtLeast},
                                     {"<", Comparison::kLess},
                                     {">", Comparison::kMore},
                                     {"=", Comparison::kIs}};

// The prefix without its colon; of a scope of several parts no name that can be written.
template <typename Entry>
bool IsNamed(const Entry& entry, std::string_view name) {
  return entry.prefix.size() == name.size() + 1 && entry.prefix.starts_with(name);
}

bool IsOnePart(const ScopePrefix& entry) { return !entry.prefix.starts_with('('); }

std::string_view Negation(bool negated) { return negated ? "NOT " : ""; }

}  // namespace

std::string_view Prefix(Scope scope) {
  const auto* const entry = std::ranges::find(kScopes, scope, &ScopePrefix::scope);
  return entry == std::end(kScopes) ? std::string_view() : entry->prefix;
}

std::string_view Prefix(Attribute attribute) {
  const auto* const entry = std::ranges::find(kAttributes, attribute, &AttributePrefix::attribute);
  return entry == std::end(kAttributes) ? std::string_view() : entry->prefix;
}

std::string_view Name(TextUnit unit) { return unit == TextUnit::kSentence ? "SENTENCE" : "PARAGRAPH"; }

std::string_view Sign(Comparison comparison) {
  if (comparison == Comparison::kIs) return "";
  const auto* const entry = std::ranges::find(kSigns, comparison, &ComparisonSign::comparison);
  return entry == std::end(kSigns) ? std::string_view() : entry->sign;
}

std::optional<Scope> FindScope(std::string_view name) {
  const auto* const entry =
      std::ranges::find_if(kScopes, [&](const ScopePrefix& e) { return IsOnePart(e) && IsNamed(e, name); });
  return entry == std::end(kScopes) ? std::nullopt : std::optional(entry->scope);
}

std::optional<Attribute> FindAttribute(std::string_view name) {
  const auto* const entry =
      std::ranges::find_if(kAttributes, [&](const AttributePrefix& e) { return IsNamed(e, name); });
  return entry == std::end(kAttributes) ? std::nullopt : std::optional(entry->attribute);
}

std::vector<std::string_view> PrefixNames() {
  std::vector<std::string_view> names;
  for (const ScopePrefix& entry : kScopes) {
    if (IsOnePart(entry)) names.push_back(entry.prefix.substr(0, entry.prefix.size() - 1));
  }
  for (const AttributePrefix& entry : kAttributes) names.push_back(entry.prefix.substr(0, entry.prefix.size() - 1));
  return names;
}

std::span<const ComparisonSign> ComparisonSigns() { return kSigns; }

std::string NearText(bool negated, bool ordered, std::uint32_t distance) {
  return fmt::format("{}{}NEAR/{}", Negation(negated), ordered ? "O" : "", distance);
}

std::string SameText(bool negated, TextUnit unit) { return fmt::format("{}SAME {}", Negation(negated), Name(unit)); }

std::string Upper(std::string_view word) {
  std::string upper(word);
  std::transform(upper.begin(), upper.end(), upper.begin(), AsciiUpper);
  return upper;
}

}  // namespace wirewatch
