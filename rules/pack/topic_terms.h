// What a topic or a rule of its own languages says of its terms: of `~ban` in which languages it has forms where an
// article does not say its own, and with `han: same` that traditional and simplified characters are one. It stands in
// the terms themselves (Term::languages, Term::han_same), so that whoever looks for a term needs no topic.
#ifndef WIREWATCH_RULES_PACK_TOPIC_TERMS_H_
#define WIREWATCH_RULES_PACK_TOPIC_TERMS_H_

#include "rules/pack/pack.h"

namespace wirewatch {

// Writes it into the terms of the topic's rules and `unless`. Terms for which it makes no difference stay as they are:
// they are one with those of other topics.
void SettleTerms(Topic& topic, bool han_same);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_PACK_TOPIC_TERMS_H_
