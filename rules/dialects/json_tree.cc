#include "rules/dialects/json_tree.h"

#include <algorithm>

#include "base/text/ascii.h"
#include "base/text/trim.h"
#include "base/text/utf8.h"

namespace wirewatch {
namespace {

constexpr int kMostLevels = 200;

class Reader {
 public:
  Reader(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  Result<JsonValue> Run() {
    JsonValue value;
    if (!Read(value, 0)) return Error{ErrorCode::kInvalid, std::string(wrong_)};
    return value;
  }
  std::size_t at() const { return at_; }

 private:
  bool Fail(std::string_view wrong) {
    wrong_ = wrong;
    return false;
  }
  char Now() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void SkipBlanks() {
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  }

  bool Read(JsonValue& value, int level) {
    if (level > kMostLevels) return Fail("more than 200 levels");
    SkipBlanks();
    if (at_ >= text_.size()) return Fail("a value is missing");
    value.place.begin = Here();
    const bool good = Now() == '"'   ? ReadString(value)
                      : Now() == '{' ? ReadObject(value, level)
                      : Now() == '[' ? ReadArray(value, level)
                                     : ReadBare(value);
    value.place.end = Here();
    return good;
  }

  bool ReadObject(JsonValue& value, int level) {
    value.kind = JsonValue::Kind::kObject;
    ++at_;
    SkipBlanks();
    if (Now() == '}') return ++at_, true;
    while (true) {
      SkipBlanks();
      if (Now() != '"') return Fail("a name in double quotes is missing");
      JsonValue name;
      if (!ReadString(name)) return false;
      SkipBlanks();
      if (Now() != ':') return Fail("':' is missing");
      ++at_;
      value.members.emplace_back(std::move(name.text), JsonValue{});
      if (!Read(value.members.back().second, level + 1)) return false;
      SkipBlanks();
      if (Now() == '}') return ++at_, true;
      if (Now() != ',') return Fail("',' or '}' is missing");
      ++at_;
    }
  }

  bool ReadArray(JsonValue& value, int level) {
    value.kind = JsonValue::Kind::kArray;
    ++at_;
    SkipBlanks();
    if (Now() == ']') return ++at_, true;
    while (true) {
      value.elements.emplace_back();
      if (!Read(value.elements.back(), level + 1)) return false;
      SkipBlanks();
      if (Now() == ']') return ++at_, true;
      if (Now() != ',') return Fail("',' or ']' is missing");
      ++at_;
    }
  }

  bool ReadBare(JsonValue& value) {
    const std::size_t begin = at_;
    while (at_ < text_.size() &&
           (IsAsciiLetter(Now()) || IsAsciiDigit(Now()) || Now() == '-' || Now() == '+' || Now() == '.')) {
      ++at_;
    }
    value.text = text_.substr(begin, at_ - begin);
    if (value.text == "null") {
      value.kind = JsonValue::Kind::kNull;
    } else if (value.text == "true" || value.text == "false") {
      value.kind = JsonValue::Kind::kBool;
    } else if (!value.text.empty() && (IsAsciiDigit(value.text[0]) || value.text[0] == '-')) {
      value.kind = JsonValue::Kind::kNumber;
    } else {
      at_ = begin;
      return Fail("this is no JSON");
    }
    return true;
  }

  bool ReadString(JsonValue& value) {
    value.kind = JsonValue::Kind::kString;
    ++at_;
    while (true) {
      if (at_ >= text_.size()) return Fail("a string is not closed");
      const char c = Now();
      if (c == '"') break;
      if (static_cast<unsigned char>(c) < 0x20) return Fail("a control character in a string");
      const std::uint32_t from = Here();
      if (c != '\\') {
        value.text += c;
        ++at_;
      } else if (!ReadEscape(value.text)) {
        return false;
      }
      value.origin.resize(value.text.size(), from);
    }
    value.origin.push_back(Here());
    ++at_;
    return true;
  }

  bool ReadEscape(std::string& out) {
    ++at_;
    const char c = Now();
    constexpr std::string_view kNames = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
    if (const std::size_t name = kNames.find(c); c != '\0' && name != std::string_view::npos) {
      out += kMeant[name];
      ++at_;
      return true;
    }
    if (c != 'u') return Fail("an escape that JSON does not have");
    ++at_;
    char32_t character = 0;
    if (!ReadHex(character)) return false;
    if (character >= 0xD800 && character < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
      at_ += 2;
      char32_t low = 0;
      if (!ReadHex(low)) return false;
      character = 0x10000 + ((character - 0xD800) << 10) + ((low - 0xDC00) & 0x3FF);
    }
    AppendUtf8(character, out);
    return true;
  }

  bool ReadHex(char32_t& value) {
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = AsciiLower(Now());
      if (IsAsciiDigit(c)) {
        value = value * 16 + static_cast<char32_t>(c - '0');
      } else if (c >= 'a' && c <= 'f') {
        value = value * 16 + static_cast<char32_t>(c - 'a' + 10);
      } else {
        return Fail("four digits of base 16 must stand behind \\u");
      }
    }
    return true;
  }

  std::uint32_t Here() const { return static_cast<std::uint32_t>(at_); }

  const std::string_view text_;
  std::size_t at_;
  std::string_view wrong_;
};

}  // namespace

const JsonValue* JsonValue::Find(std::string_view name) const {
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const auto& member) { return member.first == name; });
  return found == members.end() ? nullptr : &found->second;
}

Result<JsonValue> ReadJson(std::string_view text, std::size_t& at) {
  Reader reader(text, at);
  auto value = reader.Run();
  at = reader.at();
  return value;
}

}  // namespace wirewatch
