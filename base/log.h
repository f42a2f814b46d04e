// Log lines to stderr: `log::Warn("send failed sink={} code={}", sink, code)`.
//
// What decides logs, once. Info: a state changed. Warn: unexpected, nothing lost. Error: something lost, or a
// person is needed. Never secrets; article text only at debug. Thread-safe.
#ifndef WIREWATCH_BASE_LOG_H_
#define WIREWATCH_BASE_LOG_H_

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace wirewatch::log {

enum class Level { kDebug, kInfo, kWarn, kError };

// Lines below `level` are dropped. The default is kInfo.
void SetLevel(Level level);
bool Enabled(Level level);
// Writes `line` as Printable makes it (base/text/printable.h): nothing that a record, a file name or a broker says can
// write a line of its own or act on a terminal.
void Write(Level level, std::string_view line);
// Each line of `text` as one of the log, indented: what belongs to the line before it, such as rendered diagnostics.
// REQUIRES: its newlines are ours.
void WriteLines(Level level, std::string_view text);

template <typename... Args>
void Debug(fmt::format_string<Args...> format, Args&&... args) {
  if (Enabled(Level::kDebug)) Write(Level::kDebug, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void Info(fmt::format_string<Args...> format, Args&&... args) {
  if (Enabled(Level::kInfo)) Write(Level::kInfo, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void Warn(fmt::format_string<Args...> format, Args&&... args) {
  Write(Level::kWarn, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void Error(fmt::format_string<Args...> format, Args&&... args) {
  Write(Level::kError, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace wirewatch::log

#endif  // WIREWATCH_BASE_LOG_H_
