#include "rules/dialects/elastic_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/text/ascii.h"
#include "base/text/numbers.h"

namespace wirewatch {
namespace {

using Parsed = std::optional<Query>;

constexpr std::uint32_t kAnyGap = 100'000;  // of intervals without max_gaps

class Reader {
 public:
  explicit Reader(bool and_between) : and_between_(and_between) {}

  ParsedQuery Run(const JsonValue& json) {
    const JsonValue* query = json.Find("query");
    Parsed read = Read(query != nullptr && query->is_object() ? *query : json);
    if (!read) {
      notes_.push_back(
          {json.place, "not-imported", QueryEffect::kNarrowed, "there is nothing to look for in it", "", true});
    }
    return {std::move(read), std::move(notes_)};
  }

 private:
  // ---- Queries

  Parsed Read(const JsonValue& json) {
    if (!json.is_object() || json.members.empty()) {
      Note(json.place, "syntax", QueryEffect::kChanged,
           "a query is an object with its kind as its one key; this is left out");
      return std::nullopt;
    }
    const auto& [kind, body] = json.members.front();
    if (kind == "bool") return ReadBool(body);
    if (kind == "match_all") return NoEqual(json, "match_all holds on every article");
    if (kind == "match_none") return NoEqual(json, "match_none holds on no article");
    if (kind == "constant_score" || kind == "nested" || kind == "function_score" || kind == "boosting") {
      for (std::string_view inner : {"filter", "query", "positive"}) {
        if (const JsonValue* query = body.Find(inner)) return Read(*query);
      }
      return NoEqual(json, kind + " without a query");
    }
    if (kind == "dis_max")
      return Group(Query::Kind::kOr, body.Find("queries"), body.place, [&](const JsonValue& one) { return Read(one); });
    if (kind == "query_string" || kind == "simple_query_string") return ReadQueryString(body, kind);
    if (kind == "multi_match") return ReadMultiMatch(body);
    if (kind == "span_near" || kind == "span_or" || kind == "span_not" || kind == "span_multi" ||
        kind == "span_first") {
      return ReadSpan(kind, body);
    }
    if (kind == "exists") return NoEqual(json, "exists asks whether there is a field");
    if (!body.is_object()) return NoEqual(json, kind);
    for (const auto& [field, value] : body.members) {
      if (field == "boost" || field == "_name") continue;
      if (kind == "intervals") return InField(field, json.place, ReadIntervals(value));
      return ReadOfField(kind, field, value, json);
    }
    return NoEqual(json, kind);
  }

  Parsed ReadOfField(const std::string& kind, const std::string& field, const JsonValue& value, const JsonValue& json) {
    if (kind == "terms") {
      return InField(field, json.place,
                     Group(Query::Kind::kOr, &value, json.place, [&](const JsonValue& one) { return Words(one); }));
    }
    if (kind == "range") return InField(field, json.place, ReadRange(value));
    const JsonValue* text = Argument(value, {"query", "value", "wildcard", "regexp"});
    if (text == nullptr || !text->is_scalar()) return NoEqual(json, kind);
    Parsed read;
    if (kind == "term" || kind == "span_term") {
      read = Words(*text);
    } else if (kind == "match_phrase" || kind == "match_phrase_prefix") {
      read = Words(*text);
      read->slop = NumberOf(value.Find("slop"), 0);
      read->slop_counts_moves = true;
      if (kind == "match_phrase_prefix") read->text += '*';
    } else if (kind == "match" || kind == "match_bool_prefix") {
      read = ReadMatch(*text, value, kind == "match_bool_prefix");
    } else if (kind == "prefix") {
      read = Words(*text);
      read->text += '*';
      read->quoted = false;
    } else if (kind == "wildcard") {
      read = Words(*text);
      read->text = text->text;
      read->quoted = false;
    } else if (kind == "regexp") {
      read = Words(*text);
      read->kind = Query::Kind::kRegex;
      read->text = text->text;
    } else if (kind == "fuzzy") {
      read = Fuzzy(*text, value);
    } else {
      return NoEqual(json, fmt::format("'{}' is no query that is known here", kind));
    }
    return InField(field, json.place, std::move(read));
  }

