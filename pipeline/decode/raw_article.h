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
  bool markup = false;  // declared to be HTML or XHTML; what is not declared is looked at
};

// Borrows from the record. Empty: not given.
struct RawArticle {
  // Of a field that is neither searched nor a list.
  std::string_view& text(ArticleField field) { return texts[static_cast<std::size_t>(field)]; }
  std::string_view text(ArticleField field) const { return texts[static_cast<std::size_t>(field)]; }

  // To the parts of a searched field, or to a list; any other field becomes `text`.
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

// Nothing but blanks: ASCII's, no-break, ideographic and zero-width space and their kin, byte order mark.
bool IsBlankText(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DECODE_RAW_ARTICLE_H_
