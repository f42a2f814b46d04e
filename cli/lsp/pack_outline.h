// PackOutline: what stands where in the text of one pack, library or test file: its lists and where they are used, its
// topics and rules, its keys. Of a text that is no YAML there is none; then PlaceInText goes by the lines alone.
#ifndef WIREWATCH_CLI_LSP_PACK_OUTLINE_H_
#define WIREWATCH_CLI_LSP_PACK_OUTLINE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"
#include "cli/lsp/editor_text.h"
#include "rules/pack/pack_keys.h"

namespace wirewatch {

struct PackOutline {
  struct ListUse {
    std::string name;  // as written behind the @: also of libraries, "countries.NL:nl"
    Span place;        // of the name, without the @
  };
  struct List {
    Span name;
    std::vector<std::string> terms;  // as written; '@other' for a list within
  };
  struct Rule {
    Span id;
    std::string topic, rule;                    // rule: empty, it is the topic itself
    std::string title, match, score, severity;  // as written; empty: it is not
    std::size_t rules = 0;                      // of a topic
  };
  struct Key {
    Span place;
    PackPart part;
    std::string name;
  };

  std::map<std::string, List, std::less<>> lists;
  std::vector<ListUse> uses;
  std::vector<Rule> rules;
  std::vector<Key> keys;
};

// Nothing: the text is no YAML.
std::optional<PackOutline> ReadOutline(const std::string& text, const std::string& file);

// Where a place is, by the lines around it; for a text that is being typed.
struct PlaceInText {
  std::optional<PackPart> part;  // of the mapping that the place is in; nothing: of none that packs have
  bool is_library = false;
  std::string key;      // of the value that the place is in; empty: at a key
  std::string written;  // what stands before the place, of the key or of the value
};
PlaceInText FindPlace(const EditorText& text, std::uint32_t byte, const std::string& file);

// Names of lists, by the lines under `lists:`.
std::vector<std::string> ListNamesByLines(const EditorText& text);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_LSP_PACK_OUTLINE_H_
