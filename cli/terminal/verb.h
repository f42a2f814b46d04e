// A verb of the command line and its options: what the verbs say to CLI11. The inline functions of CLI11's headers cost
// each file that sees them four seconds of compiling; only verb.cc and main.cc see them.
// Both classes are handles, cheap to copy, that are valid as long as the CLI::App of main.cc is. One thread.
#ifndef WIREWATCH_CLI_TERMINAL_VERB_H_
#define WIREWATCH_CLI_TERMINAL_VERB_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace wirewatch {

class VerbOption {
 public:
  VerbOption& Required();
  VerbOption& OneValue();       // of one that stands without a name: not a list
  VerbOption& OneValueATime();  // of a list: --packs A --packs B, and what follows A is not of --packs
  VerbOption& Between(int lowest, int highest);
  VerbOption& OneOf(const std::vector<std::string>& values);
  // `check` gives what is wrong with a value; empty: nothing.
  VerbOption& Check(std::string (*check)(const std::string& value));
  VerbOption& Needs(VerbOption other);
  VerbOption& Excludes(VerbOption other);
  VerbOption& ShowDefault();  // in --help

  bool given() const;  // once the command line has been read

 private:
  friend class Verb;
  explicit VerbOption(CLI::Option* option) : option_(option) {}

  CLI::Option* option_;
};

class Verb {
 public:
  Verb(CLI::App& program, const std::string& name, const std::string& help);

  // A verb below this one. REQUIRES: NeedsVerb() is called, or this one does something by itself.
  Verb Add(const std::string& name, const std::string& help);
  void NeedsVerb();
  void Hide();  // from the list of verbs
  void Footer(const std::string& text);
  // Called when this verb was chosen and its options are read.
  void OnChosen(std::function<void()> chosen);

  // `names`: "--config,-c", or "files" for what stands without a name. The value is written to `value`, which outlives
  // the reading of the command line, and decides what is asked for: a text, a list, a number, or for Flag nothing.
  VerbOption Value(const std::string& names, std::string& value, const std::string& help);
  VerbOption Value(const std::string& names, std::vector<std::string>& value, const std::string& help);
  VerbOption Value(const std::string& names, int& value, const std::string& help);
  VerbOption Value(const std::string& names, std::int64_t& value, const std::string& help);
  VerbOption Value(const std::string& names, std::size_t& value, const std::string& help);
  VerbOption Flag(const std::string& names, bool& value, const std::string& help);
  // All options so far, but for --help, exclude `option`.
  void OthersExclude(VerbOption option);

 private:
  explicit Verb(CLI::App* app) : app_(app) {}

  CLI::App* app_;
};

// Ends a callback of OnChosen: the command line lacks `what`: "--packs or --config".
[[noreturn]] void FailMissing(const std::string& what);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_TERMINAL_VERB_H_
