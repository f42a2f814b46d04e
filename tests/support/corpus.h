// Articles for tests: the files of a directory of *.ndjson.zst named by WIREWATCH_CORPUS, and some of our own.
#ifndef WIREWATCH_TESTS_SUPPORT_CORPUS_H_
#define WIREWATCH_TESTS_SUPPORT_CORPUS_H_

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "rules/text/document.h"

namespace wirewatch {

// Owns what a Document borrows.
struct StoredArticle {
  std::string id;
  std::string title, summary, body;
  std::string language, country, source, source_host, section;
  std::string event;  // the story that it reports, where the corpus says so
  std::vector<std::string> tags;
  std::optional<WallTime> published_at, now;
  std::optional<int> urgency;

  Document document() const;
};

// The corpus, in order of names; empty: WIREWATCH_CORPUS is not set or names no such directory.
std::vector<std::filesystem::path> CorpusFiles();

// Hands over each line of a zstd file in turn, without its newline. An error of `take` ends it. kIo, kInvalid: with the
// file.
Status ReadZstdLines(const std::filesystem::path& file, const std::function<Status(std::string_view)>& take);

// Hands over each article of a file in turn. kIo, kInvalid: with the file and line.
Status ReadArticles(const std::filesystem::path& file, const std::function<void(StoredArticle)>& take);

// What share of the corpus a comparison with the reference takes: one part in so many. WIREWATCH_CORPUS_PARTS; without
// it 16, and 1 is all of it. Which part, WIREWATCH_SEED chooses: a hash of the article's id says in which it is.
std::uint64_t CorpusParts();
bool IsInCorpusPart(std::string_view article_id);

// Small articles in many scripts, with what is hard about text: accents in both forms, emoji, odd punctuation, bidi
// marks.
const std::vector<StoredArticle>& SampleArticles();

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_CORPUS_H_
