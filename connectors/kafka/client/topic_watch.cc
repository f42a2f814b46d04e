#include "connectors/kafka/client/topic_watch.h"

#include <fmt/format.h>

#include <utility>

#include "base/log.h"
#include "connectors/kafka/client/kafka_log.h"

namespace wirewatch {
namespace {

constexpr log::Module kLog("kafka");

}  // namespace

Error Refused(std::string_view brokers, std::string_view reason) {
  return {
      ErrorCode::kUnavailable,
      fmt::format("kafka broker {} refuses the connection: {}; check kafka.properties (user, password, certificates) "
                  "and what the broker allows",
                  brokers, reason)};
}

TopicWatch::TopicWatch(std::string name, std::string where, Probe probe, Times times)
    : name_(std::move(name)), where_(std::move(where)), probe_(std::move(probe)), times_(times), thread_([this] {
        Loop();
      }) {}

TopicWatch::~TopicWatch() { Stop(); }

Status TopicWatch::Ready() const {
  const std::lock_guard lock(mutex_);
  return answer_ ? *answer_ : Error{ErrorCode::kUnavailable, "the kafka brokers have not answered yet"};
}

void TopicWatch::Suspect(std::string_view detail, bool refused) {
  const std::lock_guard lock(mutex_);
  // A connection that is refused is broken off, too: that says less.
  if (!detail.empty() && (refused || !refused_)) {
    detail_ = ReasonForPeople(detail);
    refused_ = refused;
  }
  suspected_ = true;
  changed_.notify_all();
}

std::chrono::milliseconds TopicWatch::MissingFor(SteadyTime now) const {
  const std::lock_guard lock(mutex_);
  if (!answer_ || *answer_ || answer_->error().code != ErrorCode::kNotFound) return {};
  return std::chrono::duration_cast<std::chrono::milliseconds>(now - answer_since_);
}

Status TopicWatch::NeverThere(SteadyTime now, std::chrono::milliseconds grace) const {
  const std::lock_guard lock(mutex_);
  if (was_there_ || !answer_ || *answer_ || answer_->error().code != ErrorCode::kNotFound) return {};
  return now - answer_since_ >= grace ? *answer_ : Status();
}

void TopicWatch::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void TopicWatch::Loop() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    suspected_ = false;
    lock.unlock();
    Status answer = probe_();
    lock.lock();
    if (stopped_) return;
    Learn(std::move(answer), SteadyNow());
    // While ill, signs of trouble come by the dozen: they must not make it ask more often.
    const bool well = answer_->has_value();
    changed_.wait_for(lock, well ? times_.when_well : times_.when_ill,
                      [&] { return stopped_ || (well && suspected_); });
  }
}

void TopicWatch::Learn(Status answer, SteadyTime now) {
  if (!answer && answer.error().code == ErrorCode::kUnavailable && refused_) {
    answer = Refused(where_, detail_);
  } else if (!answer && answer.error().code == ErrorCode::kUnavailable && !detail_.empty()) {
    answer = Error{ErrorCode::kUnavailable, fmt::format("{} ({})", answer.error().message, detail_)};
  }
  const auto code = [](const Status& status) {
    return status ? std::optional<ErrorCode>() : std::optional(status.error().code);
  };
  if (!answer_ || code(*answer_) != code(answer)) {
    if (!answer) {
      kLog.Warn("{client}: {error}; it is tried again until it works",
                {{"client", name_}, {"error", answer.error().message}});
    } else if (answer_) {
      kLog.Info("{client}: connected again after {seconds} s",
                {{"client", name_},
                 {"seconds", std::chrono::duration_cast<std::chrono::seconds>(now - answer_since_).count()}});
    } else {
      kLog.Info("{client}: connected", {{"client", name_}});
    }
    answer_since_ = now;
  }
  if (answer) {
    detail_.clear();
    refused_ = false;
    was_there_ = true;
  }
  answer_ = std::move(answer);
}

}  // namespace wirewatch
