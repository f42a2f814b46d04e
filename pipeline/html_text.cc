#include "pipeline/html_text.h"

#include <libxml/HTMLparser.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/ascii.h"
#include "pipeline/utf8.h"

namespace wirewatch {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
bool IsBlank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'; }

// What an element means for the text around and in it.
enum class Role : std::uint8_t {
  kInline,     // nothing: the word goes on
  kBlock,      // parts paragraphs
  kSkipped,    // its content is no text of the article
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
    Element{"article", Role::kBlock},
    Element{"aside", Role::kBlock},
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
    Element{"br", Role::kBlock},
    Element{"byline", Role::kBlock},
    Element{"caption", Role::kBlock},
    Element{"center", Role::kBlock},
    Element{"cite", Role::kInline},
    Element{"code", Role::kInline},
    Element{"data", Role::kInline},
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
    Element{"location", Role::kInline},
    Element{"main", Role::kBlock},
    Element{"mark", Role::kInline},
    Element{"media-caption", Role::kBlock},
    Element{"menu", Role::kBlock},
    Element{"nav", Role::kBlock},
    Element{"nobr", Role::kInline},
    Element{"noscript", Role::kSkipped},
    Element{"ol", Role::kBlock},
    Element{"optgroup", Role::kBlock},
    Element{"option", Role::kBlock},
    Element{"org", Role::kInline},
    Element{"p", Role::kBlock},
    Element{"person", Role::kInline},
    Element{"pre", Role::kBlock},
    Element{"q", Role::kInline},
    Element{"s", Role::kInline},
    Element{"samp", Role::kInline},
    Element{"script", Role::kSkipped},
    Element{"search", Role::kBlock},
    Element{"section", Role::kBlock},
    Element{"small", Role::kInline},
    Element{"span", Role::kInline},
    Element{"strike", Role::kInline},
    Element{"strong", Role::kInline},
    Element{"style", Role::kSkipped},
    Element{"sub", Role::kInline},
    Element{"summary", Role::kBlock},
    Element{"sup", Role::kInline},
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
  char32_t character;
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
  return Reference{value, at};
}

// `text` begins with '&'. Names are HTML 4's and end with ';', but for the few that everybody writes without.
std::optional<Reference> NamedReference(std::string_view text) {
  std::array<char, 12> name{};  // the longest name is "thetasym"
  std::size_t size = 0;
  while (size + 1 < name.size() && size + 1 < text.size() &&
         (IsAsciiLetter(text[size + 1]) || IsAsciiDigit(text[size + 1]))) {
    name[size] = text[size + 1];
    ++size;
  }
  if (size == 0) return std::nullopt;
  const bool closed = size + 1 < text.size() && text[size + 1] == ';';
  if (!closed) {
    const std::string_view open(name.data(), size);
    if (open != "amp" && open != "lt" && open != "gt" && open != "quot" && open != "nbsp") return std::nullopt;
  }
  const htmlEntityDesc* entity = htmlEntityLookup(reinterpret_cast<const xmlChar*>(name.data()));  // a constant table
  if (entity == nullptr) return std::nullopt;
  return Reference{static_cast<char32_t>(entity->value), size + (closed ? 2 : 1)};
}

// `text` has '&' at `at`.
std::optional<Reference> ReferenceAt(std::string_view text, std::size_t at) {
  text = text.substr(at);
  if (text.size() < 2) return std::nullopt;
  return text[1] == '#' ? NumericReference(text) : NamedReference(text);
}

// Collects text; breaks and blanks are held back until a character follows, so none stand at the ends or twice.
class Collector {
 public:
  explicit Collector(std::string& out) : out_(out) {}

  void Break() { pending_ = '\n'; }
  void Blank() {
    if (pending_ == 0) pending_ = ' ';
  }
  void Character(char32_t c) {
    if (c == 0xA0 || (c < 0x80 && IsBlank(static_cast<char>(c)))) return Blank();
    char bytes[4];
    Bytes({bytes, EncodeUtf8(c, bytes)});
  }
  // Blanks collapse; to a reader a no-break space is one. An empty line parts paragraphs: much that is sent as HTML is
  // plain text with a tag or two in it.
  void Text(std::string_view text) {
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

 private:
  void Bytes(std::string_view bytes) {
    if (pending_ != 0) {
      if (!out_.empty()) out_ += pending_;
      pending_ = 0;
    }
    newlines_ = 0;
    out_ += bytes;
  }

  std::string& out_;
  char pending_ = 0;
  int newlines_ = 0;  // since the last character
};

// One pass over the markup. What must be searched for far ahead (the end of a comment, of a tag, of an element) is
// searched for again only after it was found: a search that failed once fails for the rest, which keeps time linear.
class Tokenizer {
 public:
  Tokenizer(std::string_view html, Collector& out) : html_(html), out_(out) {}

