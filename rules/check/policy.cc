#include "rules/check/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <system_error>
#include <utility>

#include "base/settings/section_reader.h"
#include "base/yaml/yaml_mapping.h"
#include "rules/pack/pack_files.h"

namespace wirewatch {
namespace {

constexpr std::int64_t kNoLimit = 1'000'000'000;
constexpr std::string_view kNoLimitText = "1000000000";

const FieldTable& KeyTable() {
  static const FieldTable table = {
      BoolField("required", "The key must be written.").Default("false"),
      TextField("pattern", "A regular expression that the whole value must fit."),
      TextListField("values", "The only values that it may have."),
      IntegerField("least_characters", "The shortest value.").Default("0"),
      IntegerField("most_characters", "The longest value.").Default(kNoLimitText),
      TextField("level", "What a breach is.").Default("error").OneOf({"error", "warn", "off"}),
      TextField("help", "The way out, in words of your own."),
  };
  return table;
}

const FieldTable& LimitTable() {
  static const FieldTable table = {
      IntegerField("untested_topics", "Topics of a pack that no test makes fire.").Default(kNoLimitText),
      IntegerField("untested_rules", "Rules of a pack that hold in no test of their topic.").Default(kNoLimitText),
      IntegerField("topics_of_pack", "Topics of a pack.").Default(kNoLimitText),
      IntegerField("rules_of_topic", "Rules of a topic.").Default(kNoLimitText),
      IntegerField("terms_of_list", "Entries of a list.").Default(kNoLimitText),
      IntegerField("characters_of_match", "Characters of an expression.").Default(kNoLimitText),
  };
  return table;
}

class PolicyReader {
 public:
  explicit PolicyReader(YamlText& text) : text_(text) {}

  Policy Read(const YamlNode& root) {
    Policy policy;
    policy.file = text_.file();
    const YamlMapping mapping(text_, root, "a policy", {"levels", "metadata", "limits"});
    if (const YamlNode* levels = mapping.Find("levels")) ReadLevels(*levels, policy.levels);
    if (const YamlNode* metadata = mapping.Find("metadata")) ReadMetadata(*metadata, policy);
    if (const YamlNode* limits = mapping.Find("limits")) {
      const Fields fields = ReadSection(text_, limits, root, "limits", LimitTable());
      const auto limit = [&](std::string_view name) -> std::optional<std::int64_t> {
        const std::int64_t most = fields.Integer(name);
        return most >= kNoLimit ? std::nullopt : std::optional(most);
      };
      policy.limits = {limit("untested_topics"), limit("untested_rules"), limit("rules_of_topic"),
                       limit("terms_of_list"),   limit("topics_of_pack"), limit("characters_of_match")};
    }
    return policy;
  }

 private:
  void ReadLevels(const YamlNode& node, WarningLevels& levels) {
    if (node.kind != YamlNode::Kind::kMapping) {
      text_.Error(node, "wrong-type", "'levels' is a mapping of codes to error, warn or off",
                  "write it like {shadowed-term: error}");
      return;
    }
    for (const YamlEntry& entry : node.entries) {
      const CodeMistake mistake = FindCodeMistake(entry.key.scalar);
      if (!mistake.message.empty()) text_.Error(entry.key, "unknown-key", mistake.message, mistake.help);
      const auto level = ReadName(text_, entry.value, fmt::format("'{}'", entry.key.scalar), "level", kWarningLevels);
      if (level && mistake.message.empty()) levels[entry.key.scalar] = *level;
    }
  }

  void ReadMetadata(const YamlNode& node, Policy& policy) {
    const YamlMapping mapping(text_, node, "'metadata'", {"pack", "topic", "rule", "list"});
    if (const YamlNode* keys = mapping.Find("pack")) ReadKeys(*keys, "pack", PackPart::kPack, policy.pack);
    if (const YamlNode* keys = mapping.Find("topic")) ReadKeys(*keys, "topic", PackPart::kTopic, policy.topic);
    if (const YamlNode* keys = mapping.Find("rule")) ReadKeys(*keys, "rule", PackPart::kRule, policy.rule);
    if (const YamlNode* list = mapping.Find("list")) {
      const YamlMapping names(text_, *list, "'list'", {"name"});
      if (const YamlNode* name = names.Find("name")) policy.list_name = ReadKey(*name, *list, "metadata.list.name");
    }
  }

