#include "connectors/kafka/kafka_statistics.h"

#include <gtest/gtest.h>

namespace wirewatch {
namespace {

constexpr std::string_view kStatistics = R"({
  "name": "wirewatch#consumer-1",
  "topics": {
    "articles": {"topic": "articles", "partitions": {
      "0": {"partition": 0, "consumer_lag": 40, "consumer_lag_stored": 7},
      "1": {"partition": 1, "consumer_lag": 12, "consumer_lag_stored": -1},
      "2": {"partition": 2, "consumer_lag": -1, "consumer_lag_stored": -1},
      "-1": {"partition": -1, "consumer_lag": 5, "consumer_lag_stored": 5}}},
    "others": {"topic": "others", "partitions": {"0": {"partition": 0, "consumer_lag": 99}}}},
  "cgrp": {"state": "up", "join_state": "steady", "assignment_size": 2}
})";

TEST(KafkaStatisticsTest, ListsTheLagThatIsKnown) {
  const auto statistics = ParseKafkaStatistics(kStatistics, "articles");
  ASSERT_TRUE(statistics);
  ASSERT_EQ(statistics->lags.size(), 2U);
  EXPECT_EQ(statistics->lags[0].partition, Partition{0});
  EXPECT_EQ(statistics->lags[0].records, 7) << "what is settled counts, committed or not";
  EXPECT_EQ(statistics->lags[1].partition, Partition{1});
  EXPECT_EQ(statistics->lags[1].records, 12);
  EXPECT_TRUE(statistics->in_group);
}

TEST(KafkaStatisticsTest, KnowsNothingOfAKafkaTopicThatIsNotThere) {
  const auto statistics = ParseKafkaStatistics(R"({"topics": {}, "cgrp": {"join_state": "init"}})", "articles");
  ASSERT_TRUE(statistics);
  EXPECT_TRUE(statistics->lags.empty());
  EXPECT_FALSE(statistics->in_group);
}

TEST(KafkaStatisticsTest, SaysWhatIsNotStatistics) {
  EXPECT_FALSE(ParseKafkaStatistics("{", "articles"));
  EXPECT_FALSE(ParseKafkaStatistics(R"({"topics": {"articles": {}}})", "articles"));
  EXPECT_FALSE(ParseKafkaStatistics(R"({"cgrp": 1})", "articles"));
}

}  // namespace
}  // namespace wirewatch
