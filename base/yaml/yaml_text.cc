#include "base/yaml/yaml_text.h"

#include <fmt/format.h>
#include <utf8proc.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <exception>
#include <set>
#include <sstream>
#include <utility>

#include "base/file_read.h"
#include "base/text/ascii.h"
#include "base/text/utf8.h"

namespace wirewatch {
namespace {

constexpr std::size_t kLongestQuotedLine = 400;  // bytes; of a longer one only what stands around the place is quoted
constexpr std::size_t kQuotedAround = 80;        // bytes on either side
constexpr std::string_view kBlanks = " \t\r\n";

bool IsBlank(char c) { return kBlanks.find(c) != std::string_view::npos; }

std::string_view Trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

// The length of a quoted scalar at the start of `text`, with its quotes; nothing: the closing one is missing.
std::optional<std::size_t> QuotedLength(std::string_view text) {
  const char quote = text.front();
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || i + 1 == text.size() || text[i + 1] != '\'') return i + 1;
      ++i;
    }
  }
  return std::nullopt;
}

void AppendUtf8(std::string& text, std::uint32_t character) {
  utf8proc_uint8_t bytes[4];
  const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(character), bytes);
  text.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
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
    AppendUtf8(escape.meaning, kMeanings[letter]);
    escape.size = 2;
    return escape;
  }
  const std::size_t digits = raw[1] == 'x' ? 2 : raw[1] == 'u' ? 4 : raw[1] == 'U' ? 8 : 0;
  if (digits == 0 || raw.size() < 2 + digits) return {};
  std::uint32_t character = 0;
  const auto [end, error] = std::from_chars(raw.data() + 2, raw.data() + 2 + digits, character, 16);
  if (error != std::errc() || end != raw.data() + 2 + digits || character > 0x10FFFF) return {};
  AppendUtf8(escape.meaning, character);
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

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// What can be printed of a line that is not UTF-8, or has control characters: a mark for each byte that cannot.
std::string WithMarks(std::string_view line) {
  std::string printable;
  for (std::size_t at = 0; at < line.size();) {
    const auto byte = static_cast<unsigned char>(line[at]);
    const DecodedUtf8 decoded = DecodeUtf8(line, at);
    const bool control = (byte < 0x20 && byte != '\t') || byte == 0x7F;
    if (decoded.invalid() || control) {
      printable += "\xEF\xBF\xBD";
      ++at;
    } else {
      printable += line.substr(at, decoded.size);
      at += decoded.size;
    }
  }
  return printable;
}

// The encoding that bytes are most likely in which are not UTF-8.
std::string_view LikelyEncoding(std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return "UTF-16";
  const auto zeros = std::count(text.begin(), text.end(), '\0');
  if (static_cast<std::size_t>(zeros) * 3 > text.size()) return "UTF-16";
  const bool windows = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x80 && static_cast<unsigned char>(c) < 0xA0;
  });
  return windows ? "Windows-1252" : "ISO 8859-1 (Latin-1)";
}

// Of `'huawei' AND 'zte corp'`: the same with phrases in double quotes, as the rule language has them.
std::string WithDoubleQuotes(std::string_view value) {
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool opens = value[i] == '\'' && (i == 0 || value[i - 1] == ' ' || value[i - 1] == '(');
    const std::size_t end = opens ? value.find('\'', i + 1) : std::string_view::npos;
    if (end == std::string_view::npos) {
      text += value[i] == '\'' ? std::string_view("''") : value.substr(i, 1);
      continue;
    }
    text += fmt::format("\"{}\"", value.substr(i + 1, end - i - 1));
    i = end;
  }
  return text;
}

std::string_view KindName(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::kNull: return "nothing";
    case YamlNode::Kind::kScalar: return "a single value";
    case YamlNode::Kind::kSequence: return "a list";
    case YamlNode::Kind::kMapping: return "a mapping";
  }
  return "";
}

}  // namespace

// ---- YAML's events to nodes

