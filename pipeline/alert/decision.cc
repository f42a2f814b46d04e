#include "pipeline/alert/decision.h"

#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>

#include "base/text/json_writer.h"
#include "pipeline/records/json_put.h"

namespace wirewatch {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;

// The texts of a decision, in the order in which JSON has them. One that is empty is left out.
struct TextRow {
  const char* key;
  std::string Decision::*text;
};
constexpr TextRow kTexts[] = {
    {"topic", &Decision::topic},
    {"article_id", &Decision::article_id},
    {"article_version", &Decision::article_version},
    {"source", &Decision::source},
    {"title", &Decision::title},
    {"outcome", &Decision::outcome},
    {"kind", &Decision::kind},
    {"reason", &Decision::reason},
    {"because", &Decision::because},
    {"alert_id", &Decision::alert_id},
    {"story_id", &Decision::story_id},
    {"state", &Decision::state},
};

Error NoDecision(std::string_view why) {
  return {ErrorCode::kInvalid,
          fmt::format("this is not a decision as wirewatch writes it (docs/schema/decision.schema.json): {}", why)};
}

}  // namespace

std::string ToJson(const Decision& decision) {
  std::string line;
  JsonWriter json(line);
  json.BeginObject();
  json.Put("decision", kVersion);
  json.Put("partition", static_cast<std::int32_t>(decision.partition));
  json.Put("offset", static_cast<std::int64_t>(decision.offset));
  PutTime(json, "record_time", decision.record_time);
  for (const TextRow& row : kTexts) PutText(json, row.key, decision.*row.text);
  json.EndObject();
  return line;
}

Result<Decision> ReadDecision(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    if (json.at("decision").get<int>() > kVersion) return NoDecision("its version is newer than this program knows");
    Decision decision;
    decision.partition = Partition{json.at("partition").get<std::int32_t>()};
    decision.offset = Offset{json.at("offset").get<std::int64_t>()};
    const auto time = ParseRfc3339(json.at("record_time").get_ref<const std::string&>());
    if (!time) return NoDecision("record_time is no time");
    decision.record_time = *time;
    for (const TextRow& row : kTexts) {
      if (const auto at = json.find(row.key); at != json.end()) decision.*row.text = at->get<std::string>();
    }
    return decision;
  } catch (const Json::exception& error) {
    return NoDecision(error.what());
  }
}

}  // namespace wirewatch
