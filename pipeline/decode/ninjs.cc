#include "pipeline/decode/ninjs.h"

#include <algorithm>
#include <array>

#include "base/text/ascii.h"

namespace wirewatch {
namespace {

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

bool IsMain(const Item& item) { return IsOneOf(item.role, {"", "main", "text", "plain"}); }

// In the order in which they are preferred.
enum class Format { kPlain, kMarkup, kUnknown, kXml };

Format FormatOf(const Item& item) {
  // The role is only a hint: `{"role": "text", "contenttype": "application/xhtml+xml"}` is real.
  const std::string_view declared = item.content_type.empty() ? item.role : item.content_type;
  if (ContainsInAnyCase(declared, "html")) return Format::kMarkup;
  if (ContainsInAnyCase(declared, "nitf") || ContainsInAnyCase(declared, "xml")) return Format::kXml;
  if (declared == "text/plain" || IsMain(item)) return Format::kPlain;
  return Format::kUnknown;
}

// Descriptions that describe nothing: who took the picture, who owns it.
bool IsCredit(const Item& item) {
  return IsOneOf(item.role, {"creditline", "credit", "writer", "copyright", "byline", "usageterms"});
}
bool IsNote(const Item& item) { return IsOneOf(item.role, {"note", "ednote"}); }

// The best text of those that `keep` accepts.
template <typename Keep>
const Item* Best(const std::vector<Item>& items, Keep keep) {
  const auto rank = [](const Item& item) { return 2 * static_cast<int>(FormatOf(item)) + (IsMain(item) ? 0 : 1); };
  const Item* best = nullptr;
  for (const Item& item : items) {
    if (IsBlankText(item.text) || !keep(item)) continue;
    if (best == nullptr || rank(item) < rank(*best)) best = &item;
  }
  return best;
}

// A note to editors only where nothing else is said.
const Item* BestDescription(const std::vector<Item>& items) {
  const Item* best = Best(items, [](const Item& item) { return !IsCredit(item) && !IsNote(item); });
  return best != nullptr ? best : Best(items, IsNote);
}

const Item* BestHeadline(const std::vector<Item>& items) {
  const Item* best = nullptr;
  for (const Item& item : items) {
    if (IsBlankText(item.text)) continue;
    if (item.role == "main") return &item;
    if (best == nullptr || (item.role.empty() && !best->role.empty())) best = &item;
  }
  return best;
}

bool Add(const Item* item, std::vector<RawText>& texts) {
  if (item != nullptr) texts.push_back({item->text, IsMarkup(*item)});
  return item != nullptr;
}

// The paragraphs of the best one, which stood in a list.
bool AddAll(const Item* best, const std::vector<Item>& items, std::vector<RawText>& texts) {
  for (const Item& item : items) {
    if (best != nullptr && item.role == best->role) Add(&item, texts);
  }
  return best != nullptr;
}

bool Add(std::string_view text, std::vector<RawText>& texts) {
  if (IsBlankText(text)) return false;
  texts.push_back({text});
  return true;
}

// Who published it, not who was interviewed for it (roles: cv.iptc.org/newscodes/contentprodpartyrole).
std::string_view PublisherAmong(const std::vector<Item>& infosources) {
  for (const Item& item : infosources) {
    const auto has_role = [&](std::string_view role) { return ContainsInAnyCase(item.role, role); };
    const bool publisher = item.role.empty() || has_role("provider") || has_role("publisher") || has_role("agency") ||
                           has_role("distributor") || has_role("origin");
    if (publisher && !IsBlankText(item.text)) return item.text;
  }
  return {};
}

std::string_view FirstOf(std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts) {
    if (!IsBlankText(text)) return text;
  }
  return {};
}

// Both shapes fall back on each other's keys: a text that a record has must be searched, wherever it stands.

bool AddNinjsTitle(const RecordFields& fields, RawArticle& raw) {
  return Add(fields.text(OtherText::kHeadline), raw.title) ||
         Add(BestHeadline(fields.items(ListKey::kHeadlines)), raw.title) ||
         Add(BestHeadline(fields.items(ListKey::kHeadlineVariants)), raw.title);
}

bool AddNinjsSummary(const RecordFields& fields, RawArticle& raw) {
  return Add(BestDescription(fields.items(ListKey::kDescriptions)), raw.summary) ||
         AddAll(BestDescription(fields.items(ListKey::kDescriptionVariants)),
                fields.items(ListKey::kDescriptionVariants), raw.summary);
}

// Of a record that is no ninjs only what is a text by its name: a `body_hash` says nothing in words.
bool AddNinjsBody(const RecordFields& fields, bool any_format, RawArticle& raw) {
  const auto is_text = [any_format](const Item& item) {
    return any_format || IsOneOf(item.role, {"text", "plain", "html", "xhtml", "main", "nitf", "xml", "markdown"});
  };
  return Add(BestText(fields.items(ListKey::kBodies)), raw.body) ||
         AddAll(Best(fields.items(ListKey::kBodyVariants), is_text), fields.items(ListKey::kBodyVariants), raw.body);
}

bool AddParts(const std::vector<Item>& parts, std::vector<RawText>& texts) {
  for (const Item& part : parts) Add(part.text, texts);
  return !parts.empty();
}

bool AddFlatSummary(const RecordFields& fields, RawArticle& raw) {
  return AddParts(fields.items(ListKey::kSummaryParts), raw.summary) ||
         Add(fields.text(ArticleField::kSummary), raw.summary);
}

bool AddFlatBody(const RecordFields& fields, RawArticle& raw) {
  return AddParts(fields.items(ListKey::kBodyParts), raw.body) || Add(fields.text(ArticleField::kBody), raw.body);
}

std::string_view SourceOf(const RecordFields& fields) {
  const auto& sources = fields.items(ListKey::kSource);
  return FirstOf({sources.empty() ? std::string_view() : sources.front().text,
                  PublisherAmong(fields.items(ListKey::kInfosources)), fields.text(OtherText::kCopyrightHolder)});
}

void AddAuthors(const RecordFields& fields, RawArticle& raw) {
  for (const Item& author : fields.items(ListKey::kAuthors)) raw.authors.push_back(author.text);
  if (raw.authors.empty()) raw.authors.push_back(fields.text(OtherText::kByline));
}

// What is called the same in every shape. Of the others the caller says what is to stand there.
void FillTexts(const RecordFields& fields, RawArticle& raw) {
  std::copy_n(fields.texts.begin(), kArticleFieldCount, raw.texts.begin());
}

}  // namespace

