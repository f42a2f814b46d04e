#include "pipeline/match/article_facts.h"

#include "base/digest.h"
#include "base/text/utf8.h"
#include "pipeline/match/edition.h"
#include "rules/codes/host.h"

namespace wirewatch {

std::string Cut(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  return std::string(BeginningOf(text, limit - kCutMark.size())).append(kCutMark);
}

ArticleFacts FactsOf(const Article& article, const FoldedDocument& folded) {
  ArticleFacts facts;
  // Of a long id the hash of the whole, too: two articles must not become one.
  facts.id = article.id.size() <= kMaxFact
                 ? article.id
                 : std::string(BeginningOf(article.id, kMaxFact / 2)).append(kCutMark) + DigestHex({article.id});
  for (const TextFact& text : kTextFacts) {
    if (text.given == nullptr) continue;
    const std::string& given = article.*text.given;
    if (!text.whole || given.size() <= text.limit) facts.*text.fact = Cut(given, text.limit);
  }
  const std::string_view first_paragraph = folded.first_paragraph_span.Of(article.body);
  facts.first_paragraph = Cut(first_paragraph.empty() ? article.summary : first_paragraph, kMaxFact);
  for (const NumberFact& number : kNumberFacts) facts.*number.fact = article.*number.given;
  for (const TimeFact& time : kTimeFacts) facts.*time.fact = article.*time.given;
  facts.status = article.status;
  facts.content_hash = DigestHex({article.title, article.summary, article.body});
  return facts;
}

std::string SourceOf(const ArticleFacts& article) {
  return article.source.empty() ? HostOf(article.url) : article.source;
}

bool IsRevision(const Article& article) {
  if (article.status == PublicationStatus::kCanceled) return true;
  if (article.version.empty()) return false;
  const auto order = CompareVersions(article.version, "1");
  return !order || *order > 0;
}

}  // namespace wirewatch
