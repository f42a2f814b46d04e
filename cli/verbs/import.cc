// wirewatch import: Booleans of other search languages to a pack.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "base/file_read.h"
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
#include "rules/dialects/dialect.h"
#include "rules/dialects/imported_pack.h"
#include "rules/dialects/query_file.h"

namespace wirewatch {
namespace {

// Of a pipe, until its end is there.
constexpr auto kPipeWait = std::chrono::minutes(10);

struct Options {
  std::string from;
  std::string file;
  std::string output;
  std::string pack, owner, topic;
  std::string default_operator = "or";
  std::string format = "auto";
  std::vector<std::string> fields;  // NAME=OURS
  bool plurals = false, strict = false, json = false, force = false;
};

Result<QueryFileFormat> FormatOf(const Options& options, std::string_view text) {
  if (options.format == "lines") return QueryFileFormat::kLines;
  if (options.format == "csv") return QueryFileFormat::kCsv;
  if (options.format == "tsv") return QueryFileFormat::kTsv;
  if (options.format == "json") return QueryFileFormat::kJson;
  if (options.format == "whole") return QueryFileFormat::kWhole;
  return GuessQueryFormat(options.file, text);
}

Result<ImportOptions> ImportOptionsOf(const Options& options) {
  ImportOptions import;
  import.translation.dialect = *FindDialect(options.from);
  import.translation.plurals = options.plurals;
  import.and_between = options.default_operator == "and";
  import.file = options.file == "-" ? "stdin" : options.file;
  import.owner = options.owner;
  import.topic = options.topic;
  import.pack = options.pack;
  if (import.pack.empty()) {
    const std::filesystem::path named = !options.output.empty() ? options.output : import.file;
    import.pack = IdOf(named.stem().string());
    if (import.pack.empty()) import.pack = "imported";
  }
  for (const std::string& field : options.fields) {
    const std::size_t equals = field.find('=');
    import.translation.fields[field.substr(0, equals)] = field.substr(equals + 1);
  }
  return import;
}

std::string ReportJson(const ImportedPack& pack, const ImportOptions& import, const Options& options,
                       std::size_t queries) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Put("dialect", TraitsOf(import.translation.dialect).name);
  json.Put("file", import.file);
  json.Put("pack", import.pack);
  json.Put("queries", queries);
  json.Put("imported", pack.rules.size());
  json.Put("failed", pack.failed);
  json.Key("rules");
  json.BeginArray();
  for (const ImportedRule& rule : pack.rules) {
    json.BeginObject();
    json.Put("id", rule.id);
    json.Put("title", rule.title);
    json.Put("line", rule.place.line);
    json.Put("column", rule.place.column);
    json.Put("match", rule.match);
    json.Put("effect", Name(rule.effect));
    json.EndObject();
  }
  json.EndArray();
  json.Key("findings");
  json.BeginArray();
  for (const DialectFinding& finding : pack.findings) {
    const Diagnostic& d = finding.diagnostic;
    json.BeginObject();
    json.Put("file", d.file);
    json.Put("line", d.position.line);
    json.Put("column", d.position.column);
    json.Put("length", d.length);
    json.Put("severity", d.severity == Severity::kError ? "error" : "warning");
    json.Put("code", d.code);
    json.Put("effect", Name(finding.effect));
    json.Put("id", finding.id);
    json.Put("message", d.message);
    json.Put("help", d.help);
    json.EndObject();
  }
  json.EndArray();
  if (options.output.empty()) {
    json.Put("yaml", pack.yaml);
  } else {
    json.Put("output", options.output);
  }
  json.EndObject();
  return text + "\n";
}

Result<ExitCode> Import(const Options& options) {
  std::error_code ignored;
  if (!options.output.empty() && !options.force && std::filesystem::exists(options.output, ignored)) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("{} is there already: --force writes over it", Printable(options.output))};
  }
  const std::string path = options.file == "-" ? "/dev/stdin" : options.file;
  auto text = ReadWholeFile(path, {.pipe_wait = kPipeWait});
  if (!text) return std::move(text).error().In(options.file == "-" ? "stdin" : Printable(options.file));
  if (text->starts_with("\xEF\xBB\xBF")) text->replace(0, 3, "   ");  // a byte order mark; the places stay
  const auto format = FormatOf(options, *text);
  if (!format) return format.error();
  const auto queries = ReadQueryFile(*text, *format);
  if (!queries) return Error(queries.error()).In(Printable(options.file));
  if (queries->empty()) return Error{ErrorCode::kInvalid, fmt::format("{} holds no query", Printable(options.file))};
  const auto import = ImportOptionsOf(options);
  if (!import) return import.error();
  const auto pack = ImportQueries(*text, *queries, *import);
  if (!pack) return pack.error();

  const std::size_t unequal = CountUnequal(pack->findings);
  if (!options.output.empty() && !pack->yaml.empty()) {
    if (Status written = ReplaceFile(options.output, pack->yaml); !written) return std::move(written).error();
  }
  const StopSignal never;
  if (options.json) {
    if (Status told = WriteToStandardOutput(ReportJson(*pack, *import, options, queries->size()), never, "the report");
        !told) {
      return std::move(told).error();
    }
  } else {
    Tell(Render(DiagnosticsOf(pack->findings), ColourOnStderr()));
    if (options.output.empty()) {
      if (Status told = WriteToStandardOutput(pack->yaml, never, "the pack"); !told) return std::move(told).error();
    }
    Tell(fmt::format("{} of {} {} imported; {} {} no equal{}\n", pack->rules.size(), queries->size(),
                     queries->size() == 1 ? "query" : "queries", unequal, unequal == 1 ? "thing has" : "things have",
                     options.output.empty() || pack->yaml.empty()
                         ? ""
                         : fmt::format("; the pack is {}", Printable(options.output))));
  }
  if (pack->failed > 0) return kInvalidInput;
  return options.strict && unequal > 0 ? kExpectationFailed : kOk;
}

