// Diagnostic: one finding about a text file that a person wrote, with its place; printed as a compiler does.
//
//   rules/packs/energy.yaml:12:9: error[unknown-list]: there is no list named 'vendor'
//      12 |         match: '@vendor NEAR/12 @banning'
//         |                 ^^^^^^^
//         = help: did you mean '@vendors'?
#ifndef WIREWATCH_BASE_DIAGNOSTIC_H_
#define WIREWATCH_BASE_DIAGNOSTIC_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wirewatch {

enum class Severity { kError, kWarning };

// Line and column count from 1; the column counts characters (UTF-8 code points), as editors do. 0: no place known.
struct TextPosition {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct Diagnostic {
  Severity severity = Severity::kError;
  std::string file = {};
  TextPosition position = {};
  std::uint32_t length = 1;  // characters underlined, on that line
  std::string code = {};     // in words: "unknown-key"
  std::string message = {};
  std::string help = {};            // the way out; may be empty
  std::string source_line = {};     // the line's text, or what stands around the place; empty: nothing is quoted
  std::uint32_t source_column = 1;  // of its first character
};

using Diagnostics = std::vector<Diagnostic>;

bool HasErrors(const Diagnostics& diagnostics);

// The text above, ending with a newline. `colour`: with ANSI colours. Nothing in it steers a terminal, whatever a file
// is called or holds.
std::string Render(const Diagnostic& diagnostic, bool colour = false);

// Of each code the first kMostOfOneCode; of the rest their number, in a line at the end.
inline constexpr std::size_t kMostOfOneCode = 20;
std::string Render(const Diagnostics& diagnostics, bool colour = false);

// The nearest of `known` to a mistyped name, for "did you mean"; empty when none is near (edit distance over
// a third of the length, and one more: two letters changed places are a distance of two).
std::string_view Nearest(std::string_view mistyped, const std::vector<std::string_view>& known);

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_DIAGNOSTIC_H_
