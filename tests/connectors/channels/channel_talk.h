// Channels for tests: made of our own templates, and sent with.
#ifndef WIREWATCH_TESTS_CONNECTORS_CHANNELS_CHANNEL_TALK_H_
#define WIREWATCH_TESTS_CONNECTORS_CHANNELS_CHANNEL_TALK_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "base/diagnostic.h"
#include "connectors/channels/channels.h"
#include "pipeline/deliver/message_renderer.h"
#include "pipeline/deliver/message_samples.h"
#include "pipeline/deliver/transport.h"
#include "tests/support/wait_until.h"

namespace wirewatch {

inline const MessageRenderer& Renderer() {
  static const auto renderer = [] {
    Diagnostics diagnostics;
    auto loaded = MessageRenderer::Load({}, SampleLinks(), diagnostics);
    EXPECT_TRUE(diagnostics.empty()) << Render(diagnostics);
    if (loaded == nullptr) std::abort();
    return loaded;
  }();
  return *renderer;
}

inline ChannelParts Parts() {
  return {.render = [](TemplateName name, const OutgoingMessage& message) { return Renderer().Render(name, message); },
          .unsubscribe_url =
              [](const Subscription& subscription) {
                return "https://wire.example.org/l/unsubscribe/" + subscription.id + ".0123456789";
              },
          .mail_from = "Wirewatch Łódź <alerts@example.org>"};
}

// What is sent. Fails where it cannot be prepared.
template <typename T>
T Prepared(const Channel& channel, const SampleMessage& sample) {
  auto call = channel.Prepare(sample.View());
  if (!call) {
    ADD_FAILURE() << call.error().message;
    return T();
  }
  return std::get<T>(*std::move(call));
}

inline ChannelVerdict Sent(const Channel& channel, Transport& transport, const SampleMessage& sample) {
  auto call = channel.Prepare(sample.View());
  if (!call) {
    ADD_FAILURE() << call.error().message;
    return {};
  }
  std::promise<CallAnswer> promise;
  transport.Start(*std::move(call), [&](CallAnswer answer) { promise.set_value(std::move(answer)); });
  auto future = promise.get_future();
  if (future.wait_for(kLong) != std::future_status::ready) std::abort();  // it would be told to what is gone
  return channel.Judge(future.get());
}

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_CONNECTORS_CHANNELS_CHANNEL_TALK_H_
