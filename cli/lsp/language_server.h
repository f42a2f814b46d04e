// LanguageServer: packs, libraries and test files in an editor, by the Language Server Protocol 3.17 on two file
// descriptors. docs/editors.md says what it offers.
#ifndef WIREWATCH_CLI_LSP_LANGUAGE_SERVER_H_
#define WIREWATCH_CLI_LSP_LANGUAGE_SERVER_H_

#include <string>

namespace wirewatch {

// Serves one editor until it says `exit` or is gone; one request at a time, in order. `version` is told to it.
// Returns the exit code that the protocol asks for: 0 behind `shutdown`, else 1.
int ServeEditor(int in, int out, const std::string& version);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_LSP_LANGUAGE_SERVER_H_
