#include "rules/pack/pack_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "base/text/json_writer.h"
#include "rules/pack/pack_keys.h"

namespace wirewatch {
namespace {

constexpr std::string_view kDraft = "https://json-schema.org/draft/2020-12/schema";

// YAML takes an unquoted 2026 or true for another type, and the loader reads the characters.
constexpr std::array<std::string_view, 3> kTextTypes = {"string", "number", "boolean"};

std::string_view NameOf(PackPart part) {
  constexpr auto kNames = std::to_array<std::string_view>(
      {"pack", "topic", "extension", "rule", "story", "budget", "test_file", "test", "article", "expected_topic"});
  static_assert(kNames.size() == kPackPartCount);
  return kNames[static_cast<std::size_t>(part)];
}

class SchemaWriter {
 public:
  explicit SchemaWriter(std::string& text) : json_(text) {}

  void Write(PackPart root, std::string_view title, std::string_view description) {
    json_.BeginObject();
    json_.Put("$schema", kDraft);
    json_.Put("$id", fmt::format("urn:wirewatch:schema:{}", root == PackPart::kPack ? "pack" : "rule_test"));
    json_.Put("title", title);
    json_.Put("description", description);
    WriteObject(root);
    json_.Key("$defs");
    json_.BeginObject();
    std::vector<PackPart> parts = {root};
    const auto add = [&](PackPart part) {
      if (std::find(parts.begin(), parts.end(), part) != parts.end()) return;
      parts.push_back(part);
      json_.Key(NameOf(part));
      json_.BeginObject();
      WriteObject(part);
      json_.EndObject();
    };
    for (std::size_t i = 0; i < parts.size(); ++i) {
      for (const PackKey& key : PackKeys()) {
        if (key.in != parts[i] || !HasPart(key.form)) continue;
        add(key.part);
        if (key.form == KeyForm::kTopics) add(PackPart::kExtension);
      }
    }
    json_.EndObject();
    json_.EndObject();
  }

 private:
  static bool HasPart(KeyForm form) {
    return form == KeyForm::kMapping || form == KeyForm::kMappings || form == KeyForm::kTopics ||
           form == KeyForm::kExpectedTopics;
  }

  void WriteObject(PackPart part) {
    json_.Put("type", "object");
    json_.Put("additionalProperties", false);
    std::vector<std::string_view> required;
    for (const PackKey& key : PackKeys()) {
      if (key.in == part && key.required) required.push_back(key.name);
    }
    if (!required.empty()) json_.Put("required", required);
    WriteConditions(part);
    json_.Key("properties");
    json_.BeginObject();
    for (const PackKey& key : PackKeys()) {
      if (key.in == part) WriteKey(key);
    }
    json_.EndObject();
  }

  // What keys say about each other.
  void WriteConditions(PackPart part) {
    if (part == PackPart::kArticle) WriteOneRequired({"title", "summary", "body", "file"});
    if (part != PackPart::kTest) return;
    WriteOneRequired({"fires", "must_fire", "must_not_fire", "todo_fire", "todo_silent"});
    json_.Key("dependentSchemas");
    json_.BeginObject();
    json_.Key("fires");
    json_.BeginObject();
    json_.Key("properties");
    json_.BeginObject();
    json_.Put("must_fire", false);
    json_.Put("must_not_fire", false);
    json_.EndObject();
    json_.EndObject();
    json_.EndObject();
  }

  void WriteOneRequired(const std::vector<std::string_view>& keys) {
    json_.Key("anyOf");
    json_.BeginArray();
    for (const std::string_view key : keys) {
      json_.BeginObject();
      json_.Put("required", std::array{key});
      json_.EndObject();
    }
    json_.EndArray();
  }

  void WriteKey(const PackKey& key) {
    json_.Key(key.name);
    json_.BeginObject();
    json_.Put("description", key.help);
    WriteForm(key);
    WriteDefault(key);
    json_.EndObject();
  }

  void WriteDefault(const PackKey& key) {
    if (key.default_value.empty()) return;
    if (key.form == KeyForm::kInteger || key.form == KeyForm::kBoolean) {
      json_.Key("default");
      json_.Number(key.default_value);  // both are JSON as they are written
    } else {
      json_.Put("default", key.default_value);
    }
  }

