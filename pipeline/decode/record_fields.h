// RecordFields: what a record says in the fields that wirewatch knows, of the flat shape and of ninjs, before anybody
// has decided which shape it is. Borrows from the record.
#ifndef WIREWATCH_PIPELINE_DECODE_RECORD_FIELDS_H_
#define WIREWATCH_PIPELINE_DECODE_RECORD_FIELDS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/decode/article.h"

namespace wirewatch {

enum class JsonType : std::uint8_t { kNull, kBool, kNumber, kString, kObject, kArray };

// "a number", "an object", ...: for "field 'title' is a number, not text".
constexpr std::string_view Describe(JsonType type) {
  constexpr std::string_view kNames[] = {"null", "true or false", "a number", "text", "an object", "an array"};
  return kNames[static_cast<std::size_t>(type)];
}

// An element of a list of texts or of things with a name: `"Reuters"`, `{"name": "Ann"}`, and ninjs'
// `{"role": "main", "contenttype": "text/html", "value": "<p>"}`.
struct Item {
  std::string_view text;          // itself, or its `value`, `name` or `code`
  std::string_view code;          // `code`, `literal`
  std::string_view role;          // `role`, `rel`; of a ninjs 1.x text the end of its key: "xhtml" of `body_xhtml`
  std::string_view content_type;  // `contenttype`
};

// What a value is as a list: a single value is a list of one, null is none.
struct ItemList {
  JsonType type = JsonType::kNull;  // of the whole value
  std::vector<Item> items;
  JsonType wrong = JsonType::kNull;  // the type of an element that is neither text nor named; kNull: none
};

// Texts that stand for a field of an article under a name of their own, of which one is chosen (ninjs.h). All others
// stand under their ArticleField.
enum class OtherText : std::uint8_t {
  kUri,
  kGuid,
  kHeadline,
  kByline,
  kCopyrightHolder,
  kVersionCreated,
  kFirstCreated,
  kContentCreated,
  kCount
};

// Where a text stands in RecordFields::texts.
constexpr std::size_t TextSlot(ArticleField field) { return static_cast<std::size_t>(field); }
constexpr std::size_t TextSlot(OtherText other) { return kArticleFieldCount + static_cast<std::size_t>(other); }
inline constexpr std::size_t kTextSlots = TextSlot(OtherText::kCount);

enum class ListKey : std::uint8_t {
  kSource,
  kAuthors,
  kTags,
  kCategories,
  kKeywords,
  kSubjects,
  kInfosources,
  kHeadlines,
  kDescriptions,
  kBodies,
  kHeadlineVariants,  // ninjs 1.x: headline_*, description_*, body_*
  kDescriptionVariants,
  kBodyVariants,
  kSummaryParts,  // a summary or body that is a list: every paragraph
  kBodyParts,
  kCount
};

// The two shapes that are known without a mapping.
enum class RecordShape : std::uint8_t { kFlat, kNinjs };
inline constexpr std::size_t kShapeCount = 2;

struct RecordFields {
  std::array<std::string_view, kTextSlots> texts;
  std::array<ItemList, static_cast<std::size_t>(ListKey::kCount)> lists;
  int flat_keys = 0;  // of the keys that only the one shape has, how many were there; `id`, `uri`, `guid` apart
  int ninjs_keys = 0;
  bool says_ninjs = false;  // `standard`, `$standard`: the record names its shape

  // By shape: what was given and could not be read, and of the first one "field 'title' is an object, not text".
  std::array<ArticleFields, kShapeCount> unreadable;
  std::array<std::string, kShapeCount> first_unreadable;

  std::string_view text(ArticleField field) const { return texts[TextSlot(field)]; }
  std::string_view text(OtherText other) const { return texts[TextSlot(other)]; }
  ItemList& list(ListKey key) { return lists[static_cast<std::size_t>(key)]; }
  const std::vector<Item>& items(ListKey key) const { return lists[static_cast<std::size_t>(key)].items; }

  void Clear() {
    texts.fill({});
    for (ItemList& list : lists) list.items.clear();
    flat_keys = ninjs_keys = 0;
    says_ninjs = false;
    for (ArticleFields& fields : unreadable) fields.Clear();
    for (std::string& told : first_unreadable) told.clear();
  }
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DECODE_RECORD_FIELDS_H_
