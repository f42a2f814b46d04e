// Any bytes are an article, or a rejection with its reason: the same whatever was decoded before and whatever stands
// behind them in memory. What is taken is JSON, what is rejected as no JSON is none, and an article is what article.h
// says.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/text/ascii.h"
#include "pipeline/decode/article_decoder.h"
#include "rules/codes/country_code.h"
#include "rules/codes/host.h"
#include "rules/codes/language_code.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/utf8_check.h"
#include "tests/support/preset_mapping.h"

namespace wirewatch {
namespace {

// RFC 8259 by recursive descent, but for what UTF-8 is; takes every number and every \u, as the decoder does.
class JsonText {
 public:
  explicit JsonText(std::string_view text) : rest_(text) {}

  bool IsObject() {
    Blanks();
    return rest_.starts_with('{') && Value() && rest_.empty();
  }

 private:
  bool Value() {
    Blanks();
    const bool good = rest_.starts_with('{')   ? Items('{', '}', &JsonText::Member)
                      : rest_.starts_with('[') ? Items('[', ']', &JsonText::Value)
                      : rest_.starts_with('"') ? String()
                                               : Word("null") || Word("true") || Word("false") || Number();
    Blanks();
    return good;
  }

  bool Items(char open, char close, bool (JsonText::*item)()) {
    Take(open);
    Blanks();
    if (Take(close)) return true;
    do {
      if (!(this->*item)()) return false;
    } while (Take(','));
    return Take(close);
  }

  bool Member() {
    Blanks();
    if (!String()) return false;
    Blanks();
    return Take(':') && Value();
  }

  bool String() {
    if (!Take('"')) return false;
    while (!rest_.empty() && !rest_.starts_with('"')) {
      if (static_cast<unsigned char>(rest_[0]) < 0x20) return false;
      const bool escaped = Take('\\');
      if (escaped && Take('u')) {
        for (int i = 0; i < 4; ++i) {
          if (!TakeOneOf("0123456789abcdefABCDEF")) return false;
        }
      } else if (escaped) {
        if (!TakeOneOf("\"\\/bfnrt")) return false;
      } else {
        rest_.remove_prefix(1);
      }
    }
    return Take('"');
  }

  bool Number() {
    Take('-');
    if (!Take('0') && !Digits()) return false;
    if (Take('.') && !Digits()) return false;
    if (!TakeOneOf("eE")) return true;
    TakeOneOf("+-");
    return Digits();
  }

  bool Digits() {
    const std::size_t before = rest_.size();
    while (TakeOneOf("0123456789")) {
    }
    return rest_.size() < before;
  }

