// FakeTransport and FakeChannel: sends without a network, for tests of who sends.
#ifndef WIREWATCH_TESTS_SUPPORT_FAKE_TRANSPORT_H_
#define WIREWATCH_TESTS_SUPPORT_FAKE_TRANSPORT_H_

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "pipeline/deliver/channel.h"
#include "pipeline/deliver/transport.h"

namespace wirewatch {

inline CallAnswer Answered(int status, std::optional<std::chrono::seconds> retry_after = std::nullopt) {
  CallAnswer answer;
  answer.kind = CallAnswer::Kind::kAnswered;
  answer.status = status;
  answer.text = std::to_string(status);
  answer.retry_after = retry_after;
  return answer;
}

// Answers at once what `answer` says of a URL, or keeps the call until the test lets it end.
// Threads: any.
class FakeTransport : public Transport {
 public:
  struct Begun {
    std::string url, id;
    std::function<void(CallAnswer)> done;  // empty: it has ended
  };

  // By URL: what it answers. A URL that is not there hangs.
  std::map<std::string, CallAnswer> answers;

  void Start(Call call, std::function<void(CallAnswer)> done) override {
    const auto& http = std::get<HttpCall>(call);
    const auto answer = answers.find(http.url);
    {
      const std::lock_guard lock(mutex_);
      calls_.push_back({http.url, http.headers.front().second, answer != answers.end() ? nullptr : done});
    }
    if (answer != answers.end()) done(answer->second);
  }

  std::vector<Begun> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  // "URL ID" of each call, in their order; the next call gives those after these.
  std::vector<std::string> Take() {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> taken;
    for (; taken_ < calls_.size(); ++taken_) taken.push_back(calls_[taken_].url + " " + calls_[taken_].id);
    return taken;
  }
  // Ends the oldest call to `url` that hangs.
  void End(const std::string& url, CallAnswer answer) {
    std::function<void(CallAnswer)> done;
    {
      const std::lock_guard lock(mutex_);
      for (Begun& call : calls_) {
        if (call.url != url || !call.done) continue;
        done = std::exchange(call.done, nullptr);
        break;
      }
    }
    done(std::move(answer));
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Begun> calls_;
  std::size_t taken_ = 0;
};

// As a webhook: the message's id in the first header; 2xx: delivered, 410: disables, 429 and 502: slower, 4xx: given
// up, all else: again.
class FakeChannel : public Channel {
 public:
  Status Check(const SubscribedChannel&) const override { return {}; }
  Result<Call> Prepare(const OutgoingMessage& message) const override {
    if (message.channel.url == "unrenderable") return Error{ErrorCode::kInvalid, "the template has a mistake"};
    std::string body;
    for (const AlertNotice& alert : message.alerts) body += alert.id + ' ';
    return Call(HttpCall{"POST", message.channel.url, {{"webhook-id", message.message.id}}, body});
  }
  ChannelVerdict Judge(const CallAnswer& answer) const override {
    ChannelVerdict verdict;
    verdict.answer = answer.text;
    verdict.wait = answer.retry_after;
    verdict.kind = ChannelVerdict::Kind::kAgain;
    if (answer.kind == CallAnswer::Kind::kNotAllowed) verdict.kind = ChannelVerdict::Kind::kGivenUp;
    if (answer.kind != CallAnswer::Kind::kAnswered) return verdict;
    verdict.slow_down = answer.status == 429 || answer.status == 502;
    if (answer.status / 100 == 2) {
      verdict.kind = ChannelVerdict::Kind::kDelivered;
    } else if (answer.status == 410) {
      verdict.kind = ChannelVerdict::Kind::kDisable;
    } else if (answer.status / 100 == 4 && answer.status != 429) {
      verdict.kind = ChannelVerdict::Kind::kGivenUp;
    }
    return verdict;
  }
};

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_FAKE_TRANSPORT_H_
