#include "pipeline/ninjs.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace wirewatch {
namespace {

// Whether `text` holds `part` (lower case) in any case.
bool Contains(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](char a, char b) { return AsciiLower(a) == b; }) != text.end();
}

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

bool IsMain(const Item& item) { return IsOneOf(item.role, {"", "main", "text", "plain"}); }

// In the order in which they are preferred.
enum class Format { kPlain, kMarkup, kUnknown, kXml };

Format FormatOf(const Item& item) {
  // The role is only a hint: `{"role": "text", "contenttype": "application/xhtml+xml"}` is real.
  const std::string_view declared = item.content_type.empty() ? item.role : item.content_type;
  if (Contains(declared, "html")) return Format::kMarkup;
  if (Contains(declared, "nitf") || Contains(declared, "xml")) return Format::kXml;
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

bool Add(std::string_view text, std::vector<RawText>& texts) {
  if (IsBlankText(text)) return false;
  texts.push_back({text});
  return true;
}

// Who published it, not who was interviewed for it (roles: cv.iptc.org/newscodes/contentprodpartyrole).
std::string_view PublisherAmong(const std::vector<Item>& infosources) {
  for (const Item& item : infosources) {
    const auto has_role = [&](std::string_view role) { return Contains(item.role, role); };
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

}  // namespace

bool IsMarkup(const Item& item) {
  const Format format = FormatOf(item);
  return format == Format::kMarkup || format == Format::kXml;
}

const Item* BestText(const std::vector<Item>& items) {
  return Best(items, [](const Item&) { return true; });
}

bool IsNinjs(const RecordFields& fields) {
  return fields.ninjs_key && !IsBlankText(fields.text(TextKey::kUri)) && IsBlankText(fields.text(TextKey::kId)) &&
         IsBlankText(fields.text(TextKey::kBody));
}

void FillFromNinjs(const RecordFields& fields, RawArticle& raw) {
  const auto text = [&](TextKey key) { return fields.text(key); };
  const std::string_view uri = text(TextKey::kUri);
  raw.id = uri;
  raw.version = text(TextKey::kVersion);

  // `title` is a name for the desk ("Turkey Islamic State"); better than nothing.
  [[maybe_unused]] const bool titled =
      Add(text(TextKey::kHeadline), raw.title) || Add(BestHeadline(fields.items(ListKey::kHeadlines)), raw.title) ||
      Add(BestHeadline(fields.items(ListKey::kHeadlineVariants)), raw.title) || Add(text(TextKey::kTitle), raw.title);
  [[maybe_unused]] const bool described =
      Add(BestDescription(fields.items(ListKey::kDescriptions)), raw.summary) ||
      Add(BestDescription(fields.items(ListKey::kDescriptionVariants)), raw.summary);
  [[maybe_unused]] const bool has_body = Add(BestText(fields.items(ListKey::kBodies)), raw.body) ||
                                         Add(BestText(fields.items(ListKey::kBodyVariants)), raw.body);

  raw.url = text(TextKey::kUrl);
  if (IsBlankText(raw.url) && (uri.starts_with("http://") || uri.starts_with("https://"))) raw.url = uri;
  const auto& sources = fields.items(ListKey::kSource);
  raw.source = FirstOf({sources.empty() ? std::string_view() : sources.front().text,
                        PublisherAmong(fields.items(ListKey::kInfosources)), text(TextKey::kCopyrightHolder)});
  for (const Item& author : fields.items(ListKey::kAuthors)) raw.authors.push_back(author.text);
  if (raw.authors.empty()) raw.authors.push_back(text(TextKey::kByline));
  for (const Item& subject : fields.items(ListKey::kSubjects)) {
    raw.tags.push_back(subject.text);
    if (subject.code != subject.text) raw.tags.push_back(subject.code);
  }
  raw.published_at =
      FirstOf({text(TextKey::kVersionCreated), text(TextKey::kFirstCreated), text(TextKey::kContentCreated)});
  raw.language = text(TextKey::kLanguage);
  raw.status = text(TextKey::kStatus);
  raw.embargoed_until = text(TextKey::kEmbargoedUntil);
  raw.urgency = text(TextKey::kUrgency);
}

}  // namespace wirewatch
