#include "pipeline/story/story_signature.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/hex.h"
#include "base/text/utf8.h"
#include "pipeline/story/word_rarity.h"
#include "tests/support/story_texts.h"

namespace wirewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const char byte : bytes) AppendHex(static_cast<unsigned char>(byte), hex);
  return hex;
}

// What each signature must be, whatever its text.
void ExpectSound(const StorySignature& signature) {
  EXPECT_LE(signature.text.size(), StorySignature::kText);
  EXPECT_LE(signature.title.size(), StorySignature::kTitle);
  EXPECT_LE(signature.terms.size(), StorySignature::kTerms);
  EXPECT_EQ(signature.weights.size(), signature.terms.size());
  for (const auto* list : {&signature.text, &signature.title, &signature.terms}) {
    EXPECT_EQ(std::adjacent_find(list->begin(), list->end(), std::greater_equal<>()), list->end());
  }
  EXPECT_EQ(std::count(signature.weights.begin(), signature.weights.end(), 0), 0);
  const std::string bytes = PackSignature(signature);
  EXPECT_LE(bytes.size(), 512U);
  const auto unpacked = UnpackSignature(bytes);
  ASSERT_TRUE(unpacked) << Hex(bytes);
  EXPECT_EQ(*unpacked, signature);
}

bool HasTerm(const StorySignature& signature, std::string_view stem) {
  return std::binary_search(signature.terms.begin(), signature.terms.end(), StemHash(stem));
}

int WeightOf(const StorySignature& signature, std::string_view stem) {
  const auto term = std::lower_bound(signature.terms.begin(), signature.terms.end(), StemHash(stem));
  if (term == signature.terms.end() || *term != StemHash(stem)) return 0;
  return signature.weights[static_cast<std::size_t>(term - signature.terms.begin())];
}

// A number below `end`.
std::uint32_t Pick(std::mt19937& random, std::uint32_t end) { return static_cast<std::uint32_t>(random() % end); }

// ------------------------------------------------------------------------------------------------------------ texts

// Signatures stand in logs and are compared with those made later. If this changes, kVersion must.
TEST(StorySignatureTest, TheBytesOfAShortTextAreWhatTheyWere) {
  const StorySignature signature =
      SignatureOf("Otter returns to Lake Vessen", "An otter was seen at Lake Vessen, 水獭回来了, for the first time.");
  EXPECT_EQ(
      Hex(PackSignature(signature)),
      "010d020b0d187e1c63f74c299d3d1851014afe5943c5086a13165570fefcd77b361eb790e8deb1bb80853ac40ec5d1d0db601ddf9e27"
      "a0f3dfa2479abef9caef53aab016d2a4ca1d50f0353f3f62de68ca592779414b507beac69a7d72963a99fe1630e181fbfee3939052e6"
      "0707338a8a2a2a3333151c");
}

TEST(StorySignatureTest, TheSameTextGivesTheSameBytesWhateverWasMadeBefore) {
  SignatureMaker maker;
  std::vector<FoldedDocument> folded;
  std::vector<std::string> first;
  for (const SampleReport& report : SampleReports()) {
    const std::string body = Joined(report.paragraphs);
    Document document;
    document.texts = {report.title, report.byline, body};
    Fold(document, folded.emplace_back());
    first.push_back(PackSignature(maker.Make(folded.back())));
    EXPECT_EQ(first.back(), PackSignature(SignatureOf(report.title, body, report.byline)));
  }
  for (std::size_t i = folded.size(); i-- > 0;) EXPECT_EQ(PackSignature(maker.Make(folded[i])), first[i]);
}

TEST(StorySignatureTest, CaseAccentsAndPunctuationDoNotCount) {
  EXPECT_EQ(SignatureOf("Żółw wraca nad jezioro", "Przypłynął — sam! — w nocy z wtorku na środę."),
            SignatureOf("zolw WRACA nad jezioro", "przyplynal sam, w nocy z wtorku na srode"));
}

TEST(StorySignatureTest, AnEmptyTextHasAnEmptySignatureOfNoBytes) {
  for (const char* body : {"", " \n ", "!?", "\u200B"}) {
    const StorySignature signature = SignatureOf("", body);
    EXPECT_TRUE(signature.empty());
    EXPECT_EQ(PackSignature(signature), "");
  }
  const auto unpacked = UnpackSignature("");
  ASSERT_TRUE(unpacked);
  EXPECT_TRUE(unpacked->empty());
}

