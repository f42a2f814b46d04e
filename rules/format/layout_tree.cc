#include "rules/format/layout_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "rules/format/expression_layout.h"
#include "rules/format/yaml_scalar.h"
#include "rules/pack/pack_files.h"
#include "rules/pack/pack_library.h"

namespace wirewatch {
namespace {

using Kind = YamlNode::Kind;

const std::vector<std::string_view> kLibraryKeys = {"library", "owner", "facet", "lists", "groups", "except"};

bool IsCollection(const YamlNode& node) { return node.kind == Kind::kSequence || node.kind == Kind::kMapping; }

bool IsInBrackets(std::string_view text, const YamlNode& node) {
  return IsCollection(node) && node.begin < text.size() && (text[node.begin] == '[' || text[node.begin] == '{');
}

bool HasKey(const YamlNode& mapping, std::string_view key) {
  return std::any_of(mapping.entries.begin(), mapping.entries.end(),
                     [&](const YamlEntry& entry) { return entry.key.scalar == key; });
}

// The byte behind the last scalar of a value; its own end may be where the next thing begins.
std::uint32_t EndOfContent(std::string_view text, const YamlNode& node) {
  if (!IsCollection(node) || IsInBrackets(text, node)) return node.end;
  std::uint32_t end = node.begin;
  for (const YamlNode& item : node.items) end = std::max(end, EndOfContent(text, item));
  for (const YamlEntry& entry : node.entries) {
    end = std::max(
        {end, entry.key.end, entry.value.kind == Kind::kNull ? entry.key.end : EndOfContent(text, entry.value)});
  }
  return end;
}

// Nothing in it needs a line of its own.
bool CanBeOneLine(const YamlNode& node) {
  if (node.kind == Kind::kNull) return false;
  if (node.kind == Kind::kScalar) return node.scalar.find('\n') == std::string::npos;
  return std::all_of(node.items.begin(), node.items.end(), CanBeOneLine) &&
         std::all_of(node.entries.begin(), node.entries.end(),
                     [](const YamlEntry& entry) { return CanBeOneLine(entry.value); });
}

bool IsListOfScalars(const YamlNode& node) {
  return node.kind == Kind::kSequence && std::all_of(node.items.begin(), node.items.end(), [](const YamlNode& item) {
           return item.kind == Kind::kScalar && CanBeOneLine(item);
         });
}

std::optional<std::size_t> PlaceOfKey(const ValueSpec& spec, std::string_view key) {
  if (!spec.is_library && !spec.part) return std::nullopt;
  const std::vector<std::string_view>& keys = spec.is_library ? kLibraryKeys : KeysOf(*spec.part);
  const auto found = std::find(keys.begin(), keys.end(), key);
  return static_cast<std::size_t>(found - keys.begin());
}

ValueSpec SpecOfKey(const PackKey& key) {
  switch (key.form) {
    case KeyForm::kExpression: return {ValueShape::kExpression};
    case KeyForm::kTexts: return {key.name == "references" ? ValueShape::kLines : ValueShape::kTerms};
    case KeyForm::kLanguages:
    case KeyForm::kSteps: return {ValueShape::kTerms};
    case KeyForm::kNamedLists: return {ValueShape::kNames};
    case KeyForm::kMapping:
      return {key.part == PackPart::kArticle ? ValueShape::kArticle : ValueShape::kCompact, key.part};
    case KeyForm::kMappings: return {ValueShape::kItems, key.part};
    case KeyForm::kTopics: return {ValueShape::kItems, key.part, true};
    case KeyForm::kExpectedTopics: return {ValueShape::kLines, key.part};
    default: return {ValueShape::kText};
  }
}

class TreeMaker {
 public:
  TreeMaker(std::string_view text, const YamlNode& root, const ValueSpec& spec)
      : text_(text), comments_(FindComments(text, root)), tree_(std::make_unique<LayoutTree>()) {
    tree_->root.value = &root;
    tree_->root.spec = spec;
    tree_->root.leaf = false;
    tree_->root.in_brackets = IsInBrackets(text, root);
    AddChildren(tree_->root, 0);
  }

