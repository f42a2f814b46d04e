// wirewatch fmt: packs, libraries and test files in their one layout.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "base/io/io_error.h"
#include "base/io/replace_file.h"
#include "base/text/json_writer.h"
#include "base/text/printable.h"
#include "base/yaml/yaml_text.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/line_diff.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/pipeline_run.h"
#include "rules/format/pack_formatter.h"
#include "rules/pack/pack_files.h"

namespace wirewatch {
namespace {

struct Options {
  std::vector<std::string> packs;
  std::string stdin_name = "stdin.yaml";
  bool check = false, diff = false, json = false;
};

enum class Outcome : std::uint8_t { kUnchanged, kChanged, kMistakes };

struct FormattedFile {
  std::string file;
  Outcome outcome = Outcome::kUnchanged;
  std::string before, after;
  Diagnostics errors;
};

FormattedFile FormatOne(std::string file, std::string before) {
  FormattedFile one{std::move(file), Outcome::kUnchanged, std::move(before), {}, {}};
  FormattedPack formatted = FormatPack(one.before, one.file);
  if (!formatted.text) {
    one.outcome = Outcome::kMistakes;
    one.errors = std::move(formatted.errors);
    return one;
  }
  one.after = *std::move(formatted.text);
  if (one.after != one.before) one.outcome = Outcome::kChanged;
  return one;
}

void AddJson(const FormattedFile& one, JsonWriter& json) {
  constexpr std::string_view kNames[] = {"unchanged", "changed", "mistakes"};
  json.BeginObject();
  json.Put("file", one.file);
  json.Put("outcome", kNames[static_cast<std::size_t>(one.outcome)]);
  json.Key("errors");
  json.BeginArray();
  for (const Diagnostic& error : one.errors) {
    json.BeginObject();
    json.Put("line", error.position.line);
    json.Put("column", error.position.column);
    json.Put("code", error.code);
    json.Put("message", error.message);
    json.Put("help", error.help);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

std::string JsonOf(const std::vector<FormattedFile>& files, bool written) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Put("written", written);
  json.Key("files");
  json.BeginArray();
  for (const FormattedFile& one : files) AddJson(one, json);
  json.EndArray();
  json.EndObject();
  return text + "\n";
}

Result<std::string> ReadStdin() {
  std::string text;
  char buffer[1 << 16];
  while (true) {
    const ssize_t got = read(STDIN_FILENO, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return IoError("stdin", "cannot be read", errno);
    if (got == 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
    if (text.size() > YamlText::kMaxBytes) return Error{ErrorCode::kTooLarge, "stdin: over 64 MiB"};
  }
}

ExitCode ExitCodeFor(const std::vector<FormattedFile>& files, bool check) {
  const auto any = [&](Outcome outcome) {
    return std::any_of(files.begin(), files.end(), [&](const FormattedFile& one) { return one.outcome == outcome; });
  };
  if (any(Outcome::kMistakes)) return kInvalidInput;
  return check && any(Outcome::kChanged) ? kExpectationFailed : kOk;
}

void TellMistakes(const std::vector<FormattedFile>& files) {
  for (const FormattedFile& one : files) Tell(Render(one.errors, ColourOnStderr()));
}

// stdin to stdout; nothing is written of a text with mistakes.
Result<ExitCode> FormatStdin(const Options& options) {
  auto text = ReadStdin();
  if (!text) return std::move(text).error();
  std::vector<FormattedFile> files;
  files.push_back(FormatOne(options.stdin_name, *std::move(text)));
  const FormattedFile& one = files.front();
  const bool only_told = options.check || options.diff;
  TellMistakes(files);
  if (options.json) {
    fmt::print("{}", JsonOf(files, false));
  } else if (options.diff && one.outcome == Outcome::kChanged) {
    fmt::print("{}", LineDiff(one.before, one.after, Printable(one.file), ColourOnStdout()));
  } else if (options.check && one.outcome == Outcome::kChanged) {
    fmt::print("{}\n", Printable(one.file));
  } else if (!only_told && one.outcome != Outcome::kMistakes) {
    fmt::print("{}", one.after);
  }
  return ExitCodeFor(files, options.check);
}

Result<ExitCode> Format(const Options& options) {
  if (options.packs == std::vector<std::string>{"-"}) return FormatStdin(options);
  if (std::find(options.packs.begin(), options.packs.end(), "-") != options.packs.end()) {
    return Error{ErrorCode::kInvalid, "- stands for stdin, and stands alone"};
  }
  const auto paths = FindYamlFiles({options.packs.begin(), options.packs.end()});
  if (!paths) return paths.error();
  if (paths->empty()) return Error{ErrorCode::kInvalid, "there is no file *.yaml in what is named"};
  std::vector<FormattedFile> files;
  for (const std::filesystem::path& path : *paths) {
    auto text = YamlText::ReadFile(path);
    if (!text) return Error(text.error()).In(path.string());
    files.push_back(FormatOne(path.string(), *std::move(text)));
  }
  const bool write = !options.check && !options.diff;
  TellMistakes(files);
  std::size_t changed = 0;
  for (const FormattedFile& one : files) {
    if (one.outcome != Outcome::kChanged) continue;
    ++changed;
    if (write) {
      if (Status replaced = ReplaceFile(one.file, one.after); !replaced) return std::move(replaced).error();
    }
    if (options.json) continue;
    if (options.diff) {
      fmt::print("{}", LineDiff(one.before, one.after, Printable(one.file), ColourOnStdout()));
    } else {
      fmt::print("{}\n", Printable(one.file));
    }
  }
  if (options.json) fmt::print("{}", JsonOf(files, write));
  if (!options.json) {
    Tell(fmt::format("{} of {} file{} {}\n", changed, files.size(), files.size() == 1 ? "" : "s",
                     write ? "changed" : "would change"));
  }
  return ExitCodeFor(files, options.check);
}

}  // namespace

void AddFmt(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb fmt(app, "fmt", "Write packs, libraries of lists and test files in their one layout");
  fmt.Value("packs", options->packs, "Files and directories of them; - for stdin, written to stdout").Required();
  fmt.Flag("--check", options->check, "Change nothing: name the files that would change, and exit with 4 if there are");
  fmt.Flag("--diff", options->diff, "Change nothing: show what would change");
  fmt.Value("--stdin-name", options->stdin_name, "The path that the text on stdin has, or will have").ShowDefault();
  fmt.Flag("--json", options->json, "Print one JSON document");
  fmt.Footer(
      "What a file says stays, and so do its comments. A file with mistakes is left alone, and they are told.\n\n"
      "Examples:\n"
      "  wirewatch fmt rules/packs\n"
      "  wirewatch fmt --check rules/packs\n"
      "  wirewatch fmt --diff rules/packs/telecom-security.yaml\n"
      "  wirewatch fmt --stdin-name rules/packs/new.yaml - < new.yaml\n"
      "Exit codes: 0 done, 3 mistakes in a file, 4 --check, and a file would change, 5 no such file.");
  fmt.OnChosen([options, &exit_code] { exit_code = Finish(Format(*options)); });
}

}  // namespace wirewatch
