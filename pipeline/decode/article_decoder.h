// Article decoder: JSON of a record to an Article (simdjson on-demand).
//
// The shape is recognised for each record:
//   flat    id, title, summary, body, url, source, authors, published_at, language, country, tags, section
//   ninjs   IPTC ninjs 1.x and 2.x/3.x (https://iptc.org/standards/ninjs/), also as Superdesk writes it (ninjs.h)
//   mapped  any other shape: JSON pointers (RFC 6901) from the configuration; used for every record when given
// A value of another type than its field's is read as what it says, or left out and noted (Article::unreadable): one
// rule for all fields, docs/articles.md. Only a record without any text to search is no article.
#ifndef WIREWATCH_PIPELINE_DECODE_ARTICLE_DECODER_H_
#define WIREWATCH_PIPELINE_DECODE_ARTICLE_DECODER_H_

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "pipeline/decode/article.h"
#include "pipeline/records/rejection.h"

namespace wirewatch {

struct DecodeLimits {
  std::size_t max_record_bytes = 16 << 20;
  std::size_t max_depth = 64;             // nested objects and arrays
  std::size_t max_text_bytes = 10 << 20;  // of one field of text
};

// Where an article field may stand in a record: JSON pointers, in the order in which they are preferred. The first that
// leads to a text is taken; of `tags` and `authors`, each that does.
struct DecodePointers {
  DecodePointers() = default;
  DecodePointers(const char* one) : all{one} {}
  DecodePointers(std::string one) : all{std::move(one)} {}
  DecodePointers(std::vector<std::string> several) : all(std::move(several)) {}

  bool operator==(const DecodePointers&) const = default;

  std::vector<std::string> all;
};

// By the field's name: "title", "body", ...
using DecodeMapping = std::map<std::string, DecodePointers, std::less<>>;

// Threads: one at a time (it owns the parser's memory); make one a thread.
class ArticleDecoder {
 public:
  // kInvalid: the mapping names an unknown field or a malformed pointer.
  static Result<ArticleDecoder> Create(DecodeLimits limits, DecodeMapping mapping);
  ~ArticleDecoder();
  ArticleDecoder(ArticleDecoder&&) noexcept;
  ArticleDecoder& operator=(ArticleDecoder&&) noexcept;

  // Decodes into `article`, whose memory is reused. `readable_after`: bytes after the payload that may be read; with
  // fewer than simdjson's padding the payload is copied only when it ends near a page's end.
  // Nothing: decoded. After a rejection, with one of decode's reasons and a message such as "field 'title' is a number,
  // not text", `article` is unspecified.
  std::optional<Rejection> Decode(std::string_view payload, std::size_t readable_after, Article& article);

 private:
  struct Rep;
  explicit ArticleDecoder(std::unique_ptr<Rep> rep);
  std::unique_ptr<Rep> rep_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DECODE_ARTICLE_DECODER_H_
