// Traditional and simplified Chinese characters that a rule with `han: same` takes for one (docs/rules.md).
//
// A simplified character often stands for several traditional ones: 发 for 發 and 髮, 后 for 後 and 后. All of them are
// one class, and so are those that hang together by way of others: 钟 鐘 鍾. So nobody is missed, and 髮 is found
// where 發 was asked for. The classes are Unicode's (han_table.cc); words that one side of the strait calls otherwise
// (軟體, 软件) are not the same here.
#ifndef WIREWATCH_RULES_TEXT_HAN_VARIANTS_H_
#define WIREWATCH_RULES_TEXT_HAN_VARIANTS_H_

#include <string_view>

namespace wirewatch {

// The character that stands for the class of `word`, a folded word, which is itself of the class or the same for all of
// it; empty: `word` is no character with a variant. Lives for ever. Threads: any; the table is made when first asked.
std::string_view HanClassOf(std::string_view word);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TEXT_HAN_VARIANTS_H_
