#include "cli/wiring/test_articles.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "cli/wiring/config_input.h"
#include "connectors/registry.h"
#include "monitoring/metrics.h"
#include "pipeline/decode/article.h"
#include "pipeline/decode/article_decoder.h"
#include "pipeline/records/source.h"

namespace wirewatch {
namespace {

// Takes the records of a source one by one, until one is the article.
class ArticleSearch : public RecordInbox {
 public:
  ArticleSearch(Source& source, ArticleDecoder decoder, const std::string& id)
      : source_(source), decoder_(std::move(decoder)), id_(id) {}

  bool Offer(Record& record, SteadyTime) override {
    if (found_) return true;
    if (!decoder_.Decode(record.payload, record.readable_after, article_) && article_.id == id_) {
      found_ = true;
      source_.RequestStop();
    }
    return true;
  }
  void Flush() override {}
  void Tell(const PartitionEvent&) override {}
  void Beat() override {}

  // Null: not found.
  Article* article() { return found_ ? &article_ : nullptr; }

 private:
  Source& source_;
  ArticleDecoder decoder_;
  const std::string& id_;
  Article article_;
  bool found_ = false;
};

TestArticle AsTestArticle(Article& article) {
  TestArticle test;
  test.texts[static_cast<std::size_t>(Field::kTitle)] = std::move(article.title);
  test.texts[static_cast<std::size_t>(Field::kSummary)] = std::move(article.summary);
  test.texts[static_cast<std::size_t>(Field::kBody)] = std::move(article.body);
  test.language = std::move(article.language);
  test.country = std::move(article.country);
  test.source = std::move(article.source);
  test.host = std::move(article.url_host);
  test.section = std::move(article.section);
  test.tags = std::move(article.tags);
  test.urgency = article.urgency;
  return test;
}

Result<TestArticle> Load(const std::string& decode, const std::filesystem::path& file, const std::string& id) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    return Error{ErrorCode::kNotFound, fmt::format("{} is a directory; name a file", file.string())};
  }
  if (!std::filesystem::is_regular_file(file, error)) {
    return Error{ErrorCode::kNotFound, fmt::format("there is no file {}", file.string())};
  }
  QuickConfig quick;
  quick.inputs = {file.string()};
  quick.decode = decode;
  auto config = MakeConfig(quick);
  if (!config) return std::move(config).error();
  MetricsRegistry metrics;
  auto source = MakeSource(*config, metrics);
  if (!source) return std::move(source).error();
  auto decoder = ArticleDecoder::Create(config->decode.limits, config->decode.mapping);
  if (!decoder) return std::move(decoder).error();
  ArticleSearch search(**source, *std::move(decoder), id);
  if (Status read = (*source)->Run(search); !read && search.article() == nullptr) return std::move(read).error();
  if (Article* const article = search.article()) return AsTestArticle(*article);
  return Error{ErrorCode::kNotFound, fmt::format("no article of {} has the id '{}'", file.string(), id)};
}

}  // namespace

TestArticleLoader LoaderOfTestArticles(std::string decode) {
  return [decode = std::move(decode)](const std::filesystem::path& file, const std::string& id) {
    return Load(decode, file, id);
  };
}

}  // namespace wirewatch
