// What HTML and XML act on, as character references: for text between tags, and in quotes of either kind.
#ifndef WIREWATCH_BASE_TEXT_ENTITIES_H_
#define WIREWATCH_BASE_TEXT_ENTITIES_H_

#include <string>
#include <string_view>

namespace wirewatch {

// Of one of the five characters; of every other one: empty, it stands for itself. The apostrophe by number, since HTML
// 4 has no name for it.
constexpr std::string_view EntityOf(char32_t character) {
  switch (character) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return {};
  }
}

// All bytes but these five stay as they are.
inline std::string EscapedForHtml(std::string_view text) {
  std::string html;
  html.reserve(text.size());
  for (const char c : text) {
    const std::string_view entity = EntityOf(static_cast<unsigned char>(c));
    if (entity.empty()) {
      html += c;
    } else {
      html += entity;
    }
  }
  return html;
}

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_TEXT_ENTITIES_H_
