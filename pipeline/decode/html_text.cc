#include "pipeline/decode/html_text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/text/ascii.h"
#include "base/text/utf8.h"
#include "pipeline/decode/html_references.h"
#include "rules/text/paragraphs.h"

namespace wirewatch {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
// HTML's white space, which has no vertical tab.
bool IsBlank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'; }

// What an element means for the text around and in it.
enum class Role : std::uint8_t {
  kInline,     // nothing: the word goes on
  kBlock,      // parts paragraphs
  kLineBreak,  // parts lines
  kPre,        // a block whose newlines part lines
  kSup,        // inline; a reference mark is apart from its word
  kSkipped,    // its content is no text of the article
  kRaw,        // the same, and no end tag is needed: what follows is no text either
  kReading,    // how the characters of a ruby are read: no text between them
  kSeparator,  // parts words; also every element that is not in the table
};

struct Element {
  std::string_view name;
  Role role;
};

// Sorted by name. HTML 5's elements, those of old HTML that articles still carry, and NITF's own.
constexpr std::array kElements = {
    Element{"a", Role::kInline},
    Element{"abbr", Role::kInline},
    Element{"acronym", Role::kInline},
    Element{"address", Role::kBlock},
    Element{"annotation", Role::kSkipped},
    Element{"article", Role::kBlock},
    Element{"aside", Role::kBlock},
    Element{"audio", Role::kSkipped},
    Element{"b", Role::kInline},
    Element{"bdi", Role::kInline},
    Element{"bdo", Role::kInline},
    Element{"big", Role::kInline},
    Element{"block", Role::kBlock},
    Element{"blockquote", Role::kBlock},
    Element{"body", Role::kBlock},
    Element{"body.content", Role::kBlock},
    Element{"body.end", Role::kBlock},
    Element{"body.head", Role::kBlock},
    Element{"br", Role::kLineBreak},
    Element{"byline", Role::kBlock},
    Element{"canvas", Role::kSkipped},
    Element{"caption", Role::kBlock},
    Element{"center", Role::kBlock},
    Element{"cite", Role::kInline},
    Element{"code", Role::kInline},
    Element{"data", Role::kInline},
    Element{"datalist", Role::kSkipped},
    Element{"dateline", Role::kBlock},
    Element{"dd", Role::kBlock},
    Element{"del", Role::kInline},
    Element{"details", Role::kBlock},
    Element{"dfn", Role::kInline},
    Element{"dialog", Role::kBlock},
    Element{"dir", Role::kBlock},
    Element{"div", Role::kBlock},
    Element{"dl", Role::kBlock},
    Element{"dt", Role::kBlock},
    Element{"em", Role::kInline},
    Element{"fieldset", Role::kBlock},
    Element{"figcaption", Role::kBlock},
    Element{"figure", Role::kBlock},
    Element{"font", Role::kInline},
    Element{"footer", Role::kBlock},
    Element{"form", Role::kBlock},
    Element{"h1", Role::kBlock},
    Element{"h2", Role::kBlock},
    Element{"h3", Role::kBlock},
    Element{"h4", Role::kBlock},
    Element{"h5", Role::kBlock},
    Element{"h6", Role::kBlock},
    Element{"head", Role::kSkipped},
    Element{"header", Role::kBlock},
    Element{"hedline", Role::kBlock},
    Element{"hl1", Role::kBlock},
    Element{"hl2", Role::kBlock},
    Element{"hr", Role::kBlock},
    Element{"html", Role::kBlock},
    Element{"i", Role::kInline},
    Element{"iframe", Role::kSkipped},
    Element{"img", Role::kInline},
    Element{"ins", Role::kInline},
    Element{"kbd", Role::kInline},
    Element{"label", Role::kInline},
    Element{"legend", Role::kBlock},
    Element{"li", Role::kBlock},
    Element{"listing", Role::kPre},
    Element{"location", Role::kInline},
    Element{"main", Role::kBlock},
    Element{"mark", Role::kInline},
    Element{"media-caption", Role::kBlock},
    Element{"menu", Role::kBlock},
    Element{"nav", Role::kBlock},
    Element{"nobr", Role::kInline},
    Element{"noframes", Role::kSkipped},
    Element{"noscript", Role::kSkipped},
    Element{"ol", Role::kBlock},
    Element{"optgroup", Role::kBlock},
    Element{"option", Role::kBlock},
    Element{"org", Role::kInline},
    Element{"p", Role::kBlock},
    Element{"person", Role::kInline},
    Element{"pre", Role::kPre},
    Element{"q", Role::kInline},
    Element{"rb", Role::kInline},
    Element{"rp", Role::kReading},
    Element{"rt", Role::kReading},
    Element{"rtc", Role::kReading},
    Element{"ruby", Role::kInline},
    Element{"s", Role::kInline},
    Element{"samp", Role::kInline},
    Element{"script", Role::kRaw},
    Element{"search", Role::kBlock},
    Element{"section", Role::kBlock},
    Element{"small", Role::kInline},
    Element{"span", Role::kInline},
    Element{"strike", Role::kInline},
    Element{"strong", Role::kInline},
    Element{"style", Role::kRaw},
    Element{"sub", Role::kInline},
    Element{"summary", Role::kBlock},
    Element{"sup", Role::kSup},
    Element{"svg", Role::kSkipped},
    Element{"table", Role::kBlock},
    Element{"tbody", Role::kBlock},
    Element{"td", Role::kSeparator},
    Element{"template", Role::kSkipped},
    Element{"tfoot", Role::kBlock},
    Element{"th", Role::kSeparator},
    Element{"thead", Role::kBlock},
    Element{"time", Role::kInline},
    Element{"title", Role::kBlock},
    Element{"tr", Role::kBlock},
    Element{"tt", Role::kInline},
    Element{"u", Role::kInline},
    Element{"ul", Role::kBlock},
    Element{"var", Role::kInline},
    Element{"video", Role::kSkipped},
    Element{"wbr", Role::kInline},
};
static_assert(std::is_sorted(kElements.begin(), kElements.end(),
                             [](const Element& a, const Element& b) { return a.name < b.name; }));

// The element of that name in any case; null: not in the table.
const Element* FindElement(std::string_view name) {
  std::array<char, 16> buffer;
  if (name.size() > buffer.size()) return nullptr;
  std::transform(name.begin(), name.end(), buffer.begin(), AsciiLower);
  const std::string_view lower(buffer.data(), name.size());
  const auto* found = std::lower_bound(kElements.begin(), kElements.end(), lower,
                                       [](const Element& element, std::string_view key) { return element.name < key; });
  return found != kElements.end() && found->name == lower ? found : nullptr;
}

// The name that begins at `begin`: up to a blank, '/' or '>'.
std::string_view TagName(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  while (end < text.size() && !IsBlank(text[end]) && text[end] != '/' && text[end] != '>') ++end;
  return text.substr(begin, end - begin);
}

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

// A superscript that is no part of the word before it: the number of a note ("Huawei<sup>1</sup>"), a letter for one,
// the sign of a trade mark; not a power or unit (10<sup>9</sup>, m<sup>2</sup>) or the end of an ordinal
// (1<sup>st</sup>).
bool IsNoteMark(std::string_view before, std::string_view mark) {
  std::size_t word = 0, characters = 0;  // the letters and digits directly before
  bool digits = true, small = true;
  while (word < before.size() && word < 32) {
    const char c = before[before.size() - word - 1];
    const bool ascii = static_cast<unsigned char>(c) < 0x80;
    if (ascii && !IsAsciiLetter(c) && !IsAsciiDigit(c)) break;
    ++word;
    characters += IsUtf8Tail(c) ? 0 : 1;
    digits = digits && IsAsciiDigit(c);
    small = small && !(c >= 'A' && c <= 'Z');
  }
  if (word == 0 || mark.empty()) return false;
  if (mark.find_first_not_of("0123456789,;-") == kNone) {
    return digits ? characters > 1 && before.substr(before.size() - word) != "10" : characters > (small ? 2u : 1u);
  }
  std::string upper(mark);
  std::transform(upper.begin(), upper.end(), upper.begin(), AsciiUpper);
  if (upper == "TM" || upper == "SM" || upper == "MC" || upper == "MD") return characters > 1;
  const char last = before.back();
  bool letters = mark.size() % 2 == 1;  // "a", "a,b"
  for (std::size_t i = 0; i < mark.size(); ++i)
    letters = letters && (i % 2 == 0 ? IsAsciiLetter(mark[i]) : mark[i] == ',');
  return letters && characters > 2 && last >= 'a' && last <= 'z';
}

// Collects text; breaks and blanks are held back until a character follows, so none stand at the ends or twice. Lines
// of a block that were broken at a margin, by <br> or in <pre>, are joined.
class Collector {
 public:
  explicit Collector(std::string& out) : out_(out) {}

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
    if (c == 0xA0 || (c < 0x80 && IsBlank(static_cast<char>(c)))) return in_pre_ && c == '\n' ? Break() : Blank();
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
      if (IsBlank(text[at])) {
        Blank();
        if (text[at] == '\n' && ++newlines_ == 2) Break();
        ++at;
      } else if (text.substr(at, 2) == kNoBreakSpace) {
        Blank();
        at += 2;
      } else {
        const auto parts = [&](std::size_t i) { return IsBlank(text[i]) || text[i] == kNoBreakSpace.front(); };
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

  void BeginSup() { sup_begin_ = in_pre_ || pending_ != 0 ? kNone : out_.size(); }
  // `letters_follow`: a word directly behind.
  void EndSup(bool letters_follow) {
    constexpr std::size_t kLongestMark = 8;
    if (sup_begin_ == kNone || in_pre_ || out_.size() < sup_begin_ || out_.size() - sup_begin_ > kLongestMark) return;
    const std::string_view text = out_;
    const std::string_view before = text.substr(0, sup_begin_), mark = text.substr(sup_begin_);
    const bool begins_word = before.empty() || before.back() == ' ' || before.back() == '\n';
    if (IsNoteMark(before, mark)) {
      out_.insert(sup_begin_, 1, ' ');
      Blank();
    } else if (begins_word && letters_follow && mark.find_first_not_of("0123456789") == kNone) {
      Blank();
    }
    sup_begin_ = kNone;
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
  std::size_t sup_begin_ = kNone;
  bool in_pre_ = false;
  std::string pre_;
};

// Whether an attribute (a name and '=') begins at `at`, after blanks.
bool AttributeAt(std::string_view text, std::size_t at) {
  const std::size_t begin = at;
  while (at < text.size() && IsBlank(text[at])) ++at;
  if (at == begin) return false;
  const std::size_t name = at;
  while (at < text.size() &&
         (IsAsciiLetter(text[at]) || IsAsciiDigit(text[at]) || text[at] == '-' || text[at] == ':')) {
    ++at;
  }
  return at > name && at < text.size() && text[at] == '=';
}

bool IsVoid(const Element& element) {
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
    std::erase_if(style, IsBlank);
    if (style.find("display:none") != kNone || style.find("visibility:hidden") != kNone) return true;
  }
  return false;
}

// One pass over the markup. What must be searched for far ahead (the end of a comment, of a tag, of an element) is
// searched for again only after it was found: a search that failed once fails for the rest, which keeps time linear.
class Tokenizer {
 public:
  Tokenizer(std::string_view html, Collector& out) : html_(html), out_(out) {}

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
    const std::string_view name = TagName(html_, at_ + name_at);
    const std::size_t attributes = at_ + name_at + name.size();
    const std::size_t end = TagEnd(attributes);
    if (end == kNone) return false;
    const bool closing = name_at == 2;
    // The slash of <script src=/x/> belongs to the value.
    const bool closed_itself = html_[end - 1] == '/' && (end - 1 == attributes || IsBlank(html_[end - 2]) ||
                                                         html_[end - 2] == '"' || html_[end - 2] == '\'');
    at_ = end + 1;
    const Element* element = FindElement(name);
    const Role role = element == nullptr ? Role::kSeparator : element->role;
    const bool opens = !closing && !closed_itself;
    switch (role) {
      case Role::kInline: break;
      case Role::kBlock: out_.Break(); break;
      case Role::kLineBreak: out_.LineBreak(); break;
      case Role::kSeparator: out_.Blank(); break;
      case Role::kPre: closing ? out_.EndPre() : out_.BeginPre(); break;
      case Role::kSup: closing ? out_.EndSup(LettersFollow()) : out_.BeginSup(); break;
      case Role::kSkipped:
      case Role::kRaw:
        out_.Blank();
        if (opens) SkipContent(*element);
        break;
      case Role::kReading:
        if (opens) SkipContent(*element);
        break;
    }
    if (opens && element != nullptr && IsHidden(html_.substr(attributes, end - attributes))) SkipHidden(*element);
    return true;
  }

