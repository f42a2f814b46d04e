// Why a topic fired on an article, or why not, in a sentence for the writer of its rules.
#ifndef WIREWATCH_RULES_TOOLS_WHY_FIRED_H_
#define WIREWATCH_RULES_TOOLS_WHY_FIRED_H_

#include <string>

#include "rules/engine/match.h"
#include "rules/pack/pack.h"
#include "rules/text/document.h"

namespace wirewatch {

// `rule 'ban-near-vendor' by "Huawei" in the title, "bans" in the body`.
std::string WhyItFired(const Topic& topic, const TopicMatch& match, const Document& document);

// Found by asking each part of its rules by itself, which compiles them. Empty: it could not be found out.
std::string WhyNot(const Topic& topic, const Document& document);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TOOLS_WHY_FIRED_H_