struct YamlText::Builder : YAML::EventHandler {
  explicit Builder(YamlText& text) : file(text) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Check(mark, "", anchor);
    Add(NodeAt(mark, YamlNode::Kind::kNull));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    RefuseAnchor(mark);
    Add(NodeAt(mark, YamlNode::Kind::kNull));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Check(mark, tag, anchor);
    YamlNode node = NodeAt(mark, YamlNode::Kind::kScalar);
    node.scalar = value;
    const std::string_view raw = file.text_.substr(node.begin);
    if (!raw.empty() && (raw.front() == '\'' || raw.front() == '"') && !QuotedLength(raw)) {
      // yaml-cpp takes a single-quoted scalar that is open at the end of the file, and all lines until there with it.
      file.ReportAt({node.begin, node.begin + 1}, Severity::kError, "yaml-syntax", "this quote is not closed",
                    fmt::format("put a {} where the value ends", raw.front()));
    }
    Add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Check(mark, tag, anchor);
    open.push_back({NodeAt(mark, YamlNode::Kind::kSequence), {}, {}});
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Check(mark, tag, anchor);
    open.push_back({NodeAt(mark, YamlNode::Kind::kMapping), {}, {}});
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapEnd() override { Close(); }

  YamlNode NodeAt(const YAML::Mark& mark, YamlNode::Kind kind) const {
    YamlNode node;
    node.kind = kind;
    node.begin =
        static_cast<std::uint32_t>(std::clamp<std::int64_t>(mark.pos, 0, static_cast<std::int64_t>(file.text_.size())));
    return node;
  }

  void Close() {
    YamlNode node = std::move(open.back().node);
    open.pop_back();
    Add(std::move(node));
  }

  void Add(YamlNode node) {
    if (open.empty()) {
      if (!root) root = std::move(node);
      return;
    }
    Open& parent = open.back();
    if (parent.node.kind == YamlNode::Kind::kSequence) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      parent.key = std::move(node);
    } else {
      AddEntry(parent, *std::exchange(parent.key, std::nullopt), std::move(node));
    }
  }

  struct Open {
    YamlNode node;
    std::optional<YamlNode> key;  // kMapping: of the value to come
    std::set<std::string> keys;   // kMapping: those seen
  };

  void AddEntry(Open& parent, YamlNode key, YamlNode value) {
    if (key.kind != YamlNode::Kind::kScalar) {
      file.Error(key, "yaml-syntax", "a key must be a word", "write it as 'key: value'");
      return;
    }
    if (!parent.keys.insert(key.scalar).second) {
      file.Error(key, "duplicate-key", fmt::format("the key '{}' is already given here", key.scalar),
                 "keep one of the two");
      return;
    }
    if (value.kind == YamlNode::Kind::kNull) value.begin = key.begin;  // YAML puts it at whatever comes next
    parent.node.entries.push_back({std::move(key), std::move(value)});
  }

  void Check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) RefuseAnchor(mark);
    const YamlNode node = NodeAt(mark, YamlNode::Kind::kNull);
    if ((tag.empty() || tag == "?" || tag == "!") && !file.text_.substr(node.begin).starts_with('!')) return;
    file.Error(node, "yaml-syntax", "YAML tags are not used here", "put a value that begins with ! in single quotes");
  }

  // The first is enough: a file made of them has thousands.
  void RefuseAnchor(const YAML::Mark& mark) {
    if (std::exchange(anchor_refused, true)) return;
    file.Error(
        NodeAt(mark, YamlNode::Kind::kNull), "yaml-anchor", "YAML anchors (&) and aliases (*) are not used here",
        "write the value out; for terms that are used twice there are lists; put a value that begins with & or * "
        "in single quotes");
  }

  YamlText& file;
  std::optional<YamlNode> root;
  std::vector<Open> open;
  bool anchor_refused = false;
};

// ---- the file

Result<std::string> YamlText::ReadFile(const std::filesystem::path& file,
                                       std::optional<std::chrono::milliseconds> pipe_wait) {
  return ReadWholeFile(file.string(), {.most_bytes = kMaxBytes, .pipe_wait = pipe_wait});
}

YamlText::YamlText(std::string file, std::string_view text) : file_(std::move(file)), text_(text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  lines_.push_back(0);
  for (std::size_t i = text_.find('\n'); i != std::string_view::npos; i = text_.find('\n', i + 1)) {
    lines_.push_back(static_cast<std::uint32_t>(i + 1));
  }
}

