#include "connectors/kafka/client/kafka_renewal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "tests/support/kafka_fields.h"

namespace wirewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const KafkaAddress kNowhere{"127.0.0.1:1", "alerts"};

// A renewal whose clients reach no broker, and what its hooks heard.
struct Renewed {
  Renewed()
      : renewal("kafka sink alerts", {.configure = [this](std::size_t batch_bytes) -> Result<KafkaConf> {
                                        sizes.push_back(batch_bytes);
                                        if (refuses) return Error{ErrorCode::kInvalid, "not taken"};
                                        return ProducerConf(SharedKafka("127.0.0.1:1"), "alerts", batch_bytes);
                                      },
                                      .connected = [this](rd_kafka_t*) { heard += " connected"; },
                                      .disconnecting = [this] { heard += " disconnecting"; }}) {}
  bool refuses = false;
  std::vector<std::size_t> sizes;
  std::string heard;
  KafkaRenewal renewal;
};

TEST(KafkaRenewalTest, TheNextClientComesAfterTheLastIsGone) {
  Renewed r;
  EXPECT_EQ(r.renewal.get(), nullptr);
  ASSERT_TRUE(r.renewal.Connect());
  EXPECT_NE(r.renewal.get(), nullptr);
  ASSERT_TRUE(r.renewal.Renew());
  EXPECT_NE(r.renewal.get(), nullptr);
  EXPECT_EQ(r.heard, " connected disconnecting connected");
  r.renewal.Disconnect();
  r.renewal.Disconnect();
  EXPECT_EQ(r.renewal.get(), nullptr);
  EXPECT_EQ(r.heard, " connected disconnecting connected disconnecting");
}

TEST(KafkaRenewalTest, HalvedBatchesAreTheNextClients) {
  Renewed r;
  ASSERT_TRUE(r.renewal.Connect());
  r.renewal.HalveBatches();
  EXPECT_EQ(r.renewal.batch_bytes(), kDefaultBatchBytes / 2);
  ASSERT_TRUE(r.renewal.Renew());
  EXPECT_THAT(r.sizes, ElementsAre(kDefaultBatchBytes, kDefaultBatchBytes / 2));
}

TEST(KafkaRenewalTest, WithoutAClientThereIsNothingToProbe) {
  Renewed r;
  r.refuses = true;
  EXPECT_FALSE(r.renewal.Connect());
  EXPECT_THAT(r.heard, IsEmpty());
  const Status probed = r.renewal.Probe(kNowhere);
  ASSERT_FALSE(probed);
  EXPECT_EQ(probed.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(probed.error().message, HasSubstr("made anew"));
  r.renewal.With([](rd_kafka_t* client) { EXPECT_EQ(client, nullptr); });
}

}  // namespace
}  // namespace wirewatch
