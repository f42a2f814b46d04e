#include "connectors/kafka/client/kafka_statistics.h"

#include <gtest/gtest.h>

namespace wirewatch {
namespace {

TEST(KafkaStatisticsTest, TellsWhetherTheGroupHasTakenUs) {
  const auto in_group = [](std::string_view json) { return ParseKafkaStatistics(json)->in_group; };
  EXPECT_TRUE(in_group(R"({"topics": {}, "cgrp": {"state": "up", "join_state": "steady", "assignment_size": 0}})"));
  EXPECT_FALSE(in_group(R"({"cgrp": {"join_state": "init"}})"));
  EXPECT_FALSE(in_group(R"({"topics": {}})"));
}

TEST(KafkaStatisticsTest, SaysWhatIsNotStatistics) {
  EXPECT_FALSE(ParseKafkaStatistics("{"));
  EXPECT_FALSE(ParseKafkaStatistics(R"({"cgrp": 1})"));
}

}  // namespace
}  // namespace wirewatch
