// Mapping: article fields by JSON pointers (RFC 6901), for records of any shape.
//
// The pointers are walked together in one pass over the record, so the order of its keys does not matter and no value
// is read twice: each object or array is entered with the set of pointers that lead into it. A field may have several
// pointers: what each leads to is kept until the record is read, then the first with a text is taken. Pointers of a
// text that go through the same list ("/x/*/a", "/x/*/b/*/c") are chosen from for each of its elements: they are of
// different kinds, and their order is that of the text.
#ifndef WIREWATCH_PIPELINE_DECODE_DECODE_MAPPING_INTERNAL_H_
#define WIREWATCH_PIPELINE_DECODE_DECODE_MAPPING_INTERNAL_H_

#include <bitset>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pipeline/decode/article_decoder.h"
#include "pipeline/decode/json_reader_internal.h"
#include "pipeline/decode/raw_article.h"

namespace wirewatch {

class Mapping {
 public:
  // kInvalid: an unknown field, a malformed pointer, or one that leads into what another one reads; all of them named.
  static Result<Mapping> Create(const DecodeMapping& pointers);

  bool empty() const { return pointers_.empty(); }

  // Reads a record into `raw`, which is clear. False: the reader has the error.
  [[nodiscard]] bool Read(JsonReader& reader, simdjson::ondemand::object& root, RawArticle& raw);

  // Of the record read last, the first field that could not be read: "field 'title' (/headline) is an object, not
  // text".
  const std::string& first_unreadable() const { return first_unreadable_; }

 private:
  static constexpr std::size_t kMostPointers = 256;

  struct Pointer {
    ArticleField field;
    std::string written;                // "/headlines/0/value"
    std::vector<std::string> segments;  // "headlines", "0", "value"
    bool many = false;                  // has a "*"
    std::size_t list = 0;               // if so, which segment the first is
    std::size_t leads = 0;              // the first of the field's pointers through the same list
  };
  using Set = std::bitset<kMostPointers>;

  bool ReadObject(JsonReader& reader, simdjson::ondemand::object& object, std::size_t depth, const Set& active,
                  RawArticle& raw);
  bool ReadValue(JsonReader& reader, simdjson::ondemand::value& value, std::size_t depth, const Set& active,
                 RawArticle& raw);
  bool ReadLeaf(JsonReader& reader, simdjson::ondemand::value& value, std::size_t depth, const Set& leaves,
                RawArticle& raw);
  Set Step(const Set& active, std::size_t level, std::string_view name, bool element) const;
  void ChooseOfElement(const Set& active, std::size_t list);
  void NoteUnreadable(const Pointer& pointer, JsonType type, RawArticle& raw);
  void Choose(RawArticle& raw) const;

  std::vector<Pointer> pointers_;  // those of one field one after the other, in the order in which they are preferred
  std::vector<std::vector<std::string_view>> found_;  // by pointer: the texts it leads to in this record
  std::vector<std::size_t> chosen_;                   // by pointer: how many of these are of elements that were left
  ItemList list_;
  std::string first_unreadable_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DECODE_DECODE_MAPPING_INTERNAL_H_
