#include "rules/pack/pack_switches.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "base/text/trim.h"
#include "rules/language/diagnostic_codes.h"

namespace wirewatch {
namespace {

constexpr std::string_view kName = "wirewatch:";

bool IsBlankCharacter(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// The lines of a text that begin something, how far it goes, and the texts in which a # is no comment.
class Layout {
 public:
  Layout(const YamlText& text, const YamlNode& root) : text_(text.text()) {
    lines_.push_back(0);
    for (std::size_t i = text_.find('\n'); i != std::string_view::npos; i = text_.find('\n', i + 1)) {
      lines_.push_back(static_cast<std::uint32_t>(i + 1));
    }
    root_line_ = LineAt(root.begin);
    Add(root, root.begin);
    std::sort(scalars_.begin(), scalars_.end());
  }

  // From 0.
  std::size_t LineAt(std::uint32_t byte) const {
    return static_cast<std::size_t>(std::upper_bound(lines_.begin(), lines_.end(), byte) - lines_.begin()) - 1;
  }
  std::string_view Line(std::size_t line) const {
    const std::size_t end = line + 1 < lines_.size() ? lines_[line + 1] - 1 : text_.size();
    return text_.substr(lines_[line], end - lines_[line]);
  }
  std::uint32_t Begin(std::size_t line) const { return lines_[line]; }
  std::size_t lines() const { return lines_.size(); }
  std::size_t root_line() const { return root_line_; }

  bool IsInScalar(std::uint32_t byte) const {
    const auto after = std::upper_bound(scalars_.begin(), scalars_.end(), byte,
                                        [](std::uint32_t at, const Span& span) { return at < span.begin; });
    return after != scalars_.begin() && std::prev(after)->end > byte;
  }
  // The last line of what begins on `line`; nothing: nothing begins there.
  std::optional<std::size_t> EndOfWhatBeginsOn(std::size_t line) const {
    const auto found = ends_.find(line);
    return found == ends_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  // The byte behind it. A mapping's own end is where the next thing begins. `begin`: of its key, if it has one.
  std::uint32_t Add(const YamlNode& node, std::uint32_t begin) {
    std::uint32_t end = std::max(node.end, begin);
    if (node.kind == YamlNode::Kind::kScalar) scalars_.push_back(node.span());
    if (node.kind == YamlNode::Kind::kSequence || node.kind == YamlNode::Kind::kMapping) {
      const bool in_brackets =
          node.end > node.begin && std::string_view("]}").find(text_[node.end - 1]) != std::string_view::npos;
      end = in_brackets ? node.end : std::max(begin, node.begin);
    }
    for (const YamlNode& item : node.items) end = std::max(end, Add(item, item.begin));
    for (const YamlEntry& entry : node.entries) {
      scalars_.push_back(entry.key.span());
      end = std::max({end, entry.key.end, Add(entry.value, entry.key.begin)});
    }
    const std::size_t last = LineAt(end > begin ? end - 1 : end);
    std::size_t& known = ends_[LineAt(begin)];
    known = std::max(known, last);
    return end;
  }

  std::string_view text_;
  std::vector<std::uint32_t> lines_;
  std::vector<Span> scalars_;
  std::map<std::size_t, std::size_t> ends_;
  std::size_t root_line_ = 0;
};

class SwitchReader {
 public:
  SwitchReader(YamlText& text, const YamlNode& root)
      : text_(text), layout_(text, root), quotes_(text.file(), text.text()) {}

  std::vector<PackSwitch> Read() {
    const std::string_view text = text_.text();
    for (std::size_t at = text.find(kName); at != std::string_view::npos; at = text.find(kName, at + 1)) {
      std::size_t hash = at;
      while (hash > 0 && IsBlankCharacter(text[hash - 1])) --hash;
      if (hash == 0 || text[hash - 1] != '#') continue;
      --hash;
      const bool begins = hash == 0 || IsBlankCharacter(text[hash - 1]) || text[hash - 1] == '\n';
      if (!begins || layout_.IsInScalar(static_cast<std::uint32_t>(hash))) continue;
      ReadComment(static_cast<std::uint32_t>(hash), static_cast<std::uint32_t>(at + kName.size()));
    }
    return std::move(switches_);
  }

 private:
  void ReadComment(std::uint32_t hash, std::uint32_t at) {
    const std::size_t line = layout_.LineAt(hash);
    const std::string_view text = text_.text();
    const std::uint32_t end = layout_.Begin(line) + static_cast<std::uint32_t>(layout_.Line(line).size());
    const Span word = NextWord(at, end);
    const auto level = std::find_if(std::begin(kWarningLevels), std::end(kWarningLevels),
                                    [&](WarningLevel one) { return Name(one) == word.Of(text); });
    if (level == std::end(kWarningLevels)) {
      Mistake(word.empty() ? Span{hash, at} : word, "this comment says neither off, warn nor error",
              "write it like '# wirewatch: off common-word'");
      return;
    }
    const auto covered = LinesOf(hash, line);
    if (!covered) {
      Mistake({hash, at}, "this comment stands before nothing", "put it before, or behind, what it is about");
      return;
    }
    bool any = false;
    for (Span code = NextWord(word.end, end); !code.empty(); code = NextWord(code.end, end)) {
      any = true;
      const CodeMistake mistake = FindCodeMistake(code.Of(text));
      if (!mistake.message.empty()) {
        Mistake(code, mistake.message, mistake.help);
        continue;
      }
      PackSwitch& one = switches_.emplace_back();
      one.file = text_.file();
      one.first_line = static_cast<std::uint32_t>(covered->first + 1);
      one.last_line = static_cast<std::uint32_t>(covered->second + 1);
      one.whole_file = covered->first <= layout_.root_line() && covered->second + 1 == layout_.lines();
      one.code = code.Of(text);
      one.level = *level;
      quotes_.ReportAt(code, Severity::kWarning, "idle-switch", fmt::format("nothing here is a warning '{}'", one.code),
                       "delete it from the comment, or put the comment where the warning is");
      one.idle = std::move(quotes_.TakeDiagnostics().front());
    }
    if (!any)
      Mistake({hash, word.end}, "this comment names no warning", "write it like '# wirewatch: off common-word'");
  }

  // The next word of [at, end), parted by blanks and commas; empty: there is none.
  Span NextWord(std::uint32_t at, std::uint32_t end) const {
    const std::string_view text = text_.text();
    const auto parts = [](char c) { return IsBlankCharacter(c) || c == ','; };
    while (at < end && parts(text[at])) ++at;
    std::uint32_t behind = at;
    while (behind < end && !parts(text[behind])) ++behind;
    return {at, behind};
  }

  // The first and the last line of what a comment counts for.
  std::optional<std::pair<std::size_t, std::size_t>> LinesOf(std::uint32_t hash, std::size_t line) const {
    const std::string_view before = layout_.Line(line).substr(0, hash - layout_.Begin(line));
    const bool alone = Trimmed(before, IsBlankCharacter).empty();
    while (alone && ++line < layout_.lines()) {
      const std::string_view next = Trimmed(layout_.Line(line), IsBlankCharacter);
      if (!next.empty() && next.front() != '#') break;
    }
    if (line >= layout_.lines()) return std::nullopt;
    if (alone && line <= layout_.root_line()) return std::pair(std::size_t{0}, layout_.lines() - 1);
    // Behind a value that began further up, its own line is all there is.
    return std::pair(line, std::max(line, layout_.EndOfWhatBeginsOn(line).value_or(line)));
  }

  void Mistake(Span place, std::string message, std::string help) {
    text_.ReportAt(place, Severity::kError, "switch-comment", std::move(message), std::move(help));
  }

  YamlText& text_;
  const Layout layout_;
  YamlText quotes_;  // makes the findings that are reported later, if at all
  std::vector<PackSwitch> switches_;
};

}  // namespace

std::vector<PackSwitch> ReadSwitches(YamlText& text, const YamlNode& root) {
  if (text.text().find(kName) == std::string_view::npos) return {};
  return SwitchReader(text, root).Read();
}

PackSwitch* SwitchFor(std::vector<PackSwitch>& switches, const Diagnostic& diagnostic) {
  PackSwitch* inner = nullptr;
  for (PackSwitch& one : switches) {
    if (one.code != diagnostic.code || one.file != diagnostic.file) continue;
    const std::uint32_t line = diagnostic.position.line;
    const bool covers = line == 0 ? one.whole_file : one.first_line <= line && line <= one.last_line;
    if (!covers) continue;
    const auto size = [](const PackSwitch& s) { return s.last_line - s.first_line; };
    if (inner == nullptr || size(one) < size(*inner)) inner = &one;
  }
  return inner;
}

void ApplySwitches(std::vector<PackSwitch>& switches, Diagnostics& diagnostics) {
  if (switches.empty()) return;
  std::erase_if(diagnostics, [&](Diagnostic& diagnostic) {
    if (diagnostic.severity != Severity::kWarning) return false;
    PackSwitch* const one = SwitchFor(switches, diagnostic);
    if (one == nullptr) return false;
    one->used = true;
    if (one->level == WarningLevel::kError) diagnostic.severity = Severity::kError;
    return one->level == WarningLevel::kOff;
  });
}

Diagnostics IdleSwitches(const std::vector<PackSwitch>& switches) {
  Diagnostics idle;
  for (const PackSwitch& one : switches) {
    if (!one.used) idle.push_back(one.idle);
  }
  return idle;
}

std::vector<std::string_view> WarningCodes() {
  std::vector<std::string_view> names;
  for (const DiagnosticCode& code : DiagnosticCodes()) {
    if (code.severity == Severity::kWarning) names.push_back(code.name);
  }
  return names;
}

CodeMistake FindCodeMistake(std::string_view code) {
  const std::vector<std::string_view> warnings = WarningCodes();
  if (std::find(warnings.begin(), warnings.end(), code) != warnings.end()) return {};
  for (const DiagnosticCode& known : DiagnosticCodes()) {
    if (known.name != code) continue;
    return {fmt::format("'{}' is an error: it cannot be switched", code), "only warnings can: mend what it is about"};
  }
  const std::string_view nearest = Nearest(code, warnings);
  return {fmt::format("there is no warning '{}'", code),
          nearest.empty() ? std::string("docs/rules.md lists the codes of all warnings")
                          : fmt::format("did you mean '{}'?", nearest)};
}

}  // namespace wirewatch
