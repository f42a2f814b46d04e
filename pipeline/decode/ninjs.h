// The two shapes as articles: our own flat one, and ninjs, IPTC's news in JSON
// (https://iptc.org/standards/ninjs/, JSON schemas 1.0 to 3.1), also as Superdesk writes it (`guid`, `body_html`).
//
// 1.x has `headline`, `byline` and texts whose keys end in their format (`body_text`, `body_xhtml`); 2.x has lists of
// `{role, contenttype, value}` (`headlines`, `descriptions`, `bodies`); 3.x writes keys in camelCase. Which text
// becomes what: docs/articles.md.
#ifndef WIREWATCH_PIPELINE_DECODE_NINJS_H_
#define WIREWATCH_PIPELINE_DECODE_NINJS_H_

#include "pipeline/decode/raw_article.h"
#include "pipeline/decode/record_fields.h"

namespace wirewatch {

// A record that says so (`$standard`), has a `uri` or `guid` and a key that only ninjs has, or has more of ninjs' keys
// than of the flat shape's, and at least three. With an `id` or a `body`, which are the flat shape's, only the last.
bool IsNinjs(const RecordFields& fields);

// What the preferred shape does not tell is taken from the other one's keys.
void FillFromNinjs(const RecordFields& fields, RawArticle& raw);
void FillFromFlat(const RecordFields& fields, RawArticle& raw);

// The text to read of several that say the same: plain before markup before what only a schema explains (NITF), and of
// equals the one whose role is main. Null: none but blanks.
const Item* BestText(const std::vector<Item>& items);

// Whether the text is declared to be markup.
bool IsMarkup(const Item& item);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DECODE_NINJS_H_
