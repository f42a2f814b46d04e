#include "monitoring/http/monitoring_settings.h"

#include "base/result.h"
#include "monitoring/http/http_server.h"

namespace wirewatch {

const FieldTable& MonitoringSettings::Table() {
  static const FieldTable table = {
      TextField("listen", "host:port of /metrics, /healthz and /readyz; port 0: any free one; off: no listener.")
          .Default("127.0.0.1:9464"),
  };
  return table;
}

MonitoringSettings MonitoringSettings::From(const Fields& fields) {
  const std::string& listen = fields.String("listen");
  if (listen == "off") return {};
  return {.listen = listen};
}

std::vector<SettingsProblem> MonitoringSettings::Check(const Fields& fields) {
  const auto listen = From(fields).listen;
  if (!listen) return {};
  if (const Status checked = HttpServer::CheckAddress(*listen); !checked) {
    return {{"listen", "monitoring.listen: " + checked.error().message}};
  }
  return {};
}

}  // namespace wirewatch
