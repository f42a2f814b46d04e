#include "rules/dialects/percolator_export.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "base/text/json_writer.h"
#include "rules/dialects/percolator_query.h"

namespace wirewatch {
namespace {

class Exporter {
 public:
  PercolatorExport Run(const Packs& packs) {
    for (const auto& pack : packs) {
      for (const Topic& topic : pack->topics) ExportTopic(*pack, topic);
    }
    return std::move(result_);
  }

 private:
  void ExportTopic(const Pack& pack, const Topic& topic) {
    std::string unless;
    if (topic.unless) {
      PercolatorQuery query = MakePercolatorQuery(*topic.unless);
      // What widens `unless` narrows the rules.
      for (QueryNote& note : query.notes) {
        if (note.effect == QueryEffect::kWidened) {
          note.effect = QueryEffect::kNarrowed;
        } else if (note.effect == QueryEffect::kNarrowed) {
          note.effect = QueryEffect::kWidened;
        }
        if (note.failed) continue;  // what was left out has been told
        Tell(pack.file, topic.unless_place, topic.id + "/unless", topic.unless_text, note);
      }
      unless = std::move(query.json);
    }
    for (const Rule& rule : topic.rules) {
      if (StatusOf(topic, rule) == RuleStatus::kOff) {
        ++result_.off;
        continue;
      }
      ExportRule(pack, topic, rule, unless);
    }
  }

  void ExportRule(const Pack& pack, const Topic& topic, const Rule& rule, const std::string& unless) {
    const std::string id = fmt::format("{}/{}", topic.id, rule.id);
    PercolatorQuery query = MakePercolatorQuery(rule.match);
    for (const QueryNote& note : query.notes)
      Tell(rule.file.empty() ? pack.file : rule.file, rule.place, id, rule.match_text, note);
    if (query.json.empty()) {
      ++result_.failed;
      return;
    }
    std::vector<std::string> filters;
    if (!topic.languages.empty()) filters.push_back(LanguagesQuery(topic.languages));
    if (!rule.languages.empty() && rule.languages != topic.languages) filters.push_back(LanguagesQuery(rule.languages));
    std::string whole = query.json;
    if (!filters.empty() || !unless.empty()) {
      whole = fmt::format("{{\"bool\":{{\"must\":[{}]", query.json);
      if (!filters.empty()) whole += fmt::format(",\"filter\":[{}]", fmt::join(filters, ","));
      if (!unless.empty()) whole += fmt::format(",\"must_not\":[{}]", unless);
      whole += "}}";
    }
    // The query may be deeper than JsonWriter goes; it is written already.
    std::string rest;
    JsonWriter json(rest);
    json.BeginObject();
    json.Put("topic", topic.id);
    json.Put("rule", rule.id);
    json.Put("title", topic.title);
    json.Put("severity", Name(rule.severity.value_or(topic.severity)));
    json.Put("score", rule.score);
    json.Put("tags", topic.tags);
    json.Put("status", Name(StatusOf(topic, rule)));
    json.Put("pack", pack.name);
    json.EndObject();
    result_.rules.push_back({id, fmt::format("{{\"query\":{},{}", whole, rest.substr(1))});
  }

  void Tell(const std::string& file, TextPosition place, std::string id, const std::string& written,
            const QueryNote& note) {
    DialectFinding finding;
    finding.effect = note.effect;
    finding.failed = note.failed;
    Diagnostic& d = finding.diagnostic;
    d.severity = note.failed ? Severity::kError : Severity::kWarning;
    d.file = file;
    d.position = place;
    d.code = note.failed ? "not-exported" : note.code;
    d.message =
        fmt::format("{}: {}{}", id, note.message, note.failed ? "; it is not exported" : EffectText(note.effect));
    if (note.place.end <= written.size() && !note.place.empty() && note.place.size() < 80) {
      d.help = fmt::format("it is about {}", note.place.Of(written));
    }
    finding.id = std::move(id);
    // Terms of a list stand at one place.
    if (!told_.insert(fmt::format("{}:{}", note.place.begin, d.message)).second) return;
    result_.findings.push_back(std::move(finding));
  }

  PercolatorExport result_;
  std::set<std::string> told_;
};

constexpr std::string_view kMapping = R"({
  "settings": {
    "analysis": {
      "normalizer": {
        "folded": {"type": "custom", "filter": ["lowercase", "asciifolding"]}
      },
      "filter": {
        "wirewatch_possessives": {"type": "pattern_replace", "pattern": "['’](s|d|m|ll|re|ve)$", "replacement": ""}
      },
      "analyzer": {
        "wirewatch": {
          "type": "custom",
          "tokenizer": "standard",
          "filter": ["lowercase", "wirewatch_possessives", "asciifolding"]
        }
      }
    }
  },
  "mappings": {
    "dynamic": false,
    "properties": {
      "query": {"type": "percolator"},
      "topic": {"type": "keyword"},
      "rule": {"type": "keyword"},
      "severity": {"type": "keyword"},
      "score": {"type": "integer"},
      "status": {"type": "keyword"},
      "pack": {"type": "keyword"},
      "title": {"type": "text", "analyzer": "wirewatch"},
      "summary": {"type": "text", "analyzer": "wirewatch"},
      "body": {"type": "text", "analyzer": "wirewatch"},
      "lead": {"type": "text", "analyzer": "wirewatch"},
      "lang": {"type": "keyword"},
      "country": {"type": "keyword"},
      "source": {"type": "keyword", "normalizer": "folded"},
      "source_host": {"type": "keyword"},
      "tags": {"type": "keyword", "normalizer": "folded"},
      "section": {"type": "keyword", "normalizer": "folded"},
      "published_at": {"type": "date"},
      "urgency": {"type": "integer"},
      "words": {"type": "integer"}
    }
  }
}
)";

}  // namespace

PercolatorExport ExportToPercolator(const Packs& packs) { return Exporter().Run(packs); }

std::string PercolatorMapping() { return std::string(kMapping); }

}  // namespace wirewatch
