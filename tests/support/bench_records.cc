#include "tests/support/bench_records.h"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

#include "connectors/registry.h"
#include "pipeline/decode/article_decoder.h"
#include "pipeline/records/source.h"

namespace wirewatch {
namespace {

// Keeps the first `limit` records of the stream, in memory of its own: what a source reads into is bounded.
class Collector : public RecordInbox {
 public:
  explicit Collector(std::size_t limit) : limit_(limit) {}
  bool Offer(Record& record, SteadyTime) override {
    if (records.size() >= limit_) return true;
    const std::shared_ptr<char[]> copy(new char[record.payload.size() + simdjson::SIMDJSON_PADDING]());
    std::memcpy(copy.get(), record.payload.data(), record.payload.size());
    record.payload = {copy.get(), record.payload.size()};
    record.readable_after = simdjson::SIMDJSON_PADDING;
    record.memory = copy;
    records.push_back(std::move(record));
    return true;
  }
  void Flush() override {}
  void Tell(const PartitionEvent&) override {}
  void Beat() override {}

  std::vector<Record> records;

 private:
  const std::size_t limit_;
};

}  // namespace

void Die(const std::string& message) {
  fmt::print(stderr, "{}\n", message);
  std::exit(1);
}

std::vector<std::string> BenchFiles(std::vector<std::string> files) {
  if (!files.empty()) return files;
  const char* corpus = std::getenv("WIREWATCH_CORPUS");
  if (corpus != nullptr)
    return {std::string(corpus) + "/allsides.ndjson.zst", std::string(corpus) + "/reuters21578.ndjson.zst",
            std::string(corpus) + "/leestmeer.ndjson.zst", std::string(corpus) + "/huawei5g_dev.ndjson.zst"};
  fmt::print("WIREWATCH_CORPUS is not set: the sample wire is too small to tell much\n");
  return {WIREWATCH_SOURCE_DIR "/deploy/sample-wire/wire.ndjson"};
}

std::vector<Record> ReadRecords(const std::vector<std::string>& files, std::size_t limit, MetricsRegistry& metrics) {
  std::string list;
  for (const std::string& file : files) list += (list.empty() ? "\"" : ", \"") + file + "\"";
  ParsedConfig parsed = ParseConfig(
      "rules: {packs: [x]}\nsource: {file: {path: [" + list + "]}}\nsinks: [stdout]\ndead_letters: stderr\n", "bench",
      Connectors());
  if (!parsed.config) Die(Render(parsed.diagnostics));
  auto source = MakeSource(*parsed.config, metrics);
  if (!source) Die(source.error().message);
  Collector collector(limit);
  if (Status read = (*source)->Run(collector); !read) Die(read.error().message);
  return std::move(collector.records);
}

BenchNews ReadBenchNews(const std::vector<std::string>& files, std::size_t count, MetricsRegistry& metrics) {
  return ToBenchNews(ReadRecords(files, count * 2, metrics));
}

BenchNews ToBenchNews(std::vector<Record> records) {
  auto decoder = ArticleDecoder::Create({}, {});
  if (!decoder) Die(decoder.error().message);
  BenchNews news;
  for (Record& record : records) {
    Article article;
    if (decoder->Decode(record.payload, record.readable_after, article)) continue;
    FoldedDocument document;
    Fold(DocumentOf(article), document);
    if (news.for_rules.size() <= news.folded.size()) {
      news.for_rules.push_back(std::move(document));
      continue;
    }
    news.folded.push_back(std::move(document));
    news.articles.push_back(std::move(article));
    news.records.push_back(std::move(record));
  }
  if (news.records.empty()) Die("no articles");
  return news;
}

std::size_t ParseAlone(simdjson::ondemand::parser& parser, std::string_view json) {
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  std::size_t bytes = 0;
  if (parser.iterate(json.data(), json.size(), json.size() + simdjson::SIMDJSON_PADDING).get(document) !=
          simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS) {
    Die("simdjson cannot read what our decoder read");
  }
  for (auto field : object) {
    simdjson::ondemand::value value;
    std::string_view text;
    if (field.value().get(value) != simdjson::SUCCESS) break;
    if (value.get_string().get(text) == simdjson::SUCCESS) bytes += text.size();
  }
  return bytes;
}

}  // namespace wirewatch
