// Exit codes of wirewatch, as `wirewatch --help` and docs/operations.md list them.
#ifndef WIREWATCH_CLI_TERMINAL_EXIT_CODE_H_
#define WIREWATCH_CLI_TERMINAL_EXIT_CODE_H_

#include "base/result.h"

namespace wirewatch {

enum ExitCode : int {
  kOk = 0,
  kFailure = 1,            // something went wrong while running; stderr says what
  kUsage = 2,              // the command line
  kInvalidInput = 3,       // the configuration, a pack or the frame of an input file (.gz, .zst) has mistakes
  kExpectationFailed = 4,  // rule tests, coverage, a kafka topic, a budget, a threshold, the layout
  kUnreachable = 5,        // something needed does not exist or does not answer: a file, a kafka topic, a port in use
  kNoArticles = 6,         // the input was read to its end, and not one of its records is an article
  kInterrupted = 130,      // verbs that read an archive: before the end of it; any verb: a second SIGINT, not drained
};

constexpr ExitCode ExitCodeOf(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalid: return kInvalidInput;
    case ErrorCode::kNotFound:
    case ErrorCode::kUnavailable:
    case ErrorCode::kTimeout: return kUnreachable;
    default: return kFailure;
  }
}

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_TERMINAL_EXIT_CODE_H_
