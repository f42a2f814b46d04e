#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"

namespace wirewatch {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr log::Module kLog("kafka");
constexpr log::Module kOther("rules");
constexpr std::size_t kTimeSize = std::string_view("2026-11-23T09:30:00.000Z").size();

class LogTest : public testing::Test {
 protected:
  ~LogTest() override {
    log::SetLevels(log::Level::kInfo, {});
    log::SetFormat(log::Format::kText);
  }

  // What `write` writes to stderr, by lines.
  template <typename Write>
  std::vector<std::string> Lines(Write write) {
    testing::internal::CaptureStderr();
    write();
    std::istringstream text(testing::internal::GetCapturedStderr());
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
  }
  // The one line without its time, which is checked.
  template <typename Write>
  std::string Text(Write write) {
    const std::vector<std::string> lines = Lines(write);
    EXPECT_EQ(lines.size(), 1u);
    if (lines.size() != 1) return "";
    EXPECT_TRUE(ParseRfc3339(lines[0].substr(0, kTimeSize))) << lines[0];
    return lines[0].substr(kTimeSize);
  }
  template <typename Write>
  std::string Json(Write write) {
    log::SetFormat(log::Format::kJson);
    const std::vector<std::string> lines = Lines(write);
    log::SetFormat(log::Format::kText);
    EXPECT_EQ(lines.size(), 1u);
    const std::string begin = R"({"time":")";
    if (lines.size() != 1) return "";
    EXPECT_THAT(lines[0], StartsWith(begin));
    EXPECT_TRUE(ParseRfc3339(lines[0].substr(begin.size(), kTimeSize))) << lines[0];
    return lines[0].substr(begin.size() + kTimeSize + 2);
  }
};

TEST_F(LogTest, FieldsFollowTheEventAsText) {
  EXPECT_EQ(Text([] {
              kLog.Info("rules loaded", {{"rule_set", std::string("ab12")},
                                         {"packs", std::size_t{3}},
                                         {"left", -1},
                                         {"ms", 12.34},
                                         {"again", false}});
            }),
            " info rules loaded rule_set=ab12 packs=3 left=-1 ms=12.3 again=false");
  EXPECT_EQ(Text([] { kLog.Error("plain words"); }), " error plain words");
}

TEST_F(LogTest, AFieldThatTheEventNamesStandsInItsPlace) {
  EXPECT_EQ(Text([] {
              kLog.Warn("partition {partition} went back from {from} to {to}; read from there",
                        {{"partition", 3}, {"from", 40}, {"to", 12}, {"topic", "articles"}});
            }),
            " warning partition 3 went back from 40 to 12; read from there topic=articles");
  EXPECT_EQ(Text([] {
              kLog.Warn("{error}", {{"error", "{from} is missing }"}});
            }),
            " warning {from} is missing }")
      << "a value is no event";
  EXPECT_EQ(Text([] {
              kLog.Warn("what is {unknown} and {open", {{"a", 1}});
            }),
            " warning what is {unknown} and {open a=1");
}

TEST_F(LogTest, JsonHasTheSameKeysInEachLine) {
  EXPECT_EQ(Json([] {
              kLog.Warn("partition {partition} went back",
                        {{"partition", 3}, {"topic", "articles"}, {"ms", 2.0}, {"again", true}});
            }),
            R"("level":"warn","module":"kafka","event":"partition {partition} went back",)"
            R"("message":"partition 3 went back topic=articles ms=2.0 again=true",)"
            R"("fields":{"partition":3,"topic":"articles","ms":2.0,"again":true}})");
  EXPECT_EQ(Json([] { kOther.Info("plain words"); }),
            R"("level":"info","module":"rules","event":"plain words","message":"plain words","fields":{}})");
}

TEST_F(LogTest, JsonNumbersAreWhole) {
  EXPECT_THAT(Json([] {
                kLog.Info("numbers", {{"least", std::numeric_limits<std::int64_t>::min()},
                                      {"most", std::numeric_limits<std::uint64_t>::max()},
                                      {"none", std::numeric_limits<double>::quiet_NaN()},
                                      {"share", log::Value(0.12345, 3)}});
              }),
              HasSubstr(R"({"least":-9223372036854775808,"most":18446744073709551615,"none":null,"share":0.123})"));
}

