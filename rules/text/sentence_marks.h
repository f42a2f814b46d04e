// Sentence marks: the characters that end a sentence, in every script.
//
// Source: Unicode 15.0, SentenceBreakProperty (UAX 29): STerm; the test asks ICU for all of it. Beside those, marks
// that Unicode leaves to the reader of the script: the shads of Tibetan, the khan and bariyoosan of Khmer.
#ifndef WIREWATCH_RULES_TEXT_SENTENCE_MARKS_H_
#define WIREWATCH_RULES_TEXT_SENTENCE_MARKS_H_

namespace wirewatch {

// Ends a sentence wherever it stands, or (!, ?) before a blank. Not the full stops of Latin: '.' and its like end
// abbreviations too.
bool IsSentenceStop(char32_t c);

// '.' and its forms: Unicode's ATerm.
constexpr bool IsFullStop(char32_t c) { return c == '.' || c == 0x2024 || c == 0xFE52 || c == 0xFF0E; }

// The dots that break off a sentence, or only halt in it.
constexpr bool IsEllipsis(char32_t c) { return c == 0x2025 || c == 0x2026 || c == 0x22EF; }

// Lower case as sentences have it (Sentence_Break=Lower): Ll, but for the letters of Georgian, which begin a sentence
// as they are.
bool IsLowerCase(char32_t c);

}  // namespace wirewatch

#endif  // WIREWATCH_RULES_TEXT_SENTENCE_MARKS_H_