  void Blanks() {
    while (TakeOneOf(" \t\n\r")) {
    }
  }
  bool Word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  bool Take(char c) { return Word({&c, 1}); }
  bool TakeOneOf(std::string_view some) {
    if (rest_.empty() || some.find(rest_[0]) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view rest_;
};

bool IsJsonObject(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return IsUtf8(text) && JsonText(text).IsObject();
}

auto Members(const Article& a) {
  return std::tie(a.id, a.version, a.title, a.summary, a.body, a.url, a.source, a.authors, a.published_at, a.language,
                  a.country, a.tags, a.section, a.status, a.embargoed_until, a.urgency, a.url_host, a.unreadable);
}

void RequireText(std::string_view text) {
  Require(IsUtf8(text), "the texts of an article are UTF-8", text);
  Require(text.find('\0') == std::string_view::npos, "the texts of an article hold no NUL", text);
}

void RequireArticle(const Article& article) {
  for (const auto* text : {&article.id, &article.version, &article.title, &article.summary, &article.body, &article.url,
                           &article.source, &article.language, &article.country, &article.section, &article.url_host}) {
    RequireText(*text);
  }
  for (const auto* list : {&article.authors, &article.tags}) {
    for (const std::string& text : *list) RequireText(text);
    for (const std::string& text : *list) Require(!text.empty(), "an author or tag has a name");
  }
  Require(!article.id.empty(), "an article has an id");
  Require(!article.title.empty() || !article.summary.empty() || !article.body.empty() ||
              article.status == PublicationStatus::kCanceled,
          "an article has a text, or is withdrawn");
  Require(article.title.find_first_of("\n\r") == std::string::npos, "a title is one line", article.title);
  for (const std::string& text : {article.summary, article.body}) {
    Require(text.find('\r') == std::string::npos, "newlines part paragraphs, and nothing else does", text);
  }
  Require(article.language == CanonicalLanguage(article.language), "a language is canonical", article.language);
  Require(article.country == CanonicalCountry(article.country), "a country is canonical", article.country);
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  Require(article.country.empty() ||
              (article.country.size() == 2 && is_upper(article.country[0]) && is_upper(article.country[1])),
          "a country is two upper-case letters", article.country);
  Require(!article.urgency || (*article.urgency >= 1 && *article.urgency <= 9), "an urgency is from 1 to 9");
  Require(article.url_host == HostOf(article.url), "the host is the url's", article.url_host, article.url);
}

// In memory of its own, so that a read behind it is seen.
std::optional<Rejection> DecodeAlone(ArticleDecoder& decoder, std::string_view payload, Article& article) {
  const std::vector<char> alone(payload.begin(), payload.end());
  return decoder.Decode({alone.data(), alone.size()}, 0, article);
}

// In front of bytes that may be read and would make JSON of a record that was cut off.
std::optional<Rejection> DecodeInPlace(ArticleDecoder& decoder, std::string_view payload, Article& article) {
  std::string longer(payload);
  longer.append(80, '}').replace(payload.size(), 8, "\"]}]}}]}");
  return decoder.Decode(std::string_view(longer).substr(0, payload.size()), longer.size() - payload.size(), article);
}

void RequireRejection(const Rejection& error, std::string_view payload) {
  Require(!error.message.empty() && IsUtf8(error.message), "a rejection says why, in UTF-8", error.message);
  const bool says_no_json =
      error.reason == DeadLetterReason::kInvalidJson || error.reason == DeadLetterReason::kInvalidUtf8;
  Require(!says_no_json || !IsJsonObject(payload), "what is rejected as no JSON is none", error.message, payload);
  Require(error.message.size() < 2000, "a rejection is a line", error.message);
  Require(error.reason != DeadLetterReason::kNoText || IsJsonObject(payload), "what is taken is JSON", payload);
}

void RequireProperty(ArticleDecoder& decoder, std::string_view payload) {
  static Article reused;  // with what the input before left in it, as the program reuses it
  Article fresh;
  const auto error = DecodeAlone(decoder, payload, reused);
  const auto again = DecodeInPlace(decoder, payload, fresh);
  Require(error.has_value() == again.has_value(), "bytes are an article both times or neither",
          error ? error->message : "", again ? again->message : "");
  if (error) {
    Require(error->reason == again->reason && error->message == again->message, "the reason is the same both times",
            error->message, again->message);
    return RequireRejection(*error, payload);
  }
  Require(Members(reused) == Members(fresh), "the article is the same both times", payload);
  Require(IsJsonObject(payload), "what is taken is JSON", payload);
  RequireArticle(fresh);
}

}  // namespace
}  // namespace wirewatch

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wirewatch;
  static ArticleDecoder decoder = *ArticleDecoder::Create({}, {});
  static ArticleDecoder narrow =
      *ArticleDecoder::Create({.max_record_bytes = 2048, .max_depth = 3, .max_text_bytes = 32}, {});
  static ArticleDecoder mapped =
      *ArticleDecoder::Create({}, {{"id", "/doc/uid"},
                                   {"title", std::vector<std::string>{"/doc/head/0", "/doc/head"}},
                                   {"body", "/doc/text"},
                                   {"tags", "/doc/tags"},
                                   {"published_at", "/doc/date"},
                                   {"source", "/by/name"}});
  static ArticleDecoder preset = *ArticleDecoder::Create({}, PresetMapping("wordpress"));
  for (ArticleDecoder* one : {&decoder, &narrow, &mapped, &preset}) RequireProperty(*one, TextOf(data, size));
  return 0;
}
