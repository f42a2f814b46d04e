// wirewatch diff: what an edit of rules changes on an archive.

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/unique_fd.h"
#include "base/write_all.h"
#include "cli/report/diff_report.h"
#include "cli/report/sparkline.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/signals.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/alert_replay.h"
#include "cli/wiring/archive_run.h"
#include "cli/wiring/archive_teller.h"
#include "cli/wiring/pack_revision.h"
#include "cli/wiring/pipeline_run.h"
#include "cli/wiring/topic_name.h"
#include "connectors/stdio/terminal.h"
#include "pipeline/archive/diff_counts.h"
#include "pipeline/archive/pack_comparison.h"

namespace wirewatch {
namespace {

struct Options {
  std::string before, after;
  std::vector<std::string> packs = {"rules/packs"};
  ArchiveOptions archive;
  std::vector<std::string> topics;
  std::size_t samples = 5;
  std::size_t seed = 1;
  std::string budget;
  std::string changes;  // a file
  bool json = false;
};

// Nothing: it is no number, or an empty text.
std::optional<double> ParseDouble(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// What a worker found in one article.
struct Compared {
  std::array<ArticleMatches, 2> found;  // by Side
  std::array<std::chrono::nanoseconds, 2> cpu{};
  std::vector<ChangedArticle> changes;
};

// Topics that hold on one side alone, for the decision on the article.
using TopicsAlone = std::set<std::string>;

Result<std::shared_ptr<const RuleSet>> Load(const PackRevision& revision, StopSwitch& stop) {
  auto rules = LoadRuleSet(revision.packs(), stop);
  if (rules) return rules;
  Error error = rules.error();
  error.message = revision.Told(std::move(error.message));
  return error;
}

// Takes all changes, a line each, as they come.
class ChangesFile {
 public:
  Status Open(const std::string& path) {
    if (path.empty()) return {};
    path_ = path;
    file_ = UniqueFd(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    return file_ ? Status() : Failed();
  }
  bool is_open() const { return static_cast<bool>(file_); }
  void Add(const std::string& line) {
    if (status_ && !WriteAll(file_.get(), line)) status_ = Failed();
  }
  const Status& status() const { return status_; }

 private:
  Status Failed() const {
    return Error{ErrorCode::kIo, fmt::format("{}: cannot be written: {}", path_, std::strerror(errno))};
  }

  std::string path_;
  UniqueFd file_;
  Status status_;
};

Result<ExitCode> RunDiff(const Options& options) {
  BlockSignals();
  log::SetLevel(log::Level::kWarn);
  StopSwitch stop;
  const SignalThread signals(stop, [] {});
  const auto before = PackRevision::Open(options.before, options.packs);
  if (!before) return before.error();
  const auto after = PackRevision::Open(options.after, options.packs);
  if (!after) return after.error();
  auto archive = Archive::Open(options.archive);
  if (!archive) return std::move(archive).error();
  const auto old_rules = Load(*before, stop), new_rules = Load(*after, stop);
  if (!old_rules) return old_rules.error();
  if (!new_rules) return new_rules.error();
  for (const std::string& topic : options.topics) {  // one side may lack it
    if (auto known = FindTopic(**new_rules, topic); !known && !FindTopic(**old_rules, topic)) {
      return std::move(known).error();
    }
  }
  ChangesFile all_changes;
  if (Status opened = all_changes.Open(options.changes); !opened) return std::move(opened).error();

  const PackComparison comparison(*old_rules, *new_rules);
  DiffCounts counts(comparison, {options.topics, options.samples, options.seed});
  const auto listener = [&](Side side) -> AlertReplay::Listener {
    return {
        .alert = [&counts, side](const Alert& alert, WallTime time) { counts.AddAlert(side, alert.match.topic, time); },
        .decision =
            [&counts, side](const Decision& decision, const void* note) {
              const auto* const alone = static_cast<const TopicsAlone*>(note);
              counts.AddDecision(side, decision, alone != nullptr && alone->contains(decision.topic));
            }};
  };
  AlertReplay old_alerts(archive->config, listener(Side::kOld)), new_alerts(archive->config, listener(Side::kNew));
  const auto run = RunArchive<Compared>(
      *archive, {*old_rules, *new_rules},
      [&]() -> ArchiveReader<Compared>::Look {
        return [&comparison, old_teller = std::make_shared<ArchiveTeller>(*old_rules),
                new_teller = std::make_shared<ArchiveTeller>(*new_rules)](const ScannedArticle& scanned) {
          Compared compared{
              {old_teller->Tell(scanned, 0), new_teller->Tell(scanned, 1)}, {scanned.cpu[0], scanned.cpu[1]}, {}};
          for (TopicChange& change : comparison.Compare(scanned.found[0], scanned.found[1], scanned.document)) {
            compared.changes.push_back({std::move(change), scanned.article});
          }
          return compared;
        };
      },
      [&](const ArchivePlace& place, Compared compared) {
        counts.AddArticle(place.time);
        auto alone = std::array{std::make_shared<TopicsAlone>(), std::make_shared<TopicsAlone>()};
        for (const ChangedArticle& changed : compared.changes) {
          if (!counts.Add(changed)) continue;
          if (all_changes.is_open()) all_changes.Add(ChangeJson(comparison, changed));
          const ChangeKind kind = changed.change.kind;
          const std::string& topic = comparison.topics()[changed.change.pair].id;
          if (kind != ChangeKind::kChanged) alone[kind == ChangeKind::kLost ? 0 : 1]->insert(topic);
        }
        for (const Side side : {Side::kOld, Side::kNew}) {
          const auto at = static_cast<std::size_t>(side);
          counts.AddCost(side, compared.cpu[at]);
          for (const Match& match : compared.found[at].matches) counts.AddHit(side, match.topic);
          AlertReplay& alerts = side == Side::kOld ? old_alerts : new_alerts;
          alerts.Take(place, std::move(compared.found[at]), alone[at]->empty() ? nullptr : alone[at]);
        }
      },
      stop, {.measures = true});
  if (!run) return run.error();
  if (!run->run.status) return run->run.status.error();
  for (AlertReplay* const alerts : {&old_alerts, &new_alerts}) {
    if (Status closed = alerts->Close(); !closed) return std::move(closed).error();
  }
  if (!all_changes.status()) return all_changes.status().error();

  DiffReport report{counts,
                    comparison,
                    FactsOf(*run, options.archive.on, counts.days()),
                    before->name(),
                    after->name(),
                    (*old_rules)->hash(),
                    (*new_rules)->hash(),
                    ParseDouble(options.budget)};
  report.archive.late = old_alerts.late() + new_alerts.late();
  const auto finished = FinishReport(
      options.json ? DiffJson(report)
                   : DiffText(report, {IsUtf8Locale(), WantsColour(STDOUT_FILENO), TerminalWidth(STDOUT_FILENO)}),
      *archive, *run, stop);
  if (!finished) return finished.error();
  if (*finished != kOk) return *finished;
  if (!IsOverBudget(report)) return kOk;
  Tell(fmt::format("wirewatch: over the budget: {:+.2f} alerts a day, --budget {}\n", counts.AlertsGained(),
                   options.budget));
  return kExpectationFailed;
}

std::string CheckBudget(const std::string& text) {
  return ParseDouble(text) ? "" : fmt::format("'{}' is not a number such as 5 or 0.5", text);
}

}  // namespace

void AddDiff(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb diff(app, "diff", "Tell what an edit of rules changes on an archive: articles gained and lost, and why");
  diff.Value("old", options->before, "The packs before: a path, git:REV, or REV:PATH").Required().OneValue();
  diff.Value("new", options->after, "The packs after, in the same way").Required().OneValue();
  diff.Value("--packs,-p", options->packs, "Which packs of git:REV; more: say it again").OneValueATime().ShowDefault();
  AddArchiveOptions(diff, options->archive);
  diff.Value("--topic,-t", options->topics, "Only this topic; more: say it again").OneValueATime();
  diff.Value("--sample", options->samples, "Show so many articles of each kind of change and topic, drawn by chance")
      .Between(0, 1000)
      .ShowDefault();
  diff.Value("--seed", options->seed, "Another number draws other samples").Between(0, 1'000'000'000).ShowDefault();
  diff.Value("--changes", options->changes, "Write every article that changed to this file, a line of JSON each");
  diff.Value("--budget", options->budget,
             "Exit code 4 if NEW raises more alerts a day in addition than this, all topics together")
      .Check(CheckBudget);
  diff.Flag("--json", options->json, "Print one JSON document");
  diff.Footer(std::string(kArchiveHelp) +
              "\nTopics and rules are told by their ids. docs/backtest.md reads a report line by line.\n\n"
              "Examples:\n"
              "  wirewatch diff git:HEAD rules/packs --on deploy/sample-wire\n"
              "  wirewatch diff old.yaml new.yaml --on archive/ --since 30d --budget 5\n"
              "  wirewatch diff git:main git:HEAD --packs rules/packs --on archive/ --changes changes.ndjson --json");
  diff.OnChosen([options, &exit_code] { exit_code = Finish(RunDiff(*options)); });
}

}  // namespace wirewatch
