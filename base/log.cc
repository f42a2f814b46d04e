#include "base/log.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/text/json_writer.h"
#include "base/text/printable.h"

namespace wirewatch::log {
namespace {

// A module's own level and one; 0: it has none. Written seldom, read for each line: no lock.
std::array<std::atomic<std::uint8_t>, kModules.size()> module_levels{};
std::atomic<Level> default_level = Level::kInfo;
std::atomic<Format> format = Format::kText;

constexpr std::uint8_t Stored(Level level) { return static_cast<std::uint8_t>(static_cast<std::uint8_t>(level) + 1); }

std::atomic<std::uint8_t>& LevelOf(std::string_view module) {
  return module_levels[static_cast<std::size_t>(std::find(kModules.begin(), kModules.end(), module) -
                                                kModules.begin())];
}

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug: return spdlog::level::debug;
    case Level::kInfo: return spdlog::level::info;
    case Level::kWarn: return spdlog::level::warn;
    case Level::kError: return spdlog::level::err;
  }
  std::abort();
}

std::shared_ptr<spdlog::logger> MakeLogger(const std::string& pattern, spdlog::color_mode color) {
  auto created =
      std::make_shared<spdlog::logger>("wirewatch", std::make_shared<spdlog::sinks::stderr_color_sink_mt>(color));
  created->set_pattern(pattern, spdlog::pattern_time_type::utc);
  created->set_level(spdlog::level::debug);
  created->flush_on(spdlog::level::debug);
  return created;
}

spdlog::logger& TextLogger() {
  static const std::shared_ptr<spdlog::logger> logger =
      MakeLogger("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v",
                 std::getenv("NO_COLOR") != nullptr ? spdlog::color_mode::never : spdlog::color_mode::automatic);
  return *logger;
}

spdlog::logger& JsonLogger() {
  static const std::shared_ptr<spdlog::logger> logger = MakeLogger("%v", spdlog::color_mode::never);
  return *logger;
}

void WriteText(Level level, std::string_view message) {
  const std::string plain = Printable(message);
  TextLogger().log(ToSpdlog(level), spdlog::string_view_t(plain.data(), plain.size()));
}

// The event with the values of the fields that it names, and the other fields behind it.
std::string Message(std::string_view event, Fields fields) {
  std::string message;
  std::vector<bool> named(fields.size());
  while (!event.empty()) {
    const std::size_t begin = std::min(event.find('{'), event.size());
    message += event.substr(0, begin);
    event.remove_prefix(begin);
    const std::size_t end = event.find('}');
    if (end == std::string_view::npos) break;
    const auto* const field =
        std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.key == event.substr(1, end - 1); });
    if (field != fields.end()) {
      field->value.AppendText(message);
      named[static_cast<std::size_t>(field - fields.begin())] = true;
    } else {
      message += event.substr(0, end + 1);
    }
    event.remove_prefix(end + 1);
  }
  message += event;
  for (const auto* field = fields.begin(); field != fields.end(); ++field) {
    if (named[static_cast<std::size_t>(field - fields.begin())]) continue;
    message += ' ';
    message += field->key;
    message += '=';
    field->value.AppendText(message);
  }
  return message;
}

std::string_view NameOf(Level level) {
  switch (level) {
    case Level::kDebug: return "debug";
    case Level::kInfo: return "info";
    case Level::kWarn: return "warn";
    case Level::kError: return "error";
  }
  std::abort();
}

// Always with milliseconds, so that the lines are as long as each other.
std::string TimeNow() {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(WallNow());
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  std::string time = FormatRfc3339(second);
  time.pop_back();
  return time + fmt::format(".{:03}Z", (now - second).count());
}

void WriteJson(Level level, std::string_view module, std::string_view event, Fields fields) {
  std::string line;
  JsonWriter json(line);
  json.BeginObject();
  json.Put("time", TimeNow());
  json.Put("level", NameOf(level));
  json.Put("module", module);
  json.Put("event", event);
  json.Put("message", Message(event, fields));
  json.Key("fields");
  json.BeginObject();
  for (const Field& field : fields) {
    json.Key(field.key);
    field.value.WriteTo(json);
  }
  json.EndObject();
  json.EndObject();
  JsonLogger().log(ToSpdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace

void Value::AppendText(std::string& out) const {
  if (const double* const number = std::get_if<double>(&value_)) {
    fmt::format_to(std::back_inserter(out), "{:.{}f}", *number, decimals_);
  } else {
    std::visit([&](const auto& value) { fmt::format_to(std::back_inserter(out), "{}", value); }, value_);
  }
}

void Value::WriteTo(JsonWriter& json) const {
  const double* const number = std::get_if<double>(&value_);
  if (number == nullptr) {
    std::visit([&](const auto& value) { json.Value(value); }, value_);
  } else if (std::isfinite(*number)) {
    json.Number(fmt::format("{:.{}f}", *number, decimals_));
  } else {
    json.Null();  // JSON has no such number
  }
}

bool Module::Enabled(Level level) const {
  const std::uint8_t own = LevelOf(name_).load(std::memory_order_relaxed);
  return Stored(level) >= (own != 0 ? own : Stored(default_level.load(std::memory_order_relaxed)));
}

void Module::Write(Level level, std::string_view event, Fields fields) const {
  if (!Enabled(level)) return;
  if (format.load(std::memory_order_relaxed) == Format::kJson) {
    WriteJson(level, name_, event, fields);
  } else {
    WriteText(level, Message(event, fields));
  }
}

void Module::WriteDetails(Level level, std::string_view details) const {
  if (details.empty() || !Enabled(level)) return;
  if (format.load(std::memory_order_relaxed) == Format::kJson) {
    return WriteJson(level, name_, "details", {{"details", details}});
  }
  while (!details.empty()) {
    const std::size_t end = std::min(details.find('\n'), details.size());
    WriteText(level, fmt::format("  {}", details.substr(0, end)));
    details.remove_prefix(std::min(end + 1, details.size()));
  }
}

void SetLevel(Level level) { default_level = level; }
void SetLevel(const Module& module, Level level) { LevelOf(module.name()) = Stored(level); }
void SetLevels(Level level, const std::map<std::string, Level>& modules) {
  default_level = level;
  for (const std::string_view module : kModules) {
    const auto own = modules.find(std::string(module));
    LevelOf(module) = own == modules.end() ? std::uint8_t{0} : Stored(own->second);
  }
}
void SetFormat(Format chosen) { format = chosen; }

}  // namespace wirewatch::log
