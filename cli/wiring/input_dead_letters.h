// InputDeadLetters: what becomes of the dead letters of an input that is read once, by `match` and `stories`: they are
// kept whole in a file, or told on stderr, a line each.
#ifndef WIREWATCH_CLI_WIRING_INPUT_DEAD_LETTERS_H_
#define WIREWATCH_CLI_WIRING_INPUT_DEAD_LETTERS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "monitoring/metrics.h"
#include "pipeline/flow/durable_sends.h"
#include "pipeline/records/receipt.h"
#include "pipeline/records/rejection.h"
#include "pipeline/records/sink.h"

namespace wirewatch {

// By the name of the reason.
using DeadLetterCounts = std::map<std::string, std::uint64_t>;

// Part of a handler, whose calls of the same names it takes. Threads: as a handler.
class InputDeadLetters {
 public:
  // `keeps`: the sink is their place, and must take all; else they are only told, up to kTold. Borrows the rest.
  InputDeadLetters(std::unique_ptr<DeadLetterSink> sink, bool keeps, DeadLetterCounts& counts,
                   MetricsRegistry& metrics);

  // A wrong file of a million records is told by its first ones.
  static constexpr int kTold = 100;

  // Sets the receipt's outcome, and holds the receipt until the dead letter is where it belongs.
  void Add(const ReceiptPtr& receipt, Rejection rejection);
  Status Tend();
  void RequestStop() { sends_.RequestStop(); }
  Status Close(SteadyTime deadline);

 private:
  DeadLetterSink& sink_;  // of sends_
  DurableSends<DeadLetterSink> sends_;
  const bool keeps_;
  int told_ = 0;
  DeadLetterCounts& counts_;
  Status failure_;
};

// After the run: how many of them were not told, where they are not kept, either.
void TellOfUntold(double dead_letters);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_INPUT_DEAD_LETTERS_H_
