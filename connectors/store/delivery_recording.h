// DeliveryRecording: DeliveryStore::Record in SQL: one batch of planned alerts within one transaction.
//
// Batches go one behind the other (SqlLock::kOutbox), also those of other processes: so what is counted and looked up
// here stays true until it is written. Each step is a few statements for the whole batch.
#ifndef WIREWATCH_CONNECTORS_STORE_DELIVERY_RECORDING_H_
#define WIREWATCH_CONNECTORS_STORE_DELIVERY_RECORDING_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "connectors/store/sql_database.h"
#include "pipeline/deliver/delivery_store.h"

namespace wirewatch {

class DeliveryRecording {
 public:
  explicit DeliveryRecording(SqlSession& session) : session_(session) {}

  // Once. How many entries are new.
  Result<std::size_t> Record(const std::vector<PlannedAlert>& alerts);

 private:
  // An entry that the ledger has not, and what is to carry it.
  struct NewEntry {
    const PlannedDelivery* planned;
    WallTime alerted;
    const OutboxMessage* message;  // as planned, or the one of what is over the cap
    DeliveryReason reason;
    std::string message_id;  // of `message`, or of a later generation
    WallTime due;
  };

  Status WriteAlerts(const std::vector<PlannedAlert>& alerts);
  Status FindNewEntries(const std::vector<PlannedAlert>& alerts);
  Status CountCaps();
  Status EndSnoozes();
  Status WriteMessages();
  Status WriteEntries();

  SqlSession& session_;
  std::unordered_set<std::string> new_alerts_;
  std::vector<NewEntry> entries_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_STORE_DELIVERY_RECORDING_H_
