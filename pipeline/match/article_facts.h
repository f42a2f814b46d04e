// ArticleFacts: what a match, and the alert that follows from it, tell about their article.
#ifndef WIREWATCH_PIPELINE_MATCH_ARTICLE_FACTS_H_
#define WIREWATCH_PIPELINE_MATCH_ARTICLE_FACTS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "pipeline/decode/article.h"
#include "rules/text/fold.h"

namespace wirewatch {

// Limits, in bytes. A match stays well below a megabyte, which is what brokers take by default.
inline constexpr std::size_t kMaxTitleFact = 4'096;
inline constexpr std::size_t kMaxFact = 1'024;  // of every other text
inline constexpr std::string_view kCutMark = "\u2026";

// What an alert tells about its article. Of bounded size, whatever the article: what is longer than its limit is cut,
// and kCutMark stands where the rest was.
struct ArticleFacts {
  std::string id, version, title, url, source, language, country, section;
  std::string first_paragraph;  // of the body, the first that holds a word; where there is none, the summary
  std::string content_hash;     // of title, summary and body: another one is another text
  std::string signature;        // PackSignature's bytes (story_signature.h); empty: not known. For machines alone
  std::optional<WallTime> published_at;
  PublicationStatus status = PublicationStatus::kUsable;
  std::optional<WallTime> embargoed_until;
  std::optional<int> urgency;
};

// The facts that JSON has of an article, by kind, in its order: FactsOf, the JSON of a match (match_json.h) and its
// reader (match_message.h) go through these lists. A new fact is a member and a row here,
// and a key in docs/schema/.
struct TextFact {
  std::string_view key;
  std::string ArticleFacts::*fact;
  std::string Article::*given;  // null: FactsOf makes it
  std::size_t limit = kMaxFact;
  bool whole = false;  // what is longer is left out, not cut
};
inline constexpr TextFact kTextFacts[] = {
    {"article_version", &ArticleFacts::version, &Article::version},
    {"title", &ArticleFacts::title, &Article::title, kMaxTitleFact},
    {"first_paragraph", &ArticleFacts::first_paragraph, nullptr},
    {"url", &ArticleFacts::url, &Article::url, kMaxTitleFact, true},  // the beginning of an address leads nowhere
    {"source", &ArticleFacts::source, &Article::source},
    {"language", &ArticleFacts::language, &Article::language},
    {"country", &ArticleFacts::country, &Article::country},
    {"section", &ArticleFacts::section, &Article::section},
};
struct NumberFact {
  std::string_view key;
  std::optional<int> ArticleFacts::*fact;
  std::optional<int> Article::*given;
};
inline constexpr NumberFact kNumberFacts[] = {{"urgency", &ArticleFacts::urgency, &Article::urgency}};
struct TimeFact {
  std::string_view key;
  std::optional<WallTime> ArticleFacts::*fact;
  std::optional<WallTime> Article::*given;
};
inline constexpr TimeFact kTimeFacts[] = {
    {"embargoed_until", &ArticleFacts::embargoed_until, &Article::embargoed_until},
    {"published_at", &ArticleFacts::published_at, &Article::published_at},
};

// All but the signature. `folded`: of the article's document.
ArticleFacts FactsOf(const Article& article, const FoldedDocument& folded);

// Its publisher: the name, or else the host of its address; empty: unknown.
std::string SourceOf(const ArticleFacts& article);

// `text`, or its beginning and kCutMark: at most `limit` bytes of whole characters.
std::string Cut(std::string_view text, std::size_t limit);

// Whether this version says of itself that it is not the first: it is canceled, or its version is given and neither 0
// nor 1.
bool IsRevision(const Article& article);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_MATCH_ARTICLE_FACTS_H_
