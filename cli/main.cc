// wirewatch: holds standing rules over the news wire.

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "base/text/printable.h"
#include "cli/terminal/exit_code.h"
#include "cli/verbs/verbs.h"

namespace {

// A standard stream that is closed would give its number to the first file that is opened, and what is printed would
// go there. In its place stands one that cannot be used.
void FillStandardStreams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) == -1) open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

// Large pieces of memory are mapped one by one and given back when they are freed. Left to itself glibc raises what is
// large to the size of the largest piece that was freed: the batches of brokers, taken by one thread and freed by
// another, then leave holes in the heap of each, and a service at full rate grows to nearly twice what it uses.
void FixMmapThreshold() { mallopt(M_MMAP_THRESHOLD, 128 << 10); }

// `wirewatch help`, `wirewatch help match`: as --help.
std::vector<std::string> Arguments(int argc, char** argv) {
  std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  if (arguments.empty() || arguments.front() != "help") return arguments;
  arguments.erase(arguments.begin());
  arguments.resize(std::min<std::size_t>(arguments.size(), 1));
  arguments.emplace_back("--help");
  return arguments;
}

// True: the first word is no verb, which was told.
bool ToldOfUnknownVerb(const CLI::App& app, const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.front().starts_with('-')) return false;
  std::vector<std::string_view> verbs;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (verb->get_name() == arguments.front()) return false;
    if (!verb->get_group().empty()) verbs.push_back(verb->get_name());
  }
  const std::string_view nearest = wirewatch::Nearest(arguments.front(), verbs);
  std::string known;
  for (const std::string_view verb : verbs) known += (known.empty() ? "" : ", ") + std::string(verb);
  const std::string help = nearest.empty() ? "there are " + known : "did you mean '" + std::string(nearest) + "'?";
  std::fprintf(stderr, "wirewatch: there is no verb '%s'; %s\n", wirewatch::Printable(arguments.front()).c_str(),
               help.c_str());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  FillStandardStreams();
  FixMmapThreshold();
  CLI::App app("Holds standing rules over the news wire: articles in, alerts out.", "wirewatch");
  app.require_subcommand(1);
  app.footer(
      "Data goes to stdout, messages to stderr. NO_COLOR turns colours off.\n"
      "Exit codes: 0 done, 1 failed while running, 2 wrong command line, 3 mistakes in configuration, packs\n"
      "  or a compressed file, 4 a rule test failed, its coverage is too low, a kafka topic is not as it must be,\n"
      "  diff is over its budget, eval below a threshold or fmt --check would change a file, 5 something needed is\n"
      "  missing or does not answer, 6 not one record of the input is an article, 130 stopped before the end of the\n"
      "  input.\n\n"
      "Examples:\n"
      "  wirewatch run --packs rules/packs --input deploy/sample-wire\n"
      "  wirewatch run --config wirewatch.yaml\n"
      "  wirewatch check rules/packs\n"
      "  zstd -dc articles.ndjson.zst | wirewatch match --packs rules/packs > matches.ndjson");
  app.set_version_flag("--version,-V", wirewatch::VersionText());
  int exit_code = wirewatch::kOk;
  for (const auto add : wirewatch::kVerbs) add(app, exit_code);
  try {
    std::vector<std::string> arguments = Arguments(argc, argv);
    if (ToldOfUnknownVerb(app, arguments)) return wirewatch::kUsage;
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? wirewatch::kOk : wirewatch::kUsage;
  } catch (const std::exception& e) {
    // fmt::print throws where stdout takes no more, and does not say that it is stdout.
    std::fprintf(stderr, "wirewatch: %s%s\n", std::ferror(stdout) != 0 ? "stdout: " : "", e.what());
    return wirewatch::kFailure;
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    std::fprintf(stderr, "wirewatch: stdout: not everything could be written\n");
    return wirewatch::kFailure;
  }
  return exit_code;
}
