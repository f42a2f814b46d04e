// The store of the deliver step, as verbs that only look into it or change a little are told of it.
#ifndef WIREWATCH_CLI_WIRING_STORE_INPUT_H_
#define WIREWATCH_CLI_WIRING_STORE_INPUT_H_

#include <memory>
#include <string>

#include "base/result.h"
#include "cli/terminal/verb.h"
#include "pipeline/deliver/delivery_store.h"

namespace wirewatch {

struct StoreInput {
  std::string config;  // the configuration that names the store
  std::string file;    // a SQLite file
};

// Adds --config and --store, of which one is needed; `input` outlives the reading of the command line.
void AddStoreOptions(Verb& verb, StoreInput& input);
// Ends the command line where neither was given. To be called first by what OnChosen was given.
void NeedStore(const StoreInput& input);

// Errors: those of LoadConfig; kInvalid: the configuration names no store; kNotFound: there is no such file, and `make`
// is false; those of the store.
Result<std::unique_ptr<DeliveryStore>> OpenStore(const StoreInput& input, bool make);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_STORE_INPUT_H_
