#include "base/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <numeric>
#include <utility>

#include "base/text/printable.h"
#include "base/text/utf8.h"

namespace wirewatch {
namespace {

constexpr std::string_view kReset = "\x1b[0m";

std::string_view Colour(Severity severity) { return severity == Severity::kError ? "\x1b[1;31m" : "\x1b[1;33m"; }
std::string_view Word(Severity severity) { return severity == Severity::kError ? "error" : "warning"; }

// Blanks as wide as the first `characters` of `line`; tabs stay tabs so that the caret stands under its character.
std::string Indent(std::string_view line, std::uint32_t characters) {
  std::string blanks;
  for (std::size_t i = 0; i < line.size() && characters > 0; ++i) {
    if (IsUtf8Tail(line[i])) continue;
    blanks += line[i] == '\t' ? '\t' : ' ';
    --characters;
  }
  return blanks + std::string(characters, ' ');
}

// Under what is wrong, but not past the line's end: what goes on in the next line is underlined here only.
std::string Carets(const Diagnostic& d) {
  const std::size_t characters = CountCharacters(d.source_line) + d.source_column - 1;
  const std::size_t rest = characters >= d.position.column ? characters - d.position.column + 1 : 1;
  return std::string(std::clamp<std::size_t>(d.length, 1, rest), '^');
}

// A quoted line as Printable makes it, but tabs stay.
std::string WithTabs(std::string_view line) {
  std::string text;
  while (true) {
    const std::size_t tab = line.find('\t');
    text += Printable(line.substr(0, tab));
    if (tab == std::string_view::npos) return text;
    text += '\t';
    line.remove_prefix(tab + 1);
  }
}

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

bool HasErrors(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::kError; });
}

std::string Render(const Diagnostic& d, bool colour) {
  std::string text = Printable(d.file);
  if (d.position.line != 0) text += fmt::format(":{}", d.position.line);
  if (d.position.line != 0 && d.position.column != 0) text += fmt::format(":{}", d.position.column);
  if (!text.empty()) text += ": ";
  if (colour) text += Colour(d.severity);
  text += fmt::format("{}[{}]", Word(d.severity), d.code);
  if (colour) text += kReset;
  text += ": " + Printable(d.message) + "\n";
  if (!d.source_line.empty() && d.position.line != 0) {
    text += fmt::format("{:>5} | {}\n", d.position.line, WithTabs(d.source_line));
    if (d.position.column != 0) {
      text += fmt::format("      | {}{}{}{}\n", Indent(d.source_line, d.position.column - d.source_column),
                          colour ? Colour(d.severity) : "", Carets(d), colour ? kReset : "");
    }
  }
  if (!d.help.empty()) text += fmt::format("      = help: {}\n", Printable(d.help));
  return text;
}

std::string Render(const Diagnostics& diagnostics, bool colour) {
  std::string text;
  std::map<std::pair<Severity, std::string_view>, std::size_t> seen;
  for (const Diagnostic& d : diagnostics) {
    if (++seen[{d.severity, d.code}] <= kMostOfOneCode) text += Render(d, colour);
  }
  for (const auto& [kind, count] : seen) {
    if (count <= kMostOfOneCode) continue;
    text += fmt::format("{}[{}]: {} more are not shown\n", Word(kind.first), kind.second, count - kMostOfOneCode);
  }
  return text;
}

std::string_view Nearest(std::string_view mistyped, const std::vector<std::string_view>& known) {
  std::string_view nearest;
  if (mistyped.size() < 2) return nearest;  // one letter changed would be all of it
  std::size_t smallest = mistyped.size() / 3 + 1;
  for (std::string_view candidate : known) {
    const std::size_t distance = EditDistance(mistyped, candidate);
    if (distance <= smallest && (nearest.empty() || distance < smallest)) {
      nearest = candidate;
      smallest = distance;
    }
  }
  return nearest;
}

}  // namespace wirewatch
