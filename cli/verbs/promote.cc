// wirewatch promote: what a rule in shadow would have done, and its way out of there.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/diagnostic.h"
#include "base/io/replace_file.h"
#include "base/text/hex.h"
#include "base/text/json_writer.h"
#include "base/text/printable.h"
#include "base/yaml/yaml_text.h"
#include "cli/terminal/exit_code.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/tell.h"
#include "cli/terminal/verb.h"
#include "cli/verbs/verbs.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/pipeline_run.h"
#include "connectors/stdio/terminal.h"
#include "pipeline/match/shadow_record.h"
#include "rules/pack/pack_cache.h"
#include "rules/pack/topic_digest.h"
#include "rules/tools/status_edit.h"

namespace wirewatch {
namespace {

struct Options {
  std::string pack, rule;  // "topic" or "topic/rule"
  std::vector<std::string> records;
  std::string config;
  std::size_t samples = 5;
  bool demote = false, dry_run = false, json = false;
};

// What is to be promoted, in its pack.
struct Target {
  const Pack* pack = nullptr;
  const Topic* topic = nullptr;
  const Rule* rule = nullptr;  // null: the topic itself

  // Where it is written: a topic may go on in other files.
  const std::string& file() const { return rule != nullptr && !rule->file.empty() ? rule->file : pack->file; }
  RuleStatus status() const { return rule != nullptr ? rule->status : topic->status; }
  std::string name() const { return rule != nullptr ? fmt::format("{}/{}", topic->id, rule->id) : topic->id; }
};

std::string HexOfDigest(const Digest& digest) {
  std::string hex;
  for (const unsigned char byte : digest) AppendHex(byte, hex);
  return hex;
}

std::string DidYouMean(std::string_view mistyped, const std::vector<std::string_view>& known) {
  const std::string_view nearest = Nearest(mistyped, known);
  if (!nearest.empty()) return fmt::format("; did you mean '{}'?", nearest);
  return known.empty() ? "" : fmt::format("; there are {}", fmt::join(known, ", "));
}

Result<Target> FindTarget(const Packs& packs, std::string_view name) {
  const std::size_t slash = name.find('/');
  const std::string_view topic_id = name.substr(0, slash);
  std::vector<std::string_view> topics;
  for (const auto& pack : packs) {
    for (const Topic& topic : pack->topics) {
      topics.push_back(topic.id);
      if (topic.id != topic_id) continue;
      if (slash == std::string_view::npos) return Target{pack.get(), &topic, nullptr};
      const std::string_view rule_id = name.substr(slash + 1);
      std::vector<std::string_view> rules;
      for (const Rule& rule : topic.rules) {
        if (rule.id == rule_id) return Target{pack.get(), &topic, &rule};
        rules.push_back(rule.id);
      }
      return Error{ErrorCode::kNotFound,
                   fmt::format("topic '{}' has no rule '{}'{}", topic_id, rule_id, DidYouMean(rule_id, rules))};
    }
  }
  return Error{ErrorCode::kNotFound, fmt::format("no pack has a topic '{}'{}", topic_id, DidYouMean(topic_id, topics))};
}

// Where it is not the status of the target itself that decides. Empty: it is.
std::string OtherReason(const Target& target) {
  if (target.rule != nullptr && target.topic->status != RuleStatus::kActive) {
    return fmt::format("it is no more in use than its topic, whose status is {}: promote {}, too",
                       Name(target.topic->status), target.topic->id);
  }
  if (target.rule != nullptr || target.topic->status != RuleStatus::kActive) return {};
  std::vector<std::string> rules;
  for (const Rule& rule : target.topic->rules) {
    if (rule.status == RuleStatus::kShadow) rules.push_back(fmt::format("{}/{}", target.topic->id, rule.id));
  }
  return rules.empty()
             ? ""
             : fmt::format("the topic is active; in shadow are its rules: promote {}", fmt::join(rules, " or "));
}

// ---- records

// Of the rules that the target stands for; one where a rule has several.
struct Evidence {
  std::vector<ShadowRecord> records;
  std::vector<std::string> outdated;  // rules with a record of another form of them
};

Result<Evidence> ReadEvidence(const std::vector<std::string>& files, const Target& target) {
  Evidence evidence;
  for (const std::string& file : files) {
    auto read = ReadShadowFile(file);
    if (!read) return std::move(read).error();
    for (ShadowRecord& record : *read) {
      if (record.topic != target.topic->id) continue;
      const auto& rules = target.topic->rules;
      const auto rule =
          std::find_if(rules.begin(), rules.end(), [&](const Rule& one) { return one.id == record.rule; });
      if (rule == rules.end() || (target.rule != nullptr && target.rule->id != rule->id)) continue;
      if (record.digest != HexOfDigest(FoundDigestOf(*target.topic, *rule))) {
        evidence.outdated.push_back(rule->id);
        continue;
      }
      const auto known = std::find_if(evidence.records.begin(), evidence.records.end(),
                                      [&](const ShadowRecord& one) { return one.rule == record.rule; });
      if (known == evidence.records.end()) {
        evidence.records.push_back(std::move(record));
      } else {
        *known = Joined(std::move(*known), record);
      }
    }
  }
  return evidence;
}

std::string Percent(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  return fmt::format("{:.{}f} %", percent, percent < 1 ? 2 : 0);
}

std::string Minute(WallTime time) {  // "2026-11-30 14:05"
  std::string text = FormatRfc3339(time).substr(0, 16);
  std::replace(text.begin(), text.end(), 'T', ' ');
  return text;
}

double DaysOf(const ShadowRecord& record) {
  if (!record.since || !record.last) return 0;
  return std::chrono::duration<double, std::ratio<86'400>>(*record.last - *record.since).count();
}

// A bar for each day from the first to the last, those without hits too.
std::string Bars(const ShadowRecord& record) {
  constexpr std::string_view kBars[] = {"\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"};
  std::uint64_t most = 1;
  for (const auto& [day, count] : record.days) most = std::max(most, count.hits);
  std::string bars;
  const std::int64_t last = record.days.rbegin()->first;
  const std::int64_t first = std::max(record.days.begin()->first, last - static_cast<std::int64_t>(kShadowDays) + 1);
  for (std::int64_t day = first; day <= last; ++day) {
    const auto at = record.days.find(day);
    if (at == record.days.end()) {
      bars += ' ';
      continue;
    }
    bars += kBars[(at->second.hits * 8 - 1) / most];
  }
  return bars;
}

// The snippet with the words in it marked: coloured on a terminal, else in brackets.
std::string Marked(const ShadowWords& words, bool colour) {
  const std::string_view snippet = words.snippet;
  const Span span = words.in_snippet;
  return fmt::format("{}{}{}{}{}", Printable(snippet.substr(0, span.begin)), colour ? "\x1b[1;31m" : "[",
                     Printable(snippet.substr(span.begin, span.size())), colour ? "\x1b[0m" : "]",
                     Printable(snippet.substr(span.end)));
}

std::string TextOf(const ShadowRecord& record, std::size_t samples, bool colour) {
  const std::uint64_t hits = record.count.hits, caught = record.count.caught;
  std::string text = fmt::format("rule {} of topic {}\n", record.rule, record.topic);
  if (!record.demoted.empty()) text += fmt::format("  put into shadow by the process: {}\n", Printable(record.demoted));
  if (!record.since) return text + "  has not seen an article yet\n";
  text += fmt::format("  looked at since {}: {} articles\n", Minute(*record.since),
                      Grouped(static_cast<double>(record.articles)));
  text += fmt::format("  held on          {} of them ({})", Grouped(static_cast<double>(hits)),
                      Percent(hits, record.articles));
  if (const double days = DaysOf(record); days >= 1) {
    text += fmt::format(", {:.1f} a day", static_cast<double>(hits) / days);
  }
  if (hits == 0) return text + "\n";
  text += fmt::format("; the last {}\n", record.last ? Minute(*record.last) : "unknown");
  text += fmt::format("  caught already   {} ({}) by active rules of the topic; {} would be new matches\n",
                      Grouped(static_cast<double>(caught)), Percent(caught, hits),
                      Grouped(static_cast<double>(hits - caught)));
  if (record.days.size() > 1) text += fmt::format("  by day           {}\n", Bars(record));
  for (std::size_t i = 0; i < std::min(samples, record.samples.size()); ++i) {
    const ShadowSample& sample = record.samples[i];
    text += fmt::format(
        "\n  {}  {}{}{}{}\n", Minute(sample.time), Printable(sample.title.empty() ? sample.article : sample.title),
        sample.source.empty() ? "" : fmt::format(" ({})", Printable(sample.source)),
        sample.language.empty() ? "" : fmt::format(" [{}]", Printable(sample.language)), sample.caught ? "" : "  NEW");
    for (const ShadowWords& words : sample.words) {
      text += fmt::format("      {}: {}\n", words.field, Marked(words, colour));
    }
  }
  return text;
}

// ---- the verb

std::string ReportJson(const Target& target, RuleStatus to, std::uint32_t line, bool written, bool dry_run,
                       const Evidence& evidence) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Put("topic", target.topic->id);
  if (target.rule != nullptr) json.Put("rule", target.rule->id);
  json.Put("file", target.file());
  json.Put("line", line);
  json.Put("from", Name(target.status()));
  json.Put("to", Name(to));
  json.Put("dry_run", dry_run);
  json.Put("written", written);
  json.Put("outdated_records", evidence.outdated);
  json.Key("records");
  json.BeginArray();
  for (const ShadowRecord& record : evidence.records) json.Number(ToJson(record));  // JSON already
  json.EndArray();
  json.EndObject();
  return text + "\n";
}

std::vector<std::string> RecordFiles(const Options& options, const Config* config) {
  std::vector<std::string> files = options.records;
  if (files.empty() && config != nullptr && !config->rules.live.shadow_file.empty()) {
    files.push_back(config->rules.live.shadow_file.string());
  }
  return files;
}

void PrintEvidence(const Evidence& evidence, const Options& options, bool has_files) {
  const bool colour = WantsColour(STDOUT_FILENO);
  for (const ShadowRecord& record : evidence.records) fmt::print("{}\n", TextOf(record, options.samples, colour));
  for (const std::string& rule : evidence.outdated) {
    fmt::print("rule {}: the record is of an earlier form of it, and says nothing of this one\n\n", rule);
  }
  if (!evidence.records.empty() || !evidence.outdated.empty()) return;
  fmt::print("{}\n\n", has_files ? "the record says nothing of it: no process with these packs has run yet"
                                 : "no record is given (--record, or rules.shadow_file of --config): nothing is known "
                                   "of what it would have done");
}

Result<ExitCode> Promote(const Options& options) {
  std::optional<Config> config;
  if (!options.config.empty()) {
    auto loaded = LoadConfig(options.config);
    if (!loaded) return std::move(loaded).error();
    config = *std::move(loaded);
  }
  auto loaded = PackCache(std::vector<std::filesystem::path>{options.pack}).Load();
  if (!loaded) return std::move(loaded).error();
  if (HasErrors(loaded->diagnostics)) {
    std::erase_if(loaded->diagnostics, [](const Diagnostic& one) { return one.severity != Severity::kError; });
    Tell(Render(loaded->diagnostics, ColourOnStderr()));
    Tell("wirewatch: a pack with mistakes is not changed; mend it first\n");
    return kInvalidInput;
  }
  const auto target = FindTarget(loaded->packs, options.rule);
  if (!target) return target.error();
  const std::vector<std::string> files = RecordFiles(options, config ? &*config : nullptr);
  auto evidence = ReadEvidence(files, *target);
  if (!evidence) return std::move(evidence).error();

  const RuleStatus to = options.demote ? RuleStatus::kShadow : RuleStatus::kActive;
  const bool changes = target->status() != to;
  EditedStatus edited;
  if (changes) {
    const auto bytes = YamlText::ReadFile(target->file());
    if (!bytes) return Error(bytes.error()).In(target->file());
    auto text = WithStatus(*bytes, target->topic->id, target->rule != nullptr ? target->rule->id : "", to);
    if (!text) return std::move(text).error().In(target->file());
    edited = *std::move(text);
  }
  const std::string other = options.demote ? "" : OtherReason(*target);
  const bool written = changes && !options.dry_run;
  if (!options.json) PrintEvidence(*evidence, options, !files.empty());
  if (written) {
    if (Status replaced = ReplaceFile(target->file(), edited.text); !replaced) return std::move(replaced).error();
  }
  if (options.json) {
    fmt::print("{}", ReportJson(*target, to, edited.line, written, options.dry_run, *evidence));
  } else if (changes) {
    fmt::print("{}:{}: {} {} status {} -> {}\n", Printable(target->file()), edited.line, target->name(),
               options.dry_run ? "would have" : "has", Name(target->status()), Name(to));
  } else {
    fmt::print("{}: {} is {} already: nothing was changed\n", Printable(target->file()), target->name(), Name(to));
  }
  if (!other.empty()) Tell(fmt::format("wirewatch: {}: {}\n", target->name(), other));
  return other.empty() || changes ? kOk : kInvalidInput;
}

}  // namespace

