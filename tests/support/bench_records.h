// What benchmarks share: the records they work on, and the raw limit of parsing them.
#ifndef WIREWATCH_TESTS_SUPPORT_BENCH_RECORDS_H_
#define WIREWATCH_TESTS_SUPPORT_BENCH_RECORDS_H_

#include <simdjson.h>

#include <cstddef>
#include <string>
#include <vector>

#include "monitoring/metrics.h"
#include "pipeline/decode/article.h"
#include "pipeline/records/record.h"
#include "rules/text/fold.h"

namespace wirewatch {

// A benchmark that cannot go on says why and ends.
[[noreturn]] void Die(const std::string& message);

// The files given; none: some of WIREWATCH_CORPUS; without that the sample wire, which is too small to tell much.
std::vector<std::string> BenchFiles(std::vector<std::string> files);

// The first `limit` records of these files.
std::vector<Record> ReadRecords(const std::vector<std::string>& files, std::size_t limit, MetricsRegistry& metrics);

// Articles in two halves that share none: rules are made from the one and matched against the other.
struct BenchNews {
  std::vector<FoldedDocument> for_rules;
  // One entry an article in each.
  std::vector<Record> records;
  std::vector<Article> articles;
  std::vector<FoldedDocument> folded;
};
// Every second article is one to match; those that cannot be decoded are left out. Dies when there are none.
BenchNews ToBenchNews(std::vector<Record> records);
// Of the first records of these files, so that there are about `count` to match.
BenchNews ReadBenchNews(const std::vector<std::string>& files, std::size_t count, MetricsRegistry& metrics);

// All keys walked and all strings unescaped by simdjson; gives the bytes of these. REQUIRES: JSON, with simdjson's
// padding readable behind it.
std::size_t ParseAlone(simdjson::ondemand::parser& parser, std::string_view json);

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_BENCH_RECORDS_H_
