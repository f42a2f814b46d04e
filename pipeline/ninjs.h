// ninjs: IPTC's news in JSON (https://iptc.org/standards/ninjs/, JSON schemas 1.0 to 3.1) as an article.
//
// 1.x has `headline`, `byline` and texts whose keys end in their format (`body_text`, `body_xhtml`); 2.x has lists of
// `{role, contenttype, value}` (`headlines`, `descriptions`, `bodies`); 3.x writes keys in camelCase. Which text
// becomes what: docs/articles.md.
#ifndef WIREWATCH_PIPELINE_NINJS_H_
#define WIREWATCH_PIPELINE_NINJS_H_

#include "pipeline/raw_article.h"
#include "pipeline/record_fields.h"

namespace wirewatch {

// A record with a `uri` and a key that only ninjs has; but not one with the flat shape's `id` or `body`.
bool IsNinjs(const RecordFields& fields);

void FillFromNinjs(const RecordFields& fields, RawArticle& raw);

// The text to read of several that say the same: plain before markup before what only a schema explains (NITF), and of
// equals the one whose role is main. Null: none but blanks.
const Item* BestText(const std::vector<Item>& items);

// Whether the text is declared to be markup.
bool IsMarkup(const Item& item);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_NINJS_H_
