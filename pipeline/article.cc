#include "pipeline/article.h"

#include <algorithm>
#include <cstddef>

#include "base/ascii.h"

namespace wirewatch {
namespace {

// Removes `prefix` (lower case) in any case from the front of `text`.
bool Consume(std::string_view& text, std::string_view prefix) {
  if (text.size() < prefix.size()) return false;
  const bool equal =
      std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) { return a == AsciiLower(b); });
  if (equal) text.remove_prefix(prefix.size());
  return equal;
}

}  // namespace

Document DocumentOf(const Article& article) {
  Document document;
  document.texts = {article.title, article.summary, article.body};
  document.language = article.language;
  document.country = article.country;
  document.source = article.source;
  document.source_host = article.url_host;
  document.section = article.section;
  document.tags = article.tags;
  document.published_at = article.published_at;
  document.urgency = article.urgency;
  return document;
}

std::string HostOf(std::string_view url) {
  url.remove_prefix(std::min(url.find_first_not_of(" \t\r\n"), url.size()));
  if (!Consume(url, "https://") && !Consume(url, "http://")) return {};
  std::size_t begin = 0, end = 0;
  for (; end < url.size(); ++end) {
    const char c = url[end];
    if (c == '/' || c == '?' || c == '#' || c == '\\') break;
    if (c == '@') begin = end + 1;
  }
  std::string_view host = url.substr(begin, end - begin);
  if (host.starts_with('[')) {  // an IPv6 address: its colons are no port
    const std::size_t bracket = host.find(']');
    if (bracket == std::string_view::npos) return {};
    host = host.substr(0, bracket + 1);
  } else {
    host = host.substr(0, host.find(':'));
  }
  if (host.ends_with('.')) host.remove_suffix(1);  // the root of a fully qualified name
  Consume(host, "www.");
  std::string lower(host);
  bool unusable = false;
  for (char& c : lower) {
    unusable |= static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '<' || c == '>' || c == '\x7f';
    c = AsciiLower(c);
  }
  return unusable ? std::string() : lower;
}

}  // namespace wirewatch
