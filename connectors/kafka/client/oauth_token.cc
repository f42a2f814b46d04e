#include "connectors/kafka/client/oauth_token.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <utility>

#include "base/secret.h"
#include "base/text/base64.h"
#include "base/text/trim.h"

namespace wirewatch {
namespace {

constexpr double kLatest = 253'402'300'799;  // the last second of the year 9999

// The claims of a JWT: header.claims.signature; discarded: it is none.
nlohmann::json ClaimsOf(std::string_view token) {
  const nlohmann::json none(nlohmann::json::value_t::discarded);
  const std::size_t begin = token.find('.'), end = token.rfind('.');
  if (begin == std::string_view::npos || begin == end) return none;
  const auto claims = DecodeBase64Url(token.substr(begin + 1, end - begin - 1));
  return claims ? nlohmann::json::parse(*claims, nullptr, false) : none;
}

}  // namespace

Result<OauthToken> ParseOauthToken(std::string_view text, WallTime written) {
  const std::string_view token = Trimmed(text);
  if (token.empty()) return Error{ErrorCode::kInvalid, "there is no token in it"};
  OauthToken parsed{std::string(token), "wirewatch", written + kOpaqueTokenLife};
  const nlohmann::json claims = ClaimsOf(token);
  if (!claims.is_object()) return parsed;
  if (const auto exp = claims.find("exp"); exp != claims.end() && exp->is_number()) {
    const auto seconds = exp->get<double>();
    if (!(seconds >= 0 && seconds <= kLatest)) {
      return Error{ErrorCode::kInvalid, fmt::format("its claim exp is no time in seconds since 1970: {}", exp->dump())};
    }
    parsed.expires = WallTime(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
  }
  if (const auto sub = claims.find("sub"); sub != claims.end() && sub->is_string() && *sub != "") {
    parsed.principal = sub->get<std::string>();
  }
  return parsed;
}

Result<OauthToken> ReadOauthToken(const std::string& file) {
  auto text = ReadSecretFile(file);
  if (!text) return std::move(text).error();
  std::error_code error;
  const auto written = std::filesystem::last_write_time(file, error);
  const WallTime time =
      error ? WallNow() : std::chrono::time_point_cast<WallTime::duration>(std::chrono::file_clock::to_sys(written));
  auto token = ParseOauthToken(*text, time);
  if (!token) return std::move(token).error().In(file);
  RememberSecret(token->text);
  return token;
}

}  // namespace wirewatch
