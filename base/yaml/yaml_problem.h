// What to say of a text that is no YAML: our sentence for the parser's, and the way out.
#ifndef WIREWATCH_BASE_YAML_YAML_PROBLEM_H_
#define WIREWATCH_BASE_YAML_YAML_PROBLEM_H_

#include <string>
#include <string_view>

namespace wirewatch {

// `problem` is libyaml's sentence, and `at` the text from its place on. A sentence that we do not know is kept.
std::string YamlProblem(std::string_view problem, std::string_view at);

// The way out. The sentence seldom says what to do, but the line mostly shows it: an expression holds characters that
// mean something to YAML, too. `message` is YamlProblem's; `line` and `above` are the line of the problem and the one
// before it.
std::string YamlProblemHelp(std::string_view message, std::string_view line, std::string_view above);

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_YAML_YAML_PROBLEM_H_
