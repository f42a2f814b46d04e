// SqliteAlertMemory: the alert policy's memory in one SQLite file.
//
// SQLite and not a file of lines: what is remembered of an article changes, and what is older than the window goes, so
// a file of lines would have to be written anew again and again, and mended after a crash; SQLite does both, and kill
// -9 or a power cut at any moment leave the last whole transaction (write-ahead log, synchronous=FULL). The file beside
// it with the end "-wal" belongs to it. One process a file.
#ifndef WIREWATCH_CONNECTORS_STORE_SQLITE_ALERT_MEMORY_H_
#define WIREWATCH_CONNECTORS_STORE_SQLITE_ALERT_MEMORY_H_

#include <memory>
#include <string>

#include "base/result.h"
#include "pipeline/alert/alert_memory.h"

namespace wirewatch {

class SqliteAlertMemory : public AlertMemory {
 public:
  // Makes the file if need be, for the user alone (mode 0600); its directory must exist.
  // Errors: kIo: it cannot be opened; kUnavailable: another process has it; kInvalid: it is another kind of file.
  static Result<std::unique_ptr<AlertMemory>> Open(const std::string& path);
  ~SqliteAlertMemory() override;

  Status Load(WallTime since, const std::function<Status(std::string_view text)>& each) override;
  Status Remember(const std::vector<RememberedEntry>& articles, WallTime since) override;

 private:
  struct Rep;
  explicit SqliteAlertMemory(std::unique_ptr<Rep> rep);
  const std::unique_ptr<Rep> rep_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_STORE_SQLITE_ALERT_MEMORY_H_
