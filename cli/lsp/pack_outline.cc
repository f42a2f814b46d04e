#include "cli/lsp/pack_outline.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/text/trim.h"
#include "base/yaml/yaml_align.h"
#include "base/yaml/yaml_text.h"
#include "rules/format/layout_tree.h"
#include "rules/language/expression_lexer.h"
#include "rules/pack/pack_files.h"

namespace wirewatch {
namespace {

using Kind = YamlNode::Kind;

const YamlNode* ValueOf(const YamlNode& mapping, std::string_view key) {
  for (const YamlEntry& entry : mapping.entries) {
    if (entry.key.scalar == key) return &entry.value;
  }
  return nullptr;
}
std::string TextOf(const YamlNode& mapping, std::string_view key) {
  const YamlNode* const value = ValueOf(mapping, key);
  return value == nullptr ? "" : value->scalar;
}

class OutlineReader {
 public:
  explicit OutlineReader(const std::string& text) : text_(text) {}

  PackOutline Read(const YamlNode& root, const ValueSpec& spec) {
    Walk(root, spec);
    if (const YamlNode* lists = ValueOf(root, "lists")) {
      for (const YamlEntry& entry : lists->entries) AddList(entry);
    }
    if (const YamlNode* topics = ValueOf(root, "topics")) {
      for (const YamlNode& topic : topics->items) AddTopic(topic);
    }
    return std::move(outline_);
  }

 private:
  void Walk(const YamlNode& node, const ValueSpec& spec) {
    if (node.kind == Kind::kScalar && spec.shape == ValueShape::kExpression) AddUses(node);
    for (const YamlNode& item : node.items) Walk(item, SpecOfItem(spec, item));
    for (const YamlEntry& entry : node.entries) {
      if (spec.part) outline_.keys.push_back({entry.key.span(), *spec.part, entry.key.scalar});
      Walk(entry.value, SpecWithin(spec, node, entry.key.scalar));
    }
  }

  // The bytes of the file that some bytes of a value were written as.
  std::optional<Span> Written(const YamlNode& scalar, Span inside) const {
    const auto origins = AlignScalar(std::string_view(text_).substr(scalar.begin), scalar.scalar);
    if (inside.end >= origins.size()) return std::nullopt;
    return Span{scalar.begin + origins[inside.begin], scalar.begin + origins[inside.end]};
  }

  void AddUses(const YamlNode& scalar) {
    for (const ExpressionToken& token : LexExpression(scalar.scalar).tokens) {
      if (token.kind != ExpressionToken::Kind::kList) continue;
      AddUse(scalar, token.text, {token.place.begin + 1, token.place.end});
    }
  }
  void AddUse(const YamlNode& scalar, std::string name, Span inside) {
    if (const auto place = Written(scalar, inside)) outline_.uses.push_back({std::move(name), *place});
  }

  void AddList(const YamlEntry& entry) {
    PackOutline::List list;
    list.name = entry.key.span();
    AddTerms(entry.value, list.terms);
    outline_.lists.emplace(entry.key.scalar, std::move(list));
  }
  void AddTerms(const YamlNode& node, std::vector<std::string>& terms) {
    if (node.kind == Kind::kScalar && !node.scalar.empty()) {
      terms.push_back(node.scalar);
      const std::size_t at = node.scalar.find('@');
      const bool is_list = at == 0 || Trimmed(std::string_view(node.scalar).substr(0, at)) == "NOT";
      if (at != std::string::npos && is_list) {
        AddUse(node, node.scalar.substr(at + 1),
               {static_cast<std::uint32_t>(at + 1), static_cast<std::uint32_t>(node.scalar.size())});
      }
    }
    for (const YamlNode& item : node.items) AddTerms(item, terms);
    for (const YamlEntry& entry : node.entries) AddTerms(entry.value, terms);
  }

  void AddTopic(const YamlNode& topic) {
    PackOutline::Rule own;
    const YamlNode* const id = ValueOf(topic, "id") != nullptr ? ValueOf(topic, "id") : ValueOf(topic, "extends");
    if (id == nullptr) return;
    own.id = id->span();
    own.topic = id->scalar;
    own.title = TextOf(topic, "title");
    own.severity = TextOf(topic, "severity");
    const YamlNode* const rules = ValueOf(topic, "rules");
    own.rules = rules == nullptr ? 0 : rules->items.size();
    outline_.rules.push_back(own);
    if (rules == nullptr) return;
    for (const YamlNode& rule : rules->items) {
      const YamlNode* const rule_id = ValueOf(rule, "id");
      if (rule_id == nullptr) continue;
      outline_.rules.push_back({rule_id->span(), own.topic, rule_id->scalar, TextOf(rule, "description"),
                                TextOf(rule, "match"), TextOf(rule, "score"), TextOf(rule, "severity"), 0});
    }
  }

