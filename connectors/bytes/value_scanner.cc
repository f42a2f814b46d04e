#include "connectors/bytes/value_scanner.h"

namespace wirewatch {
namespace {

// RFC 8259's blanks, and the mark before each text of a JSON text sequence (RFC 7464).
bool IsBetween(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\x1E'; }

}  // namespace

std::size_t ValueScanner::SkipToRecord(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (IsBetween(c) || (in_array_ && c == ',')) continue;
    saw_anything_ = true;
    if (c == '[' && !in_array_) {
      in_array_ = true;
    } else if (c == ']' && in_array_) {
      in_array_ = false;
    } else {
      in_record_ = true;
      open_.clear();
      open_braces_ = too_deep_ = 0;
      in_string_ = escaped_ = false;
      before_ = '\0';
      return i;
    }
  }
  return text.size();
}

std::optional<std::size_t> ValueScanner::FindEnd(std::string_view text) {
  const bool begins = before_ == '\0';
  if (begins && !text.empty()) scalar_ = text.front() != '{' && text.front() != '[';
  if (scalar_) return FindEndOfScalar(text);
  const auto end = [this](std::size_t at) {
    in_record_ = false;
    return std::optional(at);
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string_) {
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"' || c == '\n') {
        in_string_ = false;
        before_ = '"';
      }
      continue;
    }
    switch (c) {
      case '"': in_string_ = true; break;
      case '{':
      case '[':
        if (c == '{' && !open_.empty() && InObject() && before_ != ':') return end(i);
        if (open_.size() < kMostDepth) {
          open_ += c;
          open_braces_ += c == '{' ? 1 : 0;
        } else {
          ++too_deep_;
        }
        before_ = c;
        break;
      case '}':
      case ']':
        if (!CloseBracket(c == '}' ? '{' : '[') && c == ']' && in_array_) return end(i);
        if (open_.empty()) return end(i + 1);
        before_ = c;
        break;
      default:
        if (!IsBetween(c)) before_ = c;
        break;
    }
  }
  return std::nullopt;
}

bool ValueScanner::CloseBracket(char open) {
  if (too_deep_ > 0) {
    --too_deep_;
    return true;
  }
  // Not searched for in vain: a record of brackets that close nothing would be walked through again for each of them.
  if ((open == '{' ? open_braces_ : open_.size() - open_braces_) == 0) return false;
  // What was left open inside is closed with it.
  while (true) {
    const char closed = open_.back();
    open_.pop_back();
    if (closed == '{') --open_braces_;
    if (closed == open) return true;
  }
}

// What is neither object nor array: no article, but counted like one. It ends with its line, in an array at a comma or
// the bracket.
std::optional<std::size_t> ValueScanner::FindEndOfScalar(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool ends = c == '\n' || (in_array_ && !in_string_ && (c == ',' || c == ']'));
    if (ends) {
      in_record_ = false;
      return i;
    }
    if (escaped_) {
      escaped_ = false;
    } else if (in_string_ && c == '\\') {
      escaped_ = true;
    } else if (c == '"') {
      in_string_ = !in_string_;
    }
    before_ = 'x';
  }
  return std::nullopt;
}

}  // namespace wirewatch
