// Attributes: when `lang:pl`, `country:PL`, `source:reuters.com`, `tag:` and `section:` hold on an article.
//
//   lang     the article is in that language or in a member of that macrolanguage (rules/codes/language_code.h)
//   country  the same country, however it is written (rules/codes/country_code.h)
//   source   the source's name is the same words; or the value is the host of the article's url or of the source, or a
//            parent domain of it, however it is written (rules/codes/host.h); *.gov: one of the two hosts is below gov
//   tag      one of the tags is the same words
//   section  the section is the same words
//   published, urgency, words: the age in record time, the urgency, the number of words of the body, compared
// Case never counts. "The same words" is: folds to the same text. An article that lacks the field holds none.
#ifndef WIREWATCH_RULES_LANGUAGE_ATTRIBUTES_H_
#define WIREWATCH_RULES_LANGUAGE_ATTRIBUTES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/language/expression.h"
#include "rules/text/document.h"
#include "rules/text/fold.h"

namespace wirewatch {

struct AttributeTest {
  AttributeTest(Attribute tested, Comparison how, std::string_view wanted);

  Attribute attribute;
  Comparison comparison;
  std::string value;        // the canonical form of what is wanted; empty: it has none, and the test never holds
  std::string folded;       // what is wanted, folded
  std::int64_t number = 0;  // what is wanted, of `published` (microseconds), `urgency` and `words`

  auto operator<=>(const AttributeTest&) const = default;
};

// The attributes of one article. Each is folded when it is first asked for. Memory is reused from article to article.
class ArticleAttributes {
 public:
  // Borrows `document` until the next call.
  void Begin(const Document& document, const FoldedDocument& folded);
  bool Holds(const AttributeTest& test);

 private:
  bool HasTag(std::string_view folded);

  const Document* document_ = nullptr;
  std::uint32_t words_ = 0;  // of the body
  FoldedDocument folded_;    // of one attribute at a time
  std::string source_, source_as_host_, section_;
  std::vector<std::string> tags_;  // the first document_->tags.size() count
  bool folded_source_ = false, folded_section_ = false, folded_tags_ = false;
};

// Whether a topic for `languages` (canonical; none: any) reads an article in `tag`. An unknown language passes.
bool LanguagePasses(std::string_view tag, const std::vector<std::string>& languages);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_LANGUAGE_ATTRIBUTES_H_
