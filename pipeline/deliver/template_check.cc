#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/text/trim.h"
#include "base/text/utf8.h"
#include "pipeline/deliver/template_check_internal.h"

namespace wirewatch {
namespace {

struct Tag {
  char sigil = ' ';  // '#', '^', '/', '!', '>', '=', '&', '{', or a blank for a name alone
  std::string_view name;
  std::size_t begin = 0, end = 0;  // bytes of the template
};

struct OpenSection {
  Tag tag;
  const MessageModel* names = nullptr;  // that it brings into sight; null: none
};

class Checker {
 public:
  Checker(const std::string& file, std::string_view text, TemplateKind kind, const MessageModel& names,
          Diagnostics& diagnostics)
      : file_(file), text_(text), kind_(kind), names_(names), diagnostics_(diagnostics) {}

  void Run() {
    for (std::size_t at = text_.find("{{"); at != std::string_view::npos; at = text_.find("{{", at)) {
      const auto tag = ReadTag(at);
      if (!tag) {
        Report({' ', "", at, at + 2}, "unclosed-tag", "this tag has no end", "close it with '}}'");
        return;
      }
      at = tag->end;
      Take(*tag);
    }
    for (const OpenSection& section : open_) {
      Report(section.tag, "unclosed-section", fmt::format("the section '{}' is not closed", section.tag.name),
             fmt::format("close it with '{{{{/{}}}}}'", section.tag.name));
    }
  }

 private:
  std::optional<Tag> ReadTag(std::size_t begin) const {
    const bool is_triple = text_.substr(begin).starts_with("{{{");
    const std::size_t inner = begin + (is_triple ? 3 : 2);
    const std::string_view close = is_triple ? "}}}" : "}}";
    const std::size_t end = text_.find(close, inner);
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view content = Trimmed(text_.substr(inner, end - inner));
    Tag tag{is_triple ? '{' : ' ', content, begin, end + close.size()};
    if (!is_triple && !content.empty() && std::string_view("#^/!>=&").find(content.front()) != std::string_view::npos) {
      tag.sigil = content.front();
      tag.name = Trimmed(content.substr(1));
    }
    return tag;
  }

  void Take(const Tag& tag) {
    switch (tag.sigil) {
      case '!': return;
      case '>':
      case '=':
        return Report(tag, "unsupported-tag",
                      tag.sigil == '>' ? "templates do not include others" : "the delimiters are '{{' and '}}'",
                      tag.sigil == '>' ? "write its text here" : "take this tag out");
      case '/': return Close(tag);
      case '#':
      case '^': {
        const MessageModel* const found = Find(tag);
        // Nothing new is in sight where the name stands for nothing.
        open_.push_back({tag, tag.sigil == '#' ? found : nullptr});
        return;
      }
      case '{':
      case '&':
        if (kind_ == TemplateKind::kHtml || (kind_ == TemplateKind::kJson && tag.sigil == '{')) {
          Report(
              tag, "raw-name", "here the text of strangers would not be escaped",
              kind_ == TemplateKind::kHtml
                  ? fmt::format("write '{{{{{}}}}}'", tag.name)
                  : fmt::format("write '{{{{{0}}}}}', or '{{{{&{0}}}}}' where the service reads no markup", tag.name));
        }
        break;
      default: break;
    }
    const MessageModel* const found = Find(tag);
    if (found != nullptr && (found->is_object() || (found->is_array() && tag.name != "."))) {
      Report(tag, "unknown-name", fmt::format("'{}' is not a text but a section", tag.name),
             fmt::format("write '{{{{#{0}}}}} ... {{{{/{0}}}}}'", tag.name));
    }
  }

  void Close(const Tag& tag) {
    if (!open_.empty() && open_.back().tag.name == tag.name) return open_.pop_back();
    const bool is_open = std::any_of(open_.begin(), open_.end(),
                                     [&](const OpenSection& section) { return section.tag.name == tag.name; });
    Report(tag, "unopened-section",
           is_open ? fmt::format("the section '{}' must be closed first", open_.back().tag.name)
                   : fmt::format("no section '{}' is open here", tag.name),
           open_.empty() ? "take this tag out" : fmt::format("write '{{{{/{}}}}}'", open_.back().tag.name));
    while (is_open && open_.back().tag.name != tag.name) open_.pop_back();
    if (is_open) open_.pop_back();
  }

