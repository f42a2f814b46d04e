#include "rules/regex_lane.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

#include "base/c_handle.h"

namespace wirewatch {
namespace {

// No UCP: \w, \d, \s and \b are about ASCII, as Hyperscan's manual has them; case is Unicode's.
unsigned Flags(const Term& term) {
  return HS_FLAG_UTF8 | HS_FLAG_SOM_LEFTMOST | (term.ignore_case ? unsigned{HS_FLAG_CASELESS} : 0u);
}

std::string Message(const hs_compile_error_t* error) {
  std::string message = error != nullptr ? error->message : "no reason given";
  while (message.ends_with('.')) message.pop_back();
  return message;
}

// Keeps the spans that lie in no other: in order of their begins, the ones that reach further than all before.
void KeepLongest(std::vector<Span>& spans) {
  std::sort(spans.begin(), spans.end(),
            [](const Span& a, const Span& b) { return a.begin != b.begin ? a.begin < b.begin : a.end > b.end; });
  std::uint32_t reach = 0;
  std::erase_if(spans, [&](const Span& span) {
    if (span.end <= reach) return true;
    reach = span.end;
    return false;
  });
}

// The words of `field` that `span` touches.
TokenRange Touched(Field field, Span span, const FoldedDocument& folded) {
  const TokenRange in_field = folded.fields[static_cast<std::size_t>(field)];
  const auto begin = folded.tokens.begin() + in_field.begin, end = folded.tokens.begin() + in_field.end;
  const auto first = std::partition_point(begin, end, [&](const Token& t) { return t.original.end <= span.begin; });
  const auto last = std::partition_point(first, end, [&](const Token& t) { return t.original.begin < span.end; });
  return {static_cast<std::uint32_t>(first - folded.tokens.begin()),
          static_cast<std::uint32_t>(last - folded.tokens.begin())};
}

}  // namespace

std::optional<RegexProblem> FindRegexProblem(const Term& term) {
  const std::string written = ToText(term);
  if (term.text.find('\0') != std::string::npos) {
    return RegexProblem{"regex-not-supported", "the regular expression " + written + " holds a NUL byte",
                        "write it as \\x00"};
  }
  hs_expr_info_t* info = nullptr;
  hs_compile_error_t* error = nullptr;
  if (hs_expression_info(term.text.c_str(), Flags(term) | HS_FLAG_ALLOWEMPTY, &info, &error) == HS_SUCCESS) {
    const CHandle<hs_expr_info_t, std::free> owned_info(info);
    if (info->min_width == 0) {
      return RegexProblem{"empty-regex", "the regular expression " + written + " also matches no text at all",
                          "use + in place of *, or make a part of it obligatory"};
    }
  }
  const HsCompileError info_error(error);
  error = nullptr;
  hs_database_t* database = nullptr;
  const hs_error_t code = hs_compile(term.text.c_str(), Flags(term), HS_MODE_BLOCK, nullptr, &database, &error);
  const HsDatabase owned_database(database);
  const HsCompileError owned_error(error);
  if (code == HS_SUCCESS) return std::nullopt;
  const bool unsupported = std::string_view(Message(error)).find("not supported") != std::string_view::npos ||
                           std::string_view(Message(error)).find("nsupported") != std::string_view::npos;
  return RegexProblem{
      "regex-not-supported", "Hyperscan does not take the regular expression " + written + ": " + Message(error),
      unsupported ? "back-references, look-around and atomic groups are not supported; write it without "
                    "them"
                  : "mend it there; a character that means something in regular expressions is taken "
                    "as itself behind a backslash"};
}

Result<RegexLane> RegexLane::Build(std::span<const Term> terms) {
  RegexLane lane;
  std::vector<const char*> expressions;
  std::vector<unsigned> flags, ids;
  for (std::uint32_t i = 0; i < terms.size(); ++i) {
    if (terms[i].kind != Term::Kind::kRegex) continue;
    ids.push_back(static_cast<unsigned>(lane.regexes_.size()));
    lane.regexes_.push_back({i, terms[i].scope});
    expressions.push_back(terms[i].text.c_str());
    flags.push_back(Flags(terms[i]));
  }
  if (ids.empty()) return lane;

  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  const hs_error_t code =
      hs_compile_multi(expressions.data(), flags.data(), ids.data(), static_cast<unsigned>(ids.size()), HS_MODE_BLOCK,
                       nullptr, &database, &error);
  const HsCompileError owned_error(error);
  if (code != HS_SUCCESS) {
    return Error{ErrorCode::kInternal, "Hyperscan does not take all regular expressions together: " + Message(error)};
  }
  lane.database_.reset(database);
  return lane;
}

Status RegexLane::Scan(const Document& document, const FoldedDocument& folded, const HsScratch& scratch, Memory& memory,
                       Positions& positions) const {
  if (regexes_.empty()) return {};
  memory.matches.resize(regexes_.size());
  const auto on_match = [](unsigned id, unsigned long long from, unsigned long long to, unsigned, void* context) {
    Memory& found = *static_cast<Memory*>(context);
    const Span span{static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to)};
    std::vector<Span>& spans = found.matches[id];
    if (spans.empty()) found.matched.push_back(id);
    // A match for every end of a\w+ would be many: what the new one holds goes at once.
    while (!spans.empty() && span.Contains(spans.back())) spans.pop_back();
    spans.push_back(span);
    return 0;
  };
  Status status;
  for (std::size_t i = 0; i < kFieldCount && status; ++i) {
    const auto field = static_cast<Field>(i);
    status = HsScan(database_.get(), scratch, document.text(field), on_match, &memory);
    for (const std::uint32_t id : memory.matched) {
      std::vector<Span>& spans = memory.matches[id];
      KeepLongest(spans);
      for (const Span& span : spans) {
        if (!InScope(regexes_[id].scope, field, folded.first_paragraph_span.Contains(span))) continue;
        positions.Add(regexes_[id].term, {field, Touched(field, span, folded), span});
      }
      spans.clear();
    }
    memory.matched.clear();
  }
  return status;
}

}  // namespace wirewatch
