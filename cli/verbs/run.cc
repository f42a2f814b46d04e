// wirewatch run: the service.

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/signals.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/alert_options.h"
#include "cli/wiring/assembly.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/delivery_parts.h"
#include "cli/wiring/pipeline_run.h"
#include "connectors/registry.h"
#include "monitoring/metrics.h"
#include "pipeline/alert/alert_handler.h"
#include "pipeline/alert/alert_metrics.h"
#include "pipeline/alert/alert_step.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/deliver_handler.h"
#include "pipeline/deliver/deliver_metrics.h"
#include "pipeline/deliver/deliver_sink.h"
#include "pipeline/deliver/deliver_step.h"
#include "pipeline/deliver/subscription.h"
#include "pipeline/flow/flow_metrics.h"
#include "pipeline/match/article_matches.h"
#include "pipeline/match/match_metrics.h"
#include "pipeline/match/match_publisher.h"
#include "pipeline/match/match_step.h"
#include "pipeline/records/dead_letter_reason.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("cli");

struct Options {
  std::string config;
  QuickConfig quick;
};

using MatchHandler = Handler<ArticleMatches>;

// `delivery`: null, the process does not deliver.
Result<std::unique_ptr<MatchHandler>> MakeAlertHandler(const Config& config, MetricsRegistry& metrics,
                                                       const StepTransactions& transactions, DeliveryParts* delivery) {
  std::vector<std::unique_ptr<AlertSink>> sinks;
  for (const ConnectorConfig& sink : config.sinks) {
    auto made = MakeAlertSink(sink, config, metrics, transactions);
    if (!made) return std::move(made).error();
    sinks.push_back(*std::move(made));
  }
  if (delivery != nullptr && !config.alerts_from) {
    sinks.push_back(std::make_unique<DeliverSink>(delivery->MakeDispatcher()));
  }
  auto dead_letters = MakeDeadLetterSink(config, metrics, transactions);
  if (!dead_letters) return std::move(dead_letters).error();
  auto decisions = MakeDecisionSink(config, metrics, transactions);
  if (!decisions) return std::move(decisions).error();
  auto memory = MakeAlertMemory(config);
  if (!memory) return std::move(memory).error();
  const AlertHandlerOptions options =
      AlertHandlerOptionsOf(config, *memory != nullptr, static_cast<bool>(transactions));
  auto handler = std::make_unique<AlertHandler>(std::move(sinks), *std::move(dead_letters), *std::move(decisions),
                                                options, metrics);
  if (*memory) {
    if (Status used = handler->Use(*std::move(memory)); !used) return std::move(used).error();
  }
  return std::unique_ptr<MatchHandler>(std::move(handler));
}

Result<std::unique_ptr<MatchHandler>> MakeMatchPublisher(const Config& config, MetricsRegistry& metrics,
                                                         const StepTransactions& transactions) {
  auto sink = MakeMatchSink(config, metrics, transactions);
  if (!sink) return std::move(sink).error();
  auto dead_letters = MakeDeadLetterSink(config, metrics, transactions);
  if (!dead_letters) return std::move(dead_letters).error();
  return std::unique_ptr<MatchHandler>(
      std::make_unique<MatchPublisher>(*std::move(sink), *std::move(dead_letters), metrics));
}

// The role `match`: articles to matches. Without a stream of matches the step is the role `alert` as well.
Status AddMatchStep(Assembly& assembly, const Config& config, InputLook& look) {
  if (Status rules = assembly.AddRules(); !rules) return rules;
  if (const auto cut = FindCutWindows(*assembly.rules().Current(), config.alerts.window)) {
    kLog.Warn("packs: {what}; {help}", {{"what", cut->message}, {"help", cut->help}});
  }
  MetricsRegistry& metrics = assembly.metrics();
  auto transactions = MakeMatchTransactions(config, metrics);
  if (!transactions) return std::move(transactions).error();
  auto handler = config.matches ? MakeMatchPublisher(config, metrics, *transactions)
                                : MakeAlertHandler(config, metrics, *transactions, assembly.delivery());
  auto source = MakeSource(config, metrics, *transactions);
  return assembly.AddStep<ArticleMatches>(
      std::move(source), std::move(handler),
      MatchStep(assembly.rules(), config.decode.limits, config.decode.mapping, config.pipeline.pipeline.record_time,
                metrics, &look, {&assembly.live_rules(), false}),
      *transactions);
}

