#include "rules/format/pack_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "rules/format/expression_layout.h"
#include "rules/format/yaml_scalar.h"

namespace wirewatch {
namespace {

using Kind = YamlNode::Kind;

class Writer {
 public:
  explicit Writer(std::string_view text) : text_(text) {}

  std::string Write(const LayoutTree& tree) {
    WriteComments(tree.header, 0, false);
    if (!tree.header.empty() && tree.blank_behind_header) Blank();
    const auto& children = tree.root.children;
    for (std::size_t i = 0; i < children.size(); ++i) {
      const LayoutElement& child = *children[i];
      const bool section = !child.leaf;
      if (i > 0 && (section || SeparatesBefore(child))) Blank();
      WriteElement(child, 0, "", false);
    }
    WriteComments(tree.root.last, 0, true);
    return std::move(out_);
  }

 private:
  // ---- lines

  void Blank() { blank_ = !out_.empty(); }
  void Line(std::size_t indent, std::string_view line) {
    if (blank_) out_ += '\n';
    blank_ = false;
    out_.append(indent, ' ');
    out_ += line;
    out_ += '\n';
  }
  void WriteComments(const std::vector<PackComment>& comments, std::size_t indent, bool blank_before_first) {
    for (std::size_t i = 0; i < comments.size(); ++i) {
      if (comments[i].blank_before && (i > 0 || blank_before_first)) Blank();
      Line(indent, comments[i].text);
    }
  }
  static std::string Behind(const std::optional<PackComment>& comment) {
    return comment ? "  " + comment->text : std::string();
  }
  // Whether an empty line stands above an element with its comments.
  static bool SeparatesBefore(const LayoutElement& element) {
    return element.before.empty() ? element.blank_before : element.before.front().blank_before;
  }

  // ---- elements

  // `lead`: "- " where the line begins with the dash of the item that it is the first entry of.
  void WriteElement(const LayoutElement& element, std::size_t indent, const std::string& lead, bool comments_written) {
    if (!comments_written) WriteOwnComments(element, indent);
    const std::size_t line_indent = indent - lead.size();
    std::string head = lead;
    if (element.key != nullptr) head += ScalarLine(element.key->scalar, false, IsQuoted(*element.key)) + ":";
    if (element.leaf) return WriteLeaf(element, indent, line_indent, head);
    if (element.key != nullptr) Line(line_indent, head + Behind(element.behind));
    WriteChildren(element, indent);
  }

  void WriteOwnComments(const LayoutElement& element, std::size_t indent) {
    WriteComments(element.before, indent, false);
    if (!element.before.empty() && element.blank_before) Blank();
  }

  void WriteChildren(const LayoutElement& element, std::size_t indent) {
    const bool is_list = element.value->kind == Kind::kSequence;
    const bool topics = is_list && element.spec.topics;
    const std::size_t inner = indent + kFormatIndent;
    for (std::size_t i = 0; i < element.children.size(); ++i) {
      const LayoutElement& child = *element.children[i];
      if (i > 0 && (topics || SeparatesBefore(child))) Blank();
      if (is_list) {
        WriteItem(child, inner);
      } else {
        WriteElement(child, inner, "", false);
      }
    }
    WriteComments(element.last, inner, true);
  }

  // An item: its first entry stands behind its dash.
  void WriteItem(const LayoutElement& item, std::size_t indent) {
    WriteOwnComments(item, indent);
    if (item.leaf || item.children.empty()) return WriteLeaf(item, indent, indent, "-");
    const bool is_list = item.value->kind == Kind::kSequence;
    if (is_list) {  // no pack has lists of lists; it is written so that none is lost
      Line(indent, "-");
      return WriteChildren(item, indent);
    }
    const std::size_t inner = indent + kFormatIndent;
    for (std::size_t i = 0; i < item.children.size(); ++i) {
      const LayoutElement& entry = *item.children[i];
      if (i > 0 && SeparatesBefore(entry)) Blank();
      if (i == 0) WriteOwnComments(entry, indent);
      WriteElement(entry, inner, i == 0 ? "- " : "", i == 0);
    }
    WriteComments(item.last, inner, true);
  }

  // ---- values

  bool IsQuoted(const YamlNode& node) const {
    return node.begin < text_.size() && (text_[node.begin] == '\'' || text_[node.begin] == '"');
  }

