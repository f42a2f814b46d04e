// The sections `http_client` and `smtp`: how messages leave the house.
#ifndef WIREWATCH_CONNECTORS_HTTP_CLIENT_HTTP_CLIENT_SETTINGS_H_
#define WIREWATCH_CONNECTORS_HTTP_CLIENT_HTTP_CLIENT_SETTINGS_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/settings/field_spec.h"
#include "connectors/http_client/curl_transport.h"

namespace wirewatch {

struct HttpClientSettings {
  std::string proxy;  // empty: none
  std::vector<std::string> allow_networks;
  std::chrono::milliseconds timeout{};
  std::string ca_file;

  static const FieldTable& Table();
  static HttpClientSettings From(const Fields& fields);
  static std::vector<SettingsProblem> Check(const Fields& fields);
};

struct SmtpSettings {
  std::string server;      // empty: no mail
  std::uint16_t port = 0;  // 0: that of `security`
  MailServer::Security security = MailServer::Security::kStartTls;
  std::string user, password;  // the password may be a reference (base/secret.h)
  std::string from;            // "Wirewatch <alerts@example.org>"
  std::string ehlo;

  static const FieldTable& Table();
  static SmtpSettings From(const Fields& fields);
  static std::vector<SettingsProblem> Check(const Fields& fields);
};

// What CurlTransport::Create takes, with the password looked up.
// Errors: those of ResolveSecret. REQUIRES: Check found no problem in either.
Result<CurlTransportOptions> TransportOptions(const HttpClientSettings& http, const SmtpSettings& smtp);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_HTTP_CLIENT_HTTP_CLIENT_SETTINGS_H_
