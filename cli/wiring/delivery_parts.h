// DeliveryParts: what a process with the role `deliver` has beside its steps: the store, the subscriptions in use, the
// channels and the sender; and the HTTP API. Owns all of them, in the order of life.
//
//   auto parts = DeliveryParts::Open(config, metrics, health, stop);
//   parts->AddRoutes(router);          // of the HTTP API
//   parts->MakeDispatcher();           // for the deliver step or the alert step's sink
//   parts->Start();                    // sends from now on
//   parts->SendDue(stop);              // at the end of the input
//   parts->Stop(deadline);
#ifndef WIREWATCH_CLI_WIRING_DELIVERY_PARTS_H_
#define WIREWATCH_CLI_WIRING_DELIVERY_PARTS_H_

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "cli/terminal/signals.h"
#include "connectors/registry.h"
#include "monitoring/health.h"
#include "monitoring/http/router.h"
#include "monitoring/metrics.h"
#include "pipeline/config.h"
#include "pipeline/deliver/delivery_store.h"
#include "pipeline/deliver/dispatcher.h"
#include "pipeline/deliver/message_renderer.h"
#include "pipeline/deliver/sender.h"
#include "pipeline/deliver/signed_link.h"
#include "pipeline/deliver/subscription_watch.h"
#include "pipeline/deliver/transport.h"

namespace wirewatch {

// Null: deliver.public_url is empty, and messages have no links. The secret of links is deliver.link_secret, or one
// that is made and kept in the store. Errors: of ResolveSecret and of the store.
Result<std::shared_ptr<const LinkSigner>> MakeLinkSigner(const Config& config, DeliveryStore& store);

// The templates of the configuration. kInvalid: the rendered mistakes in them.
Result<std::shared_ptr<const MessageRenderer>> LoadTemplates(const Config& config,
                                                             std::shared_ptr<const LinkSigner> links);

class DeliveryParts {
 public:
  // Borrows all. A store that cannot be reached is waited for; told to stop meanwhile it ends the process: nothing was
  // read yet. Errors: mistakes in subscription files and templates (kInvalid: rendered); those of the store that do
  // not pass; kRejected: another process delivers from this store. REQUIRES: config.store.
  static Result<std::unique_ptr<DeliveryParts>> Open(const Config& config, MetricsRegistry& metrics, Health& health,
                                                     StopSwitch& stop);

  // Errors: `listen` may be reached by others, and there is no token yet.
  Status AddRoutes(Router& router);
  std::unique_ptr<Dispatcher> MakeDispatcher();
  void Start();
  // Files and store are read again. Any thread.
  void RequestReload() { watch_->RequestReload(); }
  // Waits until all that is due now, and can be sent, is sent, or until `stop`.
  void SendDue(StopSwitch& stop);
  // Errors: as Sender::Stop.
  Status Stop(SteadyTime deadline) { return sender_->Stop(deadline); }

 private:
  DeliveryParts(const Config& config, MetricsRegistry& metrics, Health& health)
      : config_(config), metrics_(metrics), health_(health) {}

  Status Open(StopSwitch& stop);
  void TellOfChannels() const;
  SenderOptions OptionsOfSender(std::string owner) const;

  const Config& config_;
  MetricsRegistry& metrics_;
  Health& health_;
  std::unique_ptr<DeliveryStore> store_;
  UniqueFd lock_;                            // of a store that one process alone delivers from
  std::shared_ptr<const LinkSigner> links_;  // null: there are none
  std::shared_ptr<const MessageRenderer> renderer_;
  Channels channels_;
  std::unique_ptr<SubscriptionWatch> watch_;
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<Sender> sender_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_DELIVERY_PARTS_H_