  const std::string& text_;
  PackOutline outline_;
};

// ---- by lines

struct KeyLine {
  std::size_t indent = 0;  // of the key, behind the dashes
  bool item = false;       // a dash stands before it
  std::string key;         // empty: the line has none
  std::size_t behind = 0;  // byte of the line behind the colon
};

KeyLine ReadKeyLine(std::string_view line) {
  KeyLine read;
  std::size_t at = 0;
  while (at < line.size() && (line[at] == ' ' || (line[at] == '-' && at + 1 < line.size() && line[at + 1] == ' '))) {
    read.item = read.item || line[at] == '-';
    ++at;
  }
  read.indent = at;
  const std::size_t colon = line.find(':', at);
  if (colon == std::string_view::npos || (colon + 1 < line.size() && line[colon + 1] != ' ')) return read;
  const std::string_view key = line.substr(at, colon - at);
  const bool plain = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  if (!plain) return read;
  read.key = key;
  read.behind = colon + 1;
  return read;
}

bool SaysNothing(std::string_view line) {
  const std::string_view trimmed = Trimmed(line);
  return trimmed.empty() || trimmed.front() == '#';
}

// The keys above a line that it stands under, the outermost first.
std::vector<KeyLine> KeysAbove(const EditorText& text, std::size_t line, std::size_t indent) {
  std::vector<KeyLine> above;
  for (std::size_t i = line; i-- > 0 && indent > 0;) {
    if (SaysNothing(text.Line(i))) continue;
    const KeyLine one = ReadKeyLine(text.Line(i));
    const std::size_t dash = text.Line(i).find_first_not_of(' ');
    const std::size_t column = one.item ? dash : one.indent;
    if (one.indent < indent && !one.key.empty()) {
      above.insert(above.begin(), one);
      indent = one.indent;
    }
    // What stands to the right of a dash is within that item: what is left of the dash comes next.
    if (one.item && column < indent) indent = column + 1;
  }
  return above;
}

bool HasExtends(const EditorText& text, std::size_t line) {
  // Of the item that the line is in: up to its dash, and down from there.
  for (std::size_t i = line + 1; i-- > 0;) {
    const KeyLine one = ReadKeyLine(text.Line(i));
    if (one.key == "extends") return true;
    if (one.item && one.key == "id") return false;
    if (one.key == "topics") return false;
  }
  return false;
}

}  // namespace

std::optional<PackOutline> ReadOutline(const std::string& text, const std::string& file) {
  YamlText yaml(file, text);
  const auto root = yaml.Parse();
  if (!root || root->kind != Kind::kMapping) return std::nullopt;
  return OutlineReader(text).Read(*root, SpecOfFile(file, *root));
}

PlaceInText FindPlace(const EditorText& text, std::uint32_t byte, const std::string& file) {
  PlaceInText place;
  const EditorPlace at = text.PlaceAt(byte);
  const std::string_view whole = text.Line(at.line);
  const std::string_view before = whole.substr(0, byte - text.BeginOf(at.line));
  KeyLine own = ReadKeyLine(before);
  std::vector<KeyLine> above = KeysAbove(text, at.line, own.indent);
  const bool under_value = own.key.empty() && !above.empty();  // a line of a value, or a key that is being typed
  if (!own.key.empty()) {
    place.key = own.key;
    place.written = before.substr(own.behind);
  } else {
    place.written = before.substr(std::min(own.indent, before.size()));
  }
  place.part = IsRuleTestFile(std::filesystem::path(file)) ? PackPart::kTestFile : PackPart::kPack;
  for (std::size_t i = 0; i < text.lines(); ++i) {
    const std::string_view line = text.Line(i);
    if (line.starts_with("library:")) place.is_library = true;
    if (line.starts_with("tests:")) place.part = PackPart::kTestFile;
  }
  if (place.is_library) place.part.reset();
  for (std::size_t i = 0; i < above.size() && place.part; ++i) {
    const auto keys = PackKeys();
    const auto key = std::find_if(keys.begin(), keys.end(), [&](const PackKey& one) {
      return one.in == *place.part && one.name == above[i].key;
    });
    const bool leads_on = key != keys.end() && (key->form == KeyForm::kMapping || key->form == KeyForm::kMappings ||
                                                key->form == KeyForm::kTopics || key->form == KeyForm::kExpectedTopics);
    if (leads_on) {
      place.part = key->part;
      if (*place.part == PackPart::kTopic && HasExtends(text, at.line)) place.part = PackPart::kExtension;
      continue;
    }
    if (i + 1 == above.size() && under_value) place.key = above[i].key;
    if (key == keys.end() || i + 1 < above.size()) place.part.reset();
  }
  return place;
}

std::vector<std::string> ListNamesByLines(const EditorText& text) {
  std::vector<std::string> names;
  std::optional<std::size_t> indent;
  bool within = false;
  for (std::size_t i = 0; i < text.lines(); ++i) {
    const std::string_view line = text.Line(i);
    if (SaysNothing(line)) continue;
    const KeyLine one = ReadKeyLine(line);
    if (one.indent == 0) {
      within = one.key == "lists";
      continue;
    }
    if (!within || one.key.empty()) continue;
    if (!indent) indent = one.indent;
    if (one.indent == *indent) names.push_back(one.key);
  }
  return names;
}

}  // namespace wirewatch
