#include "pipeline/deliver/delivery_store.h"

#include <string>
#include <string_view>

#include "base/digest.h"

namespace wirewatch {

std::string MessageId(std::string_view subscription, std::string_view channel, MessageKind kind, std::string_view about,
                      unsigned generation) {
  return DigestHex({"message", subscription, channel, Name(kind), about, std::to_string(generation)});
}

}  // namespace wirewatch
