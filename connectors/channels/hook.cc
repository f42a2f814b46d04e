#include "connectors/channels/hook.h"

#include <fmt/format.h>

#include <utility>

#include "base/text/ascii.h"
#include "pipeline/deliver/subscription_values.h"

namespace wirewatch {
namespace {

// Of what follows "://", without the port. REQUIRES: WhyNoHttpUrl has nothing to say.
std::string_view HostOf(std::string_view after_scheme) {
  const std::string_view authority = after_scheme.substr(0, after_scheme.find_first_of("/?"));
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.find(':'));
}

bool IsThisMachine(std::string_view host) {
  return EqualsInAnyCase(host, "localhost") || host == "127.0.0.1" || host == "[::1]";
}

}  // namespace

Status CheckHookUrl(std::string_view url, bool secret) {
  if (const std::string why = WhyNoHttpUrl(url); !why.empty()) {
    return Error{ErrorCode::kInvalid, fmt::format("its url {}", why)};
  }
  if (secret && !BeginsInAnyCase(url, "https://") && !IsThisMachine(HostOf(url.substr(url.find("://") + 3)))) {
    return Error{ErrorCode::kInvalid, "its url is a secret, so it must begin with https://"};
  }
  return {};
}

HttpCall JsonPost(std::string url, std::string body) {
  return {"POST", std::move(url), {{"content-type", "application/json"}}, std::move(body)};
}

ChannelVerdict JudgeHook(const CallAnswer& answer, HookRefusal (*refusal)(const CallAnswer& answer)) {
  using Kind = ChannelVerdict::Kind;
  if (answer.kind == CallAnswer::Kind::kNotReached) return {Kind::kAgain, answer.text, {}, false};
  if (answer.kind == CallAnswer::Kind::kNotAllowed) return {Kind::kGivenUp, answer.text, {}, false};
  ChannelVerdict verdict;
  verdict.answer =
      answer.text.empty() ? fmt::format("{}", answer.status) : fmt::format("{}: {}", answer.status, answer.text);
  if (answer.status >= 200 && answer.status < 300) return verdict;
  verdict.slow_down = answer.status == 429 || answer.status == 502 || answer.status == 504;
  const HookRefusal judged = answer.status == 410 ? HookRefusal::kDisable
                             : verdict.slow_down  ? HookRefusal::kAgain
                                                  : refusal(answer);
  switch (judged) {
    case HookRefusal::kAgain: verdict.kind = Kind::kAgain; break;
    case HookRefusal::kGivenUp: verdict.kind = Kind::kGivenUp; break;
    case HookRefusal::kDisable: verdict.kind = Kind::kDisable; break;
  }
  if (verdict.kind == Kind::kAgain) verdict.wait = answer.retry_after;
  return verdict;
}

}  // namespace wirewatch
