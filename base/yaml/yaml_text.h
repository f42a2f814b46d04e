// YamlText: a YAML file that a person wrote, as a tree with the place of every value, and the list of what is wrong
// with it.
//
// A stricter reading than YAML's own, so that nothing is silently taken for something else: no anchors, aliases, tags,
// directives (%YAML, %TAG) or second documents, no repeated keys, no tab in the indentation, no quote left open, no
// control characters, valid UTF-8, and none of the characters that YAML takes for line breaks unseen (U+0085, U+2028,
// U+2029).
#ifndef WIREWATCH_BASE_YAML_YAML_TEXT_H_
#define WIREWATCH_BASE_YAML_YAML_TEXT_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "base/span.h"

namespace wirewatch {

struct YamlEntry;

struct YamlNode {
  enum class Kind : std::uint8_t { kNull, kScalar, kSequence, kMapping };
  Kind kind = Kind::kNull;
  std::uint32_t begin = 0;         // byte of the file; of a kNull inside a mapping: of its key
  std::uint32_t end = 0;           // the byte behind it, or behind its closing quote or bracket
  std::string scalar;              // unquoted
  std::vector<YamlNode> items;     // kSequence
  std::vector<YamlEntry> entries;  // kMapping, as written; keys are scalars and differ

  Span span() const { return {begin, end}; }
};

struct YamlEntry {
  YamlNode key;
  YamlNode value;
};

class YamlText {
 public:
  static constexpr std::size_t kMaxBytes = 64 << 20;

  // The bytes of a file. Errors: those of ReadWholeFile (base/file_read.h), which also says what `pipe_wait` is.
  static Result<std::string> ReadFile(const std::filesystem::path& file,
                                      std::optional<std::chrono::milliseconds> pipe_wait = std::nullopt);

  // `file` is only named in diagnostics. Borrows `text`.
  YamlText(std::string file, std::string_view text);

  // Lines are quoted in diagnostics only if one of them begins with one of these keys: in the place of a file of ours
  // may stand one that not everybody should see, such as a link to the passwords of the system.
  void QuoteOnlyWith(const std::vector<std::string_view>& keys);

  // The one document in the text, of any kind. Nothing: it is not YAML as above, and diagnostics() says why.
  std::optional<YamlNode> Parse();

  // A finding at a node's key or value (its first line). Unless it is a scalar, its first character is underlined.
  void Report(const YamlNode& node, Severity severity, std::string code, std::string message, std::string help);
  void Error(const YamlNode& node, std::string code, std::string message, std::string help) {
    Report(node, Severity::kError, std::move(code), std::move(message), std::move(help));
  }
  // A finding at some bytes of a scalar's value, whatever quotes, escapes and line breaks it was written with.
  void ReportInside(const YamlNode& scalar, Span bytes, Severity severity, std::string code, std::string message,
                    std::string help);
  // A finding at some bytes of the text itself, which need not be YAML then.
  void ReportAt(Span place, Severity severity, std::string code, std::string message, std::string help);

  // Where a node begins; of a quoted scalar its first character inside the quotes.
  TextPosition PositionOf(const YamlNode& node) const;
  std::string_view text() const { return text_; }
  const std::string& file() const { return file_; }

  // What was reported so far, in order of place.
  Diagnostics TakeDiagnostics();

 private:
  class Reader;

  // The file's byte that each byte of a scalar's value was written as, and one behind the last; empty: it could not be
  // told.
  std::vector<std::uint32_t> Origins(const YamlNode& scalar) const;
  bool CheckBytes();
  bool CheckTabs();
  static void Quote(Diagnostic& diagnostic, std::string_view line, std::size_t place);
  std::uint32_t End() const { return static_cast<std::uint32_t>(text_.size()); }
  static Span SpanAt(std::uint32_t byte) { return {byte, byte + 1}; }
  std::size_t LineAt(std::uint32_t byte) const;  // index into lines_
  std::string_view Line(std::size_t line) const;
  TextPosition PositionAt(std::uint32_t byte) const;

  std::string file_;
  std::string_view text_;
  std::vector<std::uint32_t> lines_;  // first byte of each
  bool quotes_ = true;
  Diagnostics diagnostics_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_BASE_YAML_YAML_TEXT_H_