  Parsed ReadBool(const JsonValue& body) {
    const auto read = [&](const JsonValue& one) { return Read(one); };
    Parsed all;
    bool required = false;
    for (std::string_view name : {"must", "filter"}) {
      if (const JsonValue* clauses = body.Find(name)) {
        required = true;
        Add(all, Group(Query::Kind::kAnd, clauses, clauses->place, read));
      }
    }
    if (const JsonValue* should = body.Find("should")) {
      const std::size_t count = should->is_array() ? should->elements.size() : 1;
      const std::int64_t least = LeastOf(body.Find("minimum_should_match"), count, required ? 0 : 1);
      if (least <= 0) {
        Note(should->place, "only-scores", QueryEffect::kNone,
             "beside required clauses these are optional: they change the score alone, and are left out",
             "minimum_should_match says how many are required");
      } else {
        Parsed some = Group(Query::Kind::kOr, should, should->place, read);
        if (some && least > 1) {
          if (some->kind != Query::Kind::kOr) {
            Query one = *std::move(some);
            some.emplace();
            some->place = one.place;
            some->children.push_back(std::move(one));
          }
          some->kind = Query::Kind::kAtLeast;
          some->count = static_cast<std::uint32_t>(std::min<std::int64_t>(least, 1'000'000));
        }
        Add(all, std::move(some));
      }
    }
    if (const JsonValue* clauses = body.Find("must_not")) {
      if (Parsed none = Group(Query::Kind::kOr, clauses, clauses->place, read)) {
        Query negation;
        negation.kind = Query::Kind::kNot;
        negation.place = clauses->place;
        negation.children.push_back(*std::move(none));
        Add(all, std::move(negation));
      }
    }
    return all;
  }

  // minimum_should_match: 2, -1, "75%", "-25%".
  std::int64_t LeastOf(const JsonValue* json, std::size_t count, std::int64_t otherwise) {
    if (json == nullptr || !json->is_scalar()) return otherwise;
    std::string_view text = json->text;
    const auto all = static_cast<std::int64_t>(count);
    const bool percent = text.ends_with('%');
    if (percent) text.remove_suffix(1);
    const auto number = ParseNumberIn<std::int64_t>(text, -1'000'000, 1'000'000);
    if (!number) {
      Note(json->place, "no-equal", QueryEffect::kWidened,
           "this form of minimum_should_match is not known here: 1 is taken");
      return 1;
    }
    const std::int64_t part = percent ? all * (*number < 0 ? -*number : *number) / 100 : *number;
    const std::int64_t least = percent ? (*number < 0 ? all - part : part) : (*number < 0 ? all + *number : *number);
    return std::max<std::int64_t>(least, otherwise == 0 ? 0 : 1);
  }

  Parsed ReadQueryString(const JsonValue& body, const std::string& kind) {
    const JsonValue* text = body.Find("query");
    if (text == nullptr || !text->is_string()) return NoEqual(body, kind + " without its query");
    if (kind == "simple_query_string" && text->text.find('|') != std::string::npos) {
      return NoEqual(*text, "the '|' of simple_query_string");
    }
    const JsonValue* given = body.Find("default_operator");
    const bool between = given != nullptr ? EqualsInAnyCase(given->text, "and") : and_between_;
    ParsedQuery parsed = ParseQuery(Dialect::kLucene, text->text, between);
    const auto map = [&](Span& place) {
      const auto at = [&](std::uint32_t byte) {
        return text->origin[std::min<std::size_t>(byte, text->origin.size() - 1)];
      };
      place = {at(place.begin), std::max(at(place.end), at(place.begin) + 1)};
    };
    for (QueryNote& note : parsed.notes) {
      map(note.place);
      note.failed = false;
      notes_.push_back(std::move(note));
    }
    if (!parsed.query) return std::nullopt;
    MapPlaces(*parsed.query, map);
    return InFields(body, *std::move(parsed.query));
  }

  template <typename Map>
  static void MapPlaces(Query& query, const Map& map) {
    map(query.place);
    for (Query& child : query.children) MapPlaces(child, map);
  }

  Parsed ReadMultiMatch(const JsonValue& body) {
    const JsonValue* text = body.Find("query");
    if (text == nullptr || !text->is_scalar()) return NoEqual(body, "multi_match without its query");
    const JsonValue* type = body.Find("type");
    const bool phrase = type != nullptr && type->text.starts_with("phrase");
    Parsed read;
    if (phrase) {
      read = Words(*text);
      read->slop = NumberOf(body.Find("slop"), 0);
      read->slop_counts_moves = true;
      if (type->text == "phrase_prefix") read->text += '*';
    } else {
      read = ReadMatch(*text, body, false);
    }
    return read ? InFields(body, *std::move(read)) : std::nullopt;
  }

