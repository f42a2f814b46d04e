// ValueScanner: where the records of JSON lie that does not stand a record a line: objects over several lines, one
// after the other, and the elements of arrays.
//
// It looks at brackets and strings only; what is between them the decoder judges. It goes byte by byte and remembers
// where it is, so that a stream of any length needs no more memory than its longest record.
//
// Broken JSON costs its own record, not those behind it, where the break can be told for certain: a newline ends a
// string (JSON has none in one), a '{' where an object wants a key or a comma begins a new record, a ']' that closes
// nothing of the record ends it and the array around it.
#ifndef WIREWATCH_CONNECTORS_BYTES_VALUE_SCANNER_H_
#define WIREWATCH_CONNECTORS_BYTES_VALUE_SCANNER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace wirewatch {

// Threads: one at a time. The caller hands over each byte of the stream once: those between records to SkipToRecord,
// those of a record to FindEnd.
class ValueScanner {
 public:
  // How many bytes lie before the next record: blanks, and of an array its brackets and commas. All of `text`: the
  // record begins later; else it begins there, and in_record() is true.
  std::size_t SkipToRecord(std::string_view text);

  // Where in `text` the record ends, one past its last byte; in_record() is then false. Nothing: behind `text`.
  // REQUIRES: in_record().
  std::optional<std::size_t> FindEnd(std::string_view text);

  bool in_record() const { return in_record_; }
  bool in_string() const { return in_string_; }
  // An array of records is open: at the end of the stream, one that was not closed.
  bool in_array() const { return in_array_; }
  // Whether there was a record or an array.
  bool saw_anything() const { return saw_anything_; }

 private:
  static constexpr std::size_t kMostDepth = 1 << 16;  // deeper brackets are counted, not kept apart

  std::optional<std::size_t> FindEndOfScalar(std::string_view text);
  bool InObject() const { return too_deep_ == 0 && open_.back() == '{'; }
  // False: it closes nothing that is open.
  bool CloseBracket(char open);

  bool in_record_ = false;
  bool in_array_ = false;
  bool saw_anything_ = false;
  // Of the record.
  bool scalar_ = false;          // neither object nor array
  std::string open_;             // its open brackets, the outermost first
  std::size_t open_braces_ = 0;  // of open_, the rest are '['
  std::size_t too_deep_ = 0;     // brackets beyond kMostDepth
  bool in_string_ = false;
  bool escaped_ = false;
  char before_ = '\0';  // the last byte that is neither blank nor in a string, '"' for a string; 0: at its first byte
};

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_BYTES_VALUE_SCANNER_H_
