// A little over 500 lines: one pass over libyaml's events, whose helpers share the text and its places.
#include "base/yaml/yaml_text.h"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "base/file_read.h"
#include "base/text/printable.h"
#include "base/text/trim.h"
#include "base/text/utf8.h"
#include "base/yaml/yaml_align.h"
#include "base/yaml/yaml_problem.h"

namespace wirewatch {
namespace {

constexpr std::size_t kLongestQuotedLine = 400;  // bytes; of a longer one only what stands around the place is quoted
constexpr std::size_t kQuotedAround = 80;        // bytes on either side

// What can be printed of a line that is not UTF-8, or has control characters: a mark for each byte that cannot.
std::string WithMarks(std::string_view line) {
  std::string printable;
  for (std::size_t at = 0; at < line.size();) {
    const auto byte = static_cast<unsigned char>(line[at]);
    const DecodedUtf8 decoded = DecodeUtf8(line, at);
    const bool control = (byte < 0x20 && byte != '\t') || byte == 0x7F;
    if (decoded.invalid() || control) {
      AppendUtf8(kReplacement, printable);
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

// YAML takes these characters for line breaks or refuses them, and no editor shows them.
bool IsInvisible(char32_t c) {
  const bool control = IsControl(c) && c != '\t' && c != '\n' && c != '\r';
  return control || IsLineSeparator(c) || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF;
}

// Where the first byte stands that cannot be part of a file as we read it; text.size(): nowhere.
std::size_t FirstBadByte(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const DecodedUtf8 decoded = DecodeUtf8(text, at);
    if (decoded.invalid() || IsInvisible(decoded.code_point)) break;
    at += decoded.size;
  }
  return at;
}

// What YAML takes for no value (YAML 1.2, section 10.3.2).
bool MeansNothing(std::string_view plain) {
  return plain.empty() || plain == "~" || plain == "null" || plain == "Null" || plain == "NULL";
}

bool IsQuote(yaml_scalar_style_t style) {
  return style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
}

}  // namespace

// ---- libyaml's events to nodes

// Reads the whole text once; what is wrong goes to the YamlText's diagnostics. Nothing of libyaml throws; it stops at
// the first text that is no YAML.
class YamlText::Reader {
 public:
  explicit Reader(YamlText& text) : file_(text), parser_is_made_(yaml_parser_initialize(&parser_) == 1) {
    if (!parser_is_made_) return;
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.text_.data()),
                                 text.text_.size());
  }
  ~Reader() {
    if (parser_is_made_) yaml_parser_delete(&parser_);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // The root of the first document; nothing: there is no document, or an error was reported before its end.
  std::optional<YamlNode> Read() {
    if (!parser_is_made_) Problem(file_.SpanAt(0), "there is too little memory");
    while (!done_) {
      yaml_event_t event;
      if (yaml_parser_parse(&parser_, &event) == 0) {
        ReportWhatStopped();
        break;
      }
      Take(event);
      yaml_event_delete(&event);
    }
    if (documents_ == 0 && !HasErrors(file_.diagnostics_)) {
      file_.ReportAt({0, 0}, Severity::kError, "empty-file", "there is nothing in this file",
                     "delete it, or write something");
    }
    return std::move(root_);
  }

 private:
  // A sequence or mapping whose end is still to come.
  struct Open {
    YamlNode node;
    bool in_brackets = false;
    std::optional<YamlNode> key;  // kMapping: of the value to come
    std::set<std::string> keys;   // kMapping: those seen
  };

  static constexpr std::size_t kMostNested = 500;

  void Take(const yaml_event_t& event) {
    switch (event.type) {
      case YAML_STREAM_END_EVENT: done_ = true; return;
      case YAML_DOCUMENT_START_EVENT: return BeginDocument(event);
      case YAML_ALIAS_EVENT: return TakeAlias(event);
      case YAML_SCALAR_EVENT: return TakeScalar(event);
      case YAML_SEQUENCE_START_EVENT:
        Check(event, event.data.sequence_start.anchor, event.data.sequence_start.tag);
        return Begin(event, YamlNode::Kind::kSequence, event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE);
      case YAML_MAPPING_START_EVENT:
        Check(event, event.data.mapping_start.anchor, event.data.mapping_start.tag);
        return Begin(event, YamlNode::Kind::kMapping, event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT: {
        YamlNode node = std::move(open_.back().node);
        open_.pop_back();
        node.end = ByteAt(event.end_mark);
        return Add(std::move(node));
      }
      default: return;  // begin of the stream, end of a document
    }
  }

  void BeginDocument(const yaml_event_t& event) {
    ++documents_;
    const auto& start = event.data.document_start;
    if (start.version_directive == nullptr && start.tag_directives.start == start.tag_directives.end) return;
    const std::uint32_t begin = ByteAt(event.start_mark);
    const std::string_view line = file_.Line(file_.LineAt(begin));
    file_.ReportAt({begin, begin + static_cast<std::uint32_t>(TrimmedEnd(line).size())}, Severity::kError,
                   "yaml-syntax", "YAML directives are not used here",
                   "delete this line; put a value that begins with % in single quotes");
  }

  void TakeScalar(const yaml_event_t& event) {
    const auto& scalar = event.data.scalar;
    Check(event, scalar.anchor, scalar.tag);
    YamlNode node = NodeOf(event, YamlNode::Kind::kScalar);
    node.scalar.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
    if (scalar.style == YAML_PLAIN_SCALAR_STYLE && MeansNothing(node.scalar)) {
      node.kind = YamlNode::Kind::kNull;
      node.scalar.clear();
      const bool is_item = node.begin > 0 && file_.text_[node.begin - 1] == '-';
      if (is_item && node.span().empty()) --node.begin;  // at its dash
    } else if (!IsQuote(scalar.style)) {
      node.end = node.begin + static_cast<std::uint32_t>(TrimmedEnd(node.span().Of(file_.text_)).size());
    }
    // YAML 1.2 takes it, but not every reader of YAML does, and packs are read by other programs, too.
    if (scalar.style == YAML_PLAIN_SCALAR_STYLE && !open_.empty() && open_.back().in_brackets &&
        node.scalar.ends_with('?')) {
      return Problem({node.end - 1, node.end}, "unknown token");
    }
    Add(std::move(node));
  }

  void TakeAlias(const yaml_event_t& event) {
    const std::string name(reinterpret_cast<const char*>(event.data.alias.anchor));
    const YamlNode node = NodeOf(event, YamlNode::Kind::kNull);
    if (!anchors_.contains(name)) return Problem(node.span(), "the referenced anchor is not defined");
    RefuseAnchor(node);
    Add(node);
  }

  void Begin(const yaml_event_t& event, YamlNode::Kind kind, bool in_brackets) {
    if (open_.size() == kMostNested) {  // at the end, where they are not closed either: their line is not worth quoting
      done_ = true;
      file_.ReportAt(file_.SpanAt(static_cast<std::uint32_t>(file_.text_.size())), Severity::kError, "yaml-syntax",
                     "brackets are nested too deeply to be read",
                     "a pack nests a handful of levels: look for repeated [ or {");
      return;
    }
    open_.push_back({NodeOf(event, kind), in_brackets, {}, {}});
  }

  void Add(YamlNode node) {
    if (open_.empty()) {
      if (documents_ == 1) {
        root_ = std::move(node);
      } else if (documents_ == 2) {
        file_.Error(node, "yaml-syntax", kSecondDocument, kSecondDocumentHelp);
      }
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::kSequence) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      parent.key = std::move(node);
    } else {
      AddEntry(parent, *std::exchange(parent.key, std::nullopt), std::move(node));
    }
  }

  void AddEntry(Open& parent, YamlNode key, YamlNode value) {
    if (key.kind != YamlNode::Kind::kScalar) {
      file_.Error(key, "yaml-syntax", "a key must be a word", "write it as 'key: value'");
      return;
    }
    if (!parent.keys.insert(key.scalar).second) {
      file_.Error(key, "duplicate-key", fmt::format("the key '{}' is already given here", key.scalar),
                  "keep one of the two");
      return;
    }
    if (value.kind == YamlNode::Kind::kNull) value.begin = key.begin;  // YAML puts it at whatever comes next
    parent.node.entries.push_back({std::move(key), std::move(value)});
  }

  // Of a node's properties, which libyaml hands over as zero-terminated texts or null.
  void Check(const yaml_event_t& event, const unsigned char* anchor, const unsigned char* tag) {
    if (anchor == nullptr && tag == nullptr) return;
    const YamlNode node = NodeOf(event, YamlNode::Kind::kNull);
    if (anchor != nullptr) {
      anchors_.emplace(reinterpret_cast<const char*>(anchor));
      RefuseAnchor(node);
    }
    if (tag != nullptr) file_.Error(node, "yaml-syntax", kTag, kTagHelp);
  }

  // The first is enough: a file made of them has thousands.
  void RefuseAnchor(const YamlNode& node) {
    if (std::exchange(anchor_refused_, true)) return;
    file_.Error(
        node, "yaml-anchor", "YAML anchors (&) and aliases (*) are not used here",
        "write the value out; for terms that are used twice there are lists; put a value that begins with & or * "
        "in single quotes");
  }

  // ---- what is no YAML

  void ReportWhatStopped() {
    std::string_view problem = parser_.problem == nullptr ? "there is too little memory" : parser_.problem;
    const std::string_view context = parser_.context == nullptr ? "" : parser_.context;
    std::uint32_t at = ByteAt(parser_.problem_mark);
    if (context == "while scanning a quoted scalar") {
      const std::uint32_t quote = ByteAt(parser_.context_mark);
      return file_.ReportAt(file_.SpanAt(quote), Severity::kError, "yaml-syntax", "this quote is not closed",
                            fmt::format("put a {} where the value ends", file_.text_[quote]));
    }
    if (context.ends_with(" tag") || problem == "found undefined tag handle") {
      at = ByteAt(parser_.context_mark);
      return file_.ReportAt(file_.SpanAt(at), Severity::kError, "yaml-syntax", kTag, kTagHelp);
    }
    if (problem == "did not find expected <document start>") {
      const std::size_t length = file_.text_.substr(at).find_first_of(": \t\r\n");
      return file_.ReportAt({at, at + static_cast<std::uint32_t>(std::min(length, file_.text_.size() - at))},
                            Severity::kError, "yaml-syntax", kSecondDocument, kSecondDocumentHelp);
    }
    const bool missed_later = problem == "could not find expected ':'" || context == "while scanning an anchor" ||
                              context == "while scanning an alias";
    if (missed_later) at = ByteAt(parser_.context_mark);
    // In the column of the dashes: not an item, so the mapping around the sequence should go on.
    const bool ends_items = parser_.problem_mark.column == parser_.context_mark.column;
    if (problem == "did not find expected '-' indicator" && ends_items) problem = "did not find expected key";
    const std::string sentence = YamlProblem(problem, file_.text_.substr(at));
    if (problem == "found unknown escape character") at = std::min<std::uint32_t>(at + 2, file_.End());
    Problem(file_.SpanAt(at), sentence);
  }

  // A text that is no YAML ends the reading.
  void Problem(Span place, std::string_view sentence) {
    done_ = true;
    const std::size_t line = file_.LineAt(place.begin);
    file_.ReportAt({place.begin, place.begin + 1}, Severity::kError, "yaml-syntax",
                   fmt::format("this cannot be read as YAML: {}", sentence),
                   YamlProblemHelp(sentence, file_.Line(line), line > 0 ? file_.Line(line - 1) : ""));
  }

  // ---- places

  YamlNode NodeOf(const yaml_event_t& event, YamlNode::Kind kind) {
    YamlNode node;
    node.kind = kind;
    node.begin = ByteAt(event.start_mark);
    node.end = std::max(node.begin, ByteAt(event.end_mark));
    return node;
  }

  // A mark counts characters. Marks come nearly in order, so the way from the last one is short.
  std::uint32_t ByteAt(const yaml_mark_t& mark) {
    const std::string_view text = file_.text_;
    while (character_ < mark.index && byte_ < text.size()) {
      ++byte_;
      while (byte_ < text.size() && IsUtf8Tail(text[byte_])) ++byte_;
      ++character_;
    }
    while (character_ > mark.index) {
      --byte_;
      while (IsUtf8Tail(text[byte_])) --byte_;
      --character_;
    }
    return static_cast<std::uint32_t>(byte_);
  }

  static constexpr const char* kSecondDocument = "a second document begins here";
  static constexpr const char* kSecondDocumentHelp =
      "keep one in each file; a line '---' is not needed, and every key of the outermost level stands in column 1";
  static constexpr const char* kTag = "YAML tags are not used here";
  static constexpr const char* kTagHelp = "put a value that begins with ! in single quotes";

  YamlText& file_;
  yaml_parser_t parser_;
  const bool parser_is_made_;
  bool done_ = false;
  int documents_ = 0;
  std::optional<YamlNode> root_;
  std::vector<Open> open_;
  std::set<std::string, std::less<>> anchors_;
  bool anchor_refused_ = false;
  std::size_t character_ = 0, byte_ = 0;  // the same place
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
  if (!CheckBytes() || !CheckTabs()) return std::nullopt;
  std::optional<YamlNode> root = Reader(*this).Read();
  if (HasErrors(diagnostics_)) return std::nullopt;
  return root;
}

// The bytes are ours to check: libyaml would report what comes before first, and could not tell what the file is.
bool YamlText::CheckBytes() {
  const std::size_t at = FirstBadByte(text_);
  if (at == text_.size()) return true;
  const auto byte = static_cast<unsigned char>(text_[at]);
  const DecodedUtf8 decoded = DecodeUtf8(text_, at);
  const bool control = byte < 0x20 || byte == 0x7F;
  Diagnostic& diagnostic = diagnostics_.emplace_back();
  diagnostic.file = file_;
  diagnostic.position = PositionAt(static_cast<std::uint32_t>(at));
  diagnostic.code = "encoding";
  diagnostic.message = decoded.invalid() ? fmt::format("this is not UTF-8 (byte 0x{:02x})", byte)
                       : control         ? fmt::format("a control character (0x{:02x})", byte)
                                         : fmt::format("a character that cannot be seen (U+{:04X})",
                                                       static_cast<std::uint32_t>(decoded.code_point));
  const bool utf_16 = LikelyEncoding(text_) == "UTF-16";
  diagnostic.help = decoded.invalid() || utf_16
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

bool YamlText::CheckTabs() {
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
  const std::size_t number = LineAt(place.begin);
  const std::string_view line = Line(number);
  const std::size_t from = std::min<std::size_t>(place.begin - lines_[number], line.size());
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
  while (begin > 0 && IsUtf8Tail(line[begin])) --begin;
  while (end < line.size() && IsUtf8Tail(line[end])) ++end;
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
    place = node.span();
  } else if (node.kind == YamlNode::Kind::kMapping && !node.entries.empty() &&
             node.entries.front().key.begin == node.begin) {
    place = node.entries.front().key.span();
  }
  ReportAt(place, severity, std::move(code), std::move(message), std::move(help));
}

void YamlText::ReportInside(const YamlNode& scalar, Span bytes, Severity severity, std::string code,
                            std::string message, std::string help) {
  const std::vector<std::uint32_t> origins = Origins(scalar);
  Span place = scalar.span();
  if (!origins.empty()) place = {origins[bytes.begin], std::max(origins[bytes.end], origins[bytes.begin])};
  ReportAt(place, severity, std::move(code), std::move(message), std::move(help));
}

std::vector<std::uint32_t> YamlText::Origins(const YamlNode& scalar) const {
  std::vector<std::uint32_t> origins = AlignScalar(text_.substr(scalar.begin), scalar.scalar);
  for (std::uint32_t& origin : origins) origin += scalar.begin;
  return origins;
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

}  // namespace wirewatch
