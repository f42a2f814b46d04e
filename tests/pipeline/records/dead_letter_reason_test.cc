#include "pipeline/records/dead_letter_reason.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <istream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/source_directory.h"

namespace wirewatch {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string Page(std::string_view name) {
  std::ifstream file(SourceDirectory() / "docs" / name);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The names of a table's rows "| `empty` | ...", from where `lines` stands to the end of the table.
std::vector<std::string> RowNames(std::istream& lines) {
  std::vector<std::string> names;
  std::string line;
  while (std::getline(lines, line) && line.starts_with("| `")) names.push_back(line.substr(3, line.find('`', 3) - 3));
  return names;
}

// Past the line and the |---| below it.
void GoBehind(std::istream& lines, std::string_view header) {
  std::string line;
  while (std::getline(lines, line) && line != header) {
  }
  std::getline(lines, line);
}

std::vector<std::string> Names() {
  std::istringstream lines(DeadLetterReference());
  GoBehind(lines, "| reason | the record |");
  return RowNames(lines);
}

// People's scripts and dashboards know them: a name is never changed.
TEST(DeadLetterReasonTest, TheNamesAreThese) {
  EXPECT_THAT(Names(),
              ElementsAre("empty", "too-large", "too-deep", "invalid-utf8", "invalid-json", "wrong-type", "no-text",
                          "engine-error", "own-output", "unreadable", "quarantined", "oracle-mismatch", "invalid-match",
                          "match-refused", "alert-refused", "embargoed", "invalid-alert"));
}

TEST(DeadLetterReasonTest, EachEnumeratorHasTheRowOfItsOwnName) {
  EXPECT_EQ(Name(DeadLetterReason::kEmpty), "empty");
  EXPECT_EQ(Name(DeadLetterReason::kNoText), "no-text");
  EXPECT_EQ(Name(DeadLetterReason::kEngineError), "engine-error");
  EXPECT_EQ(Name(DeadLetterReason::kOwnOutput), "own-output");
  EXPECT_EQ(Name(DeadLetterReason::kUnreadable), "unreadable");
  EXPECT_EQ(Name(DeadLetterReason::kQuarantined), "quarantined");
  EXPECT_EQ(Name(DeadLetterReason::kInvalidMatch), "invalid-match");
  EXPECT_EQ(Name(DeadLetterReason::kMatchRefused), "match-refused");
  EXPECT_EQ(Name(DeadLetterReason::kAlertRefused), "alert-refused");
  EXPECT_EQ(Name(DeadLetterReason::kEmbargoed), "embargoed");
}

TEST(DeadLetterReasonTest, TheTableOfThePageIsThatOfTheProgram) {
  EXPECT_THAT(Page("operations.md"), HasSubstr(DeadLetterReference())) << "print it with `wirewatch docs dead-letters`";
}

// docs/articles.md tells a way out for those of decode, by hand.
TEST(DeadLetterReasonTest, ThePageForProducersKnowsNoOtherReasons) {
  std::istringstream lines(Page("articles.md"));
  GoBehind(lines, "| reason | when | way out |");
  const std::vector<std::string> rows = RowNames(lines);
  EXPECT_THAT(rows, SizeIs(7));
  for (const std::string& row : rows) EXPECT_THAT(Names(), Contains(row));
}

}  // namespace
}  // namespace wirewatch
