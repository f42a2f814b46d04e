// wirewatch lsp: packs in an editor.

#include <unistd.h>

#include "cli/lsp/language_server.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"

namespace wirewatch {

void AddLsp(CLI::App& app, int& exit_code) {
  Verb lsp(app, "lsp", "Serve an editor: mistakes as you type, help, completion, renaming (LSP on stdin and stdout)");
  lsp.Footer(
      "Editors start it; docs/editors.md says how (VS Code, Neovim, Helix).\n"
      "initializationOptions: {\"hits\": FILE}: counts to show beside rules, of `match --by rule --json` or `backtest "
      "--json`.\n\n"
      "Example, for a look at what it says:\n"
      "  printf 'Content-Length: 58\\r\\n\\r\\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{}}' "
      "| wirewatch lsp\n"
      "Exit codes: 0 behind shutdown and exit, 1 else.");
  lsp.OnChosen([&exit_code] { exit_code = ServeEditor(STDIN_FILENO, STDOUT_FILENO, VersionText()); });
}

}  // namespace wirewatch
