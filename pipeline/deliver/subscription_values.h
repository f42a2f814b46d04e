// What the values of a subscription may be, beyond their types, and their form as text.
#ifndef WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_VALUES_H_
#define WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_VALUES_H_

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wirewatch {

inline constexpr std::string_view kWeekdayNames[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
inline constexpr std::size_t kMostAddresses = 100, kMostLineBytes = 254, kMostTitleBytes = 500, kMostUrlBytes = 2'048;

// Each says what is wrong, as the end of a sentence ("has no host"); empty: nothing. No value of a secret stands in it.

// A mail address for an envelope (RFC 5321, 4.1.2 and 4.5.3.1), in ASCII and without quotes.
std::string WhyNoAddress(std::string_view text);
// An absolute URL of http or https for requests: with a host, without user, password and fragment.
std::string WhyNoHttpUrl(std::string_view url);
// A signing secret of Standard Webhooks 1.0: whsec_ and the base64 of 24 to 64 bytes. Several are parted by blanks:
// while one takes the place of another, messages are signed with both.
std::string WhyNoWebhookSecret(std::string_view secrets);
// Their bytes. REQUIRES: WhyNoWebhookSecret has nothing to say.
std::vector<std::string> WebhookKeys(std::string_view secrets);
// A text on one line, of at most `most` bytes, with something in it.
std::string WhyNoLine(std::string_view text, std::size_t most);

// "07:30", 00:00 to 23:59. Nothing: it is none.
std::optional<std::chrono::minutes> ParseTimeOfDay(std::string_view text);
std::string FormatTimeOfDay(std::chrono::minutes time);
// ":15", :00 to :59.
std::optional<std::chrono::minutes> ParseMinuteOfHour(std::string_view text);

// `text` with *** for all that follows the host in each URL: paths are tokens to many services.
std::string WithoutUrlPaths(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_SUBSCRIPTION_VALUES_H_
