// StatusEdit: changes the `status` of a topic or rule in the text of a pack, and nothing else of it: comments, quotes,
// order and line ends stay byte for byte.
#ifndef WIREWATCH_RULES_TOOLS_STATUS_EDIT_H_
#define WIREWATCH_RULES_TOOLS_STATUS_EDIT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "rules/pack/pack.h"

namespace wirewatch {

struct EditedStatus {
  std::string text;        // of the whole file
  std::uint32_t line = 0;  // that was changed, or is new
};

// `rule`: empty, of the topic itself. A status that is written is replaced; else a line (in { }: a key) is put behind
// the id.
// REQUIRES: the text is a pack without mistakes. kNotFound: it has no such topic or rule. kInvalid: it cannot be edited
// without touching more; the message says how to do it by hand.
Result<EditedStatus> WithStatus(std::string_view text, std::string_view topic, std::string_view rule,
                                RuleStatus status);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TOOLS_STATUS_EDIT_H_
