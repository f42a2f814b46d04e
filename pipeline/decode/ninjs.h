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

// True if one of these holds:
// - the record says so (`$standard`);
// - it has at least three of ninjs' own keys, and more of them than of the flat shape's own keys;
// - it has a `uri` or `guid`, one of ninjs' own keys, and neither `id` nor `body`, which belong to the flat shape.
bool IsNinjs(const RecordFields& fields);

// What the preferred shape does not tell is taken from the other one's keys.
void FillFromNinjs(const RecordFields& fields, RawArticle& raw);
void FillFromFlat(const RecordFields& fields, RawArticle& raw);

// Of several texts that say the same, the one to read: plain text before markup, markup before NITF and other XML; of
// equals the one whose role is main. Null: all are blank.
const Item* BestText(const std::vector<Item>& items);

// Whether the text is declared to be markup.
bool IsMarkup(const Item& item);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DECODE_NINJS_H_
