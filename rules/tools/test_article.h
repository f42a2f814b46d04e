// TestArticle: an article of a rule test, written out in the test or taken from a file of articles.
#ifndef WIREWATCH_RULES_TOOLS_TEST_ARTICLE_H_
#define WIREWATCH_RULES_TOOLS_TEST_ARTICLE_H_

#include <array>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "rules/text/document.h"

namespace wirewatch {

// Owns what a Document borrows. Codes and hosts are canonical, as a Document has them; all text is UTF-8.
struct TestArticle {
  std::array<std::string, kFieldCount> texts;
  std::string language, country, source, host, section;
  std::vector<std::string> tags;
  std::optional<std::chrono::milliseconds> age;  // when its record was written
  std::optional<int> urgency;

  // Borrows from this.
  Document AsDocument() const {
    Document document;
    for (std::size_t field = 0; field < kFieldCount; ++field) document.texts[field] = texts[field];
    document.language = language;
    document.country = country;
    document.source = source;
    document.source_host = host;
    document.section = section;
    document.tags = tags;
    if (age) {  // which moment it is does not matter
      document.published_at = WallTime();
      document.now = WallTime() + *age;
    }
    document.urgency = urgency;
    return document;
  }
};

// The article of that id in a file of articles. The rule language knows no JSON: who runs the tests brings this along.
// Errors: a sentence for the writer of the test: the file cannot be read, or has no such article.
using TestArticleLoader = std::function<Result<TestArticle>(const std::filesystem::path& file, const std::string& id)>;

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TOOLS_TEST_ARTICLE_H_
