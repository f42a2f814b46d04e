#include "connectors/channels/text_limits.h"

#include "base/text/utf8.h"

namespace wirewatch {
namespace {

constexpr std::size_t kLongestEntity = 10;

// The longest beginning of at most `units`.
std::string_view Beginning(std::string_view text, std::size_t units) {
  std::size_t at = 0;
  while (at < text.size()) {
    const DecodedUtf8 decoded = DecodeUtf8(text, at);
    const std::size_t own = decoded.code_point >= 0x10000 ? 2 : 1;
    if (own > units) break;
    units -= own;
    at += decoded.size;
  }
  return text.substr(0, at);
}

}  // namespace

std::size_t Utf16Units(std::string_view text) {
  std::size_t units = 0;
  for (std::size_t at = 0; at < text.size();) {
    const DecodedUtf8 decoded = DecodeUtf8(text, at);
    units += decoded.code_point >= 0x10000 ? 2 : 1;
    at += decoded.size;
  }
  return units;
}

std::string CutText(std::string_view text, std::size_t units) {
  if (Utf16Units(text) <= units) return std::string(text);
  return std::string(Beginning(text, units - 1)).append(kEllipsis);
}

std::string CutMarkup(std::string_view text, std::size_t units) {
  if (Utf16Units(text) <= units) return std::string(text);
  std::string_view begin = Beginning(text, units - 1);
  const std::size_t open = begin.rfind('<');
  if (open != std::string_view::npos && begin.find('>', open) == std::string_view::npos) begin = begin.substr(0, open);
  const std::size_t entity = begin.rfind('&');
  if (entity != std::string_view::npos && begin.size() - entity < kLongestEntity &&
      begin.find(';', entity) == std::string_view::npos) {
    begin = begin.substr(0, entity);
  }
  return std::string(begin).append(kEllipsis);
}

}  // namespace wirewatch
