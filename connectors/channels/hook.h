// What the channels over HTTP have in common: how their URLs are checked and their answers judged.
#ifndef WIREWATCH_CONNECTORS_CHANNELS_HOOK_H_
#define WIREWATCH_CONNECTORS_CHANNELS_HOOK_H_

#include <string>
#include <string_view>

#include "base/result.h"
#include "pipeline/deliver/channel.h"
#include "pipeline/deliver/transport.h"

namespace wirewatch {

// Whether `url` is one of http or https with a host. `secret`: whoever has the URL can write there, so that it goes
// over https only, but for this machine itself. kInvalid; the sentence does not quote the URL, which is a secret.
Status CheckHookUrl(std::string_view url, bool secret);

// A POST of JSON.
HttpCall JsonPost(std::string url, std::string body);

// An answer that was no 2xx, by its status and text.
enum class HookRefusal { kAgain, kGivenUp, kDisable };

// 2xx: delivered. Not reached: again. Not allowed: given up. 410: nothing will be taken there any more. 429, 502 and
// 504: again, and the destination rests. Any other: as `refusal` has it.
ChannelVerdict JudgeHook(const CallAnswer& answer, HookRefusal (*refusal)(const CallAnswer& answer));

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_CHANNELS_HOOK_H_
