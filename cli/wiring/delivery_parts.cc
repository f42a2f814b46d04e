#include "cli/wiring/delivery_parts.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <utility>

#include "base/backoff.h"
#include "base/diagnostic.h"
#include "base/log.h"
#include "base/random.h"
#include "base/secret.h"
#include "base/text/base64.h"
#include "base/text/hex.h"
#include "cli/wiring/config_input.h"
#include "cli/wiring/pipeline_run.h"
#include "connectors/desk/desk_api.h"
#include "connectors/desk/desk_auth.h"
#include "connectors/store/store_connectors.h"
#include "pipeline/deliver/subscription_file.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("deliver");

constexpr std::chrono::milliseconds kFirstTry{500}, kLongestTry{10'000};  // of a store that cannot be reached
constexpr std::chrono::seconds kLoopLimit{60};

constexpr std::string_view kLinkSecret = "links";  // its name in the store
constexpr std::size_t kSecretBytes = 32;

// Of whoever is the only one to send from its store: what it finds claimed is of a process that has died.
constexpr std::string_view kOnlyOwner = "only";

// "db1:4711:9f3c0a12": of one of many.
std::string OneOfMany() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  std::string chance;
  for (const char byte : RandomBytes(4)) AppendHex(static_cast<unsigned char>(byte), chance);
  return fmt::format("{}:{}:{}", host.data(), getpid(), chance);
}

Result<std::unique_ptr<DeliveryStore>> OpenStore(const Config& config, MetricsRegistry& metrics, StopSwitch& stop) {
  Backoff backoff(kFirstTry, kLongestTry);
  std::string told;
  while (true) {
    auto store = MakeDeliveryStore(config, metrics);
    if (store || store.error().code != ErrorCode::kUnavailable) return store;
    if (const std::string& why = store.error().message; why != told) {
      kLog.Warn("the store of deliveries cannot be used yet; it is waited for, and nothing is read: {why}",
                {{"why", why}});
      told = why;
    }
    if (stop.WaitFor(backoff.Next())) {
      kLog.Info("stopped before the store could be used: nothing was read");
      LeaveAtOnce(kOk);
    }
  }
}

}  // namespace

Result<std::shared_ptr<const LinkSigner>> MakeLinkSigner(const Config& config, DeliveryStore& store) {
  if (config.deliver.public_url.empty()) return std::shared_ptr<const LinkSigner>();
  const std::string& written = config.deliver.link_secret;
  auto secret = IsSecretReference(written) ? ResolveSecret(written)
                : !written.empty()         ? Result<std::string>(written)
                                   : store.Secret(kLinkSecret, [] { return Base64Url(RandomBytes(kSecretBytes)); });
  if (!secret) return std::move(secret).error().In("deliver.link_secret");
  return std::shared_ptr<const LinkSigner>(
      std::make_shared<const LinkSigner>(config.deliver.public_url, *std::move(secret)));
}

Result<std::shared_ptr<const MessageRenderer>> LoadTemplates(const Config& config,
                                                             std::shared_ptr<const LinkSigner> links) {
  Diagnostics diagnostics;
  auto renderer = MessageRenderer::Load(config.deliver.templates, std::move(links), diagnostics);
  if (HasErrors(diagnostics)) return Error{ErrorCode::kInvalid, Render(diagnostics, ColourOnStderr())};
  return renderer;
}

Result<std::unique_ptr<DeliveryParts>> DeliveryParts::Open(const Config& config, MetricsRegistry& metrics,
                                                           Health& health, StopSwitch& stop) {
  std::unique_ptr<DeliveryParts> parts(new DeliveryParts(config, metrics, health));
  if (Status opened = parts->Open(stop); !opened) return std::move(opened).error();
  return parts;
}

