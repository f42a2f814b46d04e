#include "rules/text/paragraphs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace wirewatch {
namespace {

// With each newline that became a blank as '~'.
std::string Joined(std::string_view text) {
  std::string joined(text);
  JoinWrappedLines(joined);
  EXPECT_EQ(joined.size(), text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (joined[i] == text[i]) continue;
    EXPECT_TRUE(joined[i] == ' ' && (text[i] == '\n' || text[i] == '\r')) << i;
    joined[i] = '~';
  }
  return joined;
}

void ExpectUnchanged(std::string_view text) { EXPECT_EQ(Joined(text), text); }

TEST(JoinWrappedLinesTest, JoinsTheLinesOfAParagraph) {
  EXPECT_EQ(Joined("The harbour office said on Tuesday that the new cranes will be\n"
                   "tested for a year before they lift their first container, and\n"
                   "that the old ones stay.\n"
                   "\n"
                   "The union of the dockers asked for a longer test, since nobody\n"
                   "knows who reads what the cranes send home."),
            "The harbour office said on Tuesday that the new cranes will be~"
            "tested for a year before they lift their first container, and~"
            "that the old ones stay.\n"
            "\n"
            "The union of the dockers asked for a longer test, since nobody~"
            "knows who reads what the cranes send home.");
}

TEST(JoinWrappedLinesTest, EndsAParagraphBehindAShortLine) {
  EXPECT_EQ(Joined("The harbour office said on Tuesday that the new cranes will be\n"
                   "tested for a year.\n"
                   "The union of the dockers asked for a longer test, since nobody\n"
                   "knows who reads what the cranes send home."),
            "The harbour office said on Tuesday that the new cranes will be~"
            "tested for a year.\n"
            "The union of the dockers asked for a longer test, since nobody~"
            "knows who reads what the cranes send home.");
}

TEST(JoinWrappedLinesTest, EndsAParagraphBeforeAnIndent) {
  EXPECT_EQ(Joined("    The harbour office said on Tuesday that the new cranes\n"
                   "will be tested for a year before they lift their containers.\n"
                   "    The union of the dockers asked for a longer test, since\n"
                   "nobody knows who reads what the cranes send home to makers.\n"
                   "\tThe ministry had no comment on the matter on Tuesday, and\n"
                   "promised one for the week that follows."),
            "    The harbour office said on Tuesday that the new cranes~"
            "will be tested for a year before they lift their containers.\n"
            "    The union of the dockers asked for a longer test, since~"
            "nobody knows who reads what the cranes send home to makers.\n"
            "\tThe ministry had no comment on the matter on Tuesday, and~"
            "promised one for the week that follows.");
}

// Feeds take the indents away, and the dateline with the place from the first line.
TEST(JoinWrappedLinesTest, KnowsTheFirstLineOfAParagraphThatLostItsIndent) {
  EXPECT_EQ(Joined("The harbour office said the\n"
                   "new cranes will be tested for a year before they lift their\n"
                   "first container, and that the old ones stay where they are.\n"
                   "The union of the dockers asked for a longer test since\n"
                   "no one knows who reads what such a crane sends home to those\n"
                   "who made it."),
            "The harbour office said the~"
            "new cranes will be tested for a year before they lift their~"
            "first container, and that the old ones stay where they are.\n"
            "The union of the dockers asked for a longer test since~"
            "no one knows who reads what such a crane sends home to those~"
            "who made it.");
}

TEST(JoinWrappedLinesTest, ReadsLineEndsOfTwoBytes) {
  EXPECT_EQ(Joined("The harbour office said on Tuesday that the new cranes will be\r\n"
                   "tested for a year.\r\n"
                   "\r\n"
                   "The union of the dockers asked for a longer test, since nobody\r\n"
                   "knows why."),
            "The harbour office said on Tuesday that the new cranes will be~~"
            "tested for a year.\r\n"
            "\r\n"
            "The union of the dockers asked for a longer test, since nobody~~"
            "knows why.");
}

TEST(JoinWrappedLinesTest, LeavesAHyphenAtTheEndOfALine) {
  EXPECT_EQ(Joined("The harbour office said on Tuesday that the long-awaited state-\n"
                   "owned cranes will be tested for a year before they are bought."),
            "The harbour office said on Tuesday that the long-awaited state-~"
            "owned cranes will be tested for a year before they are bought.");
}

TEST(JoinWrappedLinesTest, LeavesAParagraphALine) {
  ExpectUnchanged("One.\nTwo.");
  ExpectUnchanged("Police found the car on Monday evening near the river.\nNobody was hurt, a spokesman said.");
  ExpectUnchanged(
      "The harbour office said on Tuesday that the new cranes will be tested for a year before they lift their first "
      "container.\nThe union of the dockers asked for a longer test.\nThe ministry had no comment on the matter on "
      "Tuesday, and promised one for the week that follows, when the minister is back.");
  ExpectUnchanged(
      "Ships: three came in on Monday and two left the harbour\nCranes: seven\nDockers: two hundred and ten");
  ExpectUnchanged("a line without a stop in the middle of this feed\nAnother one that begins as a headline does");
}

TEST(JoinWrappedLinesTest, LeavesVerse) {
  ExpectUnchanged(
      "the tide goes out before the crane is awake\n"
      "and takes the small boats with it\n"
      "nobody counts what the water brings back to the quay\n"
      "a rope, a shoe\n"
      "the letter that I wrote and never sent\n"
      "when the night shift came home");
  ExpectUnchanged(
      "The tide goes out before the crane's awake\n"
      "And all the gulls are talking on the pier,\n"
      "The boats are small, the harbour is a lake,\n"
      "And nobody remembers it was here.");
}

TEST(JoinWrappedLinesTest, LeavesLists) {
  const std::string_view text =
      "The harbour office named the three makers that it wants to ask\n"
      "for an offer before the end of the year, as the council wanted:\n"
      "- a maker of the region that has built two cranes for the port\n"
      "- another one from the south, which is older\n"
      "* a third one whose name the office does not want to tell now\n"
      "\u2022 nobody else\n"
      "1. the offer, of which the office wants to have five copies now\n"
      "2) the price\n"
      "a) in euros";
  std::string expected(text);
  expected[text.find("ask\nfor") + 3] = '~';
  EXPECT_EQ(Joined(text), expected);
}

TEST(JoinWrappedLinesTest, JoinsTheSecondLineOfAnEntry) {
  EXPECT_EQ(Joined("- the office wants to have five copies of each offer, of which\n"
                   "  two are for the council of the town\n"
                   "- the price has to be given in euros and with all the taxes of\n"
                   "  the state"),
            "- the office wants to have five copies of each offer, of which~"
            "  two are for the council of the town\n"
            "- the price has to be given in euros and with all the taxes of~"
            "  the state");
}

// A dash, or a number with a full stop, may also be where a line of prose happens to begin.
TEST(JoinWrappedLinesTest, TellsADashOfProseFromAnEntry) {
  EXPECT_EQ(Joined("The harbour office said on Tuesday that all of the new cranes\n"
                   "- there are seven of them - will be tested until the end of the\n"
                   "year before they lift the first container of the northern quay."),
            "The harbour office said on Tuesday that all of the new cranes~"
            "- there are seven of them - will be tested until the end of the~"
            "year before they lift the first container of the northern quay.");
}

TEST(JoinWrappedLinesTest, LeavesTables) {
  const std::string_view text =
      "The harbour office gave the numbers of containers of last month,\n"
      "which are lower than those of the year before in all three halls:\n"
      "northern hall     12,300     13,100     containers lifted a month\n"
      "southern hall      8,120      9,000     containers lifted a month\n"
      "old hall\t120\t180\n"
      "net loss 12 cts vs profit 14 cts\n"
      "revenue 1.2 mln vs 1.4 mln";
  std::string expected(text);
  expected[text.find("month,\nwhich") + 6] = '~';
  EXPECT_EQ(Joined(text), expected);
}

TEST(JoinWrappedLinesTest, LeavesWhatIsQuoted) {
  ExpectUnchanged(
      "> The harbour office said on Tuesday that the new cranes will be\n"
      "> tested for a year before they lift their first container, and\n"
      "> that the old ones stay.");
}

TEST(JoinWrappedLinesTest, JoinsTextInOtherScripts) {
  EXPECT_EQ(Joined("Портовая служба сообщила во вторник, что новые краны будут\n"
                   "проверять целый год, прежде чем они поднимут контейнер.\n"
                   "\n"
                   "Докеры просят проверять дольше."),
            "Портовая служба сообщила во вторник, что новые краны будут~"
            "проверять целый год, прежде чем они поднимут контейнер.\n"
            "\n"
            "Докеры просят проверять дольше.");
  EXPECT_EQ(Joined("港口管理局星期二表示新起重机将在吊起第一个集装箱之前接受为期一年\n"
                   "的测试旧起重机则继续使用。\n"
                   "工会要求延长测试时间因为没有人知道起重机向国外发送了哪些数据以及\n"
                   "谁在阅读。"),
            "港口管理局星期二表示新起重机将在吊起第一个集装箱之前接受为期一年~"
            "的测试旧起重机则继续使用。\n"
            "工会要求延长测试时间因为没有人知道起重机向国外发送了哪些数据以及~"
            "谁在阅读。");
  EXPECT_EQ(Joined("قالت إدارة الميناء يوم الثلاثاء إن الرافعات الجديدة ستخضع\n"
                   "للاختبار لمدة عام قبل أن ترفع أول حاوية لها في الميناء."),
            "قالت إدارة الميناء يوم الثلاثاء إن الرافعات الجديدة ستخضع~"
            "للاختبار لمدة عام قبل أن ترفع أول حاوية لها في الميناء.");
}

TEST(JoinWrappedLinesTest, AWordThatIsLongerThanTheMarginIsNoMargin) {
  EXPECT_EQ(Joined("The harbour office said on Tuesday that the new cranes will be\n"
                   "tested for a year, as one can read in its paper under\n"
                   "https://harbour.example/cranes/tests/of/the/year/2026/with-all-the-pages-of-the-paper-in-it\n"
                   "where the old paper stands as well, for those who want to know\n"
                   "more."),
            "The harbour office said on Tuesday that the new cranes will be~"
            "tested for a year, as one can read in its paper under~"
            "https://harbour.example/cranes/tests/of/the/year/2026/with-all-the-pages-of-the-paper-in-it~"
            "where the old paper stands as well, for those who want to know~"
            "more.");
}

TEST(JoinWrappedLinesTest, BeginsWhereItIsTold) {
  const std::string_view wrapped =
      "The harbour office said on Tuesday that the new cranes will be\n"
      "tested for a year.";
  std::string text = "a first part\n" + std::string(wrapped);
  const std::string before = text;
  JoinWrappedLines(text, 13);
  std::string expected = before;
  expected[before.rfind('\n')] = ' ';
  EXPECT_EQ(text, expected);
}

TEST(JoinWrappedLinesTest, TakesAnyBytesInLinearTime) {
  ExpectUnchanged("");
  ExpectUnchanged("\n");
  ExpectUnchanged("\n\n\n");
  for (const std::string_view piece :
       {"\n", "a\n", "\xFF\n", "\xE3\n", " \n", "\t\n", "- \n", "1. a\n", "\xE4\xB8\xAD\n", "\r\n", "\r", "a",
        "\xC2\x80", "\"\n", "))\n", "the word of a line that has about forty columns\n",
        "the word of a line\nthe word of a line that is a little bit longer\n"}) {
    std::string text;
    while (text.size() < 10'000'000) text += piece;
    const std::string before = text;
    JoinWrappedLines(text);
    EXPECT_EQ(text.size(), before.size());
  }
}

}  // namespace
}  // namespace wirewatch