// What a record, a file name or a broker may say.
TEST_F(LogTest, NoValueWritesALineOrActsOnATerminal) {
  const std::string forged = "a\n2026-01-01T00:00:00.000Z error FORGED \x1b[31m\"\\\xff\x7f";
  EXPECT_EQ(Text([&] {
              kLog.Warn("key {key}", {{"key", forged}});
            }),
            " warning key a\\x0A2026-01-01T00:00:00.000Z error FORGED \\x1B[31m\"\\\\xFF\\x7F");
  const std::string json = Json([&] { kLog.Warn("key {key}", {{"key", forged}}); });
  EXPECT_THAT(json, AllOf(HasSubstr(R"(a\n2026-01-01T00:00:00.000Z error FORGED \u001b[31m\"\\)"
                                    "\uFFFD\\u007f\""),
                          Not(HasSubstr("\x1b"))));
}

TEST_F(LogTest, DetailsAreIndentedLinesOrOneField) {
  EXPECT_THAT(Lines([] { kLog.WriteDetails(log::Level::kError, "a.yaml:1:2: error\n    1 | x\n"); }),
              ElementsAre(EndsWith("Z error   a.yaml:1:2: error"), EndsWith("Z error       1 | x")));
  EXPECT_THAT(Json([] { kLog.WriteDetails(log::Level::kError, "a.yaml:1:2: error\n    1 | x\n"); }),
              EndsWith(R"("fields":{"details":"a.yaml:1:2: error\n    1 | x\n"}})"));
  EXPECT_THAT(Lines([] { kLog.WriteDetails(log::Level::kError, ""); }), ElementsAre());
}

TEST_F(LogTest, EachModuleHasALevelOfItsOwn) {
  const auto all = [&] {
    return Lines([] {
      kLog.Debug("1");
      kLog.Info("2");
      kOther.Debug("3");
      kOther.Info("4");
      kOther.Error("5");
    });
  };
  EXPECT_THAT(all(), ElementsAre(EndsWith(" 2"), EndsWith(" 4"), EndsWith(" 5")));
  log::SetLevel(kLog, log::Level::kDebug);
  EXPECT_THAT(all(), ElementsAre(EndsWith(" 1"), EndsWith(" 2"), EndsWith(" 4"), EndsWith(" 5")));
  log::SetLevel(log::Level::kError);
  EXPECT_THAT(all(), ElementsAre(EndsWith(" 1"), EndsWith(" 2"), EndsWith(" 5"))) << "the module's goes first";
  EXPECT_TRUE(kLog.Enabled(log::Level::kDebug));
  EXPECT_FALSE(kOther.Enabled(log::Level::kWarn));
  log::SetLevels(log::Level::kInfo, {{"rules", log::Level::kWarn}});
  EXPECT_THAT(all(), ElementsAre(EndsWith(" 2"), EndsWith(" 5"))) << "who is not named has none";
}

TEST_F(LogTest, LinesOfManyThreadsAreWholeWhileLevelsChange) {
  constexpr int kThreads = 4, kEach = 500;
  const std::string value(200, 'v');
  const std::vector<std::string> lines = Lines([&] {
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < kEach; ++i) kLog.Warn("line", {{"value", value}});
      });
    }
    for (int i = 0; i < kEach; ++i) {
      log::SetLevel(kLog, i % 2 == 0 ? log::Level::kDebug : log::Level::kWarn);
      log::SetLevel(i % 2 == 0 ? log::Level::kError : log::Level::kInfo);
    }
    for (std::thread& thread : threads) thread.join();
  });
  EXPECT_EQ(lines.size(), std::size_t{kThreads * kEach});
  EXPECT_TRUE(std::all_of(lines.begin(), lines.end(), [&](const std::string& line) {
    return line.substr(kTimeSize) == " warning line value=" + value;
  }));
}

}  // namespace
}  // namespace wirewatch
