// The places of coverage.h in the files of their packs.
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/text/utf8.h"
#include "base/yaml/yaml_text.h"
#include "rules/language/expression.h"
#include "rules/pack/pack.h"
#include "rules/tools/coverage.h"

namespace wirewatch {
namespace {

using Position = std::pair<std::uint32_t, std::uint32_t>;  // line and column

// Every scalar of a file by the place that it begins at.
void CollectScalars(const YamlText& text, const YamlNode& node, std::map<Position, const YamlNode*>& scalars) {
  if (node.kind == YamlNode::Kind::kScalar) {
    const TextPosition at = text.PositionOf(node);
    scalars.emplace(Position{at.line, at.column}, &node);
  }
  for (const YamlNode& item : node.items) CollectScalars(text, item, scalars);
  for (const YamlEntry& entry : node.entries) CollectScalars(text, entry.value, scalars);
}

// Where the entries of the lists stand: by list and term, and by term alone for those that came from another list.
using Entries = std::map<std::pair<std::string, std::string>, TextPosition>;

Entries CollectEntries(const YamlText& text, const YamlNode& root) {
  Entries entries;
  for (const YamlEntry& section : root.entries) {
    if (section.key.scalar != "lists") continue;
    for (const YamlEntry& list : section.value.entries) {
      for (const YamlNode& item : list.value.items) {
        if (item.kind != YamlNode::Kind::kScalar) continue;
        const ParsedExpression parsed = ParseListEntry(item.scalar);
        if (!parsed.expression) continue;
        const std::string term = ToText(parsed.expression->term);
        entries.emplace(std::pair(list.key.scalar, term), text.PositionOf(item));
        entries.emplace(std::pair("", term), text.PositionOf(item));
      }
    }
  }
  return entries;
}

TextPosition PlaceOfWhole(const Topic& topic, const CoveredPlace& place) {
  return place.rule ? topic.rules[*place.rule].place : topic.unless_place;
}

// Of the places that stand in one file.
class Locating {
 public:
  Locating(const std::string& file, std::string bytes) : bytes_(std::move(bytes)), text_(file, bytes_) {
    root_ = text_.Parse();
    if (!root_) return;
    CollectScalars(text_, *root_, scalars_);
    entries_ = CollectEntries(text_, *root_);
  }

  void Locate(const Topic& topic, CoveredPlace& place) {
    const TextPosition whole = PlaceOfWhole(topic, place);
    const auto scalar = scalars_.find({whole.line, whole.column});
    if (scalar != scalars_.end() && place.span.end <= scalar->second->scalar.size()) {
      const auto key = std::tuple(scalar->second, place.span.begin, place.span.end);
      const auto [found, is_new] = found_.try_emplace(key);
      if (is_new) found->second = Find(*scalar->second, place.span);
      if (found->second.first.line > 0) std::tie(place.position, place.length) = found->second;
    }
    if (place.kind != PlaceKind::kEntry) return;
    for (const std::string& list : {place.list, std::string()}) {
      const auto entry = entries_.find({list, place.text});
      if (entry == entries_.end()) continue;
      place.position = entry->second;
      place.length = static_cast<std::uint32_t>(CountCharacters(place.text));
      return;
    }
  }

 private:
  // The diagnostics know where bytes of a scalar stand in their file.
  std::pair<TextPosition, std::uint32_t> Find(const YamlNode& scalar, Span span) {
    text_.ReportInside(scalar, span, Severity::kWarning, "", "", "");
    for (const Diagnostic& diagnostic : text_.TakeDiagnostics()) return {diagnostic.position, diagnostic.length};
    return {};
  }

  const std::string bytes_;
  YamlText text_;
  std::optional<YamlNode> root_;
  std::map<Position, const YamlNode*> scalars_;
  Entries entries_;
  std::map<std::tuple<const YamlNode*, std::uint32_t, std::uint32_t>, std::pair<TextPosition, std::uint32_t>> found_;
};

}  // namespace

void LocatePlaces(const RuleSet& rule_set, std::vector<CoveredPlace>& places) {
  std::vector<const Pack*> pack_of;  // of each topic
  for (const auto& pack : rule_set.packs()) pack_of.insert(pack_of.end(), pack->topics.size(), pack.get());
  std::map<std::string, Locating> files;
  for (CoveredPlace& place : places) {
    const Topic& topic = *rule_set.topics()[place.topic];
    place.position = PlaceOfWhole(topic, place);
    place.file = place.rule ? topic.rules[*place.rule].file : "";
    if (place.file.empty()) place.file = pack_of[place.topic]->file;
    auto known = files.find(place.file);
    if (known == files.end()) {
      const auto bytes = YamlText::ReadFile(place.file);
      known = files.try_emplace(place.file, place.file, bytes ? *bytes : std::string()).first;
    }
    known->second.Locate(topic, place);
  }
}

}  // namespace wirewatch
