// wirewatch run: the service.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/signals.h"
#include "cli/terminal/tell.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/pipeline_run.h"
#include "connectors/registry.h"
#include "monitoring/health.h"
#include "monitoring/http/endpoints.h"
#include "monitoring/http/http_server.h"
#include "monitoring/metrics.h"
#include "pipeline/alert/alert_handler.h"
#include "pipeline/alert/alert_sink.h"
#include "pipeline/alert/match_reader.h"
#include "pipeline/flow/pipeline.h"
#include "pipeline/flow/quarantine.h"
#include "pipeline/match/article_matches.h"
#include "pipeline/match/article_reader.h"
#include "pipeline/match/match_publisher.h"
#include "pipeline/match/rule_store.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("cli");

struct Options {
  std::string config;
  QuickConfig quick;
};

log::Level LevelOf(const std::string& name) {
  if (name == "debug") return log::Level::kDebug;
  if (name == "warn") return log::Level::kWarn;
  if (name == "error") return log::Level::kError;
  return log::Level::kInfo;
}

PipelineOptions PipelineOptionsOf(const Config& config) {
  PipelineOptions options;
  options.workers = static_cast<std::size_t>(config.pipeline.Integer("workers"));
  options.in_flight_records = static_cast<std::size_t>(config.pipeline.Integer("in_flight_records"));
  options.in_flight_bytes = config.pipeline.Bytes("in_flight_bytes");
  options.drain_timeout = config.pipeline.Duration("drain_timeout");
  return options;
}

// Null: there is none.
Result<std::unique_ptr<Quarantine>> MakeQuarantine(const Config& config, Metrics& metrics) {
  QuarantineOptions options;
  options.path = config.pipeline.String("quarantine");
  if (options.path.empty()) return std::unique_ptr<Quarantine>();
  options.most_tries = static_cast<std::uint32_t>(config.pipeline.Integer("quarantine_tries"));
  options.time_budget = config.pipeline.Duration("record_time_budget");
  return Quarantine::Open(options, metrics, [](std::string what) {
    FinishAtOnce(Error{ErrorCode::kInternal, fmt::format("the process ends: {}", what)});
  });
}

DeliveryOptions DeliveryOptionsOf(const Config& config, bool remembers, bool transactional) {
  DeliveryOptions options;
  options.alerts.window = config.alerts.Duration("window");
  options.alerts.max_sightings = static_cast<std::size_t>(config.alerts.Integer("max_sightings"));
  options.alerts.revisions_per_partition = options.partitioned = config.matches.has_value();
  // What goes out without a record is in no transaction.
  options.releases_by_clock = !transactional;
  if (options.partitioned) {
    options.alerts.longest_embargo = options.alerts.window;
  } else if (!remembers && config.source.name == "kafka") {
    options.alerts.longest_embargo = std::chrono::milliseconds(0);  // a crash would lose what is committed and held
  }
  return options;
}

Result<std::unique_ptr<Handler<ArticleMatches>>> MakeAlertHandler(const Config& config,
                                                                  const StepTransactions& transactions,
                                                                  Metrics& metrics, Health& health) {
  std::vector<std::unique_ptr<AlertSink>> sinks;
  for (const ConnectorConfig& sink : config.sinks) {
    auto made = MakeAlertSink(sink, config, metrics, transactions);
    if (!made) return std::move(made).error();
    sinks.push_back(*std::move(made));
  }
  auto dead_letters = MakeDeadLetterSink(config, metrics, transactions);
  if (!dead_letters) return std::move(dead_letters).error();
  auto memory = MakeAlertMemory(config);
  if (!memory) return std::move(memory).error();
  auto handler =
      std::make_unique<AlertHandler>(std::move(sinks), *std::move(dead_letters),
                                     DeliveryOptionsOf(config, *memory != nullptr, transactions != nullptr), metrics);
  if (*memory) {
    if (Status used = handler->Use(*std::move(memory)); !used) return std::move(used).error();
  }
  handler->AddReadiness(health);
  return InTransactions(std::move(handler), transactions, config);
}

Result<std::unique_ptr<Handler<ArticleMatches>>> MakeMatchPublisher(const Config& config,
                                                                    const StepTransactions& transactions,
                                                                    Metrics& metrics, Health& health) {
  auto sink = MakeMatchSink(config, metrics, transactions);
  if (!sink) return std::move(sink).error();
  auto dead_letters = MakeDeadLetterSink(config, metrics, transactions);
  if (!dead_letters) return std::move(dead_letters).error();
  auto publisher = std::make_unique<MatchPublisher>(*std::move(sink), *std::move(dead_letters), metrics);
  publisher->AddReadiness(health);
  return InTransactions(std::move(publisher), transactions, config);
}

