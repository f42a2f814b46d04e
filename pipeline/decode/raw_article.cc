#include "pipeline/decode/raw_article.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/digest.h"
#include "base/text/ascii.h"
#include "base/text/numbers.h"
#include "base/text/trim.h"
#include "pipeline/decode/article_date.h"
#include "pipeline/decode/html_text.h"
#include "rules/codes/country_code.h"
#include "rules/codes/host.h"
#include "rules/codes/language_code.h"
#include "rules/text/paragraphs.h"

namespace wirewatch {
namespace {

// Of what a feed writes around a value.
std::string_view WithoutSpace(std::string_view text) { return Trimmed(text, IsSpace); }

// Whether a text holds what must be looked at: the '<' of markup, the '&' of a reference, a carriage return. Most do
// not, so three searches by memchr, which reads 32 bytes at once, cost less than one loop that looks at each byte.
bool NeedsWork(std::string_view text) {
  constexpr auto kNone = std::string_view::npos;
  return text.find('<') != kNone || text.find('&') != kNone || text.find('\r') != kNone;
}

// "\r\n" and "\r" to "\n", from `begin` on.
void NormaliseNewlines(std::string& text, std::size_t begin) {
  std::size_t out = text.find('\r', begin);
  if (out == std::string::npos) return;
  for (std::size_t in = out; in < text.size(); ++in) {
    if (text[in] == '\r') {
      text[out++] = '\n';
      if (in + 1 < text.size() && text[in + 1] == '\n') ++in;
    } else {
      text[out++] = text[in];
    }
  }
  text.resize(out);
}

void AppendText(const RawText& part, std::string& out) {
  const std::string_view text = WithoutSpace(part.text);
  if (text.empty()) return;
  if (!out.empty()) out += '\n';
  const std::size_t begin = out.size();
  if (!NeedsWork(text)) {
    out += text;
  } else if (const auto unescaped = UnescapedMarkup(text)) {
    out += HtmlToText(*unescaped);
    return;
  } else if (part.markup || LooksLikeHtml(text)) {
    out += HtmlToText(text);
    return;
  } else {
    AppendUnescapedHtml(text, out);
    NormaliseNewlines(out, begin);
  }
  JoinWrappedLines(out, begin);
}

void MakeText(const std::vector<RawText>& parts, std::string& out) {
  out.clear();
  for (const RawText& part : parts) AppendText(part, out);
  if (IsBlankText(out)) out.clear();
}

// Blanks other than single spaces become one space.
void MakeOneLine(std::string& text) {
  // Most titles are one line; looking costs half of moving. Without branches: where words end cannot be guessed.
  bool untidy = false;
  bool after_blank = true;
  for (const char c : text) {
    const bool blank = c == ' ';
    untidy |= (static_cast<unsigned char>(c) < ' ') | (blank & after_blank);
    after_blank = blank;
  }
  if (!untidy && !after_blank) return;

  std::size_t out = 0;
  after_blank = true;
  for (const char c : text) {
    const bool blank = IsSpace(c);
    text[out] = blank ? ' ' : c;
    out += blank && after_blank ? 0 : 1;
    after_blank = blank;
  }
  if (out > 0 && after_blank) --out;
  text.resize(out);
}

// Writes over the strings that the list has: their memory serves the next article.
void MakeList(const std::vector<std::string_view>& raw, std::vector<std::string>& out) {
  // A few are compared with each other; a hostile record has a hundred thousand.
  constexpr std::size_t kFew = 32;
  std::unordered_set<std::string_view> known;
  std::size_t size = 0;
  for (const std::string_view text : raw) {
    const std::string_view trimmed = WithoutSpace(text);
    const auto end = out.begin() + static_cast<std::ptrdiff_t>(size);
    if (trimmed.empty()) continue;
    if (raw.size() > kFew ? !known.insert(trimmed).second : std::find(out.begin(), end, trimmed) != end) continue;
    if (size < out.size()) {
      out[size] = trimmed;
    } else {
      out.emplace_back(trimmed);
    }
    ++size;
  }
  out.resize(size);
}

std::optional<PublicationStatus> StatusOf(std::string_view written) {
  const std::string text = AsciiLowerCase(written);
  if (text == "canceled" || text == "cancelled") return PublicationStatus::kCanceled;
  if (text == "withheld") return PublicationStatus::kWithheld;
  if (text == "usable") return PublicationStatus::kUsable;
  return std::nullopt;
}

std::optional<int> UrgencyOf(std::string_view text) {
  if (text.ends_with(".0")) text.remove_suffix(2);
  return ParseNumberIn<int>(text, 1, 9);
}

// Codes that say "undetermined", "several" and "none" (ISO 639-2): the language is not given, and that can be read.
bool IsNoLanguage(std::string_view tag) {
  const std::string code = AsciiLowerCase(tag.substr(0, tag.find_first_of("-_")));
  return code == "und" || code == "mul" || code == "zxx" || code == "mis";
}

// Puts what `read` makes of a field's text into `value`; what is written and cannot be read is noted.
template <typename Value, typename Read>
void Put(const RawArticle& raw, ArticleField field, Read read, std::optional<Value>& value, ArticleFields& unreadable) {
  const std::string_view text = WithoutSpace(raw.text(field));
  value = text.empty() ? std::nullopt : read(text);
  if (!value && !text.empty()) unreadable.Add(field);
}

}  // namespace

void RawArticle::Clear() {
  texts.fill({});
  title.clear();
  summary.clear();
  body.clear();
  authors.clear();
  tags.clear();
  unreadable.Clear();
}

void RawArticle::Add(ArticleField field, std::string_view text) {
  switch (field) {
    case ArticleField::kTitle: title.push_back({text}); break;
    case ArticleField::kSummary: summary.push_back({text}); break;
    case ArticleField::kBody: body.push_back({text}); break;
    case ArticleField::kAuthors: authors.push_back(text); break;
    case ArticleField::kTags: tags.push_back(text); break;
    default: this->text(field) = text;
  }
}

bool IsBlankText(std::string_view text) {
  // U+00A0, U+1680, U+2000 to U+200D (spaces, zero-width ones), U+2028, U+2029, U+202F, U+205F, U+2060, U+3000, U+FEFF.
  static constexpr std::string_view kOthers[] = {
      "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF",
      "\xE2\x81\x9F", "\xE2\x81\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF",
  };
  while (!text.empty()) {
    if (IsSpace(text.front())) {
      text.remove_prefix(1);
    } else if (static_cast<unsigned char>(text.front()) < 0x80) {
      return false;
    } else if (text.size() >= 3 && text.starts_with("\xE2\x80") && static_cast<unsigned char>(text[2]) <= 0x8D) {
      text.remove_prefix(3);
    } else {
      const auto* other = std::find_if(std::begin(kOthers), std::end(kOthers),
                                       [text](std::string_view blank) { return text.starts_with(blank); });
      if (other == std::end(kOthers)) return false;
      text.remove_prefix(other->size());
    }
  }
  return true;
}

void Tidy(const RawArticle& raw, Article& article) {
  MakeText(raw.title, article.title);
  MakeOneLine(article.title);
  MakeText(raw.summary, article.summary);
  MakeText(raw.body, article.body);

  for (const ArticleFieldSpec& spec : kArticleFields) {
    if (spec.text != nullptr) article.*spec.text = WithoutSpace(raw.text(spec.field));
  }
  article.url_host = HostOf(article.url);
  MakeList(raw.authors, article.authors);
  MakeList(raw.tags, article.tags);
  article.unreadable = raw.unreadable;
  const std::string_view language = WithoutSpace(raw.text(ArticleField::kLanguage));
  article.language = CanonicalLanguage(language);
  if (article.language.empty() && !language.empty() && !IsNoLanguage(language)) {
    article.unreadable.Add(ArticleField::kLanguage);
  }
  const std::string_view country = WithoutSpace(raw.text(ArticleField::kCountry));
  article.country = CanonicalCountry(country);
  if (article.country.empty() && !country.empty()) article.unreadable.Add(ArticleField::kCountry);
  Put(raw, ArticleField::kPublishedAt, ReadDate, article.published_at, article.unreadable);
  Put(raw, ArticleField::kEmbargoedUntil, ReadDate, article.embargoed_until, article.unreadable);
  Put(raw, ArticleField::kUrgency, UrgencyOf, article.urgency, article.unreadable);
  std::optional<PublicationStatus> status;
  Put(raw, ArticleField::kStatus, StatusOf, status, article.unreadable);
  article.status = status.value_or(PublicationStatus::kUsable);

  if (const std::string_view id = raw.text(ArticleField::kId); !IsBlankText(id)) {
    article.id = id;
  } else {
    // The body stands in for a title where neither title nor url tells articles apart.
    const bool nameless = article.title.empty() && article.url.empty();
    const auto& told = nameless ? (raw.body.empty() ? raw.summary : raw.body) : raw.title;
    const std::string_view title = told.empty() ? std::string_view() : told.front().text;
    article.id = DigestHex(
        {raw.text(ArticleField::kSource), raw.text(ArticleField::kUrl), title, raw.text(ArticleField::kPublishedAt)});
  }
}

}  // namespace wirewatch