bool IsMarkup(const Item& item) {
  const Format format = FormatOf(item);
  return format == Format::kMarkup || format == Format::kXml;
}

const Item* BestText(const std::vector<Item>& items) {
  return Best(items, [](const Item&) { return true; });
}

bool IsNinjs(const RecordFields& fields) {
  if (fields.says_ninjs) return true;
  const auto has = [&](auto key) { return !IsBlankText(fields.text(key)); };
  // An `id` or a `body` beside it is often an addition to a ninjs, so many keys of its own outweigh them.
  const bool many = fields.ninjs_keys >= 3 && fields.ninjs_keys > fields.flat_keys;
  if (has(ArticleField::kId) || has(ArticleField::kBody)) return many;
  return many || (fields.ninjs_keys > 0 && (has(OtherText::kUri) || has(OtherText::kGuid)));
}

void FillFromNinjs(const RecordFields& fields, RawArticle& raw) {
  const auto text = [&](auto key) { return fields.text(key); };
  const std::string_view uri = FirstOf({text(OtherText::kUri), text(OtherText::kGuid)});
  FillTexts(fields, raw);
  raw.text(ArticleField::kId) = FirstOf({uri, text(ArticleField::kId)});

  // `title` is a name for the desk ("Turkey Islamic State"); better than nothing.
  if (!AddNinjsTitle(fields, raw)) Add(text(ArticleField::kTitle), raw.title);
  if (!AddNinjsSummary(fields, raw)) AddFlatSummary(fields, raw);
  if (!AddNinjsBody(fields, true, raw)) AddFlatBody(fields, raw);

  std::string_view& url = raw.text(ArticleField::kUrl);
  if (IsBlankText(url) && (uri.starts_with("http://") || uri.starts_with("https://"))) url = uri;
  raw.text(ArticleField::kSource) = SourceOf(fields);
  AddAuthors(fields, raw);
  for (const ListKey key : {ListKey::kSubjects, ListKey::kKeywords, ListKey::kTags, ListKey::kCategories}) {
    for (const Item& item : fields.items(key)) {
      raw.tags.push_back(item.text);
      if (item.code != item.text) raw.tags.push_back(item.code);
    }
  }
  raw.text(ArticleField::kPublishedAt) = FirstOf({text(OtherText::kVersionCreated), text(OtherText::kFirstCreated),
                                                  text(OtherText::kContentCreated), text(ArticleField::kPublishedAt)});
}

void FillFromFlat(const RecordFields& fields, RawArticle& raw) {
  const auto text = [&](auto key) { return fields.text(key); };
  FillTexts(fields, raw);
  raw.text(ArticleField::kId) = FirstOf({text(ArticleField::kId), text(OtherText::kUri), text(OtherText::kGuid)});
  if (!Add(text(ArticleField::kTitle), raw.title)) AddNinjsTitle(fields, raw);
  if (!AddFlatSummary(fields, raw)) AddNinjsSummary(fields, raw);
  if (!AddFlatBody(fields, raw)) AddNinjsBody(fields, false, raw);
  raw.text(ArticleField::kSource) = SourceOf(fields);
  AddAuthors(fields, raw);
  for (const ListKey key : {ListKey::kTags, ListKey::kCategories}) {
    for (const Item& tag : fields.items(key)) raw.tags.push_back(tag.text);
  }
  raw.text(ArticleField::kPublishedAt) = FirstOf({text(ArticleField::kPublishedAt), text(OtherText::kVersionCreated),
                                                  text(OtherText::kFirstCreated), text(OtherText::kContentCreated)});
}

}  // namespace wirewatch