  std::unique_ptr<LayoutTree> Make() {
    std::stable_sort(order_.begin(), order_.end(),
                     [](const LayoutElement* a, const LayoutElement* b) { return a->begin < b->begin; });
    for (const PackComment& comment : comments_) Attach(comment);
    if (!order_.empty()) tree_->blank_behind_header = order_.front()->blank_before;
    Sort(tree_->root);
    return std::move(tree_);
  }

 private:
  // ---- the elements

  void AddChildren(LayoutElement& parent, std::size_t indent) {
    const YamlNode& node = *parent.value;
    std::uint32_t behind = node.begin;
    for (const YamlNode& item : node.items) {
      LayoutElement& element = Add(parent, nullptr, item, SpecOfItem(parent.spec, item));
      element.begin = parent.in_brackets ? item.begin : FindDash(behind, item.begin);
      behind = EndOfContent(text_, item);
      Settle(element, indent, 2);
    }
    for (const YamlEntry& entry : node.entries) {
      LayoutElement& element = Add(parent, &entry.key, entry.value, SpecWithin(parent.spec, node, entry.key.scalar));
      element.begin = entry.key.begin;
      Settle(element, indent, ColumnsOf(ScalarLine(entry.key.scalar, false, false)) + 2);
    }
  }

  LayoutElement& Add(LayoutElement& parent, const YamlNode* key, const YamlNode& value, const ValueSpec& spec) {
    LayoutElement& element = *parent.children.emplace_back(std::make_unique<LayoutElement>());
    element.key = key;
    element.value = &value;
    element.spec = spec;
    element.parent = &parent;
    element.in_brackets = IsInBrackets(text_, value);
    order_.push_back(&element);
    return element;
  }

  void Settle(LayoutElement& element, std::size_t indent, std::size_t columns_before) {
    element.column = ColumnOf(text_, element.begin);
    element.blank_before = IsBlankAbove(text_, element.begin);
    element.leaf = IsLeaf(element, indent + columns_before);
    // The entries of an item stand as far in as what stands behind its dash.
    if (!element.leaf) AddChildren(element, indent + kFormatIndent);
  }

  // The first dash behind `from` that is in no comment.
  std::uint32_t FindDash(std::uint32_t from, std::uint32_t item) const {
    for (std::uint32_t at = from; at < item; ++at) {
      if (text_[at] == '#') at = static_cast<std::uint32_t>(std::min<std::size_t>(text_.find('\n', at), item));
      if (at < item && text_[at] == '-') return at;
    }
    return item;
  }

  // Also above its first entry and behind its last one, if these stand on lines of their own.
  bool HasCommentsWithin(const LayoutElement& element) const {
    const YamlNode& node = *element.value;
    std::size_t end = EndOfContent(text_, node);
    if (!element.in_brackets) end = std::min(text_.find('\n', end), text_.size());
    return std::any_of(comments_.begin(), comments_.end(), [&](const PackComment& comment) {
      const bool above = comment.alone && !element.in_brackets && element.begin < comment.begin;
      return (above || node.begin < comment.begin) && comment.begin < end;
    });
  }

  bool IsLeaf(const LayoutElement& element, std::size_t column) const {
    const YamlNode& node = *element.value;
    if (!IsCollection(node) || (node.items.empty() && node.entries.empty())) return true;
    const bool commented = HasCommentsWithin(element);
    if (IsListOfScalars(node)) {
      if (commented) return element.in_brackets;
      if (element.spec.shape == ValueShape::kLines) return Fits(node, element.spec, column);
      return true;
    }
    if (commented || !CanBeOneLine(node)) return false;
    switch (element.spec.shape) {
      case ValueShape::kArticle: return element.in_brackets && Fits(node, element.spec, column);
      case ValueShape::kCompact:
      case ValueShape::kLines:
      case ValueShape::kTerms: return Fits(node, element.spec, column);
      default: return false;
    }
  }

  bool Fits(const YamlNode& node, const ValueSpec& spec, std::size_t column) const {
    return column + ColumnsOf(OneLine(text_, node, spec)) <= kFormatWidth;
  }

  // ---- the comments

