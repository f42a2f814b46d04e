// wirewatch watch: check, tests and counts again on every save.

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/diagnostic.h"
#include "base/io/stop_signal.h"
#include "base/log.h"
#include "base/text/printable.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/signals.h"
#include "cli/terminal/standard_output.h"
#include "cli/terminal/table.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/archive_run.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/coverage_report.h"
#include "cli/wiring/pipeline_run.h"
#include "cli/wiring/test_articles.h"
#include "cli/wiring/test_report.h"
#include "cli/wiring/test_run.h"
#include "connectors/stdio/terminal.h"
#include "rules/engine/match.h"
#include "rules/engine/rule_set.h"
#include "rules/pack/pack_cache.h"
#include "rules/pack/pack_files.h"
#include "rules/tools/rule_test.h"

namespace wirewatch {
namespace {

// Between two looks at the files.
constexpr std::chrono::milliseconds kPause{200};

struct Options {
  std::vector<std::string> packs;
  ArchiveOptions archive;  // `on`: none, no archive; `config`: of the tests, too
  bool coverage = false;
};

// Packs and tests alike.
Result<std::vector<std::filesystem::path>> FindWatched(const std::vector<std::filesystem::path>& paths) {
  auto files = FindPackFiles(paths);
  if (!files) return files;
  auto tests = FindRuleTestFiles(paths);
  if (!tests) return tests;
  files->insert(files->end(), tests->begin(), tests->end());
  return files;
}

std::string TimeOfDay() { return FormatRfc3339(WallNow()).substr(11, 8); }

// One look at everything after another, with what is kept in between.
class Rounds {
 public:
  Rounds(const Options& options, std::vector<std::filesystem::path> packs, StopSwitch& stop)
      : options_(options), packs_(std::move(packs)), stop_(stop) {}

  // What is to be shown.
  std::string Run() {
    std::string text;
    RuleTestOptions run;
    run.load_article = LoaderOfTestArticles(options_.archive.config);
    auto tests = TestPacks(packs_, std::move(run), options_.coverage);
    if (!tests) {
      text += fmt::format("{}\n", tests.error().message);
    } else {
      // What follows from a mistake would push it off the screen.
      if (HasErrors(tests->diagnostics)) {
        std::erase_if(tests->diagnostics, [](const Diagnostic& d) { return d.severity == Severity::kWarning; });
      }
      text += Render(tests->diagnostics, ColourOnStdout());
      if (tests->rule_set != nullptr) text += Tested(*tests);
    }
    const bool compiled = tests && tests->rule_set != nullptr;
    if (!compiled && !last_good_.empty()) text += fmt::format("mistakes in the packs; before: {}", last_good_);
    if (!compiled && last_good_.empty()) text += "mistakes in the packs\n";
    if (compiled && !options_.archive.on.empty()) text += Counted(tests->rule_set);
    return text;
  }

 private:
  std::string Tested(const PackTests& tests) {
    const RuleTestReport& report = tests.report;
    std::string text = Render(FindUntestedPacks(*tests.rule_set, report), ColourOnStdout());
    text += TestText(report, TestTelling::kUsual, ColourOnStdout());
    std::string summary = TestSummary(report);
    if (tests.coverage) {
      summary.pop_back();
      summary += fmt::format(", coverage {:.1f} %\n", CountPlaces(*tests.coverage).percent());
    }
    last_good_ = fmt::format("{} {}", TimeOfDay(), summary);
    return text + summary;
  }

