// WordRarity: how rare a word is in the news at large, by the document frequencies in word_frequencies.txt.
#ifndef WIREWATCH_PIPELINE_STORY_WORD_RARITY_H_
#define WIREWATCH_PIPELINE_STORY_WORD_RARITY_H_

#include <cstdint>
#include <string_view>

namespace wirewatch {

// The part of a folded word by which forms of it are taken for one: its first six characters. In most languages endings
// change, not beginnings; to cut all alike is nearly as good as a stemmer for each language (McNamee and Mayfield,
// "Character N-Gram Tokenization for European Language Text Retrieval", 2004).
std::string_view StemOf(std::string_view word);

// Of a stem, as everywhere in signatures.
std::uint32_t StemHash(std::string_view stem);

// The inverse document frequency of a stem, ln(a quarter / the share of articles that have it), at least 0: a word that
// a quarter of the articles of a language have tells nothing. The share is that of the language in which it is most
// frequent, so a word that is common in any language counts as common. What the table does not have counts as rarer
// than all it has.
float RarityOf(std::uint32_t stem_hash);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_STORY_WORD_RARITY_H_