  void WriteForm(const PackKey& key) {
    switch (key.form) {
      case KeyForm::kText:
      case KeyForm::kExpression: json_.Put("type", kTextTypes); return;
      case KeyForm::kId:
        json_.Put("type", kTextTypes);
        json_.Put("pattern", "^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$");
        json_.Put("maxLength", kMaxIdBytes);
        return;
      case KeyForm::kChoice: json_.Put("enum", key.choices); return;
      case KeyForm::kInteger: return WriteInteger(key);
      case KeyForm::kBoolean: json_.Put("type", "boolean"); return;
      case KeyForm::kDuration:
        json_.Put("type", "string");
        json_.Put("pattern", "^[0-9]+(ms|s|m|h|d)$");
        return;
      case KeyForm::kTexts: return WriteArray(0, [&] { json_.Put("type", kTextTypes); });
      case KeyForm::kLanguages:
        return WriteArray(1, [&] {
          json_.Put("type", "string");
          json_.Put("pattern", "^[A-Za-z]{2,3}$");
        });
      case KeyForm::kSteps:
        json_.Put("maxItems", kMaxGrowSteps);
        json_.Put("uniqueItems", true);
        return WriteArray(0, [&] { WriteInteger(key); });
      case KeyForm::kNamedLists: return WriteNamedLists();
      case KeyForm::kMapping: return WriteReference(key.part);
      case KeyForm::kMappings: return WriteArray(1, [&] { WriteReference(key.part); });
      case KeyForm::kTopics:
        return WriteArray(1, [&] {
          json_.Key("if");
          json_.BeginObject();
          json_.Put("required", std::array{std::string_view("extends")});
          json_.EndObject();
          WriteKeyed("then", PackPart::kExtension);
          WriteKeyed("else", key.part);
        });
      case KeyForm::kExpectedTopics:
        return WriteArray(0, [&] {
          json_.Key("anyOf");
          json_.BeginArray();
          json_.BeginObject();
          json_.Put("type", kTextTypes);
          json_.EndObject();
          json_.BeginObject();
          WriteReference(key.part);
          json_.EndObject();
          json_.EndArray();
        });
    }
  }

  void WriteInteger(const PackKey& key) {
    json_.Put("type", "integer");
    json_.Put("minimum", key.least);
    json_.Put("maximum", key.most);
  }

  template <typename WriteItem>
  void WriteArray(std::size_t least, WriteItem write_item) {
    json_.Put("type", "array");
    if (least > 0) json_.Put("minItems", least);
    json_.Key("items");
    json_.BeginObject();
    write_item();
    json_.EndObject();
  }

  void WriteNamedLists() {
    json_.Put("type", "object");
    json_.Key("propertyNames");
    json_.BeginObject();
    json_.Put("pattern", "^[A-Za-z0-9_.-]*[A-Za-z0-9_-]$");
    json_.Put("maxLength", kMaxListNameBytes);
    json_.EndObject();
    json_.Key("additionalProperties");
    json_.BeginObject();
    WriteArray(1, [&] { json_.Put("type", kTextTypes); });
    json_.EndObject();
  }

  void WriteKeyed(std::string_view key, PackPart part) {
    json_.Key(key);
    json_.BeginObject();
    WriteReference(part);
    json_.EndObject();
  }

  void WriteReference(PackPart part) { json_.Put("$ref", fmt::format("#/$defs/{}", NameOf(part))); }

  JsonWriter json_;
};

}  // namespace

std::string PackSchema() {
  std::string text;
  SchemaWriter(text).Write(
      PackPart::kPack, "wirewatch pack",
      "A rule file of wirewatch, as docs/rules.md tells it. Expressions are texts here: `wirewatch check` reads them.");
  return text;
}

std::string RuleTestSchema() {
  std::string text;
  SchemaWriter(text).Write(PackPart::kTestFile, "wirewatch rule tests",
                           "The tests beside a rule file, NAME_test.yaml, as docs/rules.md tells them.");
  return text;
}

}  // namespace wirewatch
