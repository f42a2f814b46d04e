// Hashes of a topic: the same for the same rules, however they are written, wherever they stand and whatever their
// lists are called. There are two, since much of a topic is only said in its alerts and not compiled.
#ifndef WIREWATCH_RULES_PACK_TOPIC_DIGEST_H_
#define WIREWATCH_RULES_PACK_TOPIC_DIGEST_H_

#include <string>
#include <vector>

#include "base/digest.h"
#include "rules/pack/pack.h"

namespace wirewatch {

// Of all that a topic says, its status and budget too (what alerts of the same text differs with them), but for its and
// its rules' `about`. Two topics with one digest can stand for each other in everything but that, and the places that
// diagnostics name.
Digest DigestOf(const Topic& topic);

// Of the id and of what is compiled: the expressions, scores and severities of the rules, `unless`, the languages; and
// which rules are off. A rule in shadow is compiled as an active one, so that to promote it compiles nothing. What
// was compiled of one topic serves another with this digest, whatever its title, tags and story are.
Digest CompiledDigestOf(const Topic& topic);

// Of what one rule finds: its ids, its expression, and of its topic `unless` and the languages. What was counted of a
// rule serves another with this digest.
Digest FoundDigestOf(const Topic& topic, const Rule& rule);

// Of the whole, 32 hex digits; the order in which the topics stand does not count.
std::string HexOfAll(std::vector<Digest> topics);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_TOPIC_DIGEST_H_