  void WriteLeaf(const LayoutElement& element, std::size_t indent, std::size_t line_indent, const std::string& head) {
    const YamlNode& node = *element.value;
    if (node.kind == Kind::kNull) return Line(line_indent, head + Behind(element.behind));
    if (node.kind != Kind::kScalar) return WriteBrackets(element, indent, line_indent, head);
    const bool expression = element.spec.shape == ValueShape::kExpression;
    std::string one_line = expression ? ExpressionLine(node.scalar) : node.scalar;
    const bool breaks = one_line.find('\n') != std::string::npos;
    const std::string written = expression && CanBeSingleQuoted(one_line) ? SingleQuoted(one_line)
                                                                          : ScalarLine(one_line, false, IsQuoted(node));
    const std::size_t inner = indent + kFormatIndent;
    std::vector<std::string> block;
    if (breaks || line_indent + ColumnsOf(head) + 1 + ColumnsOf(written) > kFormatWidth) {
      if (expression && CanBeSingleQuoted(one_line)) {
        block = ExpressionLines(node.scalar, kFormatWidth - std::min(inner, kFormatWidth / 2));
        block.insert(block.begin(), ">-");
      } else {
        block = BlockLines(one_line, kFormatWidth - std::min(inner, kFormatWidth / 2));
      }
    }
    if (block.empty()) return Line(line_indent, fmt::format("{} {}{}", head, written, Behind(element.behind)));
    Line(line_indent, fmt::format("{} {}{}", head, block.front(), Behind(element.behind)));
    for (std::size_t i = 1; i < block.size(); ++i) {
      if (block[i].empty()) {
        out_ += '\n';
      } else {
        Line(inner, block[i]);
      }
    }
  }

  void WriteBrackets(const LayoutElement& element, std::size_t indent, std::size_t line_indent,
                     const std::string& head) {
    if (!element.inside.empty()) return WriteListWithComments(element, indent, line_indent, head);
    const std::string line = fmt::format("{} {}", head, OneLine(text_, *element.value, element.spec));
    const bool list = element.value->kind == Kind::kSequence && !element.value->items.empty();
    if (!list || line_indent + ColumnsOf(line) <= kFormatWidth) return Line(line_indent, line + Behind(element.behind));
    Line(line_indent, head + " [");
    const std::size_t inner = indent + kFormatIndent;
    const auto& items = element.value->items;
    std::string filled;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const bool last = i + 1 == items.size();
      const std::string next = OneLine(text_, items[i], SpecOfItem(element.spec, items[i])) + (last ? "]" : ",");
      if (!filled.empty() && inner + ColumnsOf(filled) + 1 + ColumnsOf(next) > kFormatWidth) {
        Line(inner, filled);
        filled.clear();
      }
      filled += filled.empty() ? next : " " + next;
    }
    Line(inner, filled + Behind(element.behind));
  }

  // The lines stay as they were: the comments speak of them.
  void WriteListWithComments(const LayoutElement& element, std::size_t indent, std::size_t line_indent,
                             const std::string& head) {
    const auto& items = element.value->items;
    const auto& comments = element.inside;
    const std::size_t inner = indent + kFormatIndent;
    const std::size_t opening = LineOf(element.value->begin);
    std::size_t comment = 0;
    const bool at_opening = !comments[0].alone && LineOf(comments[0].begin) == opening &&
                            (comments[0].is_switch || items.empty() || comments[0].begin < items[0].begin);
    Line(line_indent, head + " [" + (at_opening ? "  " + comments[comment++].text : ""));
    std::string line;
    const auto flush = [&](std::string_view behind) {
      if (!line.empty() || !behind.empty())
        Line(inner, line.empty() ? behind : fmt::format("{}{}{}", line, behind.empty() ? "" : "  ", behind));
      line.clear();
    };
    const auto write_comments_before = [&](std::uint32_t byte) {
      for (; comment < comments.size() && comments[comment].begin < byte; ++comment) {
        const PackComment& one = comments[comment];
        if (one.alone) {
          flush("");
          if (one.blank_before) Blank();
        }
        flush(one.text);
      }
    };
    std::size_t last_line = opening;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const bool had_comment = comment < comments.size() && comments[comment].begin < items[i].begin;
      write_comments_before(items[i].begin);
      if (!had_comment && LineOf(items[i].begin) != last_line) flush("");
      last_line = LineOf(items[i].begin);
      const bool closes = i + 1 == items.size() && comment == comments.size();
      const std::string next = OneLine(text_, items[i], {}) + (i + 1 < items.size() ? "," : closes ? "]" : "");
      line += line.empty() ? next : " " + next;
    }
    if (comment < comments.size()) {
      write_comments_before(element.value->end);
      flush("");
      line = "]";
    }
    Line(inner, line + Behind(element.behind));
  }

  std::size_t LineOf(std::uint32_t byte) const {
    return static_cast<std::size_t>(std::count(text_.begin(), text_.begin() + byte, '\n'));
  }

  const std::string_view text_;
  std::string out_;
  bool blank_ = false;
};

}  // namespace

std::string WriteLayout(std::string_view text, const LayoutTree& tree) { return Writer(text).Write(tree); }

}  // namespace wirewatch