  void Attach(const PackComment& comment) {
    const auto after = std::upper_bound(order_.begin(), order_.end(), comment.begin,
                                        [](std::uint32_t at, const LayoutElement* e) { return at < e->begin; });
    if (after == order_.begin()) return tree_->header.push_back(comment);
    LayoutElement* element = *std::prev(after);
    LayoutElement* const next = after == order_.end() ? nullptr : *after;
    while (element->parent != nullptr && element->parent->in_brackets && element->parent->parent != nullptr &&
           comment.begin >= element->parent->value->end) {
      element = element->parent;
    }
    if (element->leaf && element->value->kind != Kind::kNull && comment.begin < EndOfContent(text_, *element->value)) {
      return AttachWithin(*element, comment);
    }
    if (!comment.alone) return AttachBehind(*element, comment);
    // Comments that follow each other never go further in again, or they would change places.
    const bool follows = run_of_ == *std::prev(after) && run_place_ != nullptr;
    LayoutElement& place = follows && run_place_ == next ? *next : Place(follows ? run_place_ : element, next, comment);
    (&place == next ? place.before : place.last).push_back(comment);
    run_of_ = *std::prev(after);
    run_place_ = &place;
  }

  void AttachWithin(LayoutElement& element, const PackComment& comment) {
    const bool in_list = comment.begin > element.value->begin && IsCollection(*element.value);
    if (in_list) return element.inside.push_back(comment);
    if (!comment.alone) return AttachBehind(element, comment);
    if (element.behind) element.before.push_back(*std::exchange(element.behind, std::nullopt));
    element.before.push_back(comment);
  }

  static void AttachBehind(LayoutElement& element, const PackComment& comment) {
    const bool is_item = element.key == nullptr && !element.leaf;  // its line is that of its first key
    if (is_item) return element.before.push_back(comment);
    if (element.behind) element.before.push_back(*std::exchange(element.behind, std::nullopt));
    element.behind = comment;
  }

  // Before `next`, which is given back then, or at the end of one of the collections that end here.
  LayoutElement& Place(LayoutElement* element, LayoutElement* next, const PackComment& comment) {
    LayoutElement* brackets = element->leaf ? element->parent : element;
    while (brackets != nullptr &&
           !(brackets->in_brackets && brackets->value->begin < comment.begin && comment.begin < brackets->value->end)) {
      brackets = brackets->parent;
    }
    if (brackets != nullptr) {
      for (LayoutElement* up = next; up != nullptr; up = up->parent) {
        if (up->parent == brackets) return *next;
      }
      return *brackets;
    }
    if (next != nullptr && (comment.is_switch || comment.column <= next->column || next->parent == element)) {
      return *next;
    }
    for (LayoutElement* up = element->leaf ? element->parent : element; up != nullptr; up = up->parent) {
      if (next != nullptr && next->parent == up) return *next;
      if (up->in_brackets || up->children.empty()) continue;
      if (up->children.front()->column <= comment.column) return *up;
    }
    return next != nullptr ? *next : tree_->root;
  }

  // ---- the order

  void Sort(LayoutElement& element) {
    for (const auto& child : element.children) Sort(*child);
    auto& children = element.children;
    if (element.value->kind != Kind::kMapping || children.empty()) return;
    std::vector<std::pair<std::size_t, std::size_t>> places;
    for (std::size_t i = 0; i < children.size(); ++i) {
      const auto place = PlaceOfKey(element.spec, children[i]->key->scalar);
      if (!place) return;
      places.emplace_back(*place, i);
    }
    std::sort(places.begin(), places.end());
    // A switch on the first line of a mapping counts for all of it: then another key must not come first.
    const auto& first = *children.front();
    const auto& to_be = *children[places.front().second];
    if (&first != &to_be && (HasSwitch(first) || HasSwitch(to_be))) return;
    std::vector<std::unique_ptr<LayoutElement>> sorted;
    for (const auto& [place, i] : places) sorted.push_back(std::move(children[i]));
    children = std::move(sorted);
  }

