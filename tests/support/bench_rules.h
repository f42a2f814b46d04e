// BenchRules: many rules as a media monitor has them, for benchmarks: names that stand in few articles, beside words of
// every day. The same seed and articles give the same rules on every machine.
#ifndef WIREWATCH_TESTS_SUPPORT_BENCH_RULES_H_
#define WIREWATCH_TESTS_SUPPORT_BENCH_RULES_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "rules/pack/pack.h"
#include "rules/text/fold.h"

namespace wirewatch {

class BenchRules {
 public:
  // kSelective: names stand in at most one article of a thousand. kDense: they are any words and phrases of the
  // articles: a stress, not what people write.
  enum class Profile { kSelective, kDense };

  // Borrows `articles` during the call.
  BenchRules(Profile profile, std::uint64_t seed, const std::vector<FoldedDocument>& articles);

  // What some of the names have: `name*`, `~name` (all forms of its last word), `name~1` (a letter of it wrong).
  enum class Mark { kStar, kForms, kOneWrong };

  // `count` rules in topics of ten. `marked`: that share of the names has the mark.
  // 35 % A AND (t OR t OR t); 20 % (A OR B) AND (t OR t) AND NOT t; 15 % A NEAR/8 t; 10 % A OR B OR C OR D;
  // 8 % (A OR B) AND (t OR t) AND t; 12 % A AND B AND t.
  Pack Make(std::size_t count, double marked = 0, Mark mark = Mark::kStar);

 private:
  std::size_t Below(std::size_t below) { return static_cast<std::size_t>(random_() % below); }
  Expression Name();  // A, B, ...
  Expression Word();  // t

  std::mt19937_64 random_;
  std::vector<std::string> names_, words_;
  double marked_ = 0;
  Mark mark_ = Mark::kStar;
};

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_BENCH_RULES_H_
