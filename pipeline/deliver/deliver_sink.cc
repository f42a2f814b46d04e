#include "pipeline/deliver/deliver_sink.h"

#include "pipeline/alert/alert.h"
#include "pipeline/deliver/alert_notice.h"

namespace wirewatch {

void DeliverSink::Send(const Alert& alert, Delivery delivery) {
  const auto notice = ReadNotice(ToJson(alert));
  if (!notice) {
    delivery.Refused(Error{ErrorCode::kRejected, notice.error().message});
    return;
  }
  dispatcher_->Send(*notice, std::move(delivery));
}

}  // namespace wirewatch