  void Run() {
    while (at_ < html_.size()) {
      std::size_t special = at_;
      while (special < html_.size() && html_[special] != '<' && html_[special] != '&') ++special;
      out_.Text(html_.substr(at_, special - at_));
      at_ = special;
      if (at_ == html_.size()) return;
      if (html_[at_] == '&') {
        CharacterReference();
      } else if (!Markup()) {
        out_.Character('<');
        ++at_;
      }
    }
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
    if (const auto reference = ReferenceAt(html_, at_)) {
      out_.Character(reference->character);
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
      const std::size_t end = comment_end_.From(html_, at_ + 4);
      return end == kNone ? SkipPast(greater_.From(html_, at_), 1) : SkipPast(end, 3);
    }
    constexpr std::string_view kCdata = "<![CDATA[";
    if (html_.substr(at_, kCdata.size()) == kCdata) {
      const std::size_t begin = at_ + kCdata.size();
      const std::size_t end = std::min(cdata_end_.From(html_, begin), html_.size());
      out_.Text(html_.substr(begin, end - begin));
      at_ = std::min(end + 3, html_.size());
      return true;
    }
    return SkipPast(greater_.From(html_, at_), 1);
  }

  bool SkipPast(std::size_t end, std::size_t size) {
    if (end == kNone) return false;
    at_ = end + size;
    return true;
  }

  // At '<' of a tag whose name begins `name_at` bytes later.
  bool Tag(std::size_t name_at) {
    if (greater_.From(html_, at_) == kNone) return false;  // before the name, which would have no end either
    const std::string_view name = TagName(html_, at_ + name_at);
    const std::size_t end = TagEnd(at_ + name_at + name.size());
    if (end == kNone) return false;
    const bool closing = name_at == 2;
    // The slash of <script src=/x/> belongs to the value.
    const bool closed_itself =
        html_[end - 1] == '/' && (end - 1 == at_ + name_at + name.size() || IsBlank(html_[end - 2]) ||
                                  html_[end - 2] == '"' || html_[end - 2] == '\'');
    at_ = end + 1;
    const Element* element = FindElement(name);
    switch (element == nullptr ? Role::kSeparator : element->role) {
      case Role::kInline: break;
      case Role::kBlock: out_.Break(); break;
      case Role::kSeparator: out_.Blank(); break;
      case Role::kSkipped:
        out_.Blank();
        if (!closing && !closed_itself) SkipContent(*element);
        break;
    }
    return true;
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
  // than an article lost after "<svg>". A head ends where the body begins.
  void SkipContent(const Element& element) {
    bool& unclosed = unclosed_[static_cast<std::size_t>(&element - kElements.data())];
    if (unclosed) return;
    const bool head = element.name == "head";
    for (std::size_t at = html_.find('<', at_); at != kNone; at = html_.find('<', at + 1)) {
      const bool closing = html_.substr(at, 2) == "</";
      if (!closing && !head) continue;
      const Element* found = FindElement(TagName(html_.substr(0, at + 24), at + (closing ? 2 : 1)));
      if (found == nullptr || (closing ? found != &element : found->name != "body")) continue;
      at_ = at;
      return;
    }
    unclosed = true;
  }

  std::string_view html_;
  Collector& out_;
  std::size_t at_ = 0;
  Search greater_{">"};
  Search comment_end_{"-->"};
  Search cdata_end_{"]]>"};
  bool quotes_are_broken_ = false;
  std::array<bool, kElements.size()> unclosed_{};  // of an element: no end tag follows
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

}  // namespace

std::string HtmlToText(std::string_view html) {
  std::string text;
  text.reserve(html.size());
  Collector collector(text);
  Tokenizer(html, collector).Run();
  return text;
}

bool LooksLikeHtml(std::string_view text) {
  for (std::size_t at = text.find('<'); at != kNone; at = text.find('<', at + 1)) {
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
    if (const auto reference = ReferenceAt(text, at)) {
      char bytes[4];
      out.append(bytes, EncodeUtf8(reference->character, bytes));
      at += reference->size;
    } else {
      out += '&';
      ++at;
    }
  }
}

}  // namespace wirewatch
