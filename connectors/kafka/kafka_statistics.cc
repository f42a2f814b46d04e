#include "connectors/kafka/kafka_statistics.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

namespace wirewatch {

Result<KafkaStatistics> ParseKafkaStatistics(std::string_view json, std::string_view topic) {
  using nlohmann::json_pointer;
  try {
    const nlohmann::json root = nlohmann::json::parse(json);
    KafkaStatistics statistics;
    if (const auto group = root.find("cgrp"); group != root.end()) {
      statistics.in_group = group->value("join_state", "") == "steady";
    }
    const auto topics = root.find("topics");
    if (topics == root.end()) return statistics;
    const auto ours = topics->find(std::string(topic));
    if (ours == topics->end()) return statistics;
    for (const nlohmann::json& partition : ours->at("partitions")) {
      const auto number = partition.at("partition").get<std::int32_t>();
      if (number < 0) continue;  // librdkafka's own, for what has no partition yet
      // From what is settled; before anything was settled here, from what the group has committed.
      std::int64_t records = partition.value("consumer_lag_stored", std::int64_t{-1});
      if (records < 0) records = partition.value("consumer_lag", std::int64_t{-1});
      if (records >= 0) statistics.lags.push_back({Partition{number}, records});
    }
    return statistics;
  } catch (const nlohmann::json::exception& exception) {
    return Error{ErrorCode::kInternal, fmt::format("librdkafka's statistics: {}", exception.what())};
  }
}

}  // namespace wirewatch
