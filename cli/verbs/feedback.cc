// wirewatch feedback: what readers said of alerts, for the tools of the analysts who write the rules.

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/io/stop_signal.h"
#include "base/text/json_writer.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/since.h"
#include "cli/terminal/standard_output.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/pipeline_run.h"
#include "cli/wiring/store_input.h"
#include "connectors/desk/answers.h"

namespace wirewatch {
namespace {

constexpr std::size_t kReadAtOnce = 1'000;

struct Options {
  StoreInput store;
  std::string since;
  std::string format = "jsonl";
};

// A field of CSV (RFC 4180). What a table calculator would take for a formula gets an apostrophe before it.
void AppendCsv(std::string_view text, std::string& line) {
  if (!line.empty()) line += ',';
  std::string field(text);
  if (!field.empty() && std::string_view("=+-@\t\r").find(field.front()) != std::string_view::npos) {
    field.insert(field.begin(), '\'');
  }
  if (field.find_first_of(",\"\r\n") == std::string::npos) {
    line += field;
    return;
  }
  line += '"';
  for (const char c : field) line += c == '"' ? "\"\"" : std::string(1, c);
  line += '"';
}

// A row for each rule, so that a pivot over rules needs no splitting; of an alert without rules one with none.
void AppendRows(const Feedback& feedback, std::string& out) {
  const auto row = [&](std::string_view rule) {
    std::string line;
    for (const std::string& field : {FormatRfc3339(feedback.said), std::string(Name(feedback.verdict)), feedback.topic,
                                     std::string(rule), feedback.article_id, feedback.alert, feedback.subscription}) {
      AppendCsv(field, line);
    }
    out += line + "\r\n";
  };
  for (const std::string& rule : feedback.rules) row(rule);
  if (feedback.rules.empty()) row("");
}

Result<ExitCode> Export(const Options& options) {
  const auto store = OpenStore(options.store, false);
  if (!store) return store.error();
  const bool csv = options.format == "csv";
  const std::optional<WallTime> since = options.since.empty() ? std::nullopt : ParseSince(options.since);
  const StopSignal never;
  std::string out = csv ? "said,verdict,topic,rule,article,alert,subscription\r\n" : "";
  for (Page page{.after = "", .limit = kReadAtOnce};;) {
    const auto rows = (*store)->FeedbackSince(since, page);
    if (!rows) return rows.error();
    for (const Feedback& feedback : *rows) {
      if (csv) {
        AppendRows(feedback, out);
      } else {
        JsonWriter json(out);
        Write(json, feedback);
        out += '\n';
      }
    }
    if (const Status written = WriteToStandardOutput(out, never, "feedback"); !written) return written.error();
    out.clear();
    if (rows->size() < page.limit) return kOk;
    page.after = rows->back().subscription + "/" + rows->back().alert;
  }
}

}  // namespace

void AddFeedback(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb parent(app, "feedback", "What readers said of alerts");
  parent.NeedsVerb();
  parent.Footer(
      "Examples:\n"
      "  wirewatch feedback export --since 30d --config wirewatch.yaml > feedback.jsonl\n"
      "  wirewatch feedback export --format csv --config wirewatch.yaml > feedback.csv");
  Verb verb = parent.Add("export", "Print it: when, the verdict, topic, rules and article");
  AddStoreOptions(verb, options->store);
  verb.Value("--since", options->since, "Only from this time on, or of the last 2h, 3d").Check(CheckSince);
  verb.Value("--format", options->format, "jsonl (a line each), or csv (a row each rule)").OneOf({"jsonl", "csv"});
  verb.OnChosen([options, &exit_code] {
    NeedStore(options->store);
    exit_code = Finish(Export(*options));
  });
}

}  // namespace wirewatch
