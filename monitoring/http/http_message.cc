#include "monitoring/http/http_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text/ascii.h"
#include "base/text/json_writer.h"
#include "base/text/trim.h"

namespace wirewatch {
namespace {

// Optional white space of HTTP (RFC 9110, section 5.6.3).
bool IsBlankOrTab(char c) { return c == ' ' || c == '\t'; }

}  // namespace

std::optional<std::string_view> Find(const HttpFields& fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const HttpField& f) { return f.name == name; });
  return found == fields.end() ? std::nullopt : std::optional<std::string_view>(found->value);
}

std::optional<std::string_view> HttpRequest::Header(std::string_view name) const {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [&](const HttpField& f) { return EqualsInAnyCase(f.name, name); });
  return found == headers.end() ? std::nullopt : std::optional<std::string_view>(found->value);
}

HttpResponse Problem(unsigned status, std::string_view detail) {
  std::string body;
  {
    JsonWriter json(body);
    json.BeginObject();
    json.Put("type", "about:blank");
    json.Put("title", ReasonPhrase(status));
    json.Put("status", status);
    json.Put("detail", detail);
    json.EndObject();
  }
  body += '\n';
  return {.status = status, .content_type = "application/problem+json", .body = std::move(body)};
}

std::string_view ReasonPhrase(unsigned status) {
  static constexpr std::pair<unsigned, std::string_view> kPhrases[] = {
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {417, "Expectation Failed"},
      {422, "Unprocessable Content"},
      {428, "Precondition Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {503, "Service Unavailable"},
  };
  const auto* const found = std::find_if(std::begin(kPhrases), std::end(kPhrases),
                                         [&](const auto& phrase) { return phrase.first == status; });
  return found == std::end(kPhrases) ? std::string_view() : found->second;
}

bool IsHttpToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return IsAsciiLetter(c) || IsAsciiDigit(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool IsHttpFieldValue(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7f; });
}

bool IsWellFormed(const HttpResponse& response) {
  static constexpr std::array<std::string_view, 7> kOurs = {
      "content-type", "content-length", "transfer-encoding", "connection", "keep-alive", "trailer", "upgrade"};
  return response.status >= 200 && response.status <= 599 && IsHttpFieldValue(response.content_type) &&
         std::all_of(response.headers.begin(), response.headers.end(), [](const HttpField& field) {
           return IsHttpToken(field.name) && IsHttpFieldValue(field.value) &&
                  std::none_of(kOurs.begin(), kOurs.end(),
                               [&](auto ours) { return EqualsInAnyCase(field.name, ours); });
         });
}

void ParseCookies(std::string_view header, HttpFields& cookies) {
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(';'), header.size());
    const std::string_view pair = Trimmed(header.substr(0, end), IsBlankOrTab);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && equals > 0) {
      std::string_view value = Trimmed(pair.substr(equals + 1), IsBlankOrTab);
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
      cookies.push_back({std::string(Trimmed(pair.substr(0, equals), IsBlankOrTab)), std::string(value)});
    }
    header.remove_prefix(std::min(end + 1, header.size()));
  }
}

}  // namespace wirewatch
