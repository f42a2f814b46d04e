// wirewatch tokens: who may use the HTTP API. It works on the store, so that the first token needs no API.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/text/json_writer.h"
#include "base/text/printable.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/table.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/pipeline_run.h"
#include "cli/wiring/store_input.h"
#include "connectors/desk/answers.h"
#include "connectors/desk/desk_auth.h"
#include "connectors/stdio/terminal.h"

namespace wirewatch {
namespace {

struct Options {
  StoreInput store;
  std::string role, label, expires, id;
  std::string format = "auto";
};

// For the command line: what is wrong with a value; empty: nothing.
std::string CheckExpires(const std::string& text) {
  if (ParseDuration(text) || ParseRfc3339(text)) return "";
  return "'" + text + "' is neither a length of time such as 90d nor a time such as 2027-01-01T00:00:00Z";
}

Result<ExitCode> Add(const Options& options) {
  const WallTime now = WallNow();
  std::optional<WallTime> expires;
  if (const auto lasts = ParseDuration(options.expires)) {
    expires = now + *lasts;
  } else if (!options.expires.empty()) {
    expires = ParseRfc3339(options.expires);
  }
  const auto made = MakeToken(options.label, *ParseRole(options.role), now, expires);
  if (!made) return made.error();
  const auto store = OpenStore(options.store, true);
  if (!store) return store.error();
  if (const Status put = (*store)->PutToken(made->token); !put) return put.error();
  // What may be taken by a script alone on stdout; what people are told beside it.
  fmt::print("{}\n", made->secret);
  Tell(fmt::format("token {} of role {}{}; it is shown this once, and kept nowhere\n", made->token.id, options.role,
                   expires ? ", until " + FormatRfc3339(*expires) : ""));
  return kOk;
}

Result<ExitCode> List(const Options& options) {
  const auto store = OpenStore(options.store, false);
  if (!store) return store.error();
  const auto tokens = (*store)->Tokens();
  if (!tokens) return tokens.error();
  if (options.format == "json" || (options.format == "auto" && !IsTerminal(STDOUT_FILENO))) {
    for (const ApiToken& token : *tokens) {
      std::string line;
      JsonWriter json(line);
      Write(json, token);
      fmt::print("{}\n", line);
    }
    return kOk;
  }
  const auto time = [](const std::optional<WallTime>& at) { return at ? FormatRfc3339(*at) : "-"; };
  Table table({"ID", "ROLE", "LABEL", "CREATED", "EXPIRES", "LAST USED"});
  for (const ApiToken& token : *tokens) {
    table.Add({token.id, std::string(Name(token.role)), Printable(token.label), FormatRfc3339(token.created),
               time(token.expires), time(token.last_used)});
  }
  if (tokens->empty()) {
    Tell("there is no token; make one with 'wirewatch tokens add --role admin --label NAME'\n");
  } else {
    fmt::print("{}", table.Text());
  }
  return kOk;
}

Result<ExitCode> Revoke(const Options& options) {
  const auto store = OpenStore(options.store, false);
  if (!store) return store.error();
  const auto deleted = (*store)->DeleteToken(options.id);
  if (!deleted) return deleted.error();
  if (!*deleted) {
    return Error{ErrorCode::kNotFound, fmt::format("there is no token '{}'; 'wirewatch tokens list' tells which there "
                                                   "are",
                                                   Printable(options.id))};
  }
  Tell(fmt::format("token {} is not good any more\n", options.id));
  return kOk;
}

}  // namespace

void AddTokens(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb parent(app, "tokens", "Make, list and revoke the tokens of the HTTP API");
  parent.NeedsVerb();
  parent.Footer(
      "A token is shown once, when it is made; the store keeps its digest alone.\n\n"
      "Examples:\n"
      "  wirewatch tokens add --role admin --label 'operations' --config wirewatch.yaml\n"
      "  wirewatch tokens add --role editor --label 'newsroom tool' --expires 90d --config wirewatch.yaml\n"
      "  wirewatch tokens list --config wirewatch.yaml");
  const auto run = [options, &exit_code](Result<ExitCode> (*verb)(const Options&)) {
    return [options, &exit_code, verb] {
      NeedStore(options->store);
      exit_code = Finish(verb(*options));
    };
  };

  Verb add = parent.Add("add", "Make one, and print it");
  AddStoreOptions(add, options->store);
  add.Value("--role", options->role, "viewer reads; editor also changes subscriptions; admin also makes tokens")
      .OneOf({"viewer", "editor", "admin"})
      .Required();
  add.Value("--label", options->label, "Whose it is, for people").Required();
  add.Value("--expires", options->expires, "After 12h or 90d, or at a time; else never").Check(CheckExpires);
  add.OnChosen(run(Add));

  Verb list = parent.Add("list", "Print them, without what is secret");
  AddStoreOptions(list, options->store);
  list.Value("--format", options->format, "text, json (a line each), or auto (text on a terminal)")
      .OneOf({"text", "json", "auto"});
  list.OnChosen(run(List));

  Verb revoke = parent.Add("revoke", "Take one back, at once");
  AddStoreOptions(revoke, options->store);
  revoke.Value("id", options->id, "Its id, as list prints it").Required();
  revoke.OnChosen(run(Revoke));
}

}  // namespace wirewatch
