// What can be said of a configuration only where all its connectors are known: which files it writes and reads.
#ifndef WIREWATCH_CONNECTORS_CONFIG_CHECKS_H_
#define WIREWATCH_CONNECTORS_CONFIG_CHECKS_H_

#include <filesystem>
#include <string>
#include <vector>

#include "pipeline/config.h"

namespace wirewatch {

// All that is wrong with the connectors, each beside the others. For ConnectorSpecs::check.
std::vector<ConnectorFinding> CheckConnectors(const Config& config);

// Where alerts.state says that alerts are remembered; empty: nowhere.
std::string StatePath(const Config& config);

// Whether the source of `config` reads `file`, which would be written.
bool ReadsAsInput(const Config& config, const std::filesystem::path& file);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_CONFIG_CHECKS_H_