// The role `alert`: matches to alerts.
Status AddAlertStep(Assembly& assembly, const Config& config) {
  MetricsRegistry& metrics = assembly.metrics();
  auto transactions = MakeAlertTransactions(config, metrics);
  if (!transactions) return std::move(transactions).error();
  auto handler = MakeAlertHandler(config, metrics, *transactions, assembly.delivery());
  auto source = MakeMatchesSource(config, metrics, *transactions);
  return assembly.AddStep<ArticleMatches>(std::move(source), std::move(handler), AlertStep(metrics), *transactions);
}

// The role `deliver`, where other processes raise the alerts: those that they wrote to messages.
Status AddDeliverStep(Assembly& assembly, const Config& config) {
  MetricsRegistry& metrics = assembly.metrics();
  auto dead_letters = MakeDeadLetterSink(config, metrics);
  if (!dead_letters) return std::move(dead_letters).error();
  Result<std::unique_ptr<Handler<AlertNotice>>> handler = std::unique_ptr<Handler<AlertNotice>>(
      std::make_unique<DeliverHandler>(assembly.delivery()->MakeDispatcher(), *std::move(dead_letters), metrics));
  return assembly.AddStep<AlertNotice>(MakeAlertsSource(config, metrics), std::move(handler), DeliverStep(metrics), {});
}

Status AddRoles(Assembly& assembly, const Config& config, InputLook& look) {
  if (config.matches_here) {
    if (Status added = AddMatchStep(assembly, config, look); !added) return added;
  }
  if (config.matches && config.alerts_here) {
    if (Status added = AddAlertStep(assembly, config); !added) return added;
  }
  if (config.delivers_here && config.alerts_from) {
    if (Status added = AddDeliverStep(assembly, config); !added) return added;
  }
  return {};
}

// Records that raised no alert, and why: each of their matches has its own reason.
std::string SuppressedText(const Counter& records, MetricsRegistry& metrics) {
  const CounterFamily by_reason = AlertMetrics{metrics}.suppressed;
  std::string reasons;
  for (const Suppressed why : kAllSuppressed) {
    const double matches = by_reason.With(Name(why)).Value();
    if (matches > 0) reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", Grouped(matches), Name(why));
  }
  return fmt::format("{} suppressed{}", Grouped(records.Value()),
                     reasons.empty() ? "" : fmt::format(" (matches: {})", reasons));
}

// Where one step makes them all: letters, not records. What was held, and could not be at the end, matched when it was
// read.
double DeadLetters(MetricsRegistry& metrics) {
  const CounterFamily by_reason = DeadLetterMetrics{metrics}.dead_letters;
  double letters = 0;
  for (std::size_t i = 0; i < kDeadLetterReasons; ++i) {
    letters += by_reason.With(Name(static_cast<DeadLetterReason>(i))).Value();
  }
  return letters;
}

// What became of messages, whichever channel they took.
std::string MessagesText(MetricsRegistry& metrics) {
  const DeliverMetrics counted{metrics};
  const auto count = [&](std::string_view outcome) {
    double sum = 0;
    for (const ChannelKind kind : kChannelKinds) sum += counted.messages.With(Name(kind), outcome).Value();
    return Grouped(sum);
  };
  return fmt::format("{} messages delivered, {} failed, {} to be sent again; ", count("delivered"), count("failed"),
                     count("retried"));
}

// What each step that ran here read, and what came of it.
void PrintSummary(const Config& config, MetricsRegistry& metrics, const PipelineRun& run, const ReadBy& first) {
  const auto count = [](const Counter& counter) { return Grouped(counter.Value()); };
  const StepMetrics match = MatchMetrics{metrics}.step;
  const StepMetrics alert = AlertMetrics{metrics}.step;
  std::string text;
  if (config.matches_here) {
    text = fmt::format(
        "read {} articles: {} matched, {} unmatched, {}{} dead letters; ", count(match.read), count(match.matched),
        count(match.unmatched), config.matches ? "" : SuppressedText(match.suppressed, metrics) + ", ",
        config.matches || config.alerts_from ? count(match.dead_lettered) : Grouped(DeadLetters(metrics)));
  }
  if (config.matches && config.alerts_here) {
    text += fmt::format("read {} matches: {} alerted, {}, {} dead letters; ", count(alert.read), count(alert.matched),
                        SuppressedText(alert.suppressed, metrics), count(alert.dead_lettered));
  }
  if (config.delivers_here && config.alerts_from) {
    const StepMetrics deliver = DeliverMetrics{metrics}.step;
    text += fmt::format("read {} alerts, {} dead letters; ", count(deliver.read), count(deliver.dead_lettered));
  }
  if (config.delivers_here) text += MessagesText(metrics);
  text += fmt::format("{:.2f} s, {} {}/s", run.took.count(), run.PerSecond(first.step.read.Value()), first.what);
  Tell(text + "\n");
}

