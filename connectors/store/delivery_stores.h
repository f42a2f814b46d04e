// The delivery stores there are: in a SQLite file for one machine, in PostgreSQL for several. Both are one
// implementation in SQL; what a store is asked for, and its errors, pipeline/deliver/delivery_store.h says.
//
// What holds beyond that:
// - A message whose subscription has gone or was disabled is canceled when it would be claimed, so that nothing is
//   claimed behind a Delete or Disable that has returned.
// - A Replay without a state takes failed messages; delivered ones too where it names one message. Feeds send nothing,
//   and are not replayed. Attempts count anew.
// - The snoozes that a subscription's text names are put and taken with changes of the text; those of PutSnooze stay.
//   What a snooze held moves with its end. Where quiet hours hold then, they keep it.
// - A subscription whose text this program can no longer read is told as disabled, with the reason.
// - Pages begin after: an id, of alerts, subscriptions; LedgerRow::key; of feedback "SUBSCRIPTION/ALERT". An alert that
//   is no longer kept begins no page: kNotFound.
#ifndef WIREWATCH_CONNECTORS_STORE_DELIVERY_STORES_H_
#define WIREWATCH_CONNECTORS_STORE_DELIVERY_STORES_H_

#include <memory>
#include <string>

#include "base/result.h"
#include "pipeline/deliver/delivery_store.h"

namespace wirewatch {

// Makes the file if need be, for the user alone (mode 0600); its directory must exist, on a local disk. The files
// beside it with the ends "-wal" and "-shm" belong to it. Several processes of one machine may have it open.
// ":memory:": gone with the store; for tests. Errors: kInvalid: it is another kind of file, or of a later version; kIo:
// it cannot be opened; kUnavailable: it is locked, or the disk is full.
Result<std::unique_ptr<DeliveryStore>> OpenSqliteStore(const std::string& path);

// `connection`: as libpq takes it: "postgresql://user:password@host/database" or "host=... dbname=...". Makes the
// schema "wirewatch" if need be. Holds up to 8 connections. Not through a pooler that gives each transaction another
// server connection: statements are prepared. Errors: kInvalid: it is no connection string, another's schema, or of a
// later version; kUnavailable: the server is not reached, or does not let us in (it says so in words alone).
Result<std::unique_ptr<DeliveryStore>> OpenPostgresStore(const std::string& connection);

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_STORE_DELIVERY_STORES_H_
