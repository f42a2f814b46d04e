#include "cli/lsp/hit_counts.h"

#include <nlohmann/json.hpp>

#include "base/file_read.h"

namespace wirewatch {
namespace {

using Json = nlohmann::json;

HitCounts::Count CountOf(const Json& one) {
  const auto number = [&](const char* key) -> std::uint64_t {
    const auto found = one.find(key);
    return found != one.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
  };
  return {number("articles") + number("hits"), number("alone")};  // the one key or the other
}

std::string NameIn(const Json& one, const char* key) {
  const auto found = one.is_object() ? one.find(key) : one.end();
  return found != one.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

Result<HitCounts> HitCounts::Read(const std::filesystem::path& file) {
  auto text = ReadWholeFile(file.string(), {});
  if (!text) return std::move(text).error().In(file.string());
  const Json json = Json::parse(*text, nullptr, false);
  if (!json.is_object() || !json.contains("topics") || !json["topics"].is_array()) {
    return Error{ErrorCode::kInvalid,
                 "it holds no counts: write it by `wirewatch match --by rule --json` or `backtest --json`"}
        .In(file.string());
  }
  HitCounts counts;
  for (const Json& topic : json["topics"]) {
    const std::string name = NameIn(topic, "topic");
    if (name.empty()) continue;
    counts.counts_[{name, ""}] = CountOf(topic);
    if (!topic.contains("rules") || !topic["rules"].is_array()) continue;
    for (const Json& rule : topic["rules"]) {
      if (const std::string id = NameIn(rule, "rule"); !id.empty()) counts.counts_[{name, id}] = CountOf(rule);
    }
  }
  return counts;
}

std::optional<HitCounts::Count> HitCounts::Of(const std::string& topic, const std::string& rule) const {
  const auto found = counts_.find({topic, rule});
  return found == counts_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace wirewatch