std::optional<YamlNode> YamlText::Parse() {
  if (!CheckBytes()) return std::nullopt;
  Builder builder(*this);
  try {
    std::istringstream in{std::string(text_)};
    YAML::Parser parser(in);
    bool more = parser.HandleNextDocument(builder);
    if (!more) {
      ReportAt({0, 0}, Severity::kError, "empty-file", "there is nothing in this file",
               "delete it, or write something");
      return std::nullopt;
    }
    Builder rest(*this);
    while (more && (more = parser.HandleNextDocument(rest)) && !rest.root) {
    }
    if (rest.root) {
      Error(
          *rest.root, "yaml-syntax", "a second document begins here",
          "keep one in each file; a line '---' is not needed, and every key of the outermost level stands in column 1");
    }
  } catch (const YAML::DeepRecursion& recursion) {
    const auto byte = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(recursion.mark.pos, 0, static_cast<std::int64_t>(text_.size())));
    ReportAt({byte, byte + 1}, Severity::kError, "yaml-syntax", "brackets are nested too deeply to be read",
             "a pack nests a handful of levels: look for repeated [ or {");
  } catch (const YAML::Exception& exception) {
    const auto byte = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(exception.mark.pos, 0, static_cast<std::int64_t>(text_.size())));
    ReportAt({byte, byte + 1}, Severity::kError, "yaml-syntax",
             fmt::format("this cannot be read as YAML: {}", exception.msg), SyntaxHelp(byte, exception.msg));
  } catch (const std::exception& exception) {
    ReportAt({0, 0}, Severity::kError, "yaml-syntax", fmt::format("this cannot be read as YAML: {}", exception.what()),
             "look for what is unusual in this file");
  }
  if (HasErrors(diagnostics_)) return std::nullopt;
  return std::move(builder.root);
}