  void ReadKeys(const YamlNode& node, std::string_view part_name, PackPart part,
                std::map<std::string, KeyPolicy, std::less<>>& keys) {
    std::vector<std::string_view> known;
    for (const PackKey& key : PackKeys()) {
      const bool is_value = key.form != KeyForm::kMapping && key.form != KeyForm::kMappings &&
                            key.form != KeyForm::kTopics && key.form != KeyForm::kNamedLists;
      if (key.in == part && is_value) known.push_back(key.name);
    }
    const YamlMapping mapping(text_, node, fmt::format("'metadata.{}'", part_name), known);
    for (const std::string_view key : known) {
      if (const YamlNode* value = mapping.Find(key)) {
        keys.emplace(key, ReadKey(*value, node, fmt::format("metadata.{}.{}", part_name, key)));
      }
    }
  }

  KeyPolicy ReadKey(const YamlNode& node, const YamlNode& parent, const std::string& section) {
    KeyPolicy key;
    const Fields fields = ReadSection(text_, &node, parent, section, KeyTable());
    key.required = fields.Bool("required");
    key.values = fields.List("values");
    key.least_characters = fields.Count("least_characters");
    if (fields.Integer("most_characters") < kNoLimit) key.most_characters = fields.Count("most_characters");
    key.help = fields.String("help");
    for (const WarningLevel level : kWarningLevels) {
      if (Name(level) == fields.String("level")) key.level = level;
    }
    if (!fields.String("pattern").empty()) {
      auto pattern = WholePattern::Create(fields.String("pattern"));
      if (pattern) {
        key.pattern = *std::move(pattern);
      } else {
        const auto written = std::find_if(node.entries.begin(), node.entries.end(),
                                          [](const YamlEntry& entry) { return entry.key.scalar == "pattern"; });
        text_.Error(written->value, "bad-value",
                    fmt::format("this is no regular expression: {}", pattern.error().message),
                    "the whole value must fit it: '[a-z]+(-[a-z]+)*'");
      }
    }
    return key;
  }

  YamlText& text_;
};

}  // namespace

ReadPolicy LoadPolicyText(std::string_view bytes, const std::string& file) {
  ReadPolicy read;
  YamlText text(file, bytes);
  text.QuoteOnlyWith({"levels", "metadata", "limits"});
  if (const auto root = text.Parse()) read.policy = PolicyReader(text).Read(*root);
  read.diagnostics = text.TakeDiagnostics();
  return read;
}

Result<ReadPolicy> LoadPolicy(const std::filesystem::path& file) {
  const auto bytes = YamlText::ReadFile(file);
  if (!bytes) return bytes.error();
  return LoadPolicyText(*bytes, file.string());
}

std::optional<std::filesystem::path> FindPolicy(const std::filesystem::path& pack) {
  std::error_code error;
  const std::filesystem::path here = std::filesystem::current_path(error);
  std::filesystem::path directory = std::filesystem::absolute(pack, error).lexically_normal().parent_path();
  while (!directory.empty()) {
    if (std::filesystem::path file = directory / kPolicyFileName; std::filesystem::is_regular_file(file, error)) {
      // As people would name it from where they are.
      const std::filesystem::path near = file.lexically_relative(here);
      return pack.is_absolute() || near.empty() || near.native().starts_with("..") ? file : near;
    }
    if (std::filesystem::exists(directory / ".git", error) || directory == directory.parent_path()) break;
    directory = directory.parent_path();
  }
  return std::nullopt;
}

}  // namespace wirewatch
