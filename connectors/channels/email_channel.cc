#include "connectors/channels/email_channel.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/text/trim.h"
#include "pipeline/deliver/mail_address.h"
#include "pipeline/deliver/subscription_values.h"

namespace wirewatch {
namespace {

// RFC 5322, 3.3: "Mon, 30 Nov 2026 06:42:59 +0000".
std::string MailDate(WallTime time) {
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} +0000", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

// On one line.
std::string SubjectOf(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return std::string(Trimmed(text));
}

// The story that all alerts are of; empty: they are not of one.
std::string StoryOf(const std::vector<AlertNotice>& alerts) {
  const auto story = [](const AlertNotice& notice) { return notice.story ? notice.story->id : std::string(); };
  const std::string first = story(alerts.front());
  const bool one = std::all_of(alerts.begin(), alerts.end(), [&](const AlertNotice& n) { return story(n) == first; });
  return one ? first : "";
}

Error NoServer() { return {ErrorCode::kInvalid, "no mail can be sent: the configuration has no smtp.server"}; }

}  // namespace

Status EmailChannel::Check(const SubscribedChannel& channel) const {
  if (parts_.mail_from.empty()) return NoServer();
  if (channel.to.empty()) return Error{ErrorCode::kInvalid, "it has no address to send to"};
  if (channel.to.size() > kMostAddresses) {
    return Error{ErrorCode::kInvalid, fmt::format("it has more than {} addresses: use a mailing list", kMostAddresses)};
  }
  const auto bad =
      std::find_if_not(channel.to.begin(), channel.to.end(), [](const auto& to) { return IsMailAddress(to); });
  if (bad != channel.to.end()) {
    return Error{ErrorCode::kInvalid, fmt::format("'{}' is no mail address such as ops@example.org (in ASCII)", *bad)};
  }
  return {};
}

Result<Call> EmailChannel::Prepare(const OutgoingMessage& message) const {
  if (parts_.mail_from.empty()) return NoServer();
  const auto from = ParseMailAddress(parts_.mail_from);
  if (!from) return Error{ErrorCode::kInvalid, "smtp.from is no mail address"};
  auto subject = parts_.render(TemplateName::kEmailSubject, message);
  if (!subject) return std::move(subject).error();
  auto text = parts_.render(TemplateName::kEmailText, message);
  if (!text) return std::move(text).error();
  auto html = parts_.render(TemplateName::kEmailHtml, message);
  if (!html) return std::move(html).error();

  const std::string_view domain = DomainOf(from->address);
  const std::vector<std::string>& to = message.channel.to;
  MailCall mail;
  mail.from = from->address;
  mail.to = to;
  mail.headers = {
      {"From", parts_.mail_from},
      {"To", to.size() == 1 ? to.front() : "undisclosed-recipients:;"},
      {"Subject", SubjectOf(*std::move(subject))},
      {"Date", MailDate(message.now)},
      {"Message-ID", fmt::format("<{}@{}>", message.message.id, domain)},
      {"Auto-Submitted", "auto-generated"},  // RFC 3834: nobody's absence answers it
  };
  if (const std::string story = StoryOf(message.alerts); !story.empty()) {
    const std::string root = fmt::format("<story.{}@{}>", story, domain);
    mail.headers.emplace_back("In-Reply-To", root);
    mail.headers.emplace_back("References", root);
  }
  if (parts_.unsubscribe_url) {
    const std::string url = parts_.unsubscribe_url(message.subscription);
    mail.headers.emplace_back("List-Unsubscribe", fmt::format("<{}>", url));
    // RFC 8058, 3.1: https only.
    if (url.starts_with("https://")) mail.headers.emplace_back("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
  }
  mail.text = *std::move(text);
  mail.html = *std::move(html);
  return Call(std::move(mail));
}

ChannelVerdict EmailChannel::Judge(const CallAnswer& answer) const {
  using Kind = ChannelVerdict::Kind;
  if (answer.kind == CallAnswer::Kind::kNotReached) return {Kind::kAgain, answer.text, {}, false};
  if (answer.kind == CallAnswer::Kind::kNotAllowed) return {Kind::kGivenUp, answer.text, {}, false};
  const Kind kind = answer.status < 400 ? Kind::kDelivered : answer.status < 500 ? Kind::kAgain : Kind::kGivenUp;
  return {kind, answer.text, {}, false};
}

}  // namespace wirewatch
