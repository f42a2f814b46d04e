// wirewatch preview: messages as readers will get them, for whoever writes a template.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "base/file_read.h"
#include "base/io/stop_signal.h"
#include "base/text/trim.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/standard_output.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/pipeline_run.h"
#include "pipeline/alert/alert.h"
#include "pipeline/deliver/alert_notice.h"
#include "pipeline/deliver/message_renderer.h"
#include "pipeline/deliver/message_samples.h"
#include "pipeline/deliver/schedule.h"

namespace wirewatch {
namespace {

constexpr std::string_view kModel = "model";
constexpr MessageKind kMessageKinds[] = {MessageKind::kAlert, MessageKind::kDigest, MessageKind::kCatchUp,
                                         MessageKind::kOverflow};

struct Options {
  std::string file, directory;  // templates
  std::string alerts;
  std::string kind = "alert", sample = "new";
  std::string language = "en", time_zone = "Europe/Oslo";
  std::string as;
  std::string out;
  bool no_links = false;
};

std::vector<std::string> TemplateFiles() {
  std::vector<std::string> files;
  for (const TemplateName name : kTemplateNames) files.emplace_back(FileName(name));
  return files;
}

// What --as takes.
std::vector<std::string> Forms() {
  std::vector<std::string> forms = TemplateFiles();
  forms.emplace_back(kModel);
  return forms;
}

template <typename Kind, std::size_t size>
std::vector<std::string> NamesOfAll(const Kind (&kinds)[size]) {
  std::vector<std::string> names;
  for (const Kind kind : kinds) names.emplace_back(Name(kind));
  return names;
}

// REQUIRES: it is one of them.
template <typename Kind, std::size_t size>
Kind KindNamed(const Kind (&kinds)[size], std::string_view name) {
  return *std::find_if(std::begin(kinds), std::end(kinds), [&](Kind kind) { return Name(kind) == name; });
}

Result<std::vector<AlertNotice>> ReadAlerts(const std::string& path) {
  auto text = ReadWholeFile(path, {.pipe_wait = std::chrono::seconds(60)});
  if (!text) return std::move(text).error().In(path);
  std::vector<AlertNotice> alerts;
  std::size_t number = 0;
  for (std::string_view rest = *text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = Trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++number;
    if (line.empty()) continue;
    auto alert = ReadNotice(line);
    if (!alert) return std::move(alert).error().In(fmt::format("{}:{}", path, number));
    alerts.push_back(*std::move(alert));
  }
  if (alerts.empty()) return Error{ErrorCode::kInvalid, path + ": there is no alert in it"};
  return alerts;
}

Result<std::vector<AlertNotice>> AlertsFor(const Options& options) {
  if (!options.alerts.empty()) return ReadAlerts(options.alerts);
  std::vector<AlertNotice> alerts = SampleAlerts();
  if (options.kind == Name(MessageKind::kAlert)) {
    const auto kind = KindNamed(kAlertKinds, options.sample);
    return std::vector{
        *std::find_if(alerts.begin(), alerts.end(), [&](const AlertNotice& alert) { return alert.kind == kind; })};
  }
  return alerts;
}

// The template that a file alone is for; else e-mail.
std::string FormOf(const Options& options) {
  if (!options.as.empty()) return options.as;
  if (!options.file.empty()) return std::filesystem::path(options.file).filename().string();
  return std::string(FileName(TemplateName::kEmailText));
}

Status WriteOut(const Options& options, const std::string& text) {
  if (options.out.empty()) return WriteToStandardOutput(text, StopSignal(), "the message");
  std::ofstream file(options.out, std::ios::binary);
  file << text;
  file.close();
  if (!file) return Error{ErrorCode::kIo, options.out + ": cannot be written"};
  return {};
}

Result<ExitCode> Preview(const Options& options) {
  if (Status zone = CheckTimeZone(options.time_zone); !zone) return std::move(zone).error();
  auto alerts = AlertsFor(options);
  if (!alerts) return std::move(alerts).error();
  Diagnostics diagnostics;
  const auto links = options.no_links ? nullptr : SampleLinks();
  const auto renderer = options.file.empty() ? MessageRenderer::Load(options.directory, links, diagnostics)
                                             : MessageRenderer::LoadFile(options.file, links, diagnostics);
  Tell(Render(diagnostics, ColourOnStderr()));
  if (HasErrors(diagnostics)) return kInvalidInput;

  SampleMessage sample = SampleOf(KindNamed(kMessageKinds, options.kind), *std::move(alerts));
  sample.subscription.language = options.language;
  sample.subscription.time_zone = options.time_zone;
  std::string text;
  if (const std::string form = FormOf(options); form == kModel) {
    text = renderer->Model(sample.View());
  } else {
    const auto* const name = std::find_if(std::begin(kTemplateNames), std::end(kTemplateNames),
                                          [&](TemplateName n) { return FileName(n) == form; });
    auto rendered = renderer->Render(*name, sample.View());
    if (!rendered) return std::move(rendered).error();
    text = *std::move(rendered);
  }
  if (!text.ends_with('\n')) text += '\n';
  if (Status written = WriteOut(options, text); !written) return std::move(written).error();
  return kOk;
}

}  // namespace

void AddPreview(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb preview(app, "preview", "Show a message as its readers will get it, to try a template");
  const VerbOption file = preview.Value("--template,-t", options->file, "Check this template, and show what it makes");
  preview.Value("--templates", options->directory, "Check all templates of this directory, and use them")
      .Excludes(file);
  const VerbOption alerts = preview.Value(
      "--alerts", options->alerts, "Tell of the alerts of this file, JSON lines; else of made-up ones of each kind");
  preview.Value("--kind,-k", options->kind, "What the message is; an alert: the first of them")
      .OneOf(NamesOfAll(kMessageKinds))
      .ShowDefault();
  preview.Value("--sample", options->sample, "Which made-up alert --kind alert tells of")
      .OneOf(NamesOfAll(kAlertKinds))
      .Excludes(alerts)
      .ShowDefault();
  const auto& languages = MessageLanguages();
  preview.Value("--language,-l", options->language, "Of its fixed words")
      .OneOf({languages.begin(), languages.end()})
      .ShowDefault();
  preview.Value("--time-zone", options->time_zone, "Of its reader").ShowDefault();
  preview.Value("--as", options->as, "Which template fills it, or the model: what templates see; else email.txt")
      .OneOf(Forms());
  preview.Flag("--no-links", options->no_links, "Without the signed links, as where no public_url is configured");
  preview.Value("--out,-o", options->out, "Write it to this file");
  preview.Footer(
      "The names that a template may use: docs/templates.md. Exit code 3: a template has mistakes.\n\n"
      "Examples:\n"
      "  wirewatch preview --kind digest\n"
      "  wirewatch preview --template email.html --kind catch-up --language de --out message.html\n"
      "  wirewatch preview --templates my-templates --as slack.json --alerts alerts.ndjson");
  preview.OnChosen([options, &exit_code] { exit_code = Finish(Preview(*options)); });
}

}  // namespace wirewatch
