#include "pipeline/decode/article.h"

namespace wirewatch {

Document DocumentOf(const Article& article) {
  Document document;
  document.texts = {article.title, article.summary, article.body};
  document.language = article.language;
  document.country = article.country;
  document.source = article.source;
  document.source_host = article.url_host;
  document.section = article.section;
  document.tags = article.tags;
  document.published_at = article.published_at;
  document.urgency = article.urgency;
  return document;
}

}  // namespace wirewatch
