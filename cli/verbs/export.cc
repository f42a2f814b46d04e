// wirewatch export: packs as queries of another engine.

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "base/io/replace_file.h"
#include "base/io/stop_signal.h"
#include "base/text/json_writer.h"
#include "base/text/printable.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/standard_output.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/pipeline_run.h"
#include "rules/dialects/percolator_export.h"
#include "rules/pack/pack_cache.h"

namespace wirewatch {
namespace {

struct Options {
  std::vector<std::string> packs;
  std::string to;
  std::string bulk;  // an index
  std::string output;
  bool mapping = false, strict = false, json = false;
};

std::string Documents(const PercolatorExport& exported, const std::string& index) {
  std::string text;
  for (const ExportedRule& rule : exported.rules) {
    if (!index.empty()) {
      text += fmt::format("{{\"index\":{{\"_index\":{},\"_id\":{}}}}}\n", JsonString(index), JsonString(rule.id));
    }
    text += rule.document + "\n";
  }
  return text;
}

// The documents are written already, and may be deeper than JsonWriter goes.
std::string ReportJson(const PercolatorExport& exported) {
  std::string rules;
  for (const ExportedRule& rule : exported.rules) {
    rules +=
        fmt::format("{}{{\"id\":{},\"document\":{}}}", rules.empty() ? "" : ",", JsonString(rule.id), rule.document);
  }
  std::string rest;
  JsonWriter json(rest);
  json.BeginObject();
  json.Put("exported", exported.rules.size());
  json.Put("failed", exported.failed);
  json.Put("off", exported.off);
  json.Key("findings");
  json.BeginArray();
  for (const DialectFinding& finding : exported.findings) {
    const Diagnostic& d = finding.diagnostic;
    json.BeginObject();
    json.Put("file", d.file);
    json.Put("line", d.position.line);
    json.Put("column", d.position.column);
    json.Put("severity", d.severity == Severity::kError ? "error" : "warning");
    json.Put("code", d.code);
    json.Put("effect", Name(finding.effect));
    json.Put("id", finding.id);
    json.Put("message", d.message);
    json.Put("help", d.help);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return fmt::format("{{\"to\":\"elasticsearch\",\"rules\":[{}],{}\n", rules, rest.substr(1));
}

Status Write(const Options& options, std::string_view text) {
  if (!options.output.empty()) return ReplaceFile(options.output, text);
  return WriteToStandardOutput(text, StopSignal(), "the export");
}

Result<ExitCode> Export(const Options& options) {
  if (options.mapping) {
    if (Status written = Write(options, PercolatorMapping()); !written) return std::move(written).error();
    return kOk;
  }
  auto loaded = PackCache({options.packs.begin(), options.packs.end()}).Load();
  if (!loaded) return std::move(loaded).error();
  if (HasErrors(loaded->diagnostics)) {
    std::erase_if(loaded->diagnostics, [](const Diagnostic& d) { return d.severity != Severity::kError; });
    Tell(Render(loaded->diagnostics, ColourOnStderr()));
    return kInvalidInput;
  }
  const PercolatorExport exported = ExportToPercolator(loaded->packs);
  const std::size_t unequal = CountUnequal(exported.findings);
  if (Status written = Write(options, options.json ? ReportJson(exported) : Documents(exported, options.bulk));
      !written) {
    return std::move(written).error();
  }
  if (!options.json) {
    Tell(Render(DiagnosticsOf(exported.findings), ColourOnStderr()));
    Tell(fmt::format("{} rules exported, {} could not be, {} are off; {} {} no equal\n", exported.rules.size(),
                     exported.failed, exported.off, unequal, unequal == 1 ? "thing has" : "things have"));
  }
  if (exported.failed > 0) return kInvalidInput;
  return options.strict && unequal > 0 ? kExpectationFailed : kOk;
}

}  // namespace

void AddExport(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb verb(app, "export", "Write packs as queries of another engine");
  verb.Value("packs", options->packs, "Rule files and directories of them");
  verb.Value("--to", options->to, "elasticsearch: queries for its percolator (OpenSearch's too)")
      .Required()
      .OneOf({"elasticsearch", "opensearch"});
  verb.Value("--bulk", options->bulk, "Before each query the line that stores it in this index by the bulk API");
  verb.Flag("--mapping", options->mapping, "The settings and mappings of the index, and no queries");
  verb.Value("--output,-o", options->output, "Where it is written; default: stdout");
  verb.Flag("--strict", options->strict, "Exit code 4 if anything has no equal");
  verb.Flag("--json", options->json, "One document: queries and findings");
  verb.Footer(
      "Examples:\n"
      "  wirewatch export --to elasticsearch rules/packs > queries.ndjson\n"
      "  wirewatch export --to elasticsearch --mapping | curl -X PUT localhost:9200/rules -H 'Content-Type: "
      "application/json' -d @-\n"
      "  wirewatch export --to elasticsearch --bulk rules rules/packs |\n"
      "    curl localhost:9200/_bulk -H 'Content-Type: application/x-ndjson' --data-binary @-\n"
      "What becomes what: docs/import.md. Exit codes: 0 all were exported, 3 a pack has mistakes or a rule could not "
      "be\n"
      "exported, 4 something has no equal (--strict), 5 no such file.");
  verb.OnChosen([options, &exit_code] {
    if (options->packs.empty() && !options->mapping) FailMissing("PACKS");
    exit_code = Finish(Export(*options));
  });
}

}  // namespace wirewatch