Status DeliveryParts::Open(StopSwitch& stop) {
  // What a person has to mend is told before anything is waited for.
  if (!config_.deliver.subscriptions.empty()) {
    const ReadSubscriptions read = LoadSubscriptions(config_.deliver.subscriptions);
    if (HasErrors(read.diagnostics)) return Error{ErrorCode::kInvalid, Render(read.diagnostics, ColourOnStderr())};
  }
  std::string owner = OneOfMany();
  if (const auto file = StoreOf(config_).file; file != nullptr) {
    auto lock = LockStoreFile(file(config_.store->fields));
    if (!lock) return std::move(lock).error();
    lock_ = *std::move(lock);
    owner = kOnlyOwner;
  }
  auto store = OpenStore(config_, metrics_, stop);
  if (!store) return std::move(store).error();
  store_ = *std::move(store);
  if (lock_) {
    if (Status released = store_->Release(owner); !released) return released;
  }
  auto links = MakeLinkSigner(config_, *store_);
  if (!links) return std::move(links).error();
  links_ = *std::move(links);
  auto renderer = LoadTemplates(config_, links_);
  if (!renderer) return std::move(renderer).error();
  renderer_ = *std::move(renderer);
  channels_ = MakeChannels(config_, renderer_, links_);
  auto transport = MakeTransport(config_);
  if (!transport) return std::move(transport).error();
  transport_ = *std::move(transport);

  watch_ = std::make_unique<SubscriptionWatch>(*store_, config_.deliver.subscriptions, metrics_);
  (void)watch_->Look(true);  // what is wrong is told, and tried again
  TellOfChannels();
  const auto find = [this](ChannelKind kind) -> const Channel* {
    const auto at = channels_.find(kind);
    return at != channels_.end() ? at->second.get() : nullptr;
  };
  sender_ = std::make_unique<Sender>(*store_, *transport_, find, OptionsOfSender(std::move(owner)), metrics_);
  health_.AddReadiness("subscriptions", [watch = watch_.get()] { return watch->Ready(); });
  health_.AddReadiness("outbox", [sender = sender_.get()] { return sender->Ready(); });
  return {};
}

// Channels that cannot send anything as they are: mail without a mail server, say. Their messages would be given up.
void DeliveryParts::TellOfChannels() const {
  const auto set = watch_->Current();
  if (set == nullptr) return;
  for (const StoredSubscription& one : set->subscriptions()) {
    for (const SubscribedChannel& channel : one.subscription.channels) {
      const auto kind = channels_.find(channel.kind);
      if (kind == channels_.end()) continue;
      if (const Status good = kind->second->Check(channel); !good) {
        kLog.Error("subscription {subscription}, channel {channel}: its messages will fail: {why}",
                   {{"subscription", one.subscription.id}, {"channel", channel.id}, {"why", good.error().message}});
      }
    }
  }
}

SenderOptions DeliveryParts::OptionsOfSender(std::string owner) const {
  using std::chrono::seconds;
  const auto in_seconds = [](std::chrono::milliseconds time) { return std::chrono::ceil<seconds>(time); };
  const DeliverSettings& settings = config_.deliver;
  SenderOptions options;
  options.owner = std::move(owner);
  options.lease = in_seconds(settings.lease);
  options.longest_send = in_seconds(LongestSend(config_));
  options.concurrency = settings.concurrency;
  options.interval[ChannelKind::kSlack] = settings.slack_interval;
  options.breaker.failures = static_cast<std::uint32_t>(settings.failures);
  options.breaker.rest = in_seconds(settings.rest);
  options.give_up_after = in_seconds(settings.give_up_after);
  options.retention = in_seconds(settings.retention);
  return options;
}

Status DeliveryParts::AddRoutes(Router& router) {
  const auto tokens = store_->Tokens();
  if (!tokens) return tokens.error();
  if (Status bound = CheckDeskBind(*config_.monitoring.listen, !tokens->empty()); !bound) return bound;
  DeskContext context;
  context.store = store_.get();
  context.links = links_;
  context.renderer = renderer_;
  context.check_channel = [this](const SubscribedChannel& channel) {
    const auto kind = channels_.find(channel.kind);
    return kind != channels_.end() ? kind->second->Check(channel) : Status();
  };
  context.changed = [this] {
    watch_->RequestReload();
    sender_->Wake();
  };
  AddDeskRoutes(router, std::move(context));
  return {};
}

std::unique_ptr<Dispatcher> DeliveryParts::MakeDispatcher() {
  DispatcherOptions options;
  options.recorded = [this] { sender_->Wake(); };
  return std::make_unique<Dispatcher>(*store_, *watch_, std::move(options), metrics_,
                                      health_.AddLoop("dispatcher", kLoopLimit));
}

void DeliveryParts::Start() {
  watch_->Watch(config_.deliver.reload_interval, health_.AddLoop("subscriptions", kLoopLimit));
  sender_->Start(health_.AddLoop("sender", kLoopLimit));
}

void DeliveryParts::SendDue(StopSwitch& stop) {
  const auto idle = std::make_shared<std::atomic<bool>>(false);  // the sender may call when nobody waits any more
  sender_->WhenIdle([idle, &stop] {
    *idle = true;
    stop.Wake();
  });
  (void)stop.WaitFor(*idle);
}

}  // namespace wirewatch
