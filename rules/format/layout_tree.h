// LayoutTree: a pack, library or test file as the formatter writes it: which of its mappings and lists take lines of
// their own, in which order their keys stand, and to which of them each comment belongs.
#ifndef WIREWATCH_RULES_FORMAT_LAYOUT_TREE_H_
#define WIREWATCH_RULES_FORMAT_LAYOUT_TREE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml/yaml_text.h"
#include "rules/format/pack_comments.h"
#include "rules/pack/pack_keys.h"

namespace wirewatch {

inline constexpr std::size_t kFormatWidth = 120;  // columns
inline constexpr std::size_t kFormatIndent = 2;

// How a value is written. What is not of the form that its key asks for is written as what it is.
enum class ValueShape : std::uint8_t {
  kText,
  kExpression,
  kTerms,    // a list in brackets, over several lines if it must be
  kLines,    // a list in brackets if one line holds it, else an item a line
  kMapping,  // a key a line
  kCompact,  // a mapping in braces if one line holds it, else a key a line
  kArticle,  // the same, if it stood in braces before
  kItems,    // a list of mappings
  kNames,    // a mapping of names to kTerms, or to kCompact with kTerms in it
};

struct ValueSpec {
  ValueShape shape = ValueShape::kText;
  std::optional<PackPart> part = {};  // of a mapping, or of the mappings of a list: whose keys these are
  bool topics = false;                // kItems: each may also be an extension
  bool is_library = false;            // the keys of a library
  bool terms_within = false;          // kCompact: its values are kTerms
};

struct LayoutElement {
  const YamlNode* key = nullptr;  // null: an item of a list, or the root
  const YamlNode* value = nullptr;
  ValueSpec spec;
  std::uint32_t begin = 0;   // of its key or dash
  std::uint32_t column = 0;  // of that
  bool blank_before = false;
  bool leaf = true;          // on lines of its own alone: a scalar, or a collection in brackets
  bool in_brackets = false;  // value: a collection that stood in [ ] or { }
  LayoutElement* parent = nullptr;
  std::vector<std::unique_ptr<LayoutElement>> children;  // in the order in which they are written

  std::vector<PackComment> before;    // lines above
  std::optional<PackComment> behind;  // on its line
  std::vector<PackComment> inside;    // of a leaf: between the entries of its list
  std::vector<PackComment> last;      // lines behind the last child
};

struct LayoutTree {
  std::vector<PackComment> header;  // above the first key: of the file
  bool blank_behind_header = false;
  LayoutElement root;
};

// Which kind of file it is, by its name and its keys.
ValueSpec SpecOfFile(std::string_view file, const YamlNode& root);
// That of an entry or item of a value.
ValueSpec SpecWithin(const ValueSpec& spec, const YamlNode& mapping, std::string_view key);
ValueSpec SpecOfItem(const ValueSpec& spec, const YamlNode& item);

// Borrows root. REQUIRES: it is a mapping, and that of `text`.
std::unique_ptr<LayoutTree> MakeLayoutTree(std::string_view text, const YamlNode& root, const ValueSpec& spec);

// A collection on one line, in brackets. REQUIRES: CanBeOneLine.
std::string OneLine(std::string_view text, const YamlNode& node, const ValueSpec& spec);
// The entries of a mapping in the order of their keys.
std::vector<const YamlEntry*> InOrder(const YamlNode& mapping, const ValueSpec& spec);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_FORMAT_LAYOUT_TREE_H_
