#include "connectors/http_client/http_client_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "base/secret.h"
#include "base/text/ascii.h"
#include "base/text/numbers.h"
#include "pipeline/deliver/mail_address.h"

namespace wirewatch {
namespace {

constexpr std::string_view kSecurities[] = {"starttls", "tls", "none"};  // in the order of MailServer::Security
constexpr std::uint16_t kPorts[] = {587, 465, 25};

MailServer::Security SecurityOf(const Fields& fields) {
  const auto* const found = std::find(std::begin(kSecurities), std::end(kSecurities), fields.String("security"));
  return static_cast<MailServer::Security>(found - std::begin(kSecurities));
}

// A host's name or address, as it may stand in a URL of ours.
bool IsHost(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return IsAsciiLetter(c) || IsAsciiDigit(c) || c == '-' || c == '.' || c == '_' || c == ':';
  });
}

// scheme://host:port, with nothing else in it.
bool IsProxy(std::string_view text) {
  const std::size_t slashes = text.find("://");
  if (slashes == std::string_view::npos) return false;
  const std::string_view scheme = text.substr(0, slashes), rest = text.substr(slashes + 3);
  const std::size_t colon = rest.rfind(':');
  if (scheme != "http" && scheme != "https" && scheme != "socks5h") return false;
  if (colon == std::string_view::npos || !ParseNumberIn<std::uint16_t>(rest.substr(colon + 1), 1, 65535)) return false;
  std::string_view host = rest.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return IsHost(host);
}

// That this machine alone can answer to.
bool IsOwnName(std::string_view host) {
  return host == "localhost" || host == "::1" || (host.starts_with("127.") && IsHost(host));
}

}  // namespace

const FieldTable& HttpClientSettings::Table() {
  static const FieldTable table = {
      TextField("proxy",
                "The proxy of all HTTP requests to readers' URLs, http://host:port, https://host:port or "
                "socks5h://host:port; it must refuse addresses of the own network itself. Empty: none, whatever "
                "stands in http_proxy."),
      TextListField("allow_networks",
                    "Networks and addresses that readers' URLs may lead to beside the public internet, such as "
                    "10.20.0.0/16."),
      DurationField("timeout", "The longest time that a request or a mail may take.").Default("30s"),
      TextField("ca_file", "PEM file of the certificates that TLS trusts, for mail too; empty: the system's."),
  };
  return table;
}

HttpClientSettings HttpClientSettings::From(const Fields& fields) {
  return {.proxy = fields.String("proxy"),
          .allow_networks = fields.List("allow_networks"),
          .timeout = fields.Duration("timeout"),
          .ca_file = fields.String("ca_file")};
}

std::vector<SettingsProblem> HttpClientSettings::Check(const Fields& fields) {
  const HttpClientSettings settings = From(fields);
  std::vector<SettingsProblem> problems;
  if (!settings.proxy.empty() && !IsProxy(settings.proxy)) {
    problems.push_back({"proxy",
                        "http_client.proxy: write http://host:port, https://host:port or socks5h://host:port, without "
                        "a user or a path"});
  }
  if (const auto guard = AddressGuard::Create(settings.allow_networks); !guard) {
    problems.push_back({"allow_networks", "http_client.allow_networks: " + guard.error().message});
  }
  if (settings.timeout < std::chrono::seconds(1) || settings.timeout > std::chrono::minutes(5)) {
    problems.push_back({"timeout", "http_client.timeout: 1s to 5m"});
  }
  return problems;
}

const FieldTable& SmtpSettings::Table() {
  static const FieldTable table = {
      TextField("server", "Host of the mail server (relay) that takes our mail; empty: no mail is sent."),
      IntegerField("port", "Its port; 0: 587 with starttls, 465 with tls, 25 with none.")
          .Default("0")
          .Between(0, 65535),
      TextField("security",
                "starttls: mail goes out only after STARTTLS; tls: TLS from the first byte; none: in clear text, to a "
                "server on this machine only.")
          .Default("starttls")
          .OneOf({kSecurities[0], kSecurities[1], kSecurities[2]}),
      TextField("user", "Of the login; empty: none."),
      TextField("password", "Of the login: `${env:NAME}` or `${file:/path}`. Never logged."),
      TextField("from", "The sender: `alerts@example.org` or `Wirewatch <alerts@example.org>`."),
      TextField("ehlo", "What we call ourselves to the server; empty: the name of the machine."),
  };
  return table;
}

SmtpSettings SmtpSettings::From(const Fields& fields) {
  return {.server = fields.String("server"),
          .port = static_cast<std::uint16_t>(fields.Integer("port")),
          .security = SecurityOf(fields),
          .user = fields.String("user"),
          .password = fields.String("password"),
          .from = fields.String("from"),
          .ehlo = fields.String("ehlo")};
}

std::vector<SettingsProblem> SmtpSettings::Check(const Fields& fields) {
  const SmtpSettings settings = From(fields);
  std::vector<SettingsProblem> problems;
  const auto add = [&](std::string key, std::string_view sentence) {
    problems.push_back({key, fmt::format("smtp.{}: {}", key, sentence)});
  };
  if (settings.server.empty()) {
    if (!settings.user.empty() || !settings.from.empty()) add("server", "write the host of the mail server");
    return problems;
  }
  if (!IsHost(settings.server)) add("server", "it is no host's name or address; the port has a key of its own");
  if (settings.from.empty()) {
    add("from", "write the sender's address");
  } else if (!ParseMailAddress(settings.from)) {
    add("from", "write an address, or Name <address>, in ASCII");
  }
  if (settings.security == MailServer::Security::kNone && !IsOwnName(settings.server)) {
    add("security", "none is for a mail server on this machine alone (localhost, 127.0.0.1, ::1): use starttls or tls");
  }
  if (settings.user.empty() != settings.password.empty()) {
    add(settings.user.empty() ? "user" : "password", "a login needs both user and password");
  }
  if (IsSecretReference(settings.password)) {
    if (const Status checked = CheckSecretReference(settings.password); !checked) {
      add("password", checked.error().message);
    }
  }
  if (!settings.ehlo.empty() && !IsHost(settings.ehlo)) add("ehlo", "it is no host's name");
  return problems;
}

Result<CurlTransportOptions> TransportOptions(const HttpClientSettings& http, const SmtpSettings& smtp) {
  CurlTransportOptions options;
  auto guard = AddressGuard::Create(http.allow_networks);
  if (!guard) return std::move(guard).error();
  options.guard = *std::move(guard);
  options.proxy = http.proxy;
  options.ca_file = http.ca_file;
  options.timeout = http.timeout;
  options.connect_timeout = std::min(options.connect_timeout, http.timeout);
  if (smtp.server.empty()) return options;
  MailServer server{smtp.server, smtp.port, smtp.security, smtp.user, smtp.password, smtp.ehlo};
  if (server.port == 0) server.port = kPorts[static_cast<std::size_t>(smtp.security)];
  if (IsSecretReference(smtp.password)) {
    auto password = ResolveSecret(smtp.password);
    if (!password) return std::move(password).error().In("smtp.password");
    server.password = *std::move(password);
  } else if (!smtp.password.empty()) {
    RememberSecret(smtp.password);
  }
  options.mail = std::move(server);
  return options;
}

}  // namespace wirewatch
