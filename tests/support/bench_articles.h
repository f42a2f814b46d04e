// Articles that nobody wrote, for benchmarks where there is no corpus.
//
// Their words have the frequencies of a language (Zipf: the word of rank r occurs about 1/r times as often as the
// first), the frequent ones are short, and they stand in sentences and paragraphs. So the engine meets about as many
// new words, phrases and rare names as in the news; not its accents, numbers and markup. The same on every machine.
#ifndef WIREWATCH_TESTS_SUPPORT_BENCH_ARTICLES_H_
#define WIREWATCH_TESTS_SUPPORT_BENCH_ARTICLES_H_

#include <cstddef>
#include <vector>

#include "pipeline/records/record.h"

namespace wirewatch {

// `count` records of JSON: an id, a title of 8 words, a body of 200 to 600.
std::vector<Record> GenerateRecords(std::size_t count);

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_BENCH_ARTICLES_H_