Result<ExitCode> Serve(const Config& config, const std::string& file) {
  InputLook look;
  Assembly assembly(config);
  config.log.Use();
  kLog.Info(
      "wirewatch {version} starts",
      {{"version", WIREWATCH_VERSION}, {"configuration", file.empty() ? "command line" : file}, {"pid", getpid()}});
  if (Status added = assembly.AddQuarantine(); !added) return std::move(added).error();
  if (Status added = assembly.AddDelivery(); !added) return std::move(added).error();
  if (Status added = assembly.AddServer(); !added) return std::move(added).error();
  if (Status added = AddRoles(assembly, config, look); !added) return std::move(added).error();

  const PipelineRun run = assembly.Run();
  kLog.Info("stopped: {how}", {{"how", run.status ? "all that was read is settled" : "with an error"}});
  PrintSummary(config, assembly.metrics(), run, assembly.first());
  const bool no_articles = TellOfInput(run, assembly.metrics(), look);
  return assembly.End(run, no_articles ? kNoArticles : kOk);
}

Result<ExitCode> Run(const Options& options) {
  BlockSignals();
  auto config = options.config.empty() ? MakeConfig(options.quick) : LoadConfig(options.config);
  if (!config) return std::move(config).error();
  return Serve(*config, options.config);
}

}  // namespace

void AddRun(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb run(app, "run", "Read articles, raise alerts, until the input ends or Ctrl-C");
  const VerbOption config =
      run.Value("--config,-c", options->config, "Everything from this file (docs/configuration.md)");
  QuickConfig& quick = options->quick;
  const VerbOption packs =
      run.Value("--packs,-p", quick.packs, "A rule file or a directory of them; more: say it again").OneValueATime();
  const VerbOption input = run.Value("--input,-i", quick.inputs, "Article files and directories; - or none: stdin");
  run.Flag("--follow,-f", quick.follow, "Keep reading files as they grow").Needs(input);
  run.Value("--record-time", quick.record_time, std::string(kRecordTimeHelp)).OneOf({"received", "published"});
  const VerbOption alerts =
      run.Value("--alerts,-o", quick.alerts, "Append alerts to this file instead of printing them");
  run.Value("--format", quick.format, "Of printed alerts: text, json, or auto (text on a terminal)")
      .OneOf({"text", "json", "auto"})
      .Excludes(alerts);
  const VerbOption deliver =
      run.Value("--deliver", quick.deliver, "Send alerts as this subscription file says (docs/subscriptions.md)");
  run.Value("--store", quick.store,
            "What was sent, and what is to be sent, in this SQLite file; default: FILE.db of --deliver")
      .Needs(deliver);
  run.Value("--dead-letters", quick.dead_letters, "Append dead letters to this file instead of telling them on stderr");
  run.Value("--listen", quick.listen, "host:port of /metrics, /healthz and /readyz");
  run.OthersExclude(config);
  run.Footer(
      "SIGHUP reloads the packs; they are also reloaded when they change.\n\n"
      "Examples:\n"
      "  wirewatch run --config deploy/wirewatch.example.yaml\n"
      "  wirewatch run --packs rules/packs --input deploy/sample-wire --dead-letters dead-letters.ndjson\n"
      "  wirewatch run --packs rules/packs --input wire.ndjson --follow --listen 127.0.0.1:9464");
  run.OnChosen([options, packs, &exit_code] {
    if (options->config.empty() && !packs.given()) {
      FailMissing("--config or --packs");
    }
    exit_code = Finish(Run(*options));
  });
}

}  // namespace wirewatch
