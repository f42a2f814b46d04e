#include "pipeline/decode/html_text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/text/ascii.h"
#include "base/text/utf8.h"
#include "pipeline/decode/html_collector.h"
#include "pipeline/decode/html_elements.h"
#include "pipeline/decode/html_references.h"

namespace wirewatch {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

struct Reference {
  char32_t first;
  char32_t second;   // 0 unless it is of two characters
  std::size_t size;  // bytes of the reference, with '&' and ';'
};

// windows-1252 at 128 to 159: what publishers mean by &#146; (WHATWG 13.2.5.80).
constexpr std::array<char16_t, 32> kWindows1252 = {0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                   0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
                                                   0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                   0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

// `text` begins with "&#".
std::optional<Reference> NumericReference(std::string_view text) {
  const bool hex = text.size() > 2 && AsciiLower(text[2]) == 'x';
  const std::size_t begin = hex ? 3 : 2;
  std::size_t at = begin;
  char32_t value = 0;
  for (; at < text.size(); ++at) {
    const char c = AsciiLower(text[at]);
    char32_t digit = 0;
    if (IsAsciiDigit(c)) {
      digit = static_cast<char32_t>(c - '0');
    } else if (hex && c >= 'a' && c <= 'f') {
      digit = static_cast<char32_t>(c - 'a' + 10);
    } else {
      break;
    }
    value = std::min<char32_t>(value * (hex ? 16 : 10) + digit, 0x110000);  // beyond Unicode stays beyond it
  }
  if (at == begin) return std::nullopt;
  if (at < text.size() && text[at] == ';') ++at;
  if (value >= 0x80 && value < 0xA0) value = kWindows1252[value - 0x80];
  return Reference{value, 0, at};
}

// Whose names are read: those of HTML, of which the old ones need no ';' (&copy2026); or, in plain text, those that end
// with ';' and the few that everybody writes without: "?a=1&copy=2" is an address there.
enum class Names : std::uint8_t { kOfHtml, kOfPlainText };

// `text` begins with '&'.
std::optional<Reference> NamedReference(std::string_view text, Names names) {
  std::size_t size = 0;
  while (size < kLongestHtmlReference && size + 1 < text.size() &&
         (IsAsciiLetter(text[size + 1]) || IsAsciiDigit(text[size + 1]))) {
    ++size;
  }
  if (size + 1 < text.size() && text[size + 1] == ';') {
    if (const HtmlReference* found = FindHtmlReference(text.substr(1, size + 1))) {
      return Reference{found->first, found->second, size + 2};
    }
  }
  const auto open = [&](std::size_t length) { return FindHtmlReference(text.substr(1, length)); };
  if (names == Names::kOfPlainText) {
    const std::string_view name = text.substr(1, size);
    if (name != "amp" && name != "lt" && name != "gt" && name != "quot" && name != "nbsp") return std::nullopt;
    return Reference{open(size)->first, 0, size + 1};
  }
  for (std::size_t length = std::min(size, kLongestOpenHtmlReference); length > 0; --length) {
    if (const HtmlReference* found = open(length)) return Reference{found->first, found->second, length + 1};
  }
  return std::nullopt;
}

// `text` has '&' at `at`.
std::optional<Reference> ReferenceAt(std::string_view text, std::size_t at, Names names) {
  text = text.substr(at);
  if (text.size() < 2) return std::nullopt;
  return text[1] == '#' ? NumericReference(text) : NamedReference(text, names);
}

// Whether an attribute (a name and '=') begins at `at`, after blanks.
bool AttributeAt(std::string_view text, std::size_t at) {
  const std::size_t begin = at;
  while (at < text.size() && IsHtmlBlank(text[at])) ++at;
  if (at == begin) return false;
  const std::size_t name = at;
  while (at < text.size() &&
         (IsAsciiLetter(text[at]) || IsAsciiDigit(text[at]) || text[at] == '-' || text[at] == ':')) {
    ++at;
  }
  return at > name && at < text.size() && text[at] == '=';
}

bool IsVoid(const HtmlElement& element) {
  return element.name == "br" || element.name == "hr" || element.name == "img" || element.name == "wbr";
}

// Whether the attributes of a tag, as they are written, hide the element: `hidden`, or a style with display: none or
// visibility: hidden.
bool IsHidden(std::string_view written) {
  if (written.size() < 7) return false;  // a blank and "hidden"
  const std::string lower = AsciiLowerCase(written);
  std::string_view rest = lower;
  const auto skip = [&rest](std::string_view characters) {
    rest.remove_prefix(std::min(rest.find_first_not_of(characters), rest.size()));
  };
  const auto take_until = [&rest](std::string_view characters) {
    const std::string_view taken = rest.substr(0, rest.find_first_of(characters));
    rest.remove_prefix(taken.size());
    return taken;
  };
  constexpr std::string_view kBlanks = " \t\n\r\f";
  while (skip(" \t\n\r\f/"), !rest.empty()) {
    const std::string_view name = take_until(" \t\n\r\f/=");
    skip(kBlanks);
    std::string_view value;
    if (rest.starts_with('=')) {
      rest.remove_prefix(1);
      skip(kBlanks);
      if (rest.starts_with('"') || rest.starts_with('\'')) {
        const char quote[] = {rest.front(), '\0'};
        rest.remove_prefix(1);
        value = take_until(quote);
        rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
      } else {
        value = take_until(kBlanks);
      }
    } else if (name.empty()) {
      break;
    }
    if (name == "hidden" && value != "until-found") return true;
    if (name != "style") continue;
    std::string style(value);
    std::erase_if(style, IsHtmlBlank);
    if (style.find("display:none") != kNone || style.find("visibility:hidden") != kNone) return true;
  }
  return false;
}

// One pass over the markup. What must be searched for far ahead (the end of a comment, of a tag, of an element) is
// searched for again only after it was found: a search that failed once fails for the rest, which keeps time linear.
class Tokenizer {
 public:
  Tokenizer(std::string_view html, HtmlCollector& out) : html_(html), out_(out) {}

  void Run() {
    while (at_ < html_.size()) {
      std::size_t special = at_;
      const std::size_t limit = in_cdata_ ? std::min(html_.size(), std::max(cdata_end_at_, at_)) : html_.size();
      while (special < limit && html_[special] != '<' && html_[special] != '&') ++special;
      out_.Text(html_.substr(at_, special - at_));
      at_ = special;
      EndCdata();
      if (at_ == html_.size()) break;
      if (html_[at_] == '&') {
        CharacterReference();
      } else if (html_[at_] == '<' && !Markup()) {
        out_.Character('<');
        ++at_;
      }
      EndCdata();
    }
    out_.Finish();
  }

 private:
  // A search that remembers that nothing is left to find.
  struct Search {
    std::string_view wanted;
    bool exhausted = false;

    std::size_t From(std::string_view text, std::size_t at) {
      if (exhausted) return kNone;
      const std::size_t found = text.find(wanted, at);
      exhausted = found == kNone;
      return found;
    }
  };

  void CharacterReference() {
    if (const auto reference = ReferenceAt(html_, at_, Names::kOfHtml)) {
      out_.Character(reference->first);
      if (reference->second != 0) out_.Character(reference->second);
      at_ += reference->size;
    } else {
      out_.Character('&');
      ++at_;
    }
  }

  // At '<'. False: it is a character like any other.
  bool Markup() {
    const char next = at_ + 1 < html_.size() ? html_[at_ + 1] : ' ';
    if (next == '!') return Declaration();
    if (next == '?') return SkipPast(greater_.From(html_, at_), 1);
    if (next == '/') return at_ + 2 < html_.size() && IsAsciiLetter(html_[at_ + 2]) && Tag(2);
    return IsAsciiLetter(next) && Tag(1);
  }

  bool Declaration() {
    if (html_.substr(at_, 4) == "<!--") {
      // "<!-->" and "<!--->" are comments (13.2.5.43), so the end may share the hyphens of the beginning.
      const std::size_t end = comment_end_.From(html_, at_ + 2);
      const std::size_t other_end = std::min(end, other_comment_end_.From(html_, at_ + 4));
      if (other_end < end) return SkipPast(other_end, 4);
      return end == kNone ? SkipPast(html_.size(), 0) : SkipPast(end, 3);  // nobody is shown what follows
    }
    // What feeds put in CDATA is markup. Its end is text where there is no beginning.
    constexpr std::string_view kCdata = "<![CDATA[";
    if (html_.substr(at_, kCdata.size()) == kCdata) {
      in_cdata_ = true;
      cdata_end_at_ = cdata_end_.From(html_, at_ + kCdata.size());
      at_ += kCdata.size();
      return true;
    }
    return SkipPast(greater_.From(html_, at_), 1);
  }

  void EndCdata() {
    if (!in_cdata_ || at_ < cdata_end_at_) return;
    in_cdata_ = false;
    if (at_ == cdata_end_at_) at_ += 3;
  }

  bool SkipPast(std::size_t end, std::size_t size) {
    if (end == kNone) return false;
    at_ = end + size;
    return true;
  }

  // At '<' of a tag whose name begins `name_at` bytes later.
  bool Tag(std::size_t name_at) {
    if (greater_.From(html_, at_) == kNone) return CutTag(name_at);
    const std::string_view name = HtmlTagName(html_, at_ + name_at);
    const std::size_t attributes = at_ + name_at + name.size();
    const std::size_t end = TagEnd(attributes);
    if (end == kNone) return false;
    const bool closing = name_at == 2;
    // The slash of <script src=/x/> belongs to the value.
    const bool closed_itself = html_[end - 1] == '/' && (end - 1 == attributes || IsHtmlBlank(html_[end - 2]) ||
                                                         html_[end - 2] == '"' || html_[end - 2] == '\'');
    at_ = end + 1;
    const HtmlElement* element = FindHtmlElement(name);
    const HtmlRole role = element == nullptr ? HtmlRole::kSeparator : element->role;
    const bool opens = !closing && !closed_itself;
    switch (role) {
      case HtmlRole::kInline: break;
      case HtmlRole::kBlock: out_.Break(); break;
      case HtmlRole::kLineBreak: out_.LineBreak(); break;
      case HtmlRole::kSeparator: out_.Blank(); break;
      case HtmlRole::kPre: closing ? out_.EndPre() : out_.BeginPre(); break;
      case HtmlRole::kSup: closing ? out_.EndSup(LettersFollow()) : out_.BeginSup(); break;
      case HtmlRole::kSkipped:
      case HtmlRole::kRaw:
        out_.Blank();
        if (opens) SkipContent(*element);
        break;
      case HtmlRole::kReading:
        if (opens) SkipContent(*element);
        break;
    }
    if (opens && element != nullptr && IsHidden(html_.substr(attributes, end - attributes))) SkipHidden(*element);
    return true;
  }

  // A text that ends within a tag was cut there: "<a href="http://exam".
  bool CutTag(std::size_t name_at) {
    const std::string_view name = HtmlTagName(html_.substr(0, at_ + 24), at_ + name_at);
    const std::size_t end = at_ + name_at + name.size();
    if (FindHtmlElement(name) == nullptr || (end < html_.size() && !AttributeAt(html_.substr(0, end + 64), end)))
      return false;
    at_ = html_.size();
    return true;
  }

  // Three or more at once: a word, and no sign of an element such as C.
  bool LettersFollow() const {
    std::size_t letters = 0;
    while (letters < 3 && at_ + letters < html_.size() && IsAsciiLetter(html_[at_ + letters])) ++letters;
    return letters == 3;
  }

  // Where the tag's '>' stands: not within the quotes of an attribute's value. Quotes that leave no '>' till the end of
  // the text are a mistake; from then on quotes mean nothing.
  std::size_t TagEnd(std::size_t at) {
    const std::size_t first = greater_.From(html_, at);
    while (first != kNone && !quotes_are_broken_) {
      at = html_.find_first_of("=>", at);
      if (at != kNone && html_[at] == '>') return at;
      if (at != kNone) at = html_.find_first_not_of(" \t\n\r\f", at + 1);
      if (at != kNone && (html_[at] == '"' || html_[at] == '\'')) {
        at = html_.find(html_[at], at + 1);
        if (at != kNone) ++at;
      }
      quotes_are_broken_ = at == kNone;
    }
    return first;
  }

  // Past the content of an element that is no text. Without an end tag the content is taken for text: rather too much
  // than an article lost after "<svg>". But nobody is shown what follows "<script>". A head ends where the body begins,
  // a reading where the next part of the ruby does.
  void SkipContent(const HtmlElement& element) {
    bool& unclosed = unclosed_[IndexOf(element)];
    if (unclosed) return;
    const bool head = element.name == "head", reading = element.role == HtmlRole::kReading;
    for (std::size_t at = html_.find('<', at_); at != kNone; at = html_.find('<', at + 1)) {
      const bool closing = html_.substr(at, 2) == "</";
      if (!closing && !head && !reading) continue;
      const HtmlElement* found = FindHtmlElement(HtmlTagName(html_.substr(0, at + 24), at + (closing ? 2 : 1)));
      if (found == nullptr) continue;
      const bool ends = reading   ? found->role == HtmlRole::kReading || found->name == "ruby" || found->name == "rb"
                        : closing ? found == &element
                                  : found->name == "body";
      if (!ends) continue;
      at_ = at;
      return;
    }
    if (element.role == HtmlRole::kRaw) {
      at_ = html_.size();
      return;
    }
    unclosed = true;
  }

  // Past an element that no reader sees. Its end is told by counting those of its name; a paragraph ends before another
  // one too. Without an end it is taken for text.
  void SkipHidden(const HtmlElement& element) {
    bool& unclosed = unclosed_[IndexOf(element)];
    if (unclosed || IsVoid(element)) return;
    std::size_t depth = 1;
    for (std::size_t at = html_.find('<', at_); at != kNone; at = html_.find('<', at + 1)) {
      const bool closing = html_.substr(at, 2) == "</";
      if (FindHtmlElement(HtmlTagName(html_.substr(0, at + 24), at + (closing ? 2 : 1))) != &element) continue;
      if (closing || element.name == "p") {
        if (--depth > 0) continue;
        at_ = at;
        return;
      }
      ++depth;
    }
    unclosed = true;
  }

  std::string_view html_;
  HtmlCollector& out_;
  std::size_t at_ = 0;
  Search greater_{">"};
  Search comment_end_{"-->"};
  Search other_comment_end_{"--!>"};
  Search cdata_end_{"]]>"};
  bool in_cdata_ = false;
  std::size_t cdata_end_at_ = 0;
  bool quotes_are_broken_ = false;
  std::array<bool, kHtmlElements> unclosed_{};  // of an element: no end tag follows
};

// Whether a text uses tags, and does not only speak of them as "the <b> tag" does: it begins with a block, or an
// element stands directly around what it holds, or a line break directly between two words.
bool IsMarkup(std::string_view text) {
  constexpr std::size_t kLongestTag = 2048;
  std::array<bool, kHtmlElements> open{};
  const auto is_blank_at = [&](std::size_t at) { return at >= text.size() || IsHtmlBlank(text[at]); };
  for (std::size_t at = text.find('<'); at != kNone; at = text.find('<', at + 1)) {
    const bool closing = text.substr(at, 2) == "</";
    const HtmlElement* element = FindHtmlElement(HtmlTagName(text.substr(0, at + 24), at + (closing ? 2 : 1)));
    if (element == nullptr) continue;
    const std::size_t size = text.substr(at, kLongestTag).find('>');
    if (size == kNone) continue;
    const std::size_t behind = at + size + 1;
    const bool adjoins_before = at > 0 && !IsHtmlBlank(text[at - 1]);
    bool& is_open = open[IndexOf(*element)];
    if (closing) {
      if (is_open && adjoins_before) return true;
    } else if (element->role == HtmlRole::kLineBreak) {
      const bool word_follows =
          !is_blank_at(behind) && (IsAsciiLetter(text[behind]) || IsAsciiDigit(text[behind]) || text[behind] == '<' ||
                                   static_cast<unsigned char>(text[behind]) >= 0x80);
      if (adjoins_before && word_follows) return true;
    } else if (!is_blank_at(behind)) {
      is_open = true;
      if (text.find_first_not_of(" \t\n\r\f") == at &&
          (element->role == HtmlRole::kBlock || element->role == HtmlRole::kPre))
        return true;
    }
  }
  return false;
}

}  // namespace

std::string HtmlToText(std::string_view html) {
  std::string text;
  text.reserve(html.size());
  HtmlCollector collector(text);
  Tokenizer(html, collector).Run();
  return text;
}

bool LooksLikeHtml(std::string_view text) {
  // A comment without an end is none where nothing else is markup: "how to write <!-- in HTML".
  bool comment_ends = text.find("<!--") != kNone;
  for (std::size_t at = text.find('<'); at != kNone; at = text.find('<', at + 1)) {
    if (comment_ends && text.substr(at, 4) == "<!--") {
      comment_ends = text.find("-->", at + 2) != kNone || text.find("--!>", at + 4) != kNone;
      if (comment_ends) return true;
    }
    if (text.substr(at, 9) == "<![CDATA[") return true;
    const bool closing = text.substr(at, 2) == "</";
    const std::size_t name_at = at + (closing ? 2 : 1);
    if (name_at >= text.size() || !IsAsciiLetter(text[name_at])) continue;
    const std::string_view name = HtmlTagName(text.substr(0, at + 24), name_at);
    if (FindHtmlElement(name) == nullptr) continue;
    std::size_t end = name_at + name.size();
    if (!closing && AttributeAt(text.substr(0, end + 64), end)) return true;
    const std::size_t limit = std::min(text.size(), end + 64);  // far blanks are no tag, and would cost time
    while (end < limit && IsHtmlBlank(text[end])) ++end;
    if (end < limit && text[end] == '/') ++end;
    if (end < limit && text[end] == '>') return true;
  }
  return false;
}

void AppendUnescapedHtml(std::string_view text, std::string& out) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t special = std::min(text.find('&', at), text.size());
    out += text.substr(at, special - at);
    at = special;
    if (at == text.size()) return;
    if (const auto reference = ReferenceAt(text, at, Names::kOfPlainText)) {
      char bytes[4];
      out.append(bytes, EncodeUtf8(reference->first, bytes));
      if (reference->second != 0) out.append(bytes, EncodeUtf8(reference->second, bytes));
      at += reference->size;
    } else {
      out += '&';
      ++at;
    }
  }
}

namespace {

// Whether a text has a '<', or a reference that may be one: most of those with '&' name a company.
bool MayHoldTags(std::string_view text) {
  if (text.find('<') != kNone) return true;
  for (std::size_t at = text.find('&'); at != kNone; at = text.find('&', at + 1)) {
    const std::string_view name = text.substr(at + 1, 4);
    if (name.starts_with('#') || name.starts_with("lt") || name.starts_with("LT") || name.starts_with("nvlt")) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<std::string> UnescapedMarkup(std::string_view text) {
  // The '<' of a reference that follows tells most texts.
  if (text.find('&') == kNone || !MayHoldTags(text) || LooksLikeHtml(text)) return std::nullopt;
  std::string unescaped;
  AppendUnescapedHtml(text, unescaped);
  if (!IsMarkup(unescaped)) return std::nullopt;
  return unescaped;
}

}  // namespace wirewatch