  // In one of "fields", or in "default_field".
  Parsed InFields(const JsonValue& body, Query query) {
    const JsonValue* fields = body.Find("fields");
    if (const JsonValue* one = body.Find("default_field")) return InField(one->text, query.place, std::move(query));
    if (fields == nullptr || !fields->is_array() || fields->elements.empty()) return query;
    Query any;
    any.kind = Query::Kind::kOr;
    any.place = query.place;
    for (const JsonValue& field : fields->elements) {
      any.children.push_back(*InField(field.text.substr(0, field.text.find('^')), query.place, query));
    }
    return any;
  }

  // The words of a text, one of which (or all) must stand.
  Parsed ReadMatch(const JsonValue& text, const JsonValue& options, bool prefix) {
    const JsonValue* given = options.is_object() ? options.Find("operator") : nullptr;
    const bool all = given != nullptr && EqualsInAnyCase(given->text, "and");
    Query group;
    group.kind = all ? Query::Kind::kAnd : Query::Kind::kOr;
    group.place = text.place;
    const std::string words = Literal(text.text);
    for (std::size_t at = 0; at < words.size();) {
      const std::size_t begin = words.find_first_not_of(" \t\r\n", at);
      if (begin == std::string::npos) break;
      const std::size_t end = std::min(words.find_first_of(" \t\r\n", begin), words.size());
      Query word;
      word.place = text.place;
      word.text = words.substr(begin, end - begin);
      word.quoted = true;
      if (options.is_object() && options.Find("fuzziness") != nullptr) {
        word.quoted = false;
        word.edits = EditsOf(options.Find("fuzziness"), word.text);
      }
      group.children.push_back(std::move(word));
      at = end;
    }
    if (group.children.empty()) return std::nullopt;
    if (prefix) group.children.back().text += '*';
    const JsonValue* least = options.is_object() ? options.Find("minimum_should_match") : nullptr;
    if (!all && least != nullptr) {
      const std::int64_t count = LeastOf(least, group.children.size(), 1);
      if (count > 1) {
        group.kind = Query::Kind::kAtLeast;
        group.count = static_cast<std::uint32_t>(std::min<std::int64_t>(count, 1'000'000));
      }
    }
    return group;
  }

  Parsed ReadRange(const JsonValue& value) {
    Query range;
    range.kind = Query::Kind::kRange;
    range.place = value.place;
    for (const auto& [name, bound] : value.members) {
      if (name == "gt" || name == "gte" || name == "from") {
        range.low = bound.text;
        range.low_counts = name != "gt";
      } else if (name == "lt" || name == "lte" || name == "to") {
        range.high = bound.text;
        range.high_counts = name != "lt";
      }
    }
    return range;
  }

  // ---- Spans

  Parsed ReadSpan(const std::string& kind, const JsonValue& body) {
    const auto read = [&](const JsonValue& one) { return Read(one); };
    if (kind == "span_or") return Group(Query::Kind::kOr, body.Find("clauses"), body.place, read);
    if (kind == "span_multi" || kind == "span_first") {
      const JsonValue* inner = body.Find("match");
      if (inner == nullptr) return NoEqual(body, kind + " without its match");
      if (kind == "span_first")
        Note(body.place, "no-equal", QueryEffect::kWidened,
             "how early a term stands cannot be asked for: it may stand anywhere in its field",
             "lead: is the summary and the first paragraph");
      return Read(*inner);
    }
    if (kind == "span_near") {
      const JsonValue* order = body.Find("in_order");
      return Chain(body.Find("clauses"), body, NumberOf(body.Find("slop"), 0),
                   order == nullptr || order->text != "false", read);
    }
    const JsonValue *include = body.Find("include"), *exclude = body.Find("exclude");
    if (include == nullptr || exclude == nullptr) return NoEqual(body, "span_not without include and exclude");
    Parsed left = Read(*include), right = Read(*exclude);
    if (!left || !right) return left;
    const std::uint32_t both = NumberOf(body.Find("dist"), 0);
    const std::uint32_t before = NumberOf(body.Find("pre"), both), after = NumberOf(body.Find("post"), both);
    Query pair;
    pair.kind = Query::Kind::kNear;
    pair.negated = true;
    pair.place = body.place;
    // n + 1 words in which nothing may begin are n between.
    pair.distance = std::max(before, after) > 0 ? std::max(before, after) - 1 : 0;
    pair.ordered = before == 0 && after > 0;
    if (before != after && before != 0)
      Note(body.place, "no-equal", QueryEffect::kNarrowed,
           "different distances before and after: the greater one was taken for both");
    pair.children.push_back(*std::move(left));
    pair.children.push_back(*std::move(right));
    return pair;
  }

