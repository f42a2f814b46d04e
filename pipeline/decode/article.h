// Article: one version of one news item, as all that comes after reads it.
//
// An article has five forms on its way, each for whoever reads it:
//
//   RecordFields  record_fields.h   What the record says, before anybody knows its shape: keys of the flat shape and of
//                                   ninjs side by side. Borrows from the record.
//   RawArticle    raw_article.h     The fields of an article, chosen from those or by a mapping, as they were written:
//                                   markup, dates as text. Borrows from the record.
//   Article       here              The same, read: text without markup, canonical codes, times. Owns.
//   Document      rules/text/document.h       What rules may ask about. Borrows from the Article; knows no JSON.
//   ArticleFacts  match/article_facts.h       What a match and an alert tell of it: of bounded size, without the body.
//                                   Owns, and is shared by all matches of the article.
//
// A new field of one text is an enumerator, a member and a row of kArticleFields here: the decoder reads it from the
// flat shape and from mappings. ninjs' own names for it are rows in article_decoder.cc. What must be read (a number, a
// code) is read in Tidy (raw_article.cc). An alert tells it with a row in article_facts.h and a key in docs/schema/.
#ifndef WIREWATCH_PIPELINE_DECODE_ARTICLE_H_
#define WIREWATCH_PIPELINE_DECODE_ARTICLE_H_

#include <algorithm>
#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "rules/text/document.h"

namespace wirewatch {

// In the order of kArticleFields.
enum class ArticleField : std::uint8_t {
  kId,
  kVersion,
  kTitle,
  kSummary,
  kBody,
  kUrl,
  kSource,
  kAuthors,
  kPublishedAt,
  kLanguage,
  kCountry,
  kTags,
  kSection,
  kStatus,
  kEmbargoedUntil,
  kUrgency,
  kCount
};
inline constexpr std::size_t kArticleFieldCount = static_cast<std::size_t>(ArticleField::kCount);

class ArticleFields {
 public:
  void Add(ArticleField field) { bits_.set(static_cast<std::size_t>(field)); }
  bool Has(ArticleField field) const { return bits_[static_cast<std::size_t>(field)]; }
  bool empty() const { return bits_.none(); }
  void Clear() { bits_.reset(); }
  bool operator==(const ArticleFields&) const = default;

 private:
  std::bitset<kArticleFieldCount> bits_;
};

// IPTC ninjs pubstatus.
enum class PublicationStatus : std::uint8_t { kUsable, kWithheld, kCanceled };

constexpr std::string_view Name(PublicationStatus status) {
  constexpr std::string_view kNames[] = {"usable", "withheld", "canceled"};
  return kNames[static_cast<std::size_t>(status)];
}

// All text is valid UTF-8. Paragraphs are parted by newlines. Empty: not given.
struct Article {
  std::string id;       // never empty: given, or the hash of source, url, title and date
  std::string version;  // as given
  std::string title;    // one line
  std::string summary;
  std::string body;
  std::string url;
  std::string source;
  std::vector<std::string> authors;
  std::optional<WallTime> published_at;
  std::string language;  // canonical BCP 47 (rules/codes/language_code.h)
  std::string country;   // ISO 3166 alpha-2, upper case
  std::vector<std::string> tags;
  std::string section;
  PublicationStatus status = PublicationStatus::kUsable;
  std::optional<WallTime> embargoed_until;
  std::optional<int> urgency;  // 1 (most) to 9

  // Were given, but not as what they mean: they, or the part that could not be read, are left out.
  ArticleFields unreadable;

  std::string url_host;  // canonical (rules/codes/host.h); from url
};

// What a field takes of what a record says in its place.
enum class FieldKind : std::uint8_t {
  kText,        // one text
  kParagraphs,  // one or several, each a paragraph
  kFirst,       // of a list the first
  kList,        // all
};

struct ArticleFieldSpec {
  ArticleField field;
  std::string_view name;  // key of the flat shape (docs/articles.md), in mappings and metrics
  FieldKind kind = FieldKind::kText;
  bool in_ninjs = false;                 // ninjs has a key of that name, too
  std::string Article::*text = nullptr;  // what is written, without blanks around it; null: Tidy reads it
};

inline constexpr std::array<ArticleFieldSpec, kArticleFieldCount> kArticleFields = {{
    {ArticleField::kId, "id", FieldKind::kText, true},
    {ArticleField::kVersion, "version", FieldKind::kText, true, &Article::version},
    {ArticleField::kTitle, "title", FieldKind::kText, true},
    {ArticleField::kSummary, "summary", FieldKind::kParagraphs},
    {ArticleField::kBody, "body", FieldKind::kParagraphs},
    {ArticleField::kUrl, "url", FieldKind::kText, true, &Article::url},
    {ArticleField::kSource, "source", FieldKind::kFirst, true, &Article::source},
    {ArticleField::kAuthors, "authors", FieldKind::kList, true},
    {ArticleField::kPublishedAt, "published_at"},
    {ArticleField::kLanguage, "language", FieldKind::kText, true},
    {ArticleField::kCountry, "country"},
    {ArticleField::kTags, "tags", FieldKind::kList},
    {ArticleField::kSection, "section", FieldKind::kText, false, &Article::section},
    {ArticleField::kStatus, "status"},
    {ArticleField::kEmbargoedUntil, "embargoed_until"},
    {ArticleField::kUrgency, "urgency", FieldKind::kText, true},
}};
static_assert(std::adjacent_find(kArticleFields.begin(), kArticleFields.end(),
                                 [](const auto& a, const auto& b) { return a.field >= b.field; }) ==
                  kArticleFields.end(),
              "a row for each field, in their order");

constexpr const ArticleFieldSpec& SpecOf(ArticleField field) { return kArticleFields[static_cast<std::size_t>(field)]; }
constexpr std::string_view Name(ArticleField field) { return SpecOf(field).name; }

// What a rule can ask about, but for `now`, which the article's record knows. Borrows from `article`.
Document DocumentOf(const Article& article);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DECODE_ARTICLE_H_