std::string CheckId(const std::string& id) {
  return !id.empty() && IdOf(id) == id ? "" : fmt::format("'{}' is no id: write letters a to z, digits and -", id);
}
std::string CheckField(const std::string& field) {
  const std::size_t equals = field.find('=');
  if (equals != std::string::npos && equals > 0 && IsOurField(field.substr(equals + 1))) return "";
  return "write NAME=OURS: headline_text=title; ours are title, lead, body, text, lang, country, source, tag, section, "
         "urgency, words, published";
}
std::string CheckDialect(const std::string& name) {
  if (FindDialect(name)) return "";
  return fmt::format("there is no dialect '{}'; there are {}", name, fmt::join(DialectNames(), ", "));
}

}  // namespace

void AddImport(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb import(app, "import", "Make a pack of the Booleans of another search language");
  import.Value("file", options->file, "Queries: one a line, CSV or TSV with name and query, JSON; - stdin").OneValue();
  import.Value("--from", options->from, fmt::format("The language: {}", fmt::join(DialectNames(), ", ")))
      .Required()
      .Check(CheckDialect);
  import.Value("--output,-o", options->output, "Where the pack is written; default: stdout");
  import.Flag("--force", options->force, "Write over a pack that is there");
  import.Value("--pack", options->pack, "Its name; default: that of the file").Check(CheckId);
  import.Value("--owner", options->owner, "Who answers for it");
  import.Value("--topic", options->topic, "All queries become rules of this one topic; default: each is a topic")
      .Check(CheckId);
  import.Value("--default-operator", options->default_operator, "Of lucene: what stands between two terms")
      .OneOf({"or", "and"})
      .ShowDefault();
  import.Value("--field", options->fields, "What a field is here: headline_text=title")
      .OneValueATime()
      .Check(CheckField);
  import.Flag("--plurals", options->plurals, "Of lexisnexis: write plurals out, which it finds by itself");
  import.Value("--format", options->format, "Of the file; whole: it is one query")
      .OneOf({"auto", "lines", "csv", "tsv", "json", "whole"})
      .ShowDefault();
  import.Flag("--strict", options->strict, "Exit code 4 if anything has no equal");
  import.Flag("--json", options->json, "One document: rules, findings and the pack");
  import.Footer(
      "Examples:\n"
      "  wirewatch import --from meltwater --owner desk@example.org queries.csv -o meltwater.yaml\n"
      "  echo 'title:(huawei AND ban*) NOT review' | wirewatch import --from brandwatch -\n"
      "  wirewatch import --from elasticsearch --default-operator and --field headline_text=title watches.ndjson\n"
      "  wirewatch import --from lexisnexis --plurals --format whole query.txt\n"
      "What becomes what: docs/import.md. Exit codes: 0 all were imported, 3 a query could not be, 4 something has no\n"
      "equal (--strict), 5 no such file.");
  import.OnChosen([options, &exit_code] {
    if (options->file.empty()) FailMissing("FILE, or - for stdin");
  exit_code = Finish(Import(*options));
});
}  // namespace wirewatch

}  // namespace wirewatch