  // What `name` stands for among the names of one object; null: nothing.
  static const MessageModel* Resolve(const MessageModel* names, std::string_view name) {
    while (names != nullptr) {
      const std::size_t dot = name.find('.');
      if (names->is_array()) names = names->empty() ? nullptr : &names->front();
      if (names == nullptr || !names->is_object()) return nullptr;
      const auto found = names->find(std::string(name.substr(0, dot)));
      names = found == names->end() ? nullptr : &*found;
      if (dot == std::string_view::npos) return names;
      name.remove_prefix(dot + 1);
    }
    return nullptr;
  }

  const MessageModel* Find(const Tag& tag) {
    if (tag.name == ".") {
      const MessageModel* const names = open_.empty() ? nullptr : open_.back().names;
      if (names != nullptr && (names->is_array() || names->is_string())) return names;
      Report(tag, "unknown-name",
             "'.' is the text of a section, or of each of a list of texts: no such section is open",
             "open one, such as '{{#tags}}'");
      return nullptr;
    }
    std::vector<std::string_view> known;
    for (auto section = open_.rbegin(); section != open_.rend(); ++section) {
      if (section->names == nullptr) continue;
      if (const MessageModel* const found = Resolve(section->names, tag.name)) return found;
      AddNames(*section->names, known);
    }
    if (const MessageModel* const found = Resolve(&names_, tag.name)) return found;
    AddNames(names_, known);
    const std::string_view nearest = Nearest(tag.name, known);
    Report(tag, "unknown-name", fmt::format("there is no name '{}' here", tag.name),
           nearest.empty() ? "docs/templates.md has the names, and in which section each stands"
                           : fmt::format("did you mean '{}'?", nearest));
    return nullptr;
  }

  static void AddNames(const MessageModel& model, std::vector<std::string_view>& known) {
    const MessageModel& names = model.is_array() && !model.empty() ? model.front() : model;
    if (!names.is_object()) return;
    for (auto name = names.begin(); name != names.end(); ++name) known.push_back(name.key());
  }

  void Report(const Tag& tag, std::string code, std::string message, std::string help) {
    const std::string_view before = text_.substr(0, tag.begin);
    const std::size_t newline = before.rfind('\n');
    const std::size_t line_begin = newline == std::string_view::npos ? 0 : newline + 1;
    const std::string_view line = text_.substr(line_begin, text_.find('\n', line_begin) - line_begin);
    Diagnostic diagnostic;
    diagnostic.file = file_;
    diagnostic.position.line = static_cast<std::uint32_t>(1 + std::count(before.begin(), before.end(), '\n'));
    diagnostic.position.column = static_cast<std::uint32_t>(1 + CountCharacters(before.substr(line_begin)));
    const std::string_view shown = text_.substr(tag.begin, std::min(tag.end, line_begin + line.size()) - tag.begin);
    diagnostic.length = static_cast<std::uint32_t>(CountCharacters(shown));
    diagnostic.code = std::move(code);
    diagnostic.message = std::move(message);
    diagnostic.help = std::move(help);
    diagnostic.source_line = line;
    diagnostics_.push_back(std::move(diagnostic));
  }

  const std::string& file_;
  const std::string_view text_;
  const TemplateKind kind_;
  const MessageModel& names_;
  Diagnostics& diagnostics_;
  std::vector<OpenSection> open_;
};

void AddNamesOf(const MessageModel& model, MessageModel& names) {
  if (model.is_object()) {
    if (!names.is_object()) names = MessageModel::object();
    for (auto item = model.begin(); item != model.end(); ++item) AddNamesOf(item.value(), names[item.key()]);
  } else if (model.is_array()) {
    if (!names.is_array()) names = MessageModel::array();
    for (const MessageModel& element : model) {
      if (names.empty()) names.push_back(nullptr);
      AddNamesOf(element, names.front());
    }
  } else if (!names.is_structured() && !names.is_string()) {
    names = model;
  }
}

}  // namespace

MessageModel NamesOf(const std::vector<MessageModel>& models) {
  MessageModel names;
  for (const MessageModel& model : models) AddNamesOf(model, names);
  return names;
}

void CheckTemplate(const std::string& file, std::string_view text, TemplateKind kind, const MessageModel& names,
                   Diagnostics& diagnostics) {
  Checker(file, text, kind, names, diagnostics).Run();
}

}  // namespace wirewatch
