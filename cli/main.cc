// wirewatch: holds standing rules over the news wire.

#include <CLI/CLI.hpp>
#include <exception>

#include "cli/exit_code.h"
#include "cli/verbs.h"

int main(int argc, char** argv) {
  CLI::App app("Holds standing rules over the news wire: articles in, alerts out.", "wirewatch");
  app.require_subcommand(1);
  app.footer(
      "Data goes to stdout, messages to stderr. NO_COLOR turns colours off.\n"
      "Exit codes: 0 done, 1 failed while running, 2 wrong command line, 3 mistakes in configuration or packs,\n"
      "  4 a rule test failed, 5 something needed is missing or does not answer, 130 stopped by a second Ctrl-C.\n\n"
      "Examples:\n"
      "  wirewatch run --packs rules/packs --input deploy/sample-wire\n"
      "  wirewatch run --config wirewatch.yaml\n"
      "  wirewatch check rules/packs\n"
      "  zstd -dc articles.ndjson.zst | wirewatch match --packs rules/packs > matches.ndjson");
  int exit_code = wirewatch::kOk;
  wirewatch::AddRun(app, exit_code);
  wirewatch::AddMatch(app, exit_code);
  wirewatch::AddCheck(app, exit_code);
  wirewatch::AddVersion(app, exit_code);
  wirewatch::AddDocs(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? wirewatch::kOk : wirewatch::kUsage;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "wirewatch: %s\n", e.what());
    return wirewatch::kFailure;
  }
  return exit_code;
}
