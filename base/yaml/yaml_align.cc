#include "base/yaml/yaml_align.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "base/text/trim.h"
#include "base/text/utf8.h"

namespace wirewatch {
namespace {

// Unlike base/text's AppendUtf8 also of NUL, which an escape may stand for.
void AppendMeaning(std::uint32_t character, std::string& text) {
  if (character == 0) {
    text += '\0';
  } else {
    AppendUtf8(character, text);
  }
}

// What an escape of a double-quoted scalar stands for (YAML 1.2, section 5.7).
struct Escape {
  std::string meaning;
  std::size_t size = 0;  // bytes of `\n`, `\x41`, ...; 0: it is none
};
Escape ReadEscape(std::string_view raw) {
  constexpr std::string_view kLetters = "0abt\tnvfre \"/\\N_LP";
  constexpr std::uint32_t kMeanings[] = {0,    7,   8,   '\t', '\t', '\n', 0xB,  0xC,    '\r',
                                         0x1B, ' ', '"', '/',  '\\', 0x85, 0xA0, 0x2028, 0x2029};
  if (raw.size() < 2) return {};
  Escape escape;
  if (const std::size_t letter = kLetters.find(raw[1]); letter != std::string_view::npos) {
    AppendMeaning(kMeanings[letter], escape.meaning);
    escape.size = 2;
    return escape;
  }
  const std::size_t digits = raw[1] == 'x' ? 2 : raw[1] == 'u' ? 4 : raw[1] == 'U' ? 8 : 0;
  if (digits == 0 || raw.size() < 2 + digits) return {};
  std::uint32_t character = 0;
  const auto [end, error] = std::from_chars(raw.data() + 2, raw.data() + 2 + digits, character, 16);
  if (error != std::errc() || end != raw.data() + 2 + digits || character > 0x10FFFF) return {};
  AppendMeaning(character, escape.meaning);
  escape.size = 2 + digits;
  return escape;
}

// Walks a scalar's value and the bytes it was written as side by side. Only blanks differ by more than escapes (YAML
// folds lines and drops indentation), so a run of blanks is matched as a whole and every other character must be the
// same.
class Alignment {
 public:
  Alignment(std::string_view raw, std::string_view value) : raw_(raw), value_(value) {}

  // For each byte of the value its byte of `raw`, and one behind the last; empty: they do not fit.
  std::vector<std::uint32_t> Run() {
    if (raw_.empty()) return {};
    if (raw_.front() == '\'' || raw_.front() == '"') {
      quote_ = raw_.front();
      at_ = 1;
    } else if (raw_.front() == '|' || raw_.front() == '>') {
      at_ = std::min(raw_.find('\n'), raw_.size() - 1) + 1;  // behind the header
    }
    while (origins_.size() < value_.size()) {
      if (!(IsBlank(value_[origins_.size()]) ? TakeBlanks() : TakeCharacter())) return {};
    }
    origins_.push_back(Here());
    return std::move(origins_);
  }

 private:
  bool TakeBlanks() {
    std::size_t end = origins_.size();
    while (end < value_.size() && IsBlank(value_[end])) ++end;
    std::vector<std::uint32_t> blanks;
    while (true) {
      const auto blank = Here();
      if (!SkipBlank()) break;
      blanks.push_back(blank);
    }
    if (blanks.empty() && end < value_.size()) return false;
    if (blanks.empty()) blanks.push_back(Here());  // a block's last line break, which the file's end may lack
    for (std::size_t i = 0; origins_.size() < end; ++i) origins_.push_back(blanks[std::min(i, blanks.size() - 1)]);
    return true;
  }

  // Over one blank, written out or escaped, or a line break that a backslash takes away.
  bool SkipBlank() {
    if (at_ == raw_.size()) return false;
    if (IsBlank(raw_[at_])) {
      ++at_;
      return true;
    }
    if (quote_ != '"' || raw_[at_] != '\\') return false;
    if (at_ + 1 < raw_.size() && (raw_[at_ + 1] == '\n' || raw_[at_ + 1] == '\r')) {
      at_ += 2;
      return true;
    }
    const Escape escape = ReadEscape(raw_.substr(at_));
    if (escape.size == 0 || escape.meaning.size() != 1 || !IsBlank(escape.meaning[0])) return false;
    at_ += escape.size;
    return true;
  }

  bool TakeCharacter() {
    while (SkipBlank()) {  // indentation, before a block's first word and after a line break that was taken away
    }
    if (at_ == raw_.size()) return false;
    if (quote_ == '"' && raw_[at_] == '\\') {
      const Escape escape = ReadEscape(raw_.substr(at_));
      if (escape.size == 0 || !value_.substr(origins_.size()).starts_with(escape.meaning)) return false;
      origins_.insert(origins_.end(), escape.meaning.size(), Here());
      at_ += escape.size;
      return true;
    }
    if (raw_[at_] != value_[origins_.size()]) return false;
    origins_.push_back(Here());
    at_ += quote_ == '\'' && raw_[at_] == '\'' ? 2 : 1;
    return true;
  }

  std::uint32_t Here() const { return static_cast<std::uint32_t>(at_); }

  const std::string_view raw_, value_;
  std::size_t at_ = 0;
  char quote_ = '\0';  // none: plain or block
  std::vector<std::uint32_t> origins_;
};

}  // namespace

std::vector<std::uint32_t> AlignScalar(std::string_view written, std::string_view value) {
  return Alignment(written, value).Run();
}

}  // namespace wirewatch
