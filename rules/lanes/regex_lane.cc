#include "rules/lanes/regex_lane.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "rules/lanes/hs_handles.h"
#include "rules/language/regex_cost.h"

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

RegexProblem NotTaken(const Term& term, const hs_compile_error_t* error) {
  const std::string reason = Message(error);
  const auto says = [&](std::string_view part) { return reason.find(part) != std::string::npos; };
  std::string help =
      "mend it there; a character that means something in regular expressions is taken as itself behind a backslash";
  if (says("not supported") || says("nsupported")) {
    help =
        "back-references, look-around, possessive repeats and atomic groups are not supported; write it without them";
  } else if (says("too large")) {
    help =
        "for words near each other write NEAR: huawei NEAR/10 ban; else repeat less, or fewer characters: .{0,20} or "
        "[a-z ]{0,50} in place of .{0,50}";
  }
  return {"regex-not-supported", "Hyperscan does not take the regular expression " + ToText(term) + ": " + reason,
          std::move(help)};
}

Result<HsDatabase> CompileTogether(const std::vector<PatternCache::Pattern>& patterns) {
  std::vector<const char*> expressions;
  std::vector<unsigned> flags, ids;
  for (const PatternCache::Pattern& pattern : patterns) {
    ids.push_back(static_cast<unsigned>(ids.size()));
    expressions.push_back(pattern.expression);
    flags.push_back(pattern.flags);
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  const hs_error_t code =
      hs_compile_multi(expressions.data(), flags.data(), ids.data(), static_cast<unsigned>(ids.size()), HS_MODE_BLOCK,
                       nullptr, &database, &error);
  const HsCompileError owned_error(error);
  if (code == HS_SUCCESS) return HsDatabase(database);
  return Error{ErrorCode::kInternal, "Hyperscan does not take all regular expressions together: " + Message(error)};
}

// More of them in one database are no faster to scan, and fewer are much slower. 1,000 in one database: 270 MB/s; in
// four databases: 70 MB/s.
constexpr std::size_t kMostInShard = 1'000;
// But compiling takes time with the square of what is in one database, and memory with its states: 1,000 such as
// /(ban|bans|banned|banning)\s+vendors?/i would take a minute.
constexpr double kMostWorkInShard = 60, kMostStatesInShard = 100'000;

// A power of two, so that one more regular expression seldom moves the others.
std::size_t ShardsFor(std::size_t regexes, const RegexCost& together) {
  std::size_t shards = std::bit_ceil((regexes + kMostInShard - 1) / kMostInShard);
  const auto is_too_much = [&] {
    const double share = 1.0 / static_cast<double>(shards);
    return together.branches * together.states * share * share / 1e6 > kMostWorkInShard ||
           together.states * share > kMostStatesInShard;
  };
  while (shards < regexes && is_too_much()) shards *= 2;
  return shards;
}

// Changes with a regular expression's text and flags alone.
std::size_t ShardOf(const Term& term, std::size_t shards) {
  return DigestOf({term.text, term.ignore_case ? "i" : ""}).front() % shards;
}

}  // namespace

std::optional<RegexProblem> FindRegexMistake(const Term& term) {
  if (term.text.find('\0') != std::string::npos) {
    return RegexProblem{"regex-not-supported", "the regular expression " + ToText(term) + " holds a NUL byte",
                        "write it as \\x00"};
  }
  hs_expr_info_t* info = nullptr;
  hs_compile_error_t* error = nullptr;
  const hs_error_t code = hs_expression_info(term.text.c_str(), Flags(term) | HS_FLAG_ALLOWEMPTY, &info, &error);
  const HsExpressionInfo owned_info(info);
  const HsCompileError owned_error(error);
  if (code != HS_SUCCESS) return NotTaken(term, error);
  if (info->min_width > 0) return std::nullopt;
  return RegexProblem{"empty-regex", "the regular expression " + ToText(term) + " also matches no text at all",
                      "use + in place of *, or make a part of it obligatory"};
}

