// TopicDigest: what a topic says, as a hash: the same for the same rules, however they are written, wherever they stand
// and whatever their lists are called. Two topics with one digest can stand for each other in everything but the places
// that diagnostics name.
#ifndef WIREWATCH_RULES_PACK_TOPIC_DIGEST_H_
#define WIREWATCH_RULES_PACK_TOPIC_DIGEST_H_

#include <string>
#include <vector>

#include "base/digest.h"
#include "rules/pack/pack.h"

namespace wirewatch {

Digest DigestOf(const Topic& topic);

// Of the whole, 32 hex digits; the order in which the topics stand does not count.
std::string HexOfAll(std::vector<Digest> topics);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_TOPIC_DIGEST_H_
