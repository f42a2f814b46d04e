// Process usage: what this process takes of the machine, as /proc tells it (proc(5)).
#ifndef WIREWATCH_MONITORING_PROCESS_USAGE_H_
#define WIREWATCH_MONITORING_PROCESS_USAGE_H_

#include <optional>

namespace wirewatch {

struct ProcessUsage {
  double cpu_seconds = 0;  // user and system, of all threads
  double resident_bytes = 0;
  double virtual_bytes = 0;
  double open_fds = 0;
  double max_fds = 0;             // the soft limit
  double start_time_seconds = 0;  // since 1970
};

// Nothing: there is no /proc, or it reads differently from what proc(5) says.
std::optional<ProcessUsage> ReadProcessUsage();

}  // namespace wirewatch

#endif  // WIREWATCH_MONITORING_PROCESS_USAGE_H_
