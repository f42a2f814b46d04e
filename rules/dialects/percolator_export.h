// Percolator export: packs as queries that are stored in an index of Elasticsearch and asked which of them hold on an
// article, and the mapping of that index.
#ifndef WIREWATCH_RULES_DIALECTS_PERCOLATOR_EXPORT_H_
#define WIREWATCH_RULES_DIALECTS_PERCOLATOR_EXPORT_H_

#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "rules/dialects/dialect_finding.h"
#include "rules/dialects/query.h"
#include "rules/pack/pack.h"

namespace wirewatch {

struct ExportedRule {
  std::string id;        // "topic/rule"
  std::string document;  // JSON on one line: query, topic, rule, title, severity, score, tags, status
};

struct PercolatorExport {
  std::vector<ExportedRule> rules;
  std::vector<DialectFinding> findings;
  std::size_t off = 0;     // rules that are switched off, which are not exported
  std::size_t failed = 0;  // rules of which nothing is left
};

// The topic's `unless` and languages are in the query of each of its rules. REQUIRES: the packs were loaded together.
PercolatorExport ExportToPercolator(const Packs& packs);

// The settings and mappings of the index, JSON with indentation: the query, and the fields of articles. `lead` must be
// given the summary and the first paragraph, `lang` the language without its variety, `source_host` the host of the
// url.
std::string PercolatorMapping();

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_DIALECTS_PERCOLATOR_EXPORT_H_
