#include "rules/format/pack_formatter.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "base/yaml/yaml_mapping.h"
#include "base/yaml/yaml_text.h"
#include "rules/format/expression_layout.h"
#include "rules/format/layout_tree.h"
#include "rules/format/pack_comments.h"
#include "rules/format/pack_writer.h"
#include "rules/pack/pack_keys.h"
#include "rules/pack/pack_loader.h"
#include "rules/pack/pack_switches.h"

namespace wirewatch {
namespace {

using Kind = YamlNode::Kind;

// Of a test file what can be told without the packs that it tests: unknown keys, and what is no mapping.
void CheckKeys(YamlText& text, const YamlNode& node, const ValueSpec& spec) {
  if (node.kind == Kind::kMapping && spec.part) {
    const YamlMapping mapping(text, node, "this mapping", KeysOf(*spec.part));
    for (const YamlEntry& entry : node.entries) {
      CheckKeys(text, entry.value, SpecWithin(spec, node, entry.key.scalar));
    }
  }
  for (const YamlNode& item : node.items) CheckKeys(text, item, SpecOfItem(spec, item));
}

void KeepErrors(Diagnostics from, Diagnostics& errors) {
  std::copy_if(std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()), std::back_inserter(errors),
               [](const Diagnostic& diagnostic) { return diagnostic.severity == Severity::kError; });
}

// ---- that nothing is lost

bool IsSame(const YamlNode& a, const YamlNode& b) {
  if (a.kind != b.kind || a.items.size() != b.items.size() || a.entries.size() != b.entries.size()) return false;
  if (a.kind == Kind::kScalar) return a.scalar == b.scalar || IsSameExpression(a.scalar, b.scalar);
  for (std::size_t i = 0; i < a.items.size(); ++i) {
    if (!IsSame(a.items[i], b.items[i])) return false;
  }
  return std::all_of(a.entries.begin(), a.entries.end(), [&](const YamlEntry& entry) {
    const auto other = std::find_if(b.entries.begin(), b.entries.end(),
                                    [&](const YamlEntry& one) { return one.key.scalar == entry.key.scalar; });
    return other != b.entries.end() && IsSame(entry.value, other->value);
  });
}

std::multiset<std::string> TextsOf(const std::vector<PackComment>& comments) {
  std::multiset<std::string> texts;
  for (const PackComment& comment : comments) texts.insert(comment.text);
  return texts;
}

// The line of each value, under its path.
void AddLines(const YamlText& text, const YamlNode& node, const std::string& path,
              std::vector<std::pair<std::uint32_t, std::string>>& lines) {
  if (node.kind == Kind::kScalar) lines.emplace_back(text.PositionOf(node).line, path);
  for (std::size_t i = 0; i < node.items.size(); ++i) AddLines(text, node.items[i], fmt::format("{}/{}", path, i), lines);
  for (const YamlEntry& entry : node.entries) AddLines(text, entry.value, fmt::format("{}/{}", path, entry.key.scalar), lines);
}

// What each comment about warnings counts for.
using Covered = std::multiset<std::tuple<std::string, WarningLevel, bool, std::vector<std::string>>>;
Covered CoveredBySwitches(YamlText& text, const YamlNode& root) {
  Covered covered;
  const std::vector<PackSwitch> switches = ReadSwitches(text, root);
  if (switches.empty()) return covered;
  std::vector<std::pair<std::uint32_t, std::string>> lines;
  AddLines(text, root, "", lines);
  for (const PackSwitch& one : switches) {
    std::vector<std::string> paths;
    for (const auto& [line, path] : lines) {
      if (one.first_line <= line && line <= one.last_line) paths.push_back(path);
    }
    std::sort(paths.begin(), paths.end());
    covered.emplace(one.code, one.level, one.whole_file, std::move(paths));
  }
  return covered;
}

Diagnostic LeftAlone(const std::string& file, std::string code, std::string message, std::string help) {
  Diagnostic diagnostic;
  diagnostic.file = file;
  diagnostic.code = std::move(code);
  diagnostic.message = std::move(message);
  diagnostic.help = std::move(help);
  return diagnostic;
}

}  // namespace

FormattedPack FormatPack(std::string_view text, const std::string& file) {
  FormattedPack formatted;
  YamlText yaml(file, text);
  yaml.QuoteOnlyWith({"pack", "topics", "lists", "owner", "use", "library", "groups", "facet", "tests"});
  const auto root = yaml.Parse();
  if (root && root->kind != Kind::kMapping) {
    yaml.Error(*root, "wrong-type", "this is neither a pack nor a library or a test file",
               "a pack has the keys 'pack' and 'topics', a test file 'tests'");
  }
  const bool readable = root && root->kind == Kind::kMapping;
  const ValueSpec spec = readable ? SpecOfFile(file, *root) : ValueSpec();
  const bool is_test = spec.part == PackPart::kTestFile;
  if (readable && is_test) CheckKeys(yaml, *root, spec);
  KeepErrors(yaml.TakeDiagnostics(), formatted.errors);
  if (!formatted.errors.empty() || !readable) return formatted;
  if (!is_test) {
    KeepErrors(LoadPackText(text, file).diagnostics, formatted.errors);
    if (!formatted.errors.empty()) return formatted;
  }

  std::string written = WriteLayout(text, *MakeLayoutTree(text, *root, spec));
  YamlText again(file, written);
  const auto root_again = again.Parse();
  const bool same = root_again && IsSame(*root, *root_again) &&
                    TextsOf(FindComments(text, *root)) == TextsOf(FindComments(written, *root_again));
  if (!same) {
    formatted.errors.push_back(LeftAlone(file, "not-formatted", "this cannot be laid out without changing what it says",
                                         "it is left as it is; please report it, with the file"));
  } else if (CoveredBySwitches(yaml, *root) != CoveredBySwitches(again, *root_again)) {
    formatted.errors.push_back(LeftAlone(
        file, "not-formatted", "in the new layout a comment '# wirewatch: ...' would count for something else",
        "put it on a line of its own, above the key or the item that it is about"));
  } else {
    formatted.text = std::move(written);
  }
  return formatted;
}

}  // namespace wirewatch