  // A text that ends within a tag was cut there: "<a href="http://exam".
  bool CutTag(std::size_t name_at) {
    const std::string_view name = TagName(html_.substr(0, at_ + 24), at_ + name_at);
    const std::size_t end = at_ + name_at + name.size();
    if (FindElement(name) == nullptr || (end < html_.size() && !AttributeAt(html_.substr(0, end + 64), end)))
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
  void SkipContent(const Element& element) {
    bool& unclosed = unclosed_[static_cast<std::size_t>(&element - kElements.data())];
    if (unclosed) return;
    const bool head = element.name == "head", reading = element.role == Role::kReading;
    for (std::size_t at = html_.find('<', at_); at != kNone; at = html_.find('<', at + 1)) {
      const bool closing = html_.substr(at, 2) == "</";
      if (!closing && !head && !reading) continue;
      const Element* found = FindElement(TagName(html_.substr(0, at + 24), at + (closing ? 2 : 1)));
      if (found == nullptr) continue;
      const bool ends = reading   ? found->role == Role::kReading || found->name == "ruby" || found->name == "rb"
                        : closing ? found == &element
                                  : found->name == "body";
      if (!ends) continue;
      at_ = at;
      return;
    }
    if (element.role == Role::kRaw) {
      at_ = html_.size();
      return;
    }
    unclosed = true;
  }

  // Past an element that no reader sees. Its end is told by counting those of its name; a paragraph ends before another
  // one too. Without an end it is taken for text.
  void SkipHidden(const Element& element) {
    bool& unclosed = unclosed_[static_cast<std::size_t>(&element - kElements.data())];
    if (unclosed || IsVoid(element)) return;
    std::size_t depth = 1;
    for (std::size_t at = html_.find('<', at_); at != kNone; at = html_.find('<', at + 1)) {
      const bool closing = html_.substr(at, 2) == "</";
      if (FindElement(TagName(html_.substr(0, at + 24), at + (closing ? 2 : 1))) != &element) continue;
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
  Collector& out_;
  std::size_t at_ = 0;
  Search greater_{">"};
  Search comment_end_{"-->"};
  Search other_comment_end_{"--!>"};
  Search cdata_end_{"]]>"};
  bool in_cdata_ = false;
  std::size_t cdata_end_at_ = 0;
  bool quotes_are_broken_ = false;
  std::array<bool, kElements.size()> unclosed_{};  // of an element: no end tag follows
};

// Whether a text uses tags, and does not only speak of them as "the <b> tag" does: it begins with a block, or an
// element stands directly around what it holds, or a line break directly between two words.
bool IsMarkup(std::string_view text) {
  constexpr std::size_t kLongestTag = 2048;
  std::array<bool, kElements.size()> open{};
  const auto is_blank_at = [&](std::size_t at) { return at >= text.size() || IsBlank(text[at]); };
  for (std::size_t at = text.find('<'); at != kNone; at = text.find('<', at + 1)) {
    const bool closing = text.substr(at, 2) == "</";
    const Element* element = FindElement(TagName(text.substr(0, at + 24), at + (closing ? 2 : 1)));
    if (element == nullptr) continue;
    const std::size_t size = text.substr(at, kLongestTag).find('>');
    if (size == kNone) continue;
    const std::size_t behind = at + size + 1;
    const bool adjoins_before = at > 0 && !IsBlank(text[at - 1]);
    bool& is_open = open[static_cast<std::size_t>(element - kElements.data())];
    if (closing) {
      if (is_open && adjoins_before) return true;
    } else if (element->role == Role::kLineBreak) {
      const bool word_follows =
          !is_blank_at(behind) && (IsAsciiLetter(text[behind]) || IsAsciiDigit(text[behind]) || text[behind] == '<' ||
                                   static_cast<unsigned char>(text[behind]) >= 0x80);
      if (adjoins_before && word_follows) return true;
    } else if (!is_blank_at(behind)) {
      is_open = true;
      if (text.find_first_not_of(" \t\n\r\f") == at && (element->role == Role::kBlock || element->role == Role::kPre))
        return true;
    }
  }
  return false;
}

}  // namespace

std::string HtmlToText(std::string_view html) {
  std::string text;
  text.reserve(html.size());
  Collector collector(text);
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
    const std::string_view name = TagName(text.substr(0, at + 24), name_at);
    if (FindElement(name) == nullptr) continue;
    std::size_t end = name_at + name.size();
    if (!closing && AttributeAt(text.substr(0, end + 64), end)) return true;
    const std::size_t limit = std::min(text.size(), end + 64);  // far blanks are no tag, and would cost time
    while (end < limit && IsBlank(text[end])) ++end;
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
