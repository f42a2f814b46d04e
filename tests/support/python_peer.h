// PythonPeer: a server of tests/support/*_peer.py on a loopback port, for a test program.
#ifndef WIREWATCH_TESTS_SUPPORT_PYTHON_PEER_H_
#define WIREWATCH_TESTS_SUPPORT_PYTHON_PEER_H_

#include <sys/types.h>

#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace wirewatch {

class PythonPeer {
 public:
  // Where the script lacks a package it says which, and the program ends with 77 (skipped), or 1 with CI in the
  // environment.
  PythonPeer(const std::string& script, const std::vector<std::string>& arguments = {});
  ~PythonPeer();
  PythonPeer(const PythonPeer&) = delete;
  PythonPeer& operator=(const PythonPeer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string Url(const std::string& path) const;

  // Commands stand in the scripts.
  nlohmann::json Tell(const std::string& command) const;
  nlohmann::json Tell(const std::string& command, const nlohmann::json& argument) const;

 private:
  nlohmann::json ReadLine() const;

  pid_t process_ = 0;
  std::FILE* in_ = nullptr;   // its standard input
  std::FILE* out_ = nullptr;  // its standard output
  std::uint16_t port_ = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_PYTHON_PEER_H_