void AddPromote(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  Verb promote(app, "promote", "Show what a rule in shadow would have done, and make it active");
  promote.Value("pack", options->pack, "The rule file, or a directory of them").Required().OneValue();
  promote.Value("rule", options->rule, "TOPIC or TOPIC/RULE").Required().OneValue();
  const VerbOption records = promote
                                 .Value("--record,-r", options->records,
                                        "The record that a service keeps (rules.shadow_file); more: say it again")
                                 .OneValueATime();
  promote.Value("--config,-c", options->config, "Take the record that this configuration names").Excludes(records);
  promote.Value("--samples", options->samples, "Articles to show of each rule")
      .Between(0, kShadowSamples)
      .ShowDefault();
  promote.Flag("--demote", options->demote, "The other way: from active into shadow");
  promote.Flag("--dry-run,-n", options->dry_run, "Show, and change nothing");
  promote.Flag("--json", options->json, "Print one JSON document");
  promote.Footer(
      "Of the file only the word behind `status` is changed, or one line is added; a running service takes it up at "
      "once.\n"
      "Several processes have a record each: name them all, and they are added up.\n\n"
      "Examples:\n"
      "  wirewatch promote rules/packs telecom-bans/new-rule --record shadow.ndjson --dry-run\n"
      "  wirewatch promote rules/packs telecom-bans/new-rule --config wirewatch.yaml\n"
      "  wirewatch promote rules/packs telecom-bans/noisy --demote");
  promote.OnChosen([options, &exit_code] { exit_code = Finish(Promote(*options)); });
}

}  // namespace wirewatch