// Records that raised no alert, and why: each of their matches has its own reason.
std::string SuppressedText(const Counter& records, Metrics& metrics) {
  std::string reasons;
  for (const Suppressed why : kAllSuppressed) {
    const double matches = metrics.AlertsSuppressed(Name(why)).Value();
    if (matches > 0) reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", Grouped(matches), Name(why));
  }
  return fmt::format("{} suppressed{}", Grouped(records.Value()),
                     reasons.empty() ? "" : fmt::format(" (matches: {})", reasons));
}

// What each step that ran here read, and what came of it.
void PrintSummary(const Config& config, Metrics& metrics, const PipelineRun& run) {
  const auto count = [](const Counter& counter) { return Grouped(counter.Value()); };
  const StepMetrics& match = metrics.match_step;
  const StepMetrics& alert = metrics.alert_step;
  std::string text;
  if (config.matches_here) {
    text =
        fmt::format("read {} articles: {} matched, {} unmatched, {}{} dead letters; ", count(match.read),
                    count(match.matched), count(match.unmatched),
                    config.matches ? "" : SuppressedText(match.suppressed, metrics) + ", ", count(match.dead_lettered));
  }
  if (config.matches && config.alerts_here) {
    text += fmt::format("read {} matches: {} alerted, {}, {} dead letters; ", count(alert.read), count(alert.matched),
                        SuppressedText(alert.suppressed, metrics), count(alert.dead_lettered));
  }
  const StepMetrics& first = config.matches_here ? match : alert;
  text += fmt::format("{:.2f} s, {} {}/s", run.took.count(), run.PerSecond(first.read.Value()),
                      config.matches_here ? "articles" : "matches");
  Tell(text + "\n");
}

// One step, wired. `source` belongs to the pipeline.
struct RunningStep {
  std::unique_ptr<PipelineBase> pipeline;
  Source* source = nullptr;
};

Result<RunningStep> MakeStep(Result<std::unique_ptr<Source>> source,
                             Result<std::unique_ptr<Handler<ArticleMatches>>> handler, Step<ArticleMatches> step,
                             Quarantine* quarantine, const Config& config, Health& health) {
  if (!source) return std::move(source).error();
  if (!handler) return std::move(handler).error();
  Source* const view = source->get();
  const std::string name = step.name == "match" ? "source" : fmt::format("source of {}", step.name);
  if (quarantine != nullptr) step = quarantine->Watched(std::move(step));
  auto pipeline = Pipeline<ArticleMatches>::Create(*std::move(source), *std::move(handler), std::move(step),
                                                   PipelineOptionsOf(config), health);
  if (!pipeline) return std::move(pipeline).error();
  health.AddReadiness(name, [view] { return view->Ready(); });
  return RunningStep{*std::move(pipeline), view};
}