TEST(StorySignatureTest, OneWordIsOneShingleAndOneTerm) {
  const StorySignature in_title = SignatureOf("Brindlemouth", "");
  EXPECT_THAT(in_title.title, SizeIs(1));
  EXPECT_THAT(in_title.text, IsEmpty());
  EXPECT_THAT(in_title.terms, ElementsAre(StemHash("brindl")));
  const StorySignature in_body = SignatureOf("", "Brindlemouth");
  EXPECT_THAT(in_body.title, IsEmpty());
  EXPECT_EQ(in_body.text, in_title.title);
  EXPECT_EQ(in_body.terms, in_title.terms);
  ExpectSound(in_title);
  ExpectSound(in_body);
}

TEST(StorySignatureTest, AWordThatIsRepeatedTenThousandTimesIsOneShingleAndOneTerm) {
  std::string body;
  for (int i = 0; i < 10'000; ++i) body += "Brindlemouth ";
  const StorySignature signature = SignatureOf("", body);
  EXPECT_THAT(signature.text, SizeIs(1));
  EXPECT_THAT(signature.terms, ElementsAre(StemHash("brindl")));
  ExpectSound(signature);
}

TEST(StorySignatureTest, ATextThatRepeatsItselfHasTheSketchOfItsOnce) {
  const std::string once = Joined(SampleReports()[0].paragraphs);
  std::string body;
  for (int i = 0; i < 50; ++i) body += once;
  const StorySignature signature = SignatureOf("", body);
  EXPECT_THAT(signature.text, SizeIs(StorySignature::kText));
  // But for the three shingles where it begins again.
  const StorySignature single = SignatureOf("", once);
  std::vector<std::uint32_t> shared;
  std::set_intersection(signature.text.begin(), signature.text.end(), single.text.begin(), single.text.end(),
                        std::back_inserter(shared));
  EXPECT_GE(shared.size(), StorySignature::kText - 3);
  ExpectSound(signature);
}

TEST(StorySignatureTest, AMegabyteOfTextHasASignatureAsAnyOther) {
  std::mt19937 random(5);
  std::string latin, han;
  while (latin.size() < 1'000'000) {
    for (std::uint32_t letters = 2 + Pick(random, 9); letters > 0; --letters)
      latin += static_cast<char>('a' + Pick(random, 26));
    latin += ' ';
  }
  while (han.size() < 1'000'000) AppendUtf8(0x4E00 + Pick(random, 5'000), han);
  for (const std::string& body : {latin, han}) {
    const StorySignature signature = SignatureOf("Harbour", body);
    EXPECT_THAT(signature.text, SizeIs(StorySignature::kText));
    EXPECT_THAT(signature.terms, SizeIs(StorySignature::kTerms));
    ExpectSound(signature);
  }
}

TEST(StorySignatureTest, ReportsOfEachLanguageFillTheirSketches) {
  for (const SampleReport& report : SampleReports()) {
    SCOPED_TRACE(report.language);
    const StorySignature signature = SignatureOf(report.title, Joined(report.paragraphs));
    EXPECT_THAT(signature.text, SizeIs(StorySignature::kText));
    EXPECT_THAT(signature.terms, SizeIs(StorySignature::kTerms));
    EXPECT_FALSE(signature.title.empty());
    ExpectSound(signature);
  }
}

TEST(StorySignatureTest, FourWordsOrEightCharactersAreAShingle) {
  EXPECT_THAT(SignatureOf("", "otters swim near Vessen").text, SizeIs(1));
  EXPECT_THAT(SignatureOf("", "five otters swim near Vessen").text, SizeIs(2));
  EXPECT_THAT(SignatureOf("", "水獭回到了韦森湖").text, SizeIs(1));
  EXPECT_THAT(SignatureOf("", "水獭又回到了韦森湖").text, SizeIs(2));
  EXPECT_THAT(SignatureOf("", "カワウソが帰る").text, SizeIs(1));
  EXPECT_THAT(SignatureOf("", "นากกลับทะเล").text, SizeIs(3));  // ั belongs to the character before it
  EXPECT_THAT(SignatureOf("", "Vessen 湖的水獭").text, SizeIs(1));
  EXPECT_THAT(SignatureOf("", "Vessen 湖的水獭回来了吗").text, SizeIs(2));
  // Shan, which is written in characters of the Myanmar script that have a block of their own.
  EXPECT_THAT(SignatureOf("", "\uAA60\uAA61\uAA62\uAA63\uAA64\uAA65\uAA66\uAA67\uAA68").text, SizeIs(2));
}

TEST(StorySignatureTest, AShingleTellsTheOrderOfItsWords) {
  EXPECT_NE(SignatureOf("", "otters swim near Vessen").text, SignatureOf("", "otters near swim Vessen").text);
  EXPECT_NE(SignatureOf("", "otters swim near Vessen").text, SignatureOf("", "otters swim near").text);
}

TEST(StorySignatureTest, SummaryAndBodyAreOneText) {
  EXPECT_EQ(SignatureOf("", "near Vessen this week", "five otters swim").text,
            SignatureOf("", "five otters swim near Vessen this week").text);
}

// ------------------------------------------------------------------------------------------------------------ terms

TEST(StorySignatureTest, TermsAreTheRareWordsAndWeighMoreInTheTitleAndRepeated) {
  const StorySignature signature =
      SignatureOf("Pellworth waits", "The Quenby road is closed, and the Quenby bridge and the Tessin road as well.");
  EXPECT_TRUE(HasTerm(signature, "pellwo"));
  EXPECT_FALSE(HasTerm(signature, "the"));
  EXPECT_FALSE(HasTerm(signature, "and"));
  EXPECT_GT(WeightOf(signature, "quenby"), WeightOf(signature, "tessin"));
  EXPECT_GT(WeightOf(signature, "pellwo"), WeightOf(signature, "quenby"));
  EXPECT_EQ(WeightOf(signature, "pellwo"), 2 * WeightOf(signature, "tessin"));
}

TEST(StorySignatureTest, WordsFarBehindTheTitleAreNoTerms) {
  std::string body;
  for (int i = 0; i < 249; ++i) body += "and ";
  const StorySignature signature = SignatureOf("Harbour", body + "Quenby Pellworth");
  EXPECT_TRUE(HasTerm(signature, "quenby"));
  EXPECT_FALSE(HasTerm(signature, "pellwo"));
}

TEST(StorySignatureTest, PairsOfCharactersAreTermsWhereThereAreNoBlanks) {
  FoldedDocument folded = FoldText("青樟河 Tessin 隧道");
  EXPECT_THAT(StoryStems(folded), ElementsAre("青樟", "樟河", "tessin", "隧道"));
  std::vector<StoryWord> words = {{1, false}};
  AppendStoryWords(folded, words);
  ASSERT_THAT(words, SizeIs(5));
  EXPECT_EQ(words[0], (StoryWord{1, false}));
  EXPECT_EQ(words[3], (StoryWord{StemHash("tessin"), true}));
}

TEST(StorySignatureTest, TheEndOfTheTitleAndTheBeginningOfTheTextAreNoPair) {
  const StorySignature signature = SignatureOf("青樟", "河隧");
  EXPECT_THAT(signature.terms, UnorderedElementsAre(StemHash("青樟"), StemHash("河隧")));
}

TEST(StorySignatureTest, ASingleLetterAndALoneCharacterAreNoTerms) {
  EXPECT_THAT(StoryStems(FoldText("a b 水 c")), IsEmpty());
}

// ------------------------------------------------------------------------------------------------------------ bytes

class UnpackSignatureTest : public testing::Test {
 protected:
  UnpackSignatureTest() : report_(SampleReports()[0]), full_(SignatureOf(report_.title, Joined(report_.paragraphs))) {}

  static void ExpectInvalid(std::string_view bytes) {
    const auto unpacked = UnpackSignature(bytes);
    ASSERT_FALSE(unpacked) << Hex(bytes);
    EXPECT_EQ(unpacked.error().code, ErrorCode::kInvalid);
  }

  const SampleReport& report_;
  const StorySignature full_;
};

TEST_F(UnpackSignatureTest, BytesOfAnyOtherLengthAreInvalid) {
  const std::string bytes = PackSignature(full_);
  ASSERT_TRUE(UnpackSignature(bytes));
  for (std::size_t size = 1; size < bytes.size(); ++size) ExpectInvalid(std::string_view(bytes).substr(0, size));
  std::string longer = bytes;
  for (int more = 0; more < 10; ++more) ExpectInvalid(longer += '\0');
}

TEST_F(UnpackSignatureTest, AnotherVersionIsInvalid) {
  std::string bytes = PackSignature(full_);
  for (int version = 0; version < 256; ++version) {
    if (static_cast<char>(version) == PackSignature(full_)[0]) continue;
    bytes[0] = static_cast<char>(version);
    ExpectInvalid(bytes);
  }
}

TEST_F(UnpackSignatureTest, WhatDoesNotRiseIsInvalid) {
  for (auto list : {&StorySignature::text, &StorySignature::title, &StorySignature::terms}) {
    StorySignature wrong = full_;
    std::swap((wrong.*list)[0], (wrong.*list)[1]);
    ExpectInvalid(PackSignature(wrong));
    StorySignature twice = full_;
    (twice.*list)[1] = (twice.*list)[0];
    ExpectInvalid(PackSignature(twice));
  }
}

TEST_F(UnpackSignatureTest, MoreThanASignatureCanHaveIsInvalid) {
  for (auto list : {&StorySignature::text, &StorySignature::title, &StorySignature::terms}) {
    StorySignature wrong;
    const std::size_t most = list == &StorySignature::text    ? StorySignature::kText
                             : list == &StorySignature::title ? StorySignature::kTitle
                                                              : StorySignature::kTerms;
    for (std::uint32_t i = 0; i < most; ++i) (wrong.*list).push_back(i);
    wrong.weights.assign(wrong.terms.size(), 1);
    EXPECT_TRUE(UnpackSignature(PackSignature(wrong)));
    (wrong.*list).push_back(1'000);
    wrong.weights.assign(wrong.terms.size(), 1);
    ExpectInvalid(PackSignature(wrong));
  }
}

TEST_F(UnpackSignatureTest, WhatNoSignatureIsPackedToIsInvalid) {
  ExpectInvalid(std::string_view("\1\0\0\0", 4));            // empty: packed to no bytes
  ExpectInvalid(std::string_view("\1\0\0\1\7\0\0\0\0", 9));  // a term of no weight
  EXPECT_TRUE(UnpackSignature(std::string_view("\1\0\0\1\7\0\0\0\1", 9)));
}

// What is read is sound, and packs to what it was read from.
TEST_F(UnpackSignatureTest, RandomBytesAreInvalidOrASignature) {
  std::mt19937 random(17);
  const std::string bytes = PackSignature(full_);
  int read = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string hostile;
    if (round % 2 == 0) {
      hostile.resize(random() % 600);
      for (char& byte : hostile) byte = static_cast<char>(random());
      if (!hostile.empty() && round % 4 == 0) hostile[0] = 1;
    } else {
      hostile = bytes;
      for (std::uint32_t edits = 1 + Pick(random, 3); edits > 0; --edits) {
        hostile[random() % hostile.size()] = static_cast<char>(random());
      }
    }
    const auto unpacked = UnpackSignature(hostile);
    if (!unpacked) {
      EXPECT_EQ(unpacked.error().code, ErrorCode::kInvalid);
      continue;
    }
    ++read;
    ExpectSound(*unpacked);
    EXPECT_EQ(PackSignature(*unpacked), hostile);
  }
  EXPECT_GT(read, 100);
}

TEST(StorySignatureTest, RandomTextsOfEveryScriptHaveSoundSignatures) {
  std::mt19937 random(23);
  const std::vector<std::pair<char32_t, char32_t>> ranges = {
      {'a', 'z'},         {'a', 'z'},       {0xC0, 0x24F},       {0x370, 0x3FF},     {0x400, 0x4FF},
      {0x590, 0x6FF},     {0x900, 0xDFF},   {0xE00, 0xEFF},      {0x1000, 0x109F},   {0x1100, 0x11FF},
      {0x1780, 0x17FF},   {0x2000, 0x206F}, {0x2E80, 0x30FF},    {0x4E00, 0x9FFF},   {0xA9E0, 0xAA7F},
      {0xAC00, 0xD7A3},   {0xF900, 0xFFFF}, {0x10000, 0x10FFFF}, {0x1AFF0, 0x1B16F}, {0x20000, 0x2A6DF},
      {0x1F300, 0x1F6FF}, {' ', ' '},       {'\n', '\n'},        {1, 0x10FFFF}};
  const auto text = [&](std::uint32_t most) {
    std::string result;
    for (std::uint32_t runs = Pick(random, most); runs > 0; --runs) {
      const auto& [first, last] = ranges[random() % ranges.size()];
      for (std::uint32_t length = Pick(random, 12); length > 0; --length) {
        AppendUtf8(first + Pick(random, last - first + 1), result);
      }
      if (random() % 2 == 0) result += ' ';
    }
    return result;
  };
  for (int round = 0; round < 1'500; ++round) {
    const std::string title = text(6), summary = text(10), body = text(round % 10 == 0 ? 400 : 40);
    const StorySignature signature = SignatureOf(title, body, summary);
    ExpectSound(signature);
    EXPECT_EQ(signature, SignatureOf(title, body, summary));
    if (HasFailure()) FAIL() << title << "\n" << summary << "\n" << body;
  }
}

}  // namespace
}  // namespace wirewatch