  // `a` near `b` near `c`.
  template <typename ReadOne>
  Parsed Chain(const JsonValue* clauses, const JsonValue& body, std::uint32_t distance, bool ordered,
               const ReadOne& read) {
    if (clauses == nullptr || !clauses->is_array()) return NoEqual(body, "this without its clauses");
    Parsed chain;
    for (const JsonValue& clause : clauses->elements) {
      Parsed one = read(clause);
      if (!one) continue;
      if (!chain) {
        chain = std::move(one);
        continue;
      }
      if (IsDeepPair(*chain)) {
        Note(body.place, "no-equal", QueryEffect::kWidened,
             "a chain of so many terms near each other: AND was written for the rest");
        Add(chain, std::move(one));
        continue;
      }
      Query pair;
      pair.kind = Query::Kind::kNear;
      pair.place = body.place;
      pair.distance = distance;
      pair.ordered = ordered;
      pair.children.push_back(*std::move(chain));
      pair.children.push_back(*std::move(one));
      chain = std::move(pair);
    }
    return chain;
  }

  // ---- Intervals

  Parsed ReadIntervals(const JsonValue& source) {
    if (!source.is_object() || source.members.empty()) return NoEqual(source, "intervals without a source");
    const auto& [kind, body] = source.members.front();
    if (body.is_object() && body.Find("filter") != nullptr) {
      Note(body.Find("filter")->place, "no-equal", QueryEffect::kWidened, "filters of intervals are left out",
           "A NOT NEAR/5 B is an A without a B within 5 words");
    }
    const auto read = [&](const JsonValue& one) { return ReadIntervals(one); };
    const std::uint32_t gaps = NumberOf(body.Find("max_gaps"), kAnyGap);
    const JsonValue* order = body.Find("ordered");
    const bool ordered = order != nullptr && order->text == "true";
    if (kind == "any_of") return Group(Query::Kind::kOr, body.Find("intervals"), body.place, read);
    if (kind == "all_of") {
      const JsonValue* parts = body.Find("intervals");
      if (gaps == 0 && ordered && parts != nullptr) {
        if (Parsed phrase = PhraseOf(*parts, body.place)) return phrase;
      }
      return Chain(parts, body, gaps, ordered, read);
    }
    if (kind == "match") {
      const JsonValue* text = body.Find("query");
      if (text == nullptr || !text->is_string()) return NoEqual(body, "match without its query");
      Parsed words = Words(*text);
      const bool several = words->text.find(' ') != std::string::npos;
      if (!several || (gaps == 0 && ordered)) return words;
      words->slop = std::min<std::uint32_t>(gaps, kAnyGap);
      words->slop_counts_moves = false;
      return words;
    }
    const JsonValue* text = nullptr;
    for (std::string_view name : {"prefix", "pattern", "term"}) {
      if (text == nullptr) text = body.Find(name);
    }
    if (text == nullptr || !text->is_string()) return NoEqual(source, fmt::format("intervals of the kind '{}'", kind));
    Parsed words = Words(*text);
    words->quoted = false;
    if (kind == "prefix") words->text += '*';
    if (kind == "wildcard") words->text = text->text;
    if (kind == "fuzzy") words->edits = EditsOf(body.Find("fuzziness"), words->text);
    if (kind == "regexp") words->kind = Query::Kind::kRegex;
    return words;
  }

