// RawArticle: the fields of an article as their record has them, whatever its shape; and Tidy, which makes an Article
// of them.
#ifndef WIREWATCH_PIPELINE_DECODE_RAW_ARTICLE_H_
#define WIREWATCH_PIPELINE_DECODE_RAW_ARTICLE_H_

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "pipeline/decode/article.h"

namespace wirewatch {

struct RawText {
  std::string_view text;
  bool markup = false;  // declared to be HTML or XHTML; if not, Tidy looks for tags
};

// Borrows from the record. Empty: not given.
struct RawArticle {
  // The value of a field that is neither searched nor a list.
  std::string_view& text(ArticleField field) { return texts[static_cast<std::size_t>(field)]; }
  std::string_view text(ArticleField field) const { return texts[static_cast<std::size_t>(field)]; }

  // Adds a part to a searched field, or an element to a list; sets any other field.
  void Add(ArticleField field, std::string_view text);
  void Clear();

  std::array<std::string_view, kArticleFieldCount> texts;
  std::vector<RawText> title, summary, body;  // parts, in order; mostly one
  std::vector<std::string_view> authors, tags;
  ArticleFields unreadable;
};

// Writes `article`: markup becomes text, character references characters, "\r\n" "\n"; the title becomes one line;
// blanks around texts and blank texts go; language, country, dates and numbers take their one form, or are left out
// and noted as unreadable where they cannot be read. Without an id the article gets the hash of source, url, title and
// date as the record has them.
void Tidy(const RawArticle& raw, Article& article);

// True if the text has only blanks: those of ASCII and of Unicode (no-break, ideographic, zero-width, ...) and byte
// order marks.
bool IsBlankText(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DECODE_RAW_ARTICLE_H_
