#include "connectors/kafka/client/kafka_statistics.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

namespace wirewatch {

Result<KafkaStatistics> ParseKafkaStatistics(std::string_view json) {
  try {
    const nlohmann::json root = nlohmann::json::parse(json);
    KafkaStatistics statistics;
    if (const auto group = root.find("cgrp"); group != root.end()) {
      statistics.in_group = group->value("join_state", "") == "steady";
    }
    return statistics;
  } catch (const nlohmann::json::exception& exception) {
    return Error{ErrorCode::kInternal, fmt::format("librdkafka's statistics: {}", exception.what())};
  }
}

}  // namespace wirewatch
