// wirewatch backtest: what rules would have done on an archive.

#include "pipeline/archive/backtest.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "cli/report/backtest_report.h"
#include "cli/report/sparkline.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/signals.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/alert_replay.h"
#include "cli/wiring/archive_run.h"
#include "cli/wiring/archive_teller.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/pipeline_run.h"
#include "cli/wiring/topic_name.h"
#include "connectors/stdio/terminal.h"

namespace wirewatch {
namespace {

struct Options {
  std::vector<std::string> packs;
  ArchiveOptions archive;
  std::vector<std::string> topics;
  std::size_t samples = 3;
  std::size_t seed = 1;
  std::string html;
  bool json = false;
};

Result<ExitCode> RunBacktest(const Options& options) {
  BlockSignals();
  log::SetLevel(log::Level::kWarn);
  StopSwitch stop;
  const SignalThread signals(stop, [] {});
  auto archive = Archive::Open(options.archive);
  if (!archive) return std::move(archive).error();
  const auto rules = LoadRuleSet({options.packs.begin(), options.packs.end()}, stop);
  if (!rules) return rules.error();
  if (Status known = CheckTopics(**rules, options.topics); !known) return std::move(known).error();
  if (!options.html.empty()) {  // a path that cannot be written is told before the work, not after it
    if (Status written = WriteFile(options.html, ""); !written) return std::move(written).error();
  }

  Backtest counts(**rules, {options.topics, options.samples, options.seed});
  AlertReplay alerts(archive->config,
                     {.alert = [&](const Alert& alert, WallTime time) { counts.AddAlert(alert, time); },
                      .decision = [&](const Decision& decision, const void*) { counts.AddDecision(decision); }});
  const auto run = RunArchive<ArticleMatches>(
      *archive, {*rules},
      [&]() -> ArchiveReader<ArticleMatches>::Look {
        return [teller = std::make_shared<ArchiveTeller>(*rules)](const ScannedArticle& scanned) {
          return teller->Tell(scanned, 0);
        };
      },
      [&](const ArchivePlace& place, ArticleMatches found) {
        counts.AddArticle(place.time);
        if (!options.topics.empty()) {
          std::erase_if(found.matches, [&](const Match& match) { return !counts.Wants(match.topic); });
        }
        for (const Match& match : found.matches) counts.AddMatch(match, place.time);
        // Rules in shadow hit, and raise no alert.
        for (const Match& match : found.shadow) counts.AddMatch(match, place.time);
        alerts.Take(place, std::move(found));
      },
      stop);
  if (!run) return run.error();
  if (!run->run.status) return run->run.status.error();
  if (Status closed = alerts.Close(); !closed) return std::move(closed).error();

  BacktestReport report{counts, FactsOf(*run, options.archive.on, counts.days()), options.packs, (*rules)->hash()};
  report.archive.late = alerts.late();
  if (!options.html.empty()) {
    if (Status written = WriteFile(options.html, BacktestHtml(report)); !written) return std::move(written).error();
  }
  return FinishReport(
      options.json ? BacktestJson(report)
                   : BacktestText(report, {IsUtf8Locale(), WantsColour(STDOUT_FILENO), TerminalWidth(STDOUT_FILENO)}),
      *archive, *run, stop);
}

}  // namespace

void AddBacktest(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb backtest(app, "backtest", "Tell what rules would have done on an archive: hits, alerts a day, samples");
  backtest.Value("packs", options->packs, "Rule files and directories of them").Required();
  AddArchiveOptions(backtest, options->archive);
  backtest.Value("--topic,-t", options->topics, "Only this topic; more: say it again").OneValueATime();
  backtest.Value("--sample", options->samples, "Show so many articles of each rule, drawn by chance; 0: none")
      .Between(0, 1000)
      .ShowDefault();
  backtest.Value("--seed", options->seed, "Another number draws other samples").Between(0, 1'000'000'000).ShowDefault();
  backtest.Value("--html", options->html, "Write a report with plots to this file, too: one page, without scripts");
  backtest.Flag("--json", options->json, "Print one JSON document");
  backtest.Footer(
      std::string(kArchiveHelp) +
      "\nAlerts are those that `wirewatch run` would have raised, after versions and stories are put together; "
      "a day\nis one on which the archive has articles. docs/backtest.md reads a report line by line.\n\n"
      "Examples:\n"
      "  wirewatch backtest rules/packs --on deploy/sample-wire\n"
      "  wirewatch backtest rules/packs --on archive/2026-*.ndjson.zst --html report.html\n"
      "  wirewatch backtest rules/packs --on kafka:articles --config wirewatch.yaml --since 30d");
  backtest.OnChosen([options, &exit_code] { exit_code = Finish(RunBacktest(*options)); });
}

}  // namespace wirewatch
