#include "rules/format/pack_comments.h"

#include <algorithm>
#include <cstddef>

#include "base/text/trim.h"

namespace wirewatch {
namespace {

void AddScalars(const YamlNode& node, std::vector<Span>& scalars) {
  if (node.kind == YamlNode::Kind::kScalar) scalars.push_back(node.span());
  for (const YamlNode& item : node.items) AddScalars(item, scalars);
  for (const YamlEntry& entry : node.entries) {
    scalars.push_back(entry.key.span());
    AddScalars(entry.value, scalars);
  }
}

std::size_t EndOfLine(std::string_view text, std::size_t at) { return std::min(text.find('\n', at), text.size()); }

bool IsSwitch(std::string_view comment) {
  comment.remove_prefix(1);
  return Trimmed(comment).starts_with("wirewatch:");
}

}  // namespace

bool IsBlankAbove(std::string_view text, std::uint32_t byte) {
  const std::size_t begin = byte - ColumnOf(text, byte);
  if (begin == 0) return false;
  const std::size_t above = begin < 2 ? std::string_view::npos : text.rfind('\n', begin - 2);
  const std::size_t first = above == std::string_view::npos ? 0 : above + 1;
  return Trimmed(text.substr(first, begin - first)).empty();
}

std::uint32_t ColumnOf(std::string_view text, std::uint32_t byte) {
  if (byte == 0) return 0;
  const std::size_t newline = text.rfind('\n', byte - 1);
  return newline == std::string_view::npos ? byte : byte - static_cast<std::uint32_t>(newline + 1);
}

std::vector<PackComment> FindComments(std::string_view text, const YamlNode& root) {
  std::vector<Span> scalars;
  AddScalars(root, scalars);
  std::sort(scalars.begin(), scalars.end());
  std::vector<PackComment> comments;
  const auto add = [&](std::size_t at) {
    PackComment& comment = comments.emplace_back();
    comment.text = TrimmedEnd(text.substr(at, EndOfLine(text, at) - at));
    comment.begin = static_cast<std::uint32_t>(at);
    comment.column = ColumnOf(text, comment.begin);
    comment.alone = Trimmed(text.substr(at - comment.column, comment.column)).empty();
    comment.blank_before = IsBlankAbove(text, comment.begin);
    comment.is_switch = IsSwitch(comment.text);
  };
  auto scalar = scalars.begin();
  for (std::size_t at = 0; at < text.size(); ++at) {
    while (scalar != scalars.end() && scalar->end <= at) ++scalar;
    if (scalar != scalars.end() && scalar->begin <= at) {
      const bool block = text[at] == '|' || text[at] == '>';
      const std::size_t header_end = EndOfLine(text, at);
      const std::size_t hash = text.find('#', at);
      if (block && at == scalar->begin && hash < header_end) add(hash);
      at = std::max<std::size_t>(scalar->end, at + 1) - 1;
      continue;
    }
    if (text[at] != '#') continue;
    add(at);
    at = EndOfLine(text, at);
  }
  return comments;
}

}  // namespace wirewatch