std::optional<RegexProblem> FindRegexProblem(const Term& term) {
  if (auto mistake = FindRegexMistake(term)) return mistake;
  hs_compile_error_t* error = nullptr;
  hs_database_t* database = nullptr;
  const hs_error_t code = hs_compile(term.text.c_str(), Flags(term), HS_MODE_BLOCK, nullptr, &database, &error);
  const HsDatabase owned_database(database);
  const HsCompileError owned_error(error);
  if (code == HS_SUCCESS) return std::nullopt;
  return NotTaken(term, error);
}

Result<RegexLane> RegexLane::Build(const TermTable& table, const PatternCache& cache, const std::stop_token& stop) {
  RegexLane lane;
  std::vector<std::uint32_t> numbers;  // in the table
  std::vector<Term> terms;             // of those numbers
  RegexCost together;
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    if (table.kind(i) != Term::Kind::kRegex) continue;
    numbers.push_back(i);
    terms.push_back(table.At(i));
    const RegexCost cost = EstimateRegexCost(terms.back().text, terms.back().ignore_case);
    together.states += cost.states;
    together.branches += cost.branches;
  }
  if (together.states > kMostRegexStates) {
    return Error{
        ErrorCode::kTooLarge,
        fmt::format("the regular expressions of all rules have {:.0f} states together, and the limit is {:.0f}",
                    together.states, kMostRegexStates)};
  }
  const std::size_t count = ShardsFor(terms.size(), together);
  std::vector<std::vector<std::uint32_t>> shards(count);  // indices into `terms`
  for (std::uint32_t regex = 0; regex < terms.size(); ++regex) shards[ShardOf(terms[regex], count)].push_back(regex);
  for (std::vector<std::uint32_t>& shard : shards) {
    if (shard.empty()) continue;
    // In an order that is the same for the same regular expressions, whatever terms there are besides.
    std::sort(shard.begin(), shard.end(), [&](std::uint32_t a, std::uint32_t b) { return terms[a] < terms[b]; });
    const auto first = static_cast<std::uint32_t>(lane.regexes_.size());
    std::vector<PatternCache::Pattern> patterns;
    for (const std::uint32_t regex : shard) {
      lane.regexes_.push_back({numbers[regex], terms[regex].scope});
      patterns.push_back({terms[regex].text.c_str(), Flags(terms[regex])});
    }
    const Digest key = PatternCache::KeyOf(patterns);
    HsDatabase database = cache.Find(key);
    if (database == nullptr) {
      if (stop.stop_requested()) return Error{ErrorCode::kUnavailable, "told to stop before all was compiled"};
      auto compiled = CompileTogether(patterns);
      if (!compiled) return std::move(compiled).error();
      database = *std::move(compiled);
      cache.Keep(key, *database);
    }
    lane.shards_.push_back({std::move(database), first});
  }
  return lane;
}

Status RegexLane::Prepare(HsScratch& scratch) const {
  for (const Shard& shard : shards_) {
    if (Status grown = scratch.GrowFor(shard.database.get()); !grown) return grown;
  }
  return {};
}

Status RegexLane::Scan(const Document& document, const FoldedDocument& folded, const HsScratch& scratch, Memory& memory,
                       Positions& positions) const {
  if (regexes_.empty()) return {};
  memory.matches.resize(regexes_.size());
  struct Context {
    Memory& memory;
    std::uint32_t first;  // regular expression of the shard being scanned
  };
  const auto on_match = [](unsigned id, unsigned long long from, unsigned long long to, unsigned, void* context) {
    Memory& found = static_cast<Context*>(context)->memory;
    id += static_cast<Context*>(context)->first;
    const Span span{static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to)};
    std::vector<Span>& spans = found.matches[id];
    if (spans.empty()) found.matched.push_back(id);
    // Hyperscan reports a\w+ once for every possible end. The longest is kept: matches that lie inside the new one go.
    while (!spans.empty() && span.Contains(spans.back())) spans.pop_back();
    spans.push_back(span);
    return 0;
  };
  Status status;
  for (std::size_t i = 0; i < kFieldCount && status; ++i) {
    const auto field = static_cast<Field>(i);
    for (const Shard& shard : shards_) {
      Context context{memory, shard.first};
      if (status) status = HsScan(shard.database.get(), scratch, document.text(field), on_match, &context);
    }
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
