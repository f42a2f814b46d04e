#include "connectors/http_client/call_text.h"

#include <algorithm>

#include "base/secret.h"
#include "base/text/utf8.h"

namespace wirewatch {
namespace {

constexpr std::size_t kShortestSegment = 8;  // of a path: shorter ones are words such as "api" or "hooks"

void AppendParts(std::string_view text, std::string_view separators, std::size_t shortest,
                 std::vector<std::string>& parts) {
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find_first_of(separators, begin), text.size());
    if (end - begin >= shortest) parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
}

}  // namespace

std::string TellableText(std::string_view text, const std::vector<std::string>& secrets) {
  std::string cleared(text.substr(0, kMostReadText));
  const bool cut = text.size() >= kMostReadText;
  std::vector<std::string_view> longest_first(secrets.begin(), secrets.end());
  std::sort(longest_first.begin(), longest_first.end(),
            [](std::string_view a, std::string_view b) { return a.size() > b.size(); });
  for (const std::string_view secret : longest_first) {
    if (secret.size() < kShortestSecret) continue;
    for (std::size_t at = 0; (at = cleared.find(secret, at)) != std::string::npos; at += 3) {
      cleared.replace(at, secret.size(), "***");
    }
  }
  if (cut) {
    for (const std::string_view secret : longest_first) {
      for (std::size_t size = std::min(secret.size(), cleared.size()); size >= kShortestSecret; --size) {
        if (!cleared.ends_with(secret.substr(0, size))) continue;
        cleared.resize(cleared.size() - size);
        break;
      }
    }
  }
  cleared = WithoutSecrets(cleared);
  std::string tellable;
  for (std::size_t at = 0; at < cleared.size() && tellable.size() < kMostCallText;) {
    const DecodedUtf8 decoded = DecodeUtf8(cleared, at);
    AppendUtf8(decoded.code_point, tellable);
    at += decoded.size;
  }
  return std::string(BeginningOf(tellable, kMostCallText));
}

std::vector<std::string> SecretsOfUrl(std::string_view user, std::string_view password, std::string_view path,
                                      std::string_view query) {
  std::vector<std::string> secrets;
  const auto keep = [&](std::string_view text) {
    if (text.size() >= kShortestSecret) secrets.emplace_back(text);
  };
  keep(user);
  keep(password);
  keep(query.empty() ? std::string(path) : std::string(path) + '?' + std::string(query));
  keep(path);
  keep(query);
  AppendParts(path, "/", kShortestSegment, secrets);
  AppendParts(query, "&=", kShortestSegment, secrets);
  return secrets;
}

}  // namespace wirewatch