bool YamlText::CheckBytes() {
  for (std::size_t at = 0; at < text_.size();) {
    const auto byte = static_cast<unsigned char>(text_[at]);
    const bool control = (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
    const DecodedUtf8 decoded = DecodeUtf8(text_, at);
    if (control || decoded.invalid()) {
      Diagnostic& diagnostic = diagnostics_.emplace_back();
      diagnostic.file = file_;
      diagnostic.position = PositionAt(static_cast<std::uint32_t>(at));
      diagnostic.code = "encoding";
      diagnostic.message = control ? fmt::format("a control character (0x{:02x})", byte)
                                   : fmt::format("this is not UTF-8 (byte 0x{:02x})", byte);
      const bool utf_16 = LikelyEncoding(text_) == "UTF-16";
      diagnostic.help = !control || utf_16
                            ? fmt::format("the file looks like {}: save it as UTF-8", LikelyEncoding(text_))
                            : std::string("delete it; if there are many, the file is not text in UTF-8");
      const std::size_t line = LineAt(static_cast<std::uint32_t>(at));
      const std::string_view before = text_.substr(lines_[line], at - lines_[line]);
      if (!utf_16 && quotes_) {
        Quote(diagnostic, WithMarks(Line(line)), WithMarks(before).size());
        diagnostic.position.column = static_cast<std::uint32_t>(CountCharacters(WithMarks(before))) + 1;
      }
      return false;
    }
    at += decoded.size;
  }
  for (std::size_t line = 0; line < lines_.size(); ++line) {
    const std::string_view text = Line(line);
    const std::size_t indent = text.find_first_not_of(" \t");
    const std::size_t tab = text.find('\t');
    if (tab == std::string_view::npos || indent == std::string_view::npos || tab > indent) continue;
    const auto byte = static_cast<std::uint32_t>(lines_[line] + tab);
    ReportAt({byte, byte + 1}, Severity::kError, "tab", "a tab in the indentation", "indent with blanks");
    return false;
  }
  return true;
}

std::size_t YamlText::LineAt(std::uint32_t byte) const {
  return static_cast<std::size_t>(std::upper_bound(lines_.begin(), lines_.end(), byte) - lines_.begin()) - 1;
}

std::string_view YamlText::Line(std::size_t line) const {
  const std::size_t end = line + 1 < lines_.size() ? lines_[line + 1] : text_.size();
  std::string_view text = text_.substr(lines_[line], end - lines_[line]);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

TextPosition YamlText::PositionAt(std::uint32_t byte) const {
  const std::size_t line = LineAt(byte);
  return {static_cast<std::uint32_t>(line + 1),
          static_cast<std::uint32_t>(CountCharacters(text_.substr(lines_[line], byte - lines_[line]))) + 1};
}

void YamlText::ReportAt(Span place, Severity severity, std::string code, std::string message, std::string help) {
  Diagnostic& diagnostic = diagnostics_.emplace_back();
  diagnostic.severity = severity;
  diagnostic.file = file_;
  diagnostic.position = PositionAt(place.begin);
  diagnostic.code = std::move(code);
  diagnostic.message = std::move(message);
  diagnostic.help = std::move(help);
  const std::string_view line = Line(LineAt(place.begin));
  const std::size_t from = std::min<std::size_t>(place.begin - lines_[LineAt(place.begin)], line.size());
  const std::string_view underlined = line.substr(from, place.end > place.begin ? place.size() : 0);
  diagnostic.length = std::max<std::uint32_t>(static_cast<std::uint32_t>(CountCharacters(underlined)), 1);
  if (quotes_) Quote(diagnostic, line, from);
}

// `place` is the byte of the line that is about.
void YamlText::Quote(Diagnostic& diagnostic, std::string_view line, std::size_t place) {
  if (line.size() <= kLongestQuotedLine) {
    diagnostic.source_line = line;
    return;
  }
  std::size_t begin = place > kQuotedAround ? place - kQuotedAround : 0;
  std::size_t end = std::min(place + kQuotedAround, line.size());
  while (begin > 0 && IsContinuation(line[begin])) --begin;
  while (end < line.size() && IsContinuation(line[end])) ++end;
  constexpr std::string_view kCut = "…";
  diagnostic.source_line =
      fmt::format("{}{}{}", begin > 0 ? kCut : "", line.substr(begin, end - begin), end < line.size() ? kCut : "");
  diagnostic.source_column = static_cast<std::uint32_t>(CountCharacters(line.substr(0, begin))) + (begin > 0 ? 0 : 1);
}

void YamlText::QuoteOnlyWith(const std::vector<std::string_view>& keys) {
  quotes_ = false;
  for (std::size_t line = 0; line < lines_.size() && !quotes_; ++line) {
    std::string_view text = Line(line);
    text.remove_prefix(std::min(text.find_first_not_of(" -{\"'\t"), text.size()));
    const std::string_view key = text.substr(0, text.find_first_of(":\"'"));
    std::string_view behind = text.substr(key.size());
    if (behind.starts_with('"') || behind.starts_with('\'')) behind.remove_prefix(1);
    if (!behind.starts_with(':') || (behind.size() > 1 && !IsBlank(behind[1]))) continue;
    // A mistyped one counts, too.
    quotes_ = std::find(keys.begin(), keys.end(), key) != keys.end() || (key.size() > 3 && !Nearest(key, keys).empty());
  }
}

void YamlText::Report(const YamlNode& node, Severity severity, std::string code, std::string message,
                      std::string help) {
  Span place{node.begin, node.begin + 1};
  if (node.kind == YamlNode::Kind::kScalar) {
    place = Raw(node);
  } else if (node.kind == YamlNode::Kind::kMapping && !node.entries.empty() &&
             node.entries.front().key.begin == node.begin) {
    place = Raw(node.entries.front().key);
  }
  ReportAt(place, severity, std::move(code), std::move(message), std::move(help));
}

void YamlText::ReportInside(const YamlNode& scalar, Span bytes, Severity severity, std::string code,
                            std::string message, std::string help) {
  const std::vector<std::uint32_t> origins = Origins(scalar);
  Span place = Raw(scalar);
  if (!origins.empty()) place = {origins[bytes.begin], std::max(origins[bytes.end], origins[bytes.begin])};
  ReportAt(place, severity, std::move(code), std::move(message), std::move(help));
}

std::vector<std::uint32_t> YamlText::Origins(const YamlNode& scalar) const {
  std::vector<std::uint32_t> origins = Alignment(text_.substr(scalar.begin), scalar.scalar).Run();
  for (std::uint32_t& origin : origins) origin += scalar.begin;
  return origins;
}

Span YamlText::Raw(const YamlNode& scalar) const {
  const std::string_view raw = text_.substr(scalar.begin);
  if (!raw.empty() && (raw.front() == '\'' || raw.front() == '"')) {
    const std::size_t length = QuotedLength(raw).value_or(1);
    return {scalar.begin, scalar.begin + static_cast<std::uint32_t>(length)};
  }
  const std::string value(Trimmed(scalar.scalar));
  const std::vector<std::uint32_t> origins = Alignment(raw, value).Run();
  return {scalar.begin, scalar.begin + (origins.empty() ? 1 : origins.back())};
}

TextPosition YamlText::PositionOf(const YamlNode& node) const {
  if (node.kind != YamlNode::Kind::kScalar) return PositionAt(node.begin);
  const std::vector<std::uint32_t> origins = Origins(node);
  return PositionAt(origins.empty() ? node.begin : origins.front());
}

Diagnostics YamlText::TakeDiagnostics() {
  std::stable_sort(diagnostics_.begin(), diagnostics_.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::pair(a.position.line, a.position.column) < std::pair(b.position.line, b.position.column);
  });
  return std::exchange(diagnostics_, {});
}

// yaml-cpp's own words seldom say what to do, but the line mostly shows it: an expression that is YAML's business too.
std::string YamlText::SyntaxHelp(std::uint32_t byte, std::string_view message) const {
  const std::string_view line = Trimmed(Line(LineAt(byte)));
  std::string_view before, value;
  if (const std::size_t colon = line.find(": "); colon != std::string_view::npos) {
    before = Trimmed(line.substr(0, colon + 1));
    value = Trimmed(line.substr(colon + 1));
  } else if (line.starts_with("- ")) {
    before = "-";
    value = Trimmed(line.substr(1));
  }
  if (line.size() > 2 && line.front() == '-' && line[1] != ' ' && line[1] != '-' &&
      line.find(':') != std::string_view::npos) {
    return fmt::format("put a blank behind the -: - {}", line.substr(1));
  }
  const bool flow =
      before.find_first_of("[{") != std::string_view::npos || value.starts_with('[') || value.starts_with('{');
  if (flow && message.find("flow") == std::string_view::npos) {
    return "within [ ] and { } put text in quotes that holds one of , [ ] { } or ends with ? or :";
  }
  if (!value.empty()) {
    const bool reserved = std::string_view("@`%*&!|>").find(value.front()) != std::string_view::npos;
    const bool quoted = value.front() == '"' || value.front() == '\'';
    const bool closed = quoted && QuotedLength(value) == value.size();
    if (value.front() == '\'' && !closed && QuotedLength(value)) {
      if (value.back() != '\'' || value.find("' AND ") != std::string_view::npos ||
          value.find("' OR ") != std::string_view::npos) {
        return fmt::format("single quotes are YAML's, and phrases go in double ones: {} '{}'", before,
                           WithDoubleQuotes(value));
      }
      std::string doubled;
      for (const char c : value.substr(1, value.size() - 2)) doubled += c == '\'' ? "''" : std::string(1, c);
      return fmt::format("a single quote inside single quotes is doubled: {} '{}'", before, doubled);
    }
    if (reserved || (quoted && QuotedLength(value) && !closed) ||
        (!quoted && value.find(": ") != std::string_view::npos)) {
      std::string single = "'";
      for (char c : value) single += c == '\'' ? "''" : std::string(1, c);
      return fmt::format("put the whole value in single quotes: {} {}'", before, single);
    }
  }
  if (message.find("unknown escape") != std::string_view::npos) {
    return "in double quotes a backslash begins an escape: use single quotes, where it is a plain character";
  }
  if (message.find("flow") != std::string_view::npos) return "look for a [ or { that is not closed";
  // The mark stands behind the line that is wrong.
  if (const std::size_t number = LineAt(byte); number > 0) {
    const std::string_view above = Trimmed(Line(number - 1));
    if (above.size() > 2 && above.front() == '-' && IsAsciiLetter(above[1])) {
      return fmt::format("in the line above, put a blank behind the -: - {}", above.substr(1));
    }
  }
  return "look at the indentation of this line and the line above, and for a missing colon or quote";
}

// ---- typed access

namespace {

// A key without a value behind a comma: most likely a part of the value before, which had a comma in it.
bool FollowsComma(const YamlText& text, const YamlEntry& entry) {
  const std::string_view before = text.text().substr(0, entry.key.begin);
  const std::size_t last = before.find_last_not_of(kBlanks);
  return entry.value.kind == YamlNode::Kind::kNull && last != std::string_view::npos && before[last] == ',';
}

}  // namespace

YamlMapping::YamlMapping(YamlText& text, const YamlNode& node, std::string_view what,
                         const std::vector<std::string_view>& known)
    : text_(text), node_(node), what_(what) {
  if (node.kind != YamlNode::Kind::kMapping) {
    text.Error(node, "wrong-type", fmt::format("{} is a mapping, not {}", what, KindName(node.kind)),
               fmt::format("its keys are {}", fmt::join(known, ", ")));
    return;
  }
  for (const YamlEntry& entry : node.entries) {
    if (std::find(known.begin(), known.end(), entry.key.scalar) != known.end()) continue;
    const std::string_view nearest = Nearest(entry.key.scalar, known);
    text.Error(entry.key, "unknown-key", fmt::format("{} has no key '{}'", what, entry.key.scalar),
               !nearest.empty()            ? fmt::format("did you mean '{}'?", nearest)
               : FollowsComma(text, entry) ? std::string("a comma inside { } ends a value: put the value before it in "
                                                         "single quotes")
                                           : fmt::format("its keys are {}", fmt::join(known, ", ")));
  }
  for (const YamlEntry& entry : node.entries) {
    if (entry.value.kind != YamlNode::Kind::kNull ||
        std::find(known.begin(), known.end(), entry.key.scalar) == known.end()) {
      continue;
    }
    text.Error(entry.key, "missing-value", fmt::format("'{}' has no value", entry.key.scalar),
               "write one, or delete the key");
  }
}

const YamlNode* YamlMapping::Find(std::string_view key) const {
  const auto entry =
      std::find_if(node_.entries.begin(), node_.entries.end(), [&](const YamlEntry& e) { return e.key.scalar == key; });
  return entry == node_.entries.end() || entry->value.kind == YamlNode::Kind::kNull ? nullptr : &entry->value;
}

const YamlNode* YamlMapping::Require(std::string_view key) const {
  const YamlNode* value = Find(key);
  const bool there =
      std::any_of(node_.entries.begin(), node_.entries.end(), [&](const YamlEntry& e) { return e.key.scalar == key; });
  if (!there && node_.kind == YamlNode::Kind::kMapping) {
    text_.Error(node_, "missing-key", fmt::format("{} needs the key '{}'", what_, key),
                fmt::format("add '{}: ...'", key));
  }
  return value;
}

std::optional<std::string> ReadText(YamlText& text, const YamlNode* value, std::string_view what) {
  if (value == nullptr) return std::nullopt;
  if (value->kind == YamlNode::Kind::kScalar) return value->scalar;
  text.Error(*value, "wrong-type", fmt::format("{} is a text, not {}", what, KindName(value->kind)),
             value->kind == YamlNode::Kind::kNull ? "put quotes around the word if it is meant as one"
                                                  : "put quotes around it if it begins with [ or {");
  return std::nullopt;
}

std::optional<std::uint32_t> ReadNumber(YamlText& text, const YamlNode* value, std::string_view what,
                                        std::uint32_t least, std::uint32_t most) {
  if (value == nullptr) return std::nullopt;
  std::uint32_t number = 0;
  const std::string& digits = value->scalar;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (value->kind == YamlNode::Kind::kScalar && error == std::errc() && end == digits.data() + digits.size() &&
      number >= least && number <= most) {
    return number;
  }
  text.Error(
      *value, "bad-value",
      fmt::format("{} is a whole number from {} to {}, not {}", what, least, most,
                  value->kind == YamlNode::Kind::kScalar ? "'" + digits + "'" : std::string(KindName(value->kind))),
      "write a number in that range, digits only");
  return std::nullopt;
}

std::vector<const YamlNode*> ReadItems(YamlText& text, const YamlNode* value, std::string_view what,
                                       std::string_view example) {
  std::vector<const YamlNode*> items;
  if (value == nullptr) return items;
  if (value->kind != YamlNode::Kind::kSequence) {
    text.Error(*value, "wrong-type", fmt::format("{} is a list, not {}", what, KindName(value->kind)),
               fmt::format("write it like {}", example));
    return items;
  }
  for (const YamlNode& item : value->items) items.push_back(&item);
  return items;
}

std::vector<std::string> ReadTexts(YamlText& text, const YamlNode* value, std::string_view what,
                                   std::string_view example) {
  std::vector<std::string> texts;
  for (const YamlNode* item : ReadItems(text, value, what, example)) {
    if (auto item_text = ReadText(text, item, fmt::format("an entry of {}", what)))
      texts.push_back(std::move(*item_text));
  }
  return texts;
}

}  // namespace wirewatch