// Wires and runs everything. The order of the locals is the order of life: what is used by others comes first, and the
// listener, which asks all of them, last; it is up before the packs are compiled.
Result<ExitCode> Serve(const Config& config, const std::string& file) {
  StopSwitch stop;
  std::mutex watched_mutex;
  RuleStore* watched = nullptr;  // stays there while it is told
  const auto watch = [&](RuleStore* store) {
    const std::lock_guard lock(watched_mutex);
    watched = store;
  };
  const SignalThread signals(stop, [&] {
    const std::lock_guard lock(watched_mutex);
    if (watched != nullptr) watched->RequestReload();
  });
  log::SetLevel(LevelOf(config.log.String("level")));
  kLog.Info(
      "wirewatch {version} starts",
      {{"version", WIREWATCH_VERSION}, {"configuration", file.empty() ? "command line" : file}, {"pid", getpid()}});
  Metrics metrics;
  Health health;
  InputLook look;
  const bool two_steps = config.matches.has_value();

  const auto quarantine = MakeQuarantine(config, metrics);
  if (!quarantine) return quarantine.error();
  std::unique_ptr<RuleStore> rules;
  std::vector<RunningStep> steps;
  std::atomic<bool> compiled = false;
  std::unique_ptr<HttpServer> server;
  if (config.matches_here) {
    health.AddReadiness("rules", [&compiled] {
      return compiled ? Status() : Status(Error{ErrorCode::kUnavailable, "compiling"});
    });
  }
  if (const std::string& listen = config.monitoring.String("listen"); listen != "off") {
    auto started = HttpServer::Start(listen, MonitoringEndpoints(metrics, health), {},
                                     HttpCounters{metrics.http_silent, metrics.http_too_many});
    if (!started) return std::move(started).error();
    server = *std::move(started);
    kLog.Info("metrics and health on port {port}: /metrics /healthz /readyz", {{"port", server->port()}});
  }

  if (config.matches_here) {
    auto loaded = LoadRules(PackPaths(config), metrics, config.rules.String("pattern_cache"), stop, kOk);
    if (!loaded) return std::move(loaded).error();
    rules = *std::move(loaded);
    auto transactions = MakeMatchTransactions(config, metrics);
    if (!transactions) return std::move(transactions).error();
    auto step =
        MakeStep(MakeSource(config, metrics, *transactions),
                 two_steps ? MakeMatchPublisher(config, *transactions, metrics, health)
                           : MakeAlertHandler(config, *transactions, metrics, health),
                 MatchStep(*rules, config.decode, config.mapping, metrics, &look), quarantine->get(), config, health);
    if (!step) return std::move(step).error();
    steps.push_back(*std::move(step));
  }
  if (two_steps && config.alerts_here) {
    auto transactions = MakeAlertTransactions(config, metrics);
    if (!transactions) return std::move(transactions).error();
    auto step = MakeStep(MakeMatchesSource(config, metrics, *transactions),
                         MakeAlertHandler(config, *transactions, metrics, health), AlertStep(metrics),
                         quarantine->get(), config, health);
    if (!step) return std::move(step).error();
    steps.push_back(*std::move(step));
  }
  compiled = true;  // not before all checks are there: /readyz must not say yes in between
  if (rules) {
    rules->Watch(config.rules.Duration("reload_interval"), health.AddLoop("rules", std::chrono::seconds(60)));
    watch(rules.get());
  }

  std::vector<PipelineBase*> pipelines;
  for (const RunningStep& step : steps) pipelines.push_back(step.pipeline.get());
  const ReadBy first =
      config.matches_here ? ReadBy{metrics.match_step, "articles"} : ReadBy{metrics.alert_step, "matches"};
  const PipelineRun run = RunPipelines(pipelines, *steps.front().source, first, stop);
  watch(nullptr);
  kLog.Info("stopped: {how}", {{"how", run.status ? "all that was read is settled" : "with an error"}});
  PrintSummary(config, metrics, run);
  const bool no_articles = TellOfInput(run, metrics, look);
  // What is compiled just now is not waited for: nobody will use it.
  const bool compiling = rules && !rules->Stop();
  if (run.gave_up || (compiling && !run.status)) FinishAtOnce(run.status);
  const ExitCode code = no_articles ? kNoArticles : kOk;
  if (compiling) LeaveAtOnce(code);
  if (!run.status) return run.status.error();
  return code;
}

ExitCode Run(const Options& options) {
  BlockSignals();
  auto config = options.config.empty() ? MakeConfig(options.quick) : LoadConfig(options.config);
  if (!config) return Finish(config.error());
  const Result<ExitCode> served = Serve(*config, options.config);
  return served ? *served : Finish(served.error());
}

}  // namespace

void AddRun(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* run = app.add_subcommand("run", "Read articles, raise alerts, until the input ends or Ctrl-C");
  auto* config = run->add_option("--config,-c", options->config, "Everything from this file (docs/configuration.md)");
  QuickConfig& quick = options->quick;
  auto* packs = run->add_option("--packs,-p", quick.packs, "A rule file or a directory of them; more: say it again")
                    ->allow_extra_args(false);
  auto* input = run->add_option("--input,-i", quick.inputs, "Article files and directories; - or none: stdin");
  run->add_flag("--follow,-f", quick.follow, "Keep reading files as they grow")->needs(input);
  auto* alerts = run->add_option("--alerts,-o", quick.alerts, "Append alerts to this file instead of printing them");
  run->add_option("--format", quick.format, "Of printed alerts: text, json, or auto (text on a terminal)")
      ->check(CLI::IsMember({"text", "json", "auto"}))
      ->excludes(alerts);
  run->add_option("--dead-letters", quick.dead_letters,
                  "Append dead letters to this file instead of telling them on stderr");
  run->add_option("--listen", quick.listen, "host:port of /metrics, /healthz and /readyz");
  for (CLI::Option* option : run->get_options()) {
    if (option != config && option->get_name() != "--help") option->excludes(config);
  }
  run->footer(
      "SIGHUP reloads the packs; they are also reloaded when they change.\n\n"
      "Examples:\n"
      "  wirewatch run --config deploy/wirewatch.example.yaml\n"
      "  wirewatch run --packs rules/packs --input deploy/sample-wire --dead-letters dead-letters.ndjson\n"
      "  wirewatch run --packs rules/packs --input wire.ndjson --follow --listen 127.0.0.1:9464");
  run->callback([options, packs, &exit_code] {
    if (options->config.empty() && packs->count() == 0) {
      throw CLI::RequiredError("--config or --packs", CLI::ExitCodes::RequiredError);
    }
    exit_code = Run(*options);
  });
}

}  // namespace wirewatch