  static bool HasSwitch(const LayoutElement& element) {
    return (element.behind && element.behind->is_switch) ||
           std::any_of(element.before.begin(), element.before.end(),
                       [](const PackComment& comment) { return comment.is_switch; });
  }

  const std::string_view text_;
  const std::vector<PackComment> comments_;
  std::unique_ptr<LayoutTree> tree_;
  std::vector<LayoutElement*> order_;      // by place
  const LayoutElement* run_of_ = nullptr;  // the element that the last lines of comments stood behind
  LayoutElement* run_place_ = nullptr;     // and where they went
};

}  // namespace

ValueSpec SpecOfFile(std::string_view file, const YamlNode& root) {
  ValueSpec spec{ValueShape::kMapping, PackPart::kPack};
  if (HasKey(root, "library")) {
    spec.part.reset();
    spec.is_library = true;
  } else if (IsRuleTestFile(std::filesystem::path(file)) || (HasKey(root, "tests") && !HasKey(root, "topics"))) {
    spec.part = PackPart::kTestFile;
  }
  return spec;
}

ValueSpec SpecWithin(const ValueSpec& spec, const YamlNode& mapping, std::string_view key) {
  if (spec.is_library) {
    if (key == "lists") return {ValueShape::kNames};
    if (key == "groups") return {ValueShape::kNames};
    if (key != "except") return {ValueShape::kText};
    ValueSpec except{ValueShape::kCompact};
    except.terms_within = true;
    return except;
  }
  if (spec.shape == ValueShape::kNames) {
    ValueSpec names{ValueShape::kTerms};
    for (const YamlEntry& entry : mapping.entries) {
      if (entry.key.scalar == key && entry.value.kind == Kind::kMapping)
        names = {ValueShape::kCompact, {}, false, false, true};
    }
    return names;
  }
  if (spec.terms_within) return {ValueShape::kTerms};
  if (!spec.part) return {ValueShape::kText};
  for (const PackKey& one : PackKeys()) {
    if (one.in == *spec.part && one.name == key) return SpecOfKey(one);
  }
  return {ValueShape::kText};
}

ValueSpec SpecOfItem(const ValueSpec& spec, const YamlNode& item) {
  if (item.kind != Kind::kMapping) return {ValueShape::kText};
  const bool extends = spec.topics && HasKey(item, "extends");
  return {spec.shape == ValueShape::kItems ? ValueShape::kMapping : ValueShape::kCompact,
          extends ? std::optional(PackPart::kExtension) : spec.part};
}

std::vector<const YamlEntry*> InOrder(const YamlNode& mapping, const ValueSpec& spec) {
  std::vector<const YamlEntry*> entries;
  for (const YamlEntry& entry : mapping.entries) entries.push_back(&entry);
  std::stable_sort(entries.begin(), entries.end(), [&](const YamlEntry* a, const YamlEntry* b) {
    return PlaceOfKey(spec, a->key.scalar).value_or(0) < PlaceOfKey(spec, b->key.scalar).value_or(0);
  });
  return entries;
}

std::string OneLine(std::string_view text, const YamlNode& node, const ValueSpec& spec) {
  std::vector<std::string> parts;
  if (node.kind == Kind::kSequence) {
    for (const YamlNode& item : node.items) parts.push_back(OneLine(text, item, SpecOfItem(spec, item)));
    return fmt::format("[{}]", fmt::join(parts, ", "));
  }
  if (node.kind == Kind::kMapping) {
    for (const YamlEntry* entry : InOrder(node, spec)) {
      parts.push_back(fmt::format("{}: {}", ScalarLine(entry->key.scalar, true, false),
                                  OneLine(text, entry->value, SpecWithin(spec, node, entry->key.scalar))));
    }
    return fmt::format("{{{}}}", fmt::join(parts, ", "));
  }
  const bool quoted = node.begin < text.size() && (text[node.begin] == '\'' || text[node.begin] == '"');
  return ScalarLine(node.scalar, true, quoted);
}

std::unique_ptr<LayoutTree> MakeLayoutTree(std::string_view text, const YamlNode& root, const ValueSpec& spec) {
  return TreeMaker(text, root, spec).Make();
}

}  // namespace wirewatch
