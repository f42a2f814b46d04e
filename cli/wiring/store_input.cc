#include "cli/wiring/store_input.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "cli/wiring/config_input.h"
#include "connectors/registry.h"
#include "connectors/store/delivery_stores.h"
#include "monitoring/metrics.h"

namespace wirewatch {

void AddStoreOptions(Verb& verb, StoreInput& input) {
  const VerbOption config = verb.Value("--config,-c", input.config, "The configuration that names the store");
  verb.Value("--store", input.file, "The store itself: a file of SQLite").Excludes(config);
}

void NeedStore(const StoreInput& input) {
  if (input.config.empty() && input.file.empty()) FailMissing("--config FILE or --store FILE");
}

Result<std::unique_ptr<DeliveryStore>> OpenStore(const StoreInput& input, bool make) {
  log::SetLevel(log::Level::kWarn);
  if (!input.file.empty()) {
    std::error_code ignored;
    // A mistyped name must not look like a store that has nothing in it.
    if (!make && !std::filesystem::exists(input.file, ignored)) {
      return Error{ErrorCode::kNotFound, fmt::format("{}: there is no such file", input.file)};
    }
    return OpenSqliteStore(input.file);
  }
  const auto config = LoadConfig(input.config);
  if (!config) return config.error();
  if (!config->store) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("{}: it names no store; write 'store: {{sqlite: {{path: FILE}}}}'", input.config)};
  }
  MetricsRegistry metrics;
  return MakeDeliveryStore(*config, metrics);
}

}  // namespace wirewatch
