#include "rules/dialects/dialect.h"

#include <algorithm>
#include <array>

#include "rules/language/expression_words.h"
#include "rules/language/foreign_syntax.h"

namespace wirewatch {
namespace {

constexpr std::array<DialectTraits, 5> kTraits = {{
    {"lucene", false, 10, false, false, false, true, false},
    {"meltwater", true, 4, true, false, false, true, false},
    {"talkwalker", false, 10, true, false, true, true, false},
    {"brandwatch", false, 10, true, true, false, true, false},
    {"lexisnexis", true, 10, true, false, false, false, true},
}};

struct OwnField {
  Dialect dialect;
  std::string_view name, ours;
};

// Where a dialect means something else than most do (foreign_syntax.cc), or is the only one to have a name.
constexpr OwnField kOwnFields[] = {
    {Dialect::kLexisNexis, "hlead", "title, lead"},
    {Dialect::kLexisNexis, "subject", "tag"},
    {Dialect::kLexisNexis, "terms", "tag"},
    {Dialect::kLexisNexis, "geographic", "country"},
    {Dialect::kMeltwater, "ingress", "lead"},
    {Dialect::kTalkwalker, "sourcelang", "lang"},
    {Dialect::kLucene, "_all", "text"},
    {Dialect::kLucene, "all", "text"},
    {Dialect::kLucene, "source_host", "source"},
    {Dialect::kLucene, "published_at", "published"},
    {Dialect::kLucene, "@timestamp", "published"},
};

FieldMeaning MeaningOfOurs(std::string_view ours) {
  FieldMeaning meaning;
  meaning.kind = FieldMeaning::Kind::kScope;
  if (ours.empty() || ours == "text") return meaning;
  if (ours == "title, lead") {
    meaning.scope = Scope::kTitleLead;
  } else if (const auto scope = FindScope(ours)) {
    meaning.scope = *scope;
  } else if (const auto attribute = FindAttribute(ours)) {
    meaning.kind = FieldMeaning::Kind::kAttribute;
    meaning.attribute = *attribute;
  } else {
    meaning.kind = FieldMeaning::Kind::kUnknown;
  }
  return meaning;
}

}  // namespace

const DialectTraits& TraitsOf(Dialect dialect) { return kTraits[static_cast<std::size_t>(dialect)]; }

std::optional<Dialect> FindDialect(std::string_view name) {
  if (name == "elasticsearch" || name == "opensearch" || name == "elastic") return Dialect::kLucene;
  if (name == "lexis" || name == "nexis") return Dialect::kLexisNexis;
  const auto found =
      std::find_if(kTraits.begin(), kTraits.end(), [&](const auto& traits) { return traits.name == name; });
  if (found == kTraits.end()) return std::nullopt;
  return static_cast<Dialect>(found - kTraits.begin());
}

std::vector<std::string> DialectNames() {
  std::vector<std::string> names;
  for (const DialectTraits& traits : kTraits) names.emplace_back(traits.name);
  names.insert(names.begin() + 1, "elasticsearch");
  return names;
}

FieldMeaning MeaningOfField(Dialect dialect, std::string_view name, const FieldNames& own) {
  if (const auto said = own.find(name); said != own.end()) return MeaningOfOurs(said->second);
  for (const OwnField& field : kOwnFields) {
    if (field.dialect == dialect && field.name == name) return MeaningOfOurs(field.ours);
  }
  if (name == "raw" && dialect == Dialect::kBrandwatch) return {FieldMeaning::Kind::kExact, {}, {}, {}};
  const auto prefix = OurPrefix(name);
  if (!prefix) return {};
  if (prefix->empty()) return {FieldMeaning::Kind::kNone, {}, {}, MeantPrefix(name, name)};
  return MeaningOfOurs(std::string_view(*prefix).substr(0, prefix->size() - 1));
}

bool IsOurField(std::string_view name) { return MeaningOfOurs(name).kind != FieldMeaning::Kind::kUnknown; }

}  // namespace wirewatch
