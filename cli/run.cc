// wirewatch run: the service.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "cli/config_input.h"
#include "cli/pipeline_run.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "cli/tell.h"
#include "cli/verbs.h"
#include "connectors/registry.h"
#include "monitoring/endpoints.h"
#include "monitoring/health.h"
#include "monitoring/http_server.h"
#include "monitoring/metrics.h"
#include "pipeline/delivery_stage.h"
#include "pipeline/pipeline.h"
#include "pipeline/rule_store.h"

namespace wirewatch {
namespace {

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
  options.limits = config.decode;
  options.mapping = config.mapping;
  return options;
}

Result<std::unique_ptr<DeliveryStage>> MakeDeliveryStage(const Config& config, Metrics& metrics) {
  std::vector<std::unique_ptr<AlertSink>> sinks;
  for (const ConnectorConfig& sink : config.sinks) {
    auto made = MakeAlertSink(sink, config, metrics);
    if (!made) return std::move(made).error();
    sinks.push_back(*std::move(made));
  }
  auto dead_letters = MakeDeadLetterSink(config, metrics);
  if (!dead_letters) return std::move(dead_letters).error();
  return std::make_unique<DeliveryStage>(std::move(sinks), *std::move(dead_letters), metrics);
}

void PrintSummary(const Metrics& metrics, const PipelineRun& run) {
  Tell(
      fmt::format("read {} articles: {} matched, {} unmatched, {} suppressed as repeats, {} dead letters; {:.2f} s, {} "
                  "articles/s\n",
                  Grouped(metrics.records_read.Value()), Grouped(metrics.records_matched.Value()),
                  Grouped(metrics.records_unmatched.Value()), Grouped(metrics.records_suppressed.Value()),
                  Grouped(metrics.records_dead_lettered.Value()), run.took.count(), Grouped(run.PerSecond(metrics))));
}

// Wires and runs everything. The order of the locals is the order of life: what is used by others comes first.
Status Serve(const Config& config) {
  log::SetLevel(LevelOf(config.log.String("level")));
  Metrics metrics;
  Health health;

  auto rules = RuleStore::Create(PackPaths(config), metrics, config.rules.String("pattern_cache"));
  if (!rules) return std::move(rules).error();
  auto source = MakeSource(config, metrics);
  if (!source) return std::move(source).error();
  Source& source_view = **source;
  auto delivery = MakeDeliveryStage(config, metrics);
  if (!delivery) return std::move(delivery).error();

  health.AddReadiness("rules", [] { return Status(); });  // there are some: Create does not return before
  health.AddReadiness("source", [&source_view] { return source_view.Ready(); });
  (*delivery)->AddReadiness(health);
  auto pipeline =
      Pipeline::Create(*std::move(source), *std::move(delivery), **rules, PipelineOptionsOf(config), metrics, health);
  if (!pipeline) return std::move(pipeline).error();

  std::unique_ptr<HttpServer> server;
  if (const std::string& listen = config.monitoring.String("listen"); listen != "off") {
    auto started = HttpServer::Start(listen, MonitoringEndpoints(metrics, health));
    if (!started) return std::move(started).error();
    server = *std::move(started);
    log::Info("metrics and health on port {}: /metrics /healthz /readyz", server->port());
  }
  const auto reload_interval = config.rules.Duration("reload_interval");
  (*rules)->Watch(reload_interval, health.AddLoop("rules", std::chrono::seconds(60)));

  const PipelineRun run = RunPipeline(**pipeline, source_view, metrics, [&] { (*rules)->RequestReload(); });
  PrintSummary(metrics, run);
  if (run.gave_up) FinishAtOnce(run.status);
  return run.status;
}

ExitCode Run(const Options& options) {
  BlockSignals();
  auto config = options.config.empty() ? MakeConfig(options.quick) : LoadConfig(options.config);
  return Finish(config ? Serve(*config) : Status(config.error()));
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
