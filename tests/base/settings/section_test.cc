// Sections: what is written is read back, whatever its type; what is missing or wrong has a value all the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

#include "base/settings/section_reader.h"
#include "base/settings/section_writer.h"
#include "base/settings/settings_reference.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

const FieldTable& HarbourTable() {
  static const ListMapForm form{.kind = "route",
                                .entries = "ports with berths",
                                .known = "the name of a route",
                                .example = "[/one, /another]",
                                .maps = {{"baltic", {{"turku", {"a", "b"}}}}}};
  static const FieldTable table = {
      TextField("name", "Of the harbour.").Default("north"),
      TextListField("ships", "That are in.").Required(),
      TextMapField("papers", "Of each ship."),
      ListMapField("route", "Where to.", form),
      BoolField("open", "For ships.").Default("true"),
      IntegerField("piers", "With cranes.").Default("3").Between(1, 9),
      SizeField("hold", "Of a ship.").Default("64KiB").AtLeast(1),
      DurationField("tide", "From flood to flood.").Default("12h"),
      TextField("state", "Of the sea.").Default("calm").OneOf({"calm", "rough"}),
  };
  return table;
}

struct HarbourRead {
  Fields fields;
  Diagnostics diagnostics;
};

HarbourRead Read(std::string_view yaml) {
  YamlText text("harbour.yaml", yaml);
  const std::optional<YamlNode> root = text.Parse();
  EXPECT_TRUE(root) << Render(text.TakeDiagnostics());
  HarbourRead read;
  read.fields = ReadSection(text, &*root, *root, "harbour", HarbourTable());
  read.diagnostics = TakeWithoutSecrets(text);
  return read;
}

TEST(SectionTest, WhatIsWrittenIsReadBack) {
  const HarbourRead first = Read(
      "name: \"a \\\"quay\\\", \\u007f\\u0085 \\\\ \\t\"\nships: [one, 'two: three']\npapers: {k: v, 'x y': 'true'}\n"
      "route: {preset: baltic, riga: /r, turku: [c, d]}\nopen: false\npiers: 9\nhold: 2MiB\ntide: 90s\nstate: rough\n");
  ASSERT_THAT(first.diagnostics, IsEmpty()) << Render(first.diagnostics);
  std::string yaml;
  AppendFields(yaml, HarbourTable(), first.fields, 0);
  EXPECT_THAT(yaml, HasSubstr("\\u007f\\u0085"));
  const Fields again = Read(yaml).fields;
  EXPECT_EQ(again.String("name"), "a \"quay\", \x7f\xC2\x85 \\ \t");
  EXPECT_THAT(again.List("ships"), ElementsAre("one", "two: three"));
  EXPECT_THAT(again.Map("papers"), ElementsAre(Pair("k", "v"), Pair("x y", "true")));
  EXPECT_THAT(again.Lists("route"), ElementsAre(Pair("riga", ElementsAre("/r")), Pair("turku", ElementsAre("c", "d"))));
  EXPECT_FALSE(again.Bool("open"));
  EXPECT_EQ(again.Integer("piers"), 9);
  EXPECT_EQ(again.Bytes("hold"), 2u << 20);
  EXPECT_EQ(again.Duration("tide"), std::chrono::seconds(90));
  EXPECT_EQ(again.String("state"), "rough");
  std::string twice;
  AppendFields(twice, HarbourTable(), again, 0);
  EXPECT_EQ(twice, yaml);
}

TEST(SectionTest, ARequiredFieldThatIsMissingHasTheEmptyValueOfItsType) {
  const HarbourRead read = Read("name: south\n");
  EXPECT_THAT(Render(read.diagnostics), HasSubstr("harbour needs 'ships'"));
  EXPECT_THAT(read.fields.List("ships"), IsEmpty());
}

TEST(SectionTest, WhatIsWrongHasItsDefault) {
  const HarbourRead read = Read("ships: a\npiers: 10\nhold: heavy\nroute: black-sea\n");
  EXPECT_EQ(read.diagnostics.size(), 3u) << Render(read.diagnostics);
  EXPECT_EQ(read.fields.Integer("piers"), 3);
  EXPECT_EQ(read.fields.Bytes("hold"), 64u << 10);
  EXPECT_THAT(Render(read.diagnostics), HasSubstr("there is no route 'black-sea'"));
  EXPECT_THAT(Render(read.diagnostics), HasSubstr("one of: baltic; or ports with berths"));
}

TEST(SectionTest, TheReferenceSaysWhatMayBeWritten) {
  std::string text;
  AppendReference(text, HarbourTable());
  EXPECT_THAT(text, HasSubstr("| `ships` | a list of texts | (required) | That are in. |"));
  EXPECT_THAT(text, HasSubstr("| `route` | ports with berths, or the name of a route |  | Where to. |"));
  EXPECT_THAT(text, HasSubstr("| `piers` | a whole number, 1 to 9 | `3` | With cranes. |"));
  EXPECT_THAT(text, HasSubstr("| `hold` | a size such as 16MiB, 64KiB or 1000, 1 or more | `64KiB` | Of a ship. |"));
  EXPECT_THAT(text, HasSubstr("| `state` | calm, rough | `calm` | Of the sea. |"));
}

TEST(SectionDeathTest, ADefaultOfAnotherTypeEndsTheProgramWithTheNameOfItsField) {
  YamlText text("harbour.yaml", "{}\n");
  const std::optional<YamlNode> root = text.Parse();
  const FieldTable table = {DurationField("tide", "From flood to flood.").Default("often")};
  EXPECT_DEATH((void)ReadSection(text, &*root, *root, "harbour", table), "tide");
}

}  // namespace
}  // namespace wirewatch
