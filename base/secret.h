// Secrets: values that no log line, error or listing may show.
//
// A configuration holds them by reference, so that the file itself is none:
//   ${env:NAME}    the environment variable
//   ${file:/path}  the content of a file, without its final newline
// Whatever is resolved here is remembered, so that texts of others (a library's log, a broker's error) can be cleared
// of it by WithoutSecrets.
//
// Threads: all of it is thread-safe.
#ifndef WIREWATCH_BASE_SECRET_H_
#define WIREWATCH_BASE_SECRET_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace wirewatch {

// Whether a key of a configuration names a secret, going by its words: passwords, private keys, tokens, commands that
// may hold one. A slip of the keyboard changes nothing: sasl.pasword does.
bool IsSecretName(std::string_view name);

// Whether `value` has the form of a reference, of a kind that is known or not.
bool IsSecretReference(std::string_view value);

// kInvalid: the kind is not known, or nothing is named. Opens nothing.
Status CheckSecretReference(std::string_view reference);

// What `reference` stands for; it is taken out of texts from then on, as long as the process runs. The errors name the
// reference, never a value: kInvalid: as above, or the variable or file is empty; kNotFound: there is no such variable
// or file; kIo: the file cannot be read.
Result<std::string> ResolveSecret(std::string_view reference);

// The content of `file` without its final newline, remembered. A file that every user can read is warned of, once.
// kNotFound, kIo: it cannot be read; kInvalid: it is empty, no text, or longer than 1 MiB.
Result<std::string> ReadSecretFile(const std::string& file);

// A line of a configuration, right or wrong, with *** for all that stands behind a key that names a secret; references
// stand.
std::string WithoutSecretValues(std::string_view line);

struct SecretOnLine;

// Where the values of secrets stand in the text of a configuration that may be wrong in any way: on the line of their
// key, and on those that follow while the value goes on. For messages about it.
class SecretLines {
 public:
  explicit SecretLines(std::string_view text);

  // Of a line, counted from 1.
  bool Holds(std::uint32_t line) const;
  std::string Masked(std::uint32_t line) const;  // empty: it holds none
  // A sentence with *** in the place of whatever words of a value stand in it.
  std::string Clear(std::string_view text) const;

 private:
  static std::size_t LastLineOf(const std::vector<std::string_view>& lines, std::size_t line,
                                const SecretOnLine& secret, std::string_view value);
  void Keep(std::string_view value);

  std::vector<std::string> masked_;  // of each line; empty: nothing is hidden
  std::vector<std::string> pieces_;  // longest first
};

// For secrets that change while the process runs: the last few hundred are kept. Of any kind those shorter than 4 bytes
// are not, since too much would be taken for them.
void RememberSecret(std::string_view value);

// `text` with *** in the place of every remembered secret.
std::string WithoutSecrets(std::string_view text);

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_SECRET_H_
