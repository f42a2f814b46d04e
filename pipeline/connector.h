// Connector: what an outside system brings to the program: its part of the configuration, and how its sources and sinks
// are made. One kind of connector has one struct here; a folder of connectors/ fills it in, and connectors/registry.cc
// lists it.
#ifndef WIREWATCH_PIPELINE_CONNECTOR_H_
#define WIREWATCH_PIPELINE_CONNECTOR_H_

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/settings/field_spec.h"
#include "pipeline/alert/alert_memory.h"
#include "pipeline/alert/alert_sink.h"
#include "pipeline/alert/decision_sink.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/match/match_sink.h"
#include "pipeline/records/sink.h"
#include "pipeline/records/source.h"
#include "pipeline/records/transactions.h"

namespace wirewatch {

class MetricsRegistry;

// A connector in the configuration.
struct ConnectorSpec {
  std::string_view name;  // "kafka", "file", "stdin", "stdout"
  std::string_view help;
  FieldTable fields;
};

// A section that several connectors use: `kafka:`.
struct SharedSectionSpec {
  std::string_view name;
  std::string_view help;
  FieldTable fields;
  // What the table cannot say of the fields; null: nothing.
  std::vector<SettingsProblem> (*check)(const Fields& fields) = nullptr;
};

using SharedSections = std::map<std::string, Fields, std::less<>>;  // by name

// What a connector is given beside its own fields. Borrowed, but for the transactions.
struct ConnectorContext {
  const SharedSections& shared;
  std::size_t longest_record;               // decode.max_record_bytes
  std::chrono::milliseconds alerts_window;  // alerts.window: so much of the stream of matches must still be there
  std::string spill_dir;                    // for longer records, where the connector names no place; empty: nowhere
  MetricsRegistry& metrics;
  StepTransactions transactions;  // of the step that it is made for
  // Of the connector that takes the decisions, where it is of the same name; null: there is none.
  const Fields* decisions = nullptr;
};

// Makes what a configuration names, from its fields. Ownership: the caller's; what is made borrows the metrics.
// Errors: say what cannot be opened or reached, where, and what to do. A broker that cannot be reached is none: Ready()
// says it.
template <typename Made>
using Factory = Result<std::unique_ptr<Made>> (*)(const Fields& fields, const ConnectorContext& context);

struct SourceConnector {
  ConnectorSpec spec;
  Factory<Source> make;
  // A record that was acknowledged is not read again after a restart.
  bool remembers = false;
  // Those of its inputs that would read `file` (an absolute path), as they are written. Null: it reads no files.
  std::vector<std::string> (*inputs_that_read)(const Fields& fields, const std::filesystem::path& file) = nullptr;
};

struct AlertSinkConnector {
  ConnectorSpec spec;
  Factory<AlertSink> make;
  // The file that it appends to. Null: it writes none.
  std::string (*file)(const Fields& fields) = nullptr;
};

struct DecisionConnector {
  ConnectorSpec spec;
  Factory<DecisionSink> make;
  std::string (*file)(const Fields& fields) = nullptr;  // as above
};

struct DeadLetterConnector {
  ConnectorSpec spec;
  Factory<DeadLetterSink> make;
  std::string (*file)(const Fields& fields) = nullptr;  // as above
  // Where records stand that are too long to be held. Null: nowhere.
  std::string (*spill_dir)(const Fields& fields) = nullptr;
};

// The stream between the match step and the alert step. Its source offers the decisions of a partition that comes to us
// as records that recall, before those that restore (ConnectorContext::decisions).
struct MatchStreamConnector {
  ConnectorSpec spec;
  Factory<Source> make_source;
  Factory<MatchSink> make_sink;
};

// Where the deliver step keeps subscriptions, ledger and outbox.
struct StoreConnector {
  ConnectorSpec spec;
  Factory<DeliveryStore> make;
  // Of a store that one process alone sends from: the file that it is. Null: several may.
  std::string (*file)(const Fields& fields) = nullptr;
};

// Where a deliver step reads the alerts that other processes raised.
struct AlertSourceConnector {
  ConnectorSpec spec;
  Factory<Source> make;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_CONNECTOR_H_
