#include "pipeline/deliver/delivery_store.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace wirewatch {
namespace {

// They are the idempotency keys of messages that were sent: another program must give the same.
TEST(MessageIdTest, IsTheSameForEver) {
  EXPECT_EQ(MessageId("desk-5g", "webhook", MessageKind::kAlert, "0123456789abcdef0123456789abcdef"),
            "153c95b968ec630bfa97592fd5c99fa2");
  EXPECT_EQ(MessageId("desk-5g", "email", MessageKind::kCatchUp, "snoozed 2026-05-01T10:00:00Z", 1),
            "f1c18630d3adcc763932b5730689481b");
}

TEST(MessageIdTest, EachPartMakesAnotherOne) {
  std::set<std::string> ids;
  for (const char* subscription : {"a", "ab"}) {
    for (const char* channel : {"b", "c"}) {
      for (const MessageKind kind : {MessageKind::kAlert, MessageKind::kDigest}) {
        for (const char* about : {"1", "11"}) {
          for (const unsigned generation : {0U, 1U, 11U}) {
            ids.insert(MessageId(subscription, channel, kind, about, generation));
          }
        }
      }
    }
  }
  EXPECT_EQ(ids.size(), 48U);
}

}  // namespace
}  // namespace wirewatch
