#include "pipeline/story/story_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/story/story_signature.h"
#include "tests/support/story_texts.h"

namespace wirewatch {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using How = StoryArchive::Member::How;

constexpr std::string_view kFerry =
    "The ferry Aldwyn Star ran aground on the Carrick reef shortly before dawn with 212 people on board. "
    "Lifeboats from three harbours took off all passengers within two hours, the coastguard said. "
    "Divers found a gash of nine metres below the waterline. "
    "The owner, Norrland Shipping, has stopped its two other ferries until they have been looked at.";
constexpr std::string_view kMuseum =
    "The museum of Vellingby opens a hall of clocks on Saturday, with the oldest tower clock of the province. "
    "Its curator spent eleven years collecting pendulums, dials and the tools of village clockmakers. "
    "Admission is free for children, and a workshop shows how a spring is wound.";

std::optional<WallTime> On(const char* day) { return ParseRfc3339(std::string("2026-03-") + day); }

struct Given {
  std::string id, source;
  std::optional<WallTime> time;
  std::string_view text = kFerry;
  std::string group = "en";
};

StoryArchive ArchiveOf(const std::vector<Given>& articles, std::chrono::milliseconds window = hours(48)) {
  StoryArchive archive;
  for (const Given& given : articles) {
    const std::string signature = PackSignature(SignatureOf("", given.text));
    const auto article = archive.Add({.id = given.id,
                                      .title = {},
                                      .url = {},
                                      .source = given.source,
                                      .signature = signature,
                                      .published_at = given.time});
    archive.Put(article, archive.GroupOf(given.group, window));
  }
  return archive;
}

StoryArchive::Clustered Cluster(const StoryArchive& archive) {
  return *archive.Cluster([](std::size_t, std::size_t) { return true; });
}

// The ids of each story.
std::vector<std::vector<std::string>> Ids(const StoryArchive& archive) {
  std::vector<std::vector<std::string>> stories;
  for (const StoryArchive::Story& story : Cluster(archive).stories) {
    std::vector<std::string>& ids = stories.emplace_back();
    for (const StoryArchive::Member& member : story.members) ids.emplace_back(archive.article(member.article).id);
  }
  return stories;
}

TEST(StoryArchiveTest, ArticlesJoinInTheOrderOfTheirTimesWhateverTheOrderInWhichTheyCame) {
  const StoryArchive archive =
      ArchiveOf({{"late", "B", On("03")}, {"clocks", "A", On("02"), kMuseum}, {"early", "A", On("02")}});
  EXPECT_THAT(Ids(archive), ElementsAre(ElementsAre("early", "late"), ElementsAre("clocks")));
  const StoryArchive::Story story = Cluster(archive).stories.front();
  EXPECT_THAT(story.sources, ElementsAre("A", "B"));
  EXPECT_EQ(story.members[0].how, How::kFirst);
  EXPECT_EQ(story.members[1].how, How::kCopy);
  EXPECT_FLOAT_EQ(story.members[1].likeness, 1);
  EXPECT_EQ(archive.article(story.members[1].like).id, "early");
}

TEST(StoryArchiveTest, AStoryEndsWhenTheWindowPassedWithoutAnArticleOfIt) {
  const std::vector<Given> articles = {{"1", "A", On("02")}, {"2", "A", On("04")}, {"3", "A", On("06T00:00:01Z")}};
  EXPECT_THAT(Ids(ArchiveOf(articles)), ElementsAre(ElementsAre("1", "2"), ElementsAre("3")));
  EXPECT_THAT(Ids(ArchiveOf(articles, hours(49))), ElementsAre(ElementsAre("1", "2", "3")));
}

TEST(StoryArchiveTest, ArticlesOfDifferentGroupsAreNotCompared) {
  EXPECT_THAT(Ids(ArchiveOf({{"1", "A", On("02"), kFerry, "en"}, {"2", "B", On("02"), kFerry, "sv"}})),
              ElementsAre(ElementsAre("1"), ElementsAre("2")));
}

TEST(StoryArchiveTest, ArticlesWithoutADateComeLastInTheirOrder) {
  const StoryArchive archive =
      ArchiveOf({{"b", "A", {}}, {"a", "A", {}}, {"dated", "A", On("02")}, {"clocks", "A", On("09"), kMuseum}});
  EXPECT_EQ(archive.undated(), 2U);
  // The last dated article is a week behind the first one: the window is over.
  EXPECT_THAT(Ids(archive), ElementsAre(ElementsAre("b", "a"), ElementsAre("dated"), ElementsAre("clocks")));
}

TEST(StoryArchiveTest, ALaterVersionOfAnArticleIsNotAnotherArticle) {
  const StoryArchive archive = ArchiveOf({{"1", "A", On("03")}, {"1", "A", On("02")}, {"2", "A", On("03")}});
  EXPECT_THAT(Ids(archive), ElementsAre(ElementsAre("1", "2")));
  EXPECT_EQ(Cluster(archive).later_versions, 1U);
  EXPECT_EQ(archive.article(Cluster(archive).stories.front().members.front().article).published_at, On("02"));
}

TEST(StoryArchiveTest, StoriesOfMostSourcesComeFirstThenThoseOfMostArticles) {
  EXPECT_THAT(Ids(ArchiveOf({{"1", "A", On("02"), kMuseum, "x"},
                             {"2", "A", On("02"), kFerry, "y"},
                             {"3", "A", On("02"), kFerry, "y"},
                             {"4", "A", On("02"), kFerry, "z"},
                             {"5", "B", On("02"), kFerry, "z"}})),
              ElementsAre(ElementsAre("4", "5"), ElementsAre("2", "3"), ElementsAre("1")));
}

TEST(StoryArchiveTest, KeepsWhatItIsTold) {
  StoryArchive archive;
  archive.Add({.id = "i", .title = "t", .url = "u", .source = "s", .signature = "g", .published_at = On("02")});
  const ArchivedArticle article = archive.article(0);
  EXPECT_EQ(article.id, "i");
  EXPECT_EQ(article.title, "t");
  EXPECT_EQ(article.url, "u");
  EXPECT_EQ(article.source, "s");
  EXPECT_EQ(article.signature, "g");
  EXPECT_EQ(article.published_at, On("02"));
}

TEST(StoryArchiveTest, NothingComesOutWhenItIsStopped) {
  const StoryArchive archive = ArchiveOf({{"1", "A", On("02")}, {"2", "A", On("02")}});
  EXPECT_FALSE(archive.Cluster([](std::size_t done, std::size_t) { return done == 0; }).has_value());
}

TEST(StoryArchiveTest, AnEmptyArchiveHasNoStories) { EXPECT_THAT(Ids(StoryArchive()), IsEmpty()); }

}  // namespace
}  // namespace wirewatch
