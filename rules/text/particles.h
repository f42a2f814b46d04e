// The particles of Korean (josa), which are written to the noun that they belong to: 삼성은, 삼성에서도.
//
// A plain term of Hangul also stands where particles follow its last syllable. They are a closed list: those of case
// and connection and the auxiliary ones of the school grammar (Standard Korean Language Dictionary of the National
// Institute of Korean Language: 격 조사, 접속 조사, 보조사; the tags J* of the Sejong corpus), without the vocative
// 아, 야 and the copula 이다. One particle or two may follow, each in the form that fits the sound before it: 은
// behind a consonant, 는 behind a vowel. So 삼성 stands in 삼성은, 삼성의 and 삼성에서는, but not in 삼성는 or
// 삼성전자.
#ifndef WIREWATCH_RULES_TEXT_PARTICLES_H_
#define WIREWATCH_RULES_TEXT_PARTICLES_H_

#include <string_view>

namespace wirewatch {

// Whether the folded word of a term takes particles: it is syllables of Hangul, at least two if it is all of the term.
// One syllable with a particle is too often another word: 회의 (a meeting) is no 회 of anything.
bool TakesParticles(std::string_view word, bool is_whole_term);

// Whether `word` is `stem` and particles. REQUIRES: `stem` takes particles; both are folded words.
bool IsWithParticles(std::string_view stem, std::string_view word);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TEXT_PARTICLES_H_
