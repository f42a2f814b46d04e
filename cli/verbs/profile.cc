// wirewatch profile: what rules cost on an archive.

#include <fmt/format.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "cli/report/profile_report.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/signals.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/archive_run.h"
#include "cli/wiring/pipeline_run.h"
#include "cli/wiring/topic_name.h"
#include "pipeline/archive/reservoir.h"
#include "pipeline/archive/rule_profile.h"

namespace wirewatch {
namespace {

struct Options {
  std::vector<std::string> packs;
  ArchiveOptions archive;
  std::vector<std::string> topics;
  std::size_t limit = 20;
  bool json = false;
};

// Regular expressions are run alone on so many articles, drawn by chance from one in so many of the archive: to copy
// each article would cost more than to match it.
constexpr std::size_t kRegexSample = 300, kMostRegexes = 500;
constexpr std::size_t kOneIn = 16;

// What flows from workers: a candidate for the sample, now and then.
using Candidate = std::optional<Article>;

Result<ExitCode> RunProfile(const Options& options) {
  BlockSignals();
  log::SetLevel(log::Level::kWarn);
  StopSwitch stop;
  const SignalThread signals(stop, [] {});
  auto archive = Archive::Open(options.archive);
  if (!archive) return std::move(archive).error();
  const auto rules = LoadRuleSet({options.packs.begin(), options.packs.end()}, stop);
  if (!rules) return rules.error();
  if (Status known = CheckTopics(**rules, options.topics); !known) return std::move(known).error();

  struct Worker {
    RuleProfiler profiler;
    Status failed;
  };
  std::vector<std::shared_ptr<Worker>> workers;
  Status failed;  // of making a worker
  DayCounts days;
  Reservoir<Article> sample(kRegexSample, 1);
  const auto run = RunArchive<Candidate>(
      *archive, {},
      [&]() -> ArchiveReader<Candidate>::Look {
        auto profiler = RuleProfiler::Create(*rules);
        if (!profiler) {
          failed = std::move(profiler).error();
          return [](const ScannedArticle&) { return Candidate(); };
        }
        workers.push_back(std::make_shared<Worker>(Worker{*std::move(profiler), {}}));
        return [worker = workers.back()](const ScannedArticle& scanned) {
          if (worker->failed) worker->failed = worker->profiler.Add(scanned.document, scanned.folded);
          const bool drawn = std::hash<std::string_view>()(scanned.record.payload) % kOneIn == 0;
          return drawn ? Candidate(scanned.article) : Candidate();
        };
      },
      [&](const ArchivePlace& place, Candidate candidate) {
        if (place.time) days.Add(*place.time);
        if (!candidate) return;
        if (const auto at = sample.Pass()) sample.Put(*at, *std::move(candidate));
      },
      stop);
  if (!run) return run.error();
  if (!failed) return failed.error();
  if (!run->run.status) return run->run.status.error();
  RuleProfile profile(**rules);
  for (const auto& worker : workers) {
    if (!worker->failed) return worker->failed.error();
    profile.Add(worker->profiler.profile());
  }
  std::vector<Article> articles;
  for (const auto& kept : sample.kept()) articles.push_back(kept.thing);

  const ProfileReport report{profile,        **rules,        FactsOf(*run, options.archive.on, std::move(days)),
                             options.packs,  options.topics, MeasureRegexes(**rules, articles, kMostRegexes),
                             articles.size()};
  return FinishReport(options.json ? ProfileJson(report) : ProfileText(report, options.limit), *archive, *run, stop);
}

}  // namespace

void AddProfile(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb profile(app, "profile", "Tell what rules cost on an archive: time and hits by rule and term");
  profile.Value("packs", options->packs, "Rule files and directories of them").Required();
  AddArchiveOptions(profile, options->archive);
  profile.Value("--topic,-t", options->topics, "Tell of this topic alone; more: say it again").OneValueATime();
  profile.Value("--limit", options->limit, "Rows of each table; 0: all").Between(0, 1'000'000).ShowDefault();
  profile.Flag("--json", options->json, "Print one JSON document, of all rules and terms");
  profile.Footer(
      std::string(kArchiveHelp) +
      "\nTimes are CPU times of this run, on this machine: they tell rules from each other. docs/backtest.md "
      "says what\nto do about a slow one.\n\n"
      "Examples:\n"
      "  wirewatch profile rules/packs --on deploy/sample-wire\n"
      "  wirewatch profile rules/packs --on archive/ --since 30d --json > profile.json");
  profile.OnChosen([options, &exit_code] { exit_code = Finish(RunProfile(*options)); });
}

}  // namespace wirewatch
