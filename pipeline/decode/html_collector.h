// HtmlCollector: the pieces of text of an HTML fragment, put together to paragraphs and lines.
#ifndef WIREWATCH_PIPELINE_DECODE_HTML_COLLECTOR_H_
#define WIREWATCH_PIPELINE_DECODE_HTML_COLLECTOR_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/text/utf8.h"
#include "pipeline/decode/html_elements.h"
#include "rules/text/paragraphs.h"

namespace wirewatch {

// A superscript that is no part of the word before it: the number of a note ("Huawei<sup>1</sup>"), a letter for one,
// the sign of a trade mark; not a power or unit (10<sup>9</sup>, m<sup>2</sup>) or the end of an ordinal
// (1<sup>st</sup>).
bool IsNoteMark(std::string_view before, std::string_view mark);

// Collects text; breaks and blanks are held back until a character follows, so none stand at the ends or twice. Lines
// of a block that were broken at a margin, by <br> or in <pre>, are joined.
class HtmlCollector {
 public:
  explicit HtmlCollector(std::string& out) : out_(out) {}

  // Between paragraphs.
  void Break() {
    if (in_pre_) {
      pre_ += '\n';
      return;
    }
    EndBlock();
    pending_ = '\n';
    begins_block_ = true;
  }
  // Between lines of a paragraph; a second one ends it.
  void LineBreak() {
    if (in_pre_ || pending_ == '\n') return Break();
    pending_ = '\n';
    lines_are_broken_ = true;
  }
  void Blank() {
    if (in_pre_) {
      pre_ += ' ';
    } else if (pending_ == 0) {
      pending_ = ' ';
    }
  }
  void Character(char32_t c) {
    if (c == 0xA0 || (c < 0x80 && IsHtmlBlank(static_cast<char>(c)))) return in_pre_ && c == '\n' ? Break() : Blank();
    char bytes[4];
    const std::string_view encoded(bytes, EncodeUtf8(c, bytes));
    in_pre_ ? static_cast<void>(pre_ += encoded) : Bytes(encoded);
  }
  // Blanks collapse; to a reader a no-break space is one. An empty line parts paragraphs: much that is sent as HTML is
  // plain text with a tag or two in it.
  void Text(std::string_view text) {
    if (in_pre_) {
      pre_ += text;
      return;
    }
    constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
    std::size_t at = 0;
    while (at < text.size()) {
      if (IsHtmlBlank(text[at])) {
        Blank();
        if (text[at] == '\n' && ++newlines_ == 2) Break();
        ++at;
      } else if (text.substr(at, 2) == kNoBreakSpace) {
        Blank();
        at += 2;
      } else {
        const auto parts = [&](std::size_t i) { return IsHtmlBlank(text[i]) || text[i] == kNoBreakSpace.front(); };
        // A single space between words goes with them: a sentence is appended at once.
        std::size_t end = at + 1;
        while (end < text.size() && (!parts(end) || (text[end] == ' ' && end + 1 < text.size() && !parts(end + 1)))) {
          ++end;
        }
        Bytes(text.substr(at, end - at));
        at = end;
      }
    }
  }

  void BeginPre() {
    Break();
    in_pre_ = true;
  }
  void EndPre() {
    if (!in_pre_) return;
    in_pre_ = false;
    JoinWrappedLines(pre_);
    for (std::string_view rest = pre_; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      Text(line);
      Break();
    }
    pre_.clear();
  }

  void BeginSup() { sup_begin_ = in_pre_ || pending_ != 0 ? std::string::npos : out_.size(); }
  // `letters_follow`: a word directly behind.
  void EndSup(bool letters_follow) {
    constexpr std::size_t kLongestMark = 8;
    if (sup_begin_ == std::string::npos || in_pre_ || out_.size() < sup_begin_ ||
        out_.size() - sup_begin_ > kLongestMark)
      return;
    const std::string_view text = out_;
    const std::string_view before = text.substr(0, sup_begin_), mark = text.substr(sup_begin_);
    const bool begins_word = before.empty() || before.back() == ' ' || before.back() == '\n';
    if (IsNoteMark(before, mark)) {
      out_.insert(sup_begin_, 1, ' ');
      Blank();
    } else if (begins_word && letters_follow && mark.find_first_not_of("0123456789") == std::string::npos) {
      Blank();
    }
    sup_begin_ = std::string::npos;
  }

  void Finish() {
    EndPre();
    EndBlock();
  }

 private:
  void EndBlock() {
    if (lines_are_broken_) JoinWrappedLines(out_, block_begin_);
    lines_are_broken_ = false;
  }
  void Bytes(std::string_view bytes) {
    if (pending_ != 0) {
      if (!out_.empty()) out_ += pending_;
      pending_ = 0;
    }
    if (begins_block_) block_begin_ = out_.size();
    begins_block_ = false;
    newlines_ = 0;
    out_ += bytes;
  }

  std::string& out_;
  char pending_ = 0;
  int newlines_ = 0;  // since the last character
  std::size_t block_begin_ = 0;
  bool begins_block_ = false;
  bool lines_are_broken_ = false;  // of the block
  std::size_t sup_begin_ = std::string::npos;
  bool in_pre_ = false;
  std::string pre_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DECODE_HTML_COLLECTOR_H_
