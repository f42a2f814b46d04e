// Spellings that a reader takes for one word, though Unicode has several rows of characters for them.
//
// The fold makes each character plain by itself (code_point_table.h). What is here needs the characters around:
// - canonically equivalent rows (Unicode Standard Annex 15): composed and taken apart, marks in any order that means
//   the same;
// - Thai and Lao: a tone before or behind the vowel above it; am as one character or as nikhahit and aa, with a tone
//   anywhere between; ae as one character or as two e; the Lao digraphs of ho;
// - a consonant, the virama and a zero-width joiner for the Malayalam chillu, Bengali khanda ta and the Marathi ra of
//   the eyelash (Unicode 14, chapters 12.1, 12.2 and 12.9); Malayalam nta as chillu and rra or as a conjunct;
// - the nukta of क ख ग ज फ, which Hindi writers leave out as they like. Every other nukta makes another letter (ड़ ढ़,
//   Bengali য়, Gurmukhi ਸ਼) and stays. Lucene's HindiNormalizer drops them all.
#ifndef WIREWATCH_RULES_TEXT_WORD_SPELLING_H_
#define WIREWATCH_RULES_TEXT_WORD_SPELLING_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace wirewatch {

// The marks of a letter are sorted by this number. 0: the mark stays where it is, and no mark is moved across it. For
// most marks it is Unicode's combining class, for Thai and Lao an order of our own.
std::uint8_t OrderOf(char32_t mark);

// Whether a word with this character in it may need Respelled, even if its marks stand in order.
bool AsksForRespelling(char32_t c);

// Whether `c`, which otherwise begins a word, goes on with the folded word before it: aa behind nikhahit.
bool JoinsWord(std::string_view folded_word, char32_t c);
// Whether JoinsWord holds for some word.
bool MayJoin(char32_t c);

// What the fold keeps of an accent behind the folded word; empty: nothing. An accent is kept that makes another letter
// of the last letter: of и і у г к it makes Cyrillic й ї ў ѓ ќ, which no writer confuses with them. Respelled composes
// the two. (ё is read as е.) Up to 30 other marks may stand between the two where Unicode lets them change places.
std::string_view KeptAccent(std::string_view folded_word, char32_t mark);

// Whether a zero-width joiner behind the folded word makes a letter. Then the fold keeps the joiner, and Respelled
// takes it out.
bool TakesJoiner(std::string_view folded_word);

// The one spelling of a folded word: the same for all spellings that this header calls one word.
// Respelled(Respelled(x)) is Respelled(x).
std::string Respelled(std::string_view folded_word);

// `text` as a reader sees it: Normalization Form C, without the characters that are not drawn (Unicode's
// Default_Ignorable_Code_Point: soft hyphens, zero-width characters, bidi marks, variation selectors). What is not
// UTF-8 stays as it is.
std::string AsSeen(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TEXT_WORD_SPELLING_H_