  // Words, prefixes and patterns one behind the other are a phrase with wildcards. Nothing: they are other things, too.
  Parsed PhraseOf(const JsonValue& parts, Span place) {
    Query phrase;
    phrase.place = place;
    phrase.quoted = true;
    for (const JsonValue& part : parts.elements) {
      if (!part.is_object() || part.members.empty()) return std::nullopt;
      const auto& [kind, body] = part.members.front();
      const JsonValue* text = kind == "match"      ? body.Find("query")
                              : kind == "prefix"   ? body.Find("prefix")
                              : kind == "wildcard" ? body.Find("pattern")
                              : kind == "fuzzy"    ? body.Find("term")
                                                   : nullptr;
      if (text == nullptr) return std::nullopt;
      if (!phrase.text.empty()) phrase.text += ' ';
      phrase.text += kind == "wildcard" ? text->text : Literal(text->text);
      if (kind == "prefix") phrase.text += '*';
      if (kind == "fuzzy")
        phrase.text += fmt::format("~{}", std::clamp<std::uint32_t>(EditsOf(body.Find("fuzziness"), text->text), 1, 2));
    }
    phrase.marked = true;
    return phrase;
  }

  // ---- Helpers

  static std::string Literal(std::string_view text) {
    std::string literal(text);
    std::replace_if(
        literal.begin(), literal.end(), [](char c) { return c == '*' || c == '?' || c == '"'; }, ' ');
    return literal;
  }

  static Query Words(const JsonValue& json) {
    Query query;
    query.place = json.place;
    query.text = Literal(json.text);
    query.quoted = true;
    return query;
  }

  static const JsonValue* Argument(const JsonValue& value, std::initializer_list<std::string_view> names) {
    if (!value.is_object()) return &value;
    for (std::string_view name : names) {
      if (const JsonValue* found = value.Find(name)) return found;
    }
    return nullptr;
  }

  static std::uint32_t NumberOf(const JsonValue* json, std::uint32_t otherwise) {
    if (json == nullptr) return otherwise;
    return ParseNumber<std::uint32_t>(json->text).value_or(otherwise);
  }

  static std::uint32_t EditsOf(const JsonValue* json, std::string_view word) {
    const std::uint32_t automatic = word.size() < 3 ? 0 : word.size() < 6 ? 1 : 2;
    return std::min<std::uint32_t>(NumberOf(json, automatic), 2);
  }

  static Query Fuzzy(const JsonValue& text, const JsonValue& options) {
    Query query = Words(text);
    query.quoted = false;
    query.edits = EditsOf(options.Find("fuzziness"), query.text);
    return query;
  }

  static void Add(Parsed& to, Parsed query) {
    if (!query) return;
    if (!to) {
      to = std::move(query);
      return;
    }
    if (to->kind != Query::Kind::kAnd) {
      Query both;
      both.kind = Query::Kind::kAnd;
      both.place = to->place;
      both.children.push_back(*std::move(to));
      to = std::move(both);
    }
    to->children.push_back(*std::move(query));
  }

  // Of an array, or of one object. One that cannot be read is left out, which is noted where it is.
  template <typename ReadOne>
  Parsed Group(Query::Kind kind, const JsonValue* json, Span place, const ReadOne& read) {
    Query group;
    group.kind = kind;
    group.place = place;
    if (json == nullptr) return std::nullopt;
    if (json->is_array()) {
      for (const JsonValue& one : json->elements) {
        Parsed part = read(one);
        if (part) group.children.push_back(*std::move(part));
      }
    } else {
      Parsed part = read(*json);
      if (part) group.children.push_back(*std::move(part));
    }
    if (group.children.empty()) return std::nullopt;
    if (group.children.size() == 1) return std::move(group.children.front());
    return group;
  }

  static Parsed InField(std::string_view name, Span place, Parsed operand) {
    if (!operand) return std::nullopt;
    Query query;
    query.kind = Query::Kind::kField;
    query.place = place;
    query.text = AsciiLowerCase(name);
    query.children.push_back(*std::move(operand));
    return query;
  }

  // Left to the translation, which knows what it means that it is left out.
  static Parsed NoEqual(const JsonValue& json, std::string what) {
    Query query;
    query.kind = Query::Kind::kNoEqual;
    query.place = json.place;
    query.text = std::move(what);
    return query;
  }

  void Note(Span place, std::string code, QueryEffect effect, std::string message, std::string help = "") {
    notes_.push_back({place, std::move(code), effect, std::move(message), std::move(help), false});
  }

  const bool and_between_;
  std::vector<QueryNote> notes_;
};

}  // namespace

ParsedQuery ParseElasticQuery(const JsonValue& json, bool and_between) { return Reader(and_between).Run(json); }

}  // namespace wirewatch
