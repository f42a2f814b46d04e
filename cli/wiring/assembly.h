// Assembly: what a process of `wirewatch run` consists of. It owns all of it, in the order of life: what others use
// is made first and goes last; the listener, which asks all others, goes first. Called in this order:
//
//   Assembly assembly(config);       // signals are heard from here on
//   assembly.AddQuarantine();        // watches the steps that are added behind it
//   assembly.AddDelivery();          // where the process delivers; the server is up while it waits for the store
//   assembly.AddServer();            // up before the packs are compiled
//   assembly.AddRules();             // where a step needs them
//   assembly.AddStep<Value>(...);    // one or more
//   PipelineRun run = assembly.Run();
//   return assembly.End(run, code);
#ifndef WIREWATCH_CLI_WIRING_ASSEMBLY_H_
#define WIREWATCH_CLI_WIRING_ASSEMBLY_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/signals.h"
#include "cli/wiring/delivery_parts.h"
#include "cli/wiring/demotion_notices.h"
#include "cli/wiring/pipeline_run.h"
#include "monitoring/health.h"
#include "monitoring/http/http_server.h"
#include "monitoring/metrics.h"
#include "pipeline/config.h"
#include "pipeline/flow/handler.h"
#include "pipeline/flow/pipeline.h"
#include "pipeline/flow/quarantine.h"
#include "pipeline/flow/reader.h"
#include "pipeline/flow/transactional_handler.h"
#include "pipeline/match/live_rules.h"
#include "pipeline/match/rule_store.h"
#include "pipeline/records/source.h"
#include "pipeline/records/transactions.h"

namespace wirewatch {

// Threads: one.
class Assembly {
 public:
  // Borrows `config`. REQUIRES: BlockSignals().
  explicit Assembly(const Config& config);
  Assembly(const Assembly&) = delete;
  Assembly& operator=(const Assembly&) = delete;

  // Where the configuration names one. Errors: as Quarantine::Open.
  Status AddQuarantine();
  // The parts of the role `deliver`, where the process has it. Errors: as DeliveryParts::Open.
  Status AddDelivery();
  // Where the configuration names one; with the HTTP API, where the process delivers. Errors: as HttpServer::Start and
  // DeliveryParts::AddRoutes.
  Status AddServer();
  // Loads and compiles the packs, and what watches them; told to stop meanwhile, it ends the process (LoadRules).
  // Errors: as RuleStore::Create; those of the place of dead letters.
  Status AddRules();

  // A pipeline from `source` to `handler`. With `transactions` all that `handler` sends is in them.
  // Errors: those of `source` and `handler`, which may be results of their factories; then Pipeline::Create's.
  template <class Value>
  Status AddStep(Result<std::unique_ptr<Source>> source, Result<std::unique_ptr<Handler<Value>>> handler,
                 Step<Value> step, const StepTransactions& transactions);

  // Ready from here on. Runs all steps to their ends, or until a signal; SIGHUP reloads the rules and subscriptions.
  // At the end of the input what is due is sent.
  // REQUIRES: one step at least.
  PipelineRun Run();

  // The last call. What would be waited for without end, or is of no use any more, ends with the process at once.
  Result<ExitCode> End(const PipelineRun& run, ExitCode code);

  // What the first step reads. REQUIRES: AddStep
  ReadBy first() const { return {steps_.front().metrics, steps_.front().reads}; }
  MetricsRegistry& metrics() { return metrics_; }
  Health& health() { return health_; }
  const RuleStore& rules() const { return *rules_; }     // REQUIRES: AddRules
  LiveRules& live_rules() { return *live_rules_; }       // REQUIRES: AddRules
  DeliveryParts* delivery() { return delivery_.get(); }  // null: the process does not deliver

 private:
  struct RunningStep {
    std::unique_ptr<PipelineBase> pipeline;
    const Source& source;  // the pipeline's
    StepMetrics metrics;
    std::string_view reads;
  };

  template <class Value>
  std::unique_ptr<Handler<Value>> InTransactions(std::unique_ptr<Handler<Value>> handler,
                                                 const StepTransactions& transactions) const;
  Status StartServer(bool with_api);
  // To the sinks of alerts, and to subscriptions where alerts go to them from here.
  Result<DemotionNotices::Sinks> MakeNoticeSinks();
  void Reload();
  // What SIGHUP reloads from now on; null: nothing.
  void LetReload(RuleStore* rules, DeliveryParts* delivery);
  // The end of sending: with the input, or with a stop.
  void EndDelivery(PipelineRun& run);

  const Config& config_;
  StopSwitch stop_;
  std::mutex reloaded_mutex_;
  RuleStore* reloaded_ = nullptr;               // by SIGHUP
  DeliveryParts* reloaded_delivery_ = nullptr;  // the same
  const SignalThread signals_;
  MetricsRegistry metrics_;
  Health health_;
  std::unique_ptr<Quarantine> quarantine_;    // null: there is none
  std::unique_ptr<RuleStore> rules_;          // null: no step needs them
  std::unique_ptr<DeliveryParts> delivery_;   // null: the process does not deliver
  std::unique_ptr<DemotionNotices> notices_;  // null: no step needs them
  std::unique_ptr<LiveRules> live_rules_;     // the same
  std::vector<RunningStep> steps_;
  std::atomic<bool> complete_ = false;  // all readiness checks are there
  std::unique_ptr<HttpServer> server_;  // null: there is none
};

template <class Value>
Status Assembly::AddStep(Result<std::unique_ptr<Source>> source, Result<std::unique_ptr<Handler<Value>>> handler,
                         Step<Value> step, const StepTransactions& transactions) {
  if (!source) return std::move(source).error();
  if (!handler) return std::move(handler).error();
  const Source& source_view = **source;
  auto in_transactions = InTransactions(*std::move(handler), transactions);
  const HandlerBase& handler_view = *in_transactions;
  const StepMetrics metrics = step.metrics;
  const std::string_view reads = step.reads;
  std::string source_name = step.source_name;
  if (quarantine_ != nullptr) step = quarantine_->Watched(std::move(step));
  auto pipeline = Pipeline<Value>::Create(*std::move(source), std::move(in_transactions), std::move(step),
                                          config_.pipeline.pipeline, health_);
  if (!pipeline) return std::move(pipeline).error();
  // Not before: the checks stay in health_, and without the pipeline what they ask would be gone.
  handler_view.AddReadiness(health_);
  health_.AddReadiness(std::move(source_name), [&source_view] { return source_view.Ready(); });
  steps_.push_back({*std::move(pipeline), source_view, metrics, reads});
  return {};
}

// Two transactions' records fit into what may be in flight: the next one fills while one is committed.
template <class Value>
std::unique_ptr<Handler<Value>> Assembly::InTransactions(std::unique_ptr<Handler<Value>> handler,
                                                         const StepTransactions& transactions) const {
  if (!transactions) return handler;
  TransactionalOptions options;
  options.interval = transactions.interval;
  options.records =
      std::min(options.records, std::max<std::size_t>(1, config_.pipeline.pipeline.in_flight_records / 2));
  return std::make_unique<TransactionalHandler<Value>>(std::move(handler), transactions.transactions, options);
}

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_ASSEMBLY_H_
