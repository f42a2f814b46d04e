#include "monitoring/process_usage.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <string>
#include <system_error>

namespace wirewatch {
namespace {

// The fields of /proc/self/stat that are wanted, numbered from 1 as proc(5) does.
constexpr int kFieldAfterName = 3;
constexpr int kUserTicks = 14, kSystemTicks = 15, kStartTicks = 22, kVirtualBytes = 23, kResidentPages = 24;

// "btime 1795420800" of /proc/stat: when the machine was booted.
std::optional<double> BootTimeSeconds() {
  std::ifstream stat("/proc/stat");
  for (std::string word; stat >> word;) {
    double seconds = 0;
    if (word == "btime" && stat >> seconds) return seconds;
    stat.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return std::nullopt;
}

std::optional<double> CountOpenFds() {
  std::error_code error;
  const std::filesystem::directory_iterator fds("/proc/self/fd", error);
  if (error) return std::nullopt;
  return static_cast<double>(std::distance(begin(fds), end(fds))) - 1;  // less the one that counts
}

}  // namespace

std::optional<ProcessUsage> ReadProcessUsage() {
  std::ifstream stat("/proc/self/stat");
  const std::string text((std::istreambuf_iterator<char>(stat)), std::istreambuf_iterator<char>());
  // Field 2 is the program's name in parentheses; the name may hold blanks and parentheses itself.
  const std::size_t name_end = text.rfind(") ");
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 2));

  const auto ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  ProcessUsage usage;
  double start_ticks = 0;
  std::string field;
  int number = kFieldAfterName;
  for (; number <= kResidentPages && fields >> field; ++number) {
    const double value = number == kFieldAfterName ? 0 : std::strtod(field.c_str(), nullptr);
    if (number == kUserTicks || number == kSystemTicks) usage.cpu_seconds += value / ticks_per_second;
    if (number == kStartTicks) start_ticks = value;
    if (number == kVirtualBytes) usage.virtual_bytes = value;
    if (number == kResidentPages) usage.resident_bytes = value * static_cast<double>(sysconf(_SC_PAGESIZE));
  }
  const std::optional<double> boot = BootTimeSeconds();
  const std::optional<double> open_fds = CountOpenFds();
  rlimit fds{};
  if (number <= kResidentPages || !boot || !open_fds || getrlimit(RLIMIT_NOFILE, &fds) != 0) return std::nullopt;
  usage.start_time_seconds = *boot + start_ticks / ticks_per_second;
  usage.open_fds = *open_fds;
  usage.max_fds = static_cast<double>(fds.rlim_cur);
  return usage;
}

}  // namespace wirewatch
