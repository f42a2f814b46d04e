#include "tests/support/bench_articles.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "base/text/ascii.h"

namespace wirewatch {
namespace {

constexpr double kWords = 50'000;
constexpr std::size_t kTitleWords = 8, kSentenceWords = 15, kParagraphWords = 45;
constexpr std::size_t kPadding = 64;  // as the reader of records leaves behind one, for simdjson

// Two letters for each digit to the base 100: the frequent words, of low ranks, are short.
std::string Spell(std::size_t rank) {
  constexpr std::string_view kConsonants = "tnsrhldcmfpgwybvkxjq", kVowels = "eaoiu";
  std::string word;
  do {
    word += kConsonants[rank % 20];
    word += kVowels[rank / 20 % 5];
    rank /= 100;
  } while (rank != 0);
  return word;
}

class Writer {
 public:
  std::string Article(std::size_t number) {
    const std::string title = Text(kTitleWords);
    return fmt::format(R"({{"id":"generated-{}","title":"{}","body":"{}"}})", number, title, Text(200 + Below(401)));
  }

 private:
  // As it stands in JSON: the newline between paragraphs is written as an escape, nothing else needs one.
  std::string Text(std::size_t words) {
    std::string text;
    for (std::size_t i = 0; i < words; ++i) {
      std::string word = Spell(Rank());
      if (i % kSentenceWords == 0) {
        text += i == 0 ? "" : i % kParagraphWords == 0 ? ".\\n" : ". ";
        word[0] = AsciiUpper(word[0]);
      } else {
        text += ' ';
      }
      text += word;
    }
    return text;
  }

  // The library's distributions differ from one to another, its engine does not.
  std::size_t Below(std::size_t below) { return static_cast<std::size_t>(random_() % below); }
  std::size_t Rank() {
    const double uniform = static_cast<double>(random_() >> 11) / static_cast<double>(std::uint64_t{1} << 53);
    return static_cast<std::size_t>(std::pow(kWords, uniform)) - 1;
  }

  std::mt19937_64 random_{1};
};

}  // namespace

std::vector<Record> GenerateRecords(std::size_t count) {
  Writer writer;
  std::vector<Record> records(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto text = std::make_shared<std::string>(writer.Article(i));
    const std::size_t size = text->size();
    text->append(kPadding, '\0');
    records[i].payload = std::string_view(*text).substr(0, size);
    records[i].readable_after = kPadding;
    records[i].memory = std::move(text);
  }
  return records;
}

}  // namespace wirewatch
