// PackLibrary: a file of lists that packs share. It says for each term of which language it is, so that a pack can take
// the names of one language only.
//
//   library: countries
//   facet: countries
//   lists:
//     NL: {en: [Netherlands, Dutch], nl: [Nederland, Nederlandse*], zh-Hant: [荷蘭], zh-Hans: [荷兰]}
//   groups:
//     benelux: [BE, NL, LU]
//   except: {en: [Dutch oven]}
//
// A pack with `use: [lists/countries.yaml]` writes @countries, @countries.NL, @countries.benelux, and behind each of
// them the language, if it wants only one: @countries:nl, @countries.NL:zh.
#ifndef WIREWATCH_RULES_PACK_PACK_LIBRARY_H_
#define WIREWATCH_RULES_PACK_PACK_LIBRARY_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml/yaml_text.h"
#include "rules/language/expression.h"

namespace wirewatch {

struct PackLibrary {
  struct Terms {
    std::string language;           // canonical (language_code.h); empty: of no language, as the name of a company
    std::vector<Expression> terms;  // each a kTerm
  };
  struct List {
    std::string name;
    std::vector<Terms> languages;  // each once
  };

  std::string name;  // no '.' in it, nor in those of lists and groups
  std::string owner;
  std::string facet;  // each list is a value of this facet; empty: of none
  std::string file;
  std::vector<List> lists;    // as written
  std::vector<Terms> except;  // what holds a term of a list and means something else; counts for facets only
  std::map<std::string, std::vector<std::size_t>, std::less<>>
      members;  // of a list itself, or of a group: into `lists`
};

// Whether a file is a library and no pack: one of its lines begins with `library:`.
bool IsLibraryText(std::string_view text);

// Goes on behind every mistake; they are reported to the text. REQUIRES: IsLibraryText.
PackLibrary ReadLibrary(YamlText& text);

// `countries.NL:nl` in its parts; those that are not there are empty.
struct LibraryName {
  std::string_view name;
  std::string_view list;
  std::string_view language;
};
LibraryName ParseLibraryName(std::string_view name);

// What the name stands for: an OR of the terms of that list or group (none is named: of all lists) in that language and
// of no language, each once. Nothing: there is no such list, or it has no term in that language.
// `:zh` takes the terms of zh, zh-Hant and zh-Hans; `:zh-Hant` those of zh-Hant and zh.
std::optional<Expression> FindTerms(const PackLibrary& library, const LibraryName& name);

// What there is in place of a name that FindTerms does not know: a help.
std::string HelpForName(const PackLibrary& library, const LibraryName& name);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_PACK_LIBRARY_H_
