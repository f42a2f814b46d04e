#include "cli/report/archive_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/report/archive_json_internal.h"
#include "cli/terminal/progress.h"

namespace wirewatch {

std::string NameOf(const ArchiveFacts& archive) {
  if (archive.on.empty() || archive.on == std::vector<std::string>{"-"}) return "stdin";
  if (archive.on.size() == 1) return archive.on.front();
  return fmt::format("{} and {} more", archive.on.front(), archive.on.size() - 1);
}

std::string SpanOf(const ArchiveFacts& archive) {
  std::string text =
      fmt::format("{} article{}", Grouped(static_cast<double>(archive.articles)), archive.articles == 1 ? "" : "s");
  const auto& days = archive.days.days();
  if (days.empty()) return text + ", none of them with a date";
  return text + fmt::format(" of {} to {} ({} day{} with articles)", DayText(days.begin()->first),
                            DayText(days.rbegin()->first), Grouped(static_cast<double>(days.size())),
                            days.size() == 1 ? "" : "s");
}

nlohmann::ordered_json JsonOf(const ArchiveFacts& archive) {
  nlohmann::ordered_json json;
  json["on"] = archive.on;
  json["read"] = archive.read;
  json["bytes"] = archive.bytes;
  json["articles"] = archive.articles;
  json["left_out"] = archive.left_out;
  json["undated_left_out"] = archive.undated;
  json["undated"] = archive.articles - std::min(archive.articles, archive.days.all());
  json["dead_lettered"] = archive.dead_lettered;
  const auto& days = archive.days.days();
  json["first_day"] = days.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(DayText(days.begin()->first));
  json["last_day"] = days.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(DayText(days.rbegin()->first));
  json["days_with_articles"] = days.size();
  json["out_of_order"] = archive.late;
  json["complete"] = archive.complete;
  json["seconds"] = archive.seconds;
  json["articles_per_second"] = static_cast<double>(archive.read) / std::max(archive.seconds, 1e-3);
  return json;
}

}  // namespace wirewatch
