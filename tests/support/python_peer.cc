#include "tests/support/python_peer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/support/source_directory.h"

namespace wirewatch {
namespace {

// Debian's: its packages are what deploy/packages/test.txt names.
constexpr const char* kPython = "/usr/bin/python3";
constexpr int kNoPackage = 77;

[[noreturn]] void GiveUp(const std::string& why, int code) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(code);
}

}  // namespace

PythonPeer::PythonPeer(const std::string& script, const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {kPython, (SourceDirectory() / "tests/support" / script).string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  int in[2], out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) std::abort();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  const int failed = posix_spawn(&process_, kPython, &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  in_ = fdopen(in[1], "w");
  out_ = fdopen(out[0], "r");
  if (failed != 0) GiveUp(fmt::format("{} cannot be started", kPython), std::getenv("CI") != nullptr ? 1 : kNoPackage);
  port_ = ReadLine().at("port").get<std::uint16_t>();
}

PythonPeer::~PythonPeer() {
  std::fclose(in_);
  int status = 0;
  waitpid(process_, &status, 0);
  std::fclose(out_);
}

std::string PythonPeer::Url(const std::string& path) const { return fmt::format("http://127.0.0.1:{}{}", port_, path); }

nlohmann::json PythonPeer::Tell(const std::string& command) const {
  std::fprintf(in_, "%s\n", command.c_str());
  std::fflush(in_);
  return ReadLine();
}

nlohmann::json PythonPeer::Tell(const std::string& command, const nlohmann::json& argument) const {
  return Tell(command + ' ' + argument.dump());
}

nlohmann::json PythonPeer::ReadLine() const {
  std::string line;
  for (int c = std::fgetc(out_); c != '\n'; c = std::fgetc(out_)) {
    if (c == EOF) {
      int status = 0;
      waitpid(process_, &status, 0);
      const bool no_package = WIFEXITED(status) && WEXITSTATUS(status) == kNoPackage;
      GiveUp("the peer of this test has ended", no_package && std::getenv("CI") == nullptr ? kNoPackage : 1);
    }
    line += static_cast<char>(c);
  }
  return nlohmann::json::parse(line);
}

}  // namespace wirewatch
