#include "tests/support/kafka_broker.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "tests/support/source_directory.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

constexpr int kSkipped = 77;

// What the script printed; nothing: it failed.
std::optional<std::string> RunScript(std::string_view verb, const std::string& directory) {
  const std::string command =
      fmt::format("'{}/tests/kafka/broker.sh' {} '{}'", SourceDirectory().string(), verb, directory);
  std::FILE* output = popen(command.c_str(), "r");
  if (output == nullptr) return std::nullopt;
  std::string text;
  std::array<char, 256> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), output) != nullptr) text += buffer.data();
  const int status = pclose(output);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

bool IsSet(const char* name, std::string_view wanted) {
  const char* value = std::getenv(name);
  return value != nullptr && value == wanted;
}

}  // namespace

KafkaBroker& KafkaBroker::Get() {
  static KafkaBroker broker;
  return broker;
}

void KafkaBroker::Stop() {
  if (!RunScript("stop", directory_)) std::abort();
}

void KafkaBroker::Start() {
  if (!RunScript("start", directory_)) std::abort();
}

std::string KafkaBroker::NewName(const std::string& prefix) { return fmt::format("{}-{}", prefix, ++names_); }

int RunTestsWithKafkaBroker(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (testing::GTEST_FLAG(list_tests)) return RUN_ALL_TESTS();
  const TempDir directory;
  KafkaBroker& broker = KafkaBroker::Get();
  broker.directory_ = directory.path();
  setenv("KAFKA_STOP_WITH", std::to_string(getpid()).c_str(), 1);  // also when a test crashes
  int result = 1;
  if (const auto bootstrap = RunScript("start", broker.directory_)) {
    broker.bootstrap_ = *bootstrap;
    result = RUN_ALL_TESTS();
    RunScript("stop", broker.directory_);
  } else {
    const bool required = IsSet("CI", "true") || IsSet("WIREWATCH_REQUIRE_KAFKA", "1");
    fmt::print(stderr, "\nNO KAFKA BROKER: nothing that needs one is tested here (see above why). {}\n",
               required ? "This run requires it: FAILED." : "SKIPPED.");
    result = required ? 1 : kSkipped;
  }
  return result;
}

}  // namespace wirewatch
