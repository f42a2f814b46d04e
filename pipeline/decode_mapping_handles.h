// Mapping: article fields by JSON pointers (RFC 6901), for records of any shape.
//
// The pointers are walked together in one pass over the record, so the order of its keys does not matter and no value
// is read twice: each object or array is entered with the set of pointers that lead into it.
#ifndef WIREWATCH_PIPELINE_DECODE_MAPPING_HANDLES_H_
#define WIREWATCH_PIPELINE_DECODE_MAPPING_HANDLES_H_

#include <bitset>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pipeline/article_decoder.h"
#include "pipeline/json_reader_handles.h"
#include "pipeline/raw_article.h"

namespace wirewatch {

enum class MappedField : std::uint8_t {
  kId,
  kVersion,
  kTitle,
  kSummary,
  kBody,
  kUrl,
  kSource,
  kAuthors,
  kPublishedAt,
  kLanguage,
  kCountry,
  kTags,
  kSection,
  kStatus,
  kEmbargoedUntil,
  kUrgency,
  kCount
};

class Mapping {
 public:
  // kInvalid: an unknown field, a malformed pointer, or one that leads into what another one reads; all of them named.
  static Result<Mapping> Create(const DecodeMapping& pointers);

  bool empty() const { return pointers_.empty(); }

  // Reads a record into `raw`, which is clear. False: the reader has the error.
  [[nodiscard]] bool Read(JsonReader& reader, simdjson::ondemand::object& root, RawArticle& raw);

 private:
  struct Pointer {
    MappedField field;
    std::string name;                   // the field's
    std::string written;                // "/headlines/0/value"
    std::vector<std::string> segments;  // "headlines", "0", "value"
    bool many = false;                  // has a "*"
  };
  using Set = std::bitset<static_cast<std::size_t>(MappedField::kCount)>;  // one pointer a field

  bool ReadObject(JsonReader& reader, simdjson::ondemand::object& object, std::size_t depth, Set active,
                  RawArticle& raw);
  bool ReadValue(JsonReader& reader, simdjson::ondemand::value& value, std::size_t depth, Set active, RawArticle& raw);
  bool ReadLeaf(JsonReader& reader, simdjson::ondemand::value& value, std::size_t depth, Set leaves, RawArticle& raw);
  Set Step(Set active, std::size_t level, std::string_view name, bool element) const;

  std::vector<Pointer> pointers_;
  ItemList list_;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DECODE_MAPPING_HANDLES_H_
