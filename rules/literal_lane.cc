#include "rules/literal_lane.h"

#include <map>
#include <string>
#include <utility>

namespace wirewatch {
namespace {

// The bytes as a regular expression. Not Hyperscan's literal API: its 5.4.0 loses matches (hyperscan issues 303, 353).
std::string Escape(std::string_view bytes) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string expression;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    expression += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
  }
  return expression;
}

}  // namespace

// What the callback needs.
struct LiteralLane::OneScan {
  const LiteralLane& lane;
  const Document& document;
  const FoldedDocument& folded;
  Positions& positions;
  std::uint32_t token = 0;  // near the last match: matches come almost in order of their ends

  void OnMatch(const Literal& literal, std::uint32_t end) {
    const std::string_view text = folded.text;
    const std::uint32_t begin = end - literal.size;
    const auto is_letter = [&](std::size_t at) { return text[at] != ' ' && text[at] != '\n'; };
    if (literal.begins_word && begin > 0 && is_letter(begin - 1)) return;
    if (literal.ends_word && end < text.size() && is_letter(end)) return;

    while (folded.tokens[token].folded.begin > end - 1) --token;
    while (folded.tokens[token].folded.end < end) ++token;
    for (const AnchoredTerm& term : literal.terms) {
      const std::uint32_t words_before = term.words_before + literal.words - 1;
      if (words_before > token) continue;
      if (const auto occurrence = term.pattern.MatchAt(document, folded, token - words_before)) {
        positions.Add(term.term, *occurrence);
      }
    }
  }
};

Result<LiteralLane> LiteralLane::Build(std::span<const Term> terms) {
  LiteralLane lane;
  std::map<std::string, std::uint32_t, std::less<>> index;
  for (std::uint32_t i = 0; i < terms.size(); ++i) {
    if (terms[i].kind == Term::Kind::kRegex) continue;
    WordPattern pattern(terms[i]);
    if (pattern.pattern().empty()) continue;
    const std::optional<Anchor> anchor = pattern.FindAnchor();
    if (!anchor) {
      lane.all_wildcards_.push_back({i, 0, std::move(pattern)});
      continue;
    }
    const auto [place, is_new] = index.emplace(anchor->text, static_cast<std::uint32_t>(lane.literals_.size()));
    if (is_new) lane.literals_.emplace_back();
    Literal& literal = lane.literals_[place->second];
    literal.size = static_cast<std::uint32_t>(anchor->text.size());
    literal.words = anchor->words;
    literal.begins_word = literal.begins_word && anchor->begins_word;
    literal.ends_word = literal.ends_word && anchor->ends_word;
    literal.terms.push_back({i, anchor->words_before, std::move(pattern)});
  }
  if (lane.literals_.empty()) return lane;

  std::vector<std::string> expressions(lane.literals_.size());
  std::vector<const char*> pointers(lane.literals_.size());
  std::vector<unsigned> ids(lane.literals_.size());
  for (const auto& [text, id] : index) {
    expressions[id] = Escape(text);
    pointers[id] = expressions[id].c_str();
    ids[id] = id;
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  const hs_error_t code = hs_compile_multi(pointers.data(), nullptr, ids.data(), static_cast<unsigned>(ids.size()),
                                           HS_MODE_BLOCK, nullptr, &database, &error);
  const HsCompileError owned_error(error);
  if (code != HS_SUCCESS) {
    return Error{ErrorCode::kInternal, std::string("Hyperscan cannot compile the words of the rules: ") +
                                           (owned_error ? owned_error->message : "no reason given")};
  }
  lane.database_.reset(database);
  return lane;
}

Status LiteralLane::Scan(const Document& document, const FoldedDocument& folded, const HsScratch& scratch,
                         Positions& positions) const {
  OneScan scan{*this, document, folded, positions};
  const auto on_match = [](unsigned id, unsigned long long, unsigned long long end, unsigned, void* context) {
    OneScan& one = *static_cast<OneScan*>(context);
    one.OnMatch(one.lane.literals_[id], static_cast<std::uint32_t>(end));
    return 0;
  };
  if (Status status = HsScan(database_.get(), scratch, folded.text, on_match, &scan); !status) return status;

  for (const AnchoredTerm& term : all_wildcards_) {
    for (std::uint32_t token = 0; token < folded.tokens.size(); ++token) {
      if (const auto occurrence = term.pattern.MatchAt(document, folded, token)) positions.Add(term.term, *occurrence);
    }
  }
  return {};
}

}  // namespace wirewatch
