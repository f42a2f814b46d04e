// KafkaBroker: the real broker of tests/kafka/broker.sh, for a test program. One a program: it takes seconds to start.
#ifndef WIREWATCH_TESTS_SUPPORT_KAFKA_BROKER_H_
#define WIREWATCH_TESTS_SUPPORT_KAFKA_BROKER_H_

#include <string>

namespace wirewatch {

class KafkaBroker {
 public:
  // The broker of this program. Started by RunTestsWithKafkaBroker.
  static KafkaBroker& Get();

  // host:port. The same over Stop and Start.
  const std::string& bootstrap() const { return bootstrap_; }

  // Data stay. Aborts when the broker does not do as told: no test would mean anything.
  void Stop();
  void Start();

  // A name no other test of this program has had.
  std::string NewName(const std::string& prefix);

 private:
  friend int RunTestsWithKafkaBroker(int, char**);
  std::string directory_, bootstrap_;
  int names_ = 0;
};

// The main function of such a program: starts the broker, runs all tests, stops it. Where the broker cannot be had it
// says so and returns 77 (skipped), or 1 with CI=true or WIREWATCH_REQUIRE_KAFKA=1 in the environment.
int RunTestsWithKafkaBroker(int argc, char** argv);

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_KAFKA_BROKER_H_