  // How many articles match, and how many more or fewer than in the round before.
  std::string Counted(const std::shared_ptr<const RuleSet>& rules) {
    auto archive = Archive::Open(options_.archive);
    if (!archive) return fmt::format("{}\n", archive.error().message);
    using Topics = std::vector<std::uint32_t>;
    std::vector<std::uint64_t> counts(rules->topics().size());
    const auto look = [](const ScannedArticle& scanned) {
      Topics topics;
      for (const TopicMatch& match : scanned.found.front()) topics.push_back(match.topic);
      return topics;
    };
    const auto run = RunArchive<Topics>(
        *archive, {rules}, [&look] { return look; },
        [&counts](const ArchivePlace&, const Topics& topics) {
          for (const std::uint32_t topic : topics) ++counts[topic];
        },
        stop_);
    if (!run) return fmt::format("{}\n", run.error().message);
    if (!run->run.status) return fmt::format("{}\n", run->run.status.error().message);
    if (run->run.interrupted) return "";
    std::map<std::string, std::uint64_t> now;
    Table table({"topic", "articles", "change"});
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const std::string& topic = rules->topics()[i]->id;
      now[topic] = counts[i];
      const auto before = before_.find(topic);
      const std::int64_t change =
          before == before_.end() ? 0
                                  : static_cast<std::int64_t>(counts[i]) - static_cast<std::int64_t>(before->second);
      table.Add(
          {Printable(topic), Grouped(static_cast<double>(counts[i])), change == 0 ? "" : fmt::format("{:+}", change)});
    }
    before_ = std::move(now);
    std::string text = fmt::format("\n{}read {} articles in {:.1f} s\n", table.Text(),
                                   Grouped(static_cast<double>(run->read)), run->run.took.count());
    if (run->dead_lettered > 0) {
      text += fmt::format("{} records are no articles: `match` tells why\n",
                          Grouped(static_cast<double>(run->dead_lettered)));
    }
    return text;
  }

  const Options& options_;
  const std::vector<std::filesystem::path> packs_;
  StopSwitch& stop_;
  std::string last_good_;  // the summary of the last round in which the packs were well, with its time
  std::map<std::string, std::uint64_t> before_;  // articles by topic
};

Status Show(const std::string& text, const Options& options, const StopSignal& never) {
  const bool to_terminal = IsTerminal(STDOUT_FILENO);
  std::string screen;
  if (to_terminal) screen = "\x1B[2J\x1B[3J\x1B[H";  // clear screen and what was scrolled off, cursor home
  screen += fmt::format("== {}  {}\n", TimeOfDay(), Printable(fmt::format("{}", fmt::join(options.packs, " "))));
  screen += text;
  if (to_terminal) screen += "\nwatching for saves; Ctrl-C ends it\n";
  return WriteToStandardOutput(screen, never, "results");
}

Result<ExitCode> Watch(const Options& options) {
  BlockSignals();
  log::SetLevel(log::Level::kError);
  StopSwitch stop;
  StopSignal stop_writing;
  const SignalThread signals(stop, [] {});
  const std::vector<std::filesystem::path> packs =
      PacksOf(std::vector<std::filesystem::path>(options.packs.begin(), options.packs.end()));
  if (auto found = FindWatched(packs); !found) return std::move(found).error();
  PackCache files(packs, FindWatched);
  Rounds rounds(options, packs, stop);
  bool saved = true;
  while (!stop.stopped()) {
    if (saved) {
      (void)files.Load();  // what is seen from now on is another save
      saved = false;
      const std::string text = rounds.Run();
      if (stop.stopped()) break;
      if (Status shown = Show(text, options, stop_writing); !shown) return std::move(shown).error();
    }
    if (stop.WaitFor(kPause)) break;
    // A file that is being written is left alone until it stands still: what is shown stays.
    if (files.Look(SteadyNow()) != PackCache::Change::kDone) continue;
    (void)files.Load();
    saved = files.changed();
  }
  return kOk;
}

}  // namespace

void AddWatch(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb watch(app, "watch", "Check packs and run their tests again on every save");
  watch.Value("packs", options->packs, "Rule files, test files and directories of them").Required();
  watch
      .Value("--on", options->archive.on,
             "Count the matches in these article files or directories, too; more: say it again")
      .OneValueATime();
  watch.Flag("--coverage", options->coverage, "Tell the coverage of the tests");
  watch.Value("--config,-c", options->archive.config, "Read articles by `decode` of this configuration");
  watch.Footer(
      "A pack with mistakes, or one that is half written, leaves the counts of before in sight. Ctrl-C ends it, with "
      "exit\n"
      "code 0.\n\n"
      "Examples:\n"
      "  wirewatch watch rules/packs\n"
      "  wirewatch watch my-pack.yaml --on articles.ndjson.zst");
  watch.OnChosen([options, &exit_code] { exit_code = Finish(Watch(*options)); });
}

}  // namespace wirewatch
