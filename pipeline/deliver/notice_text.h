// NoticeText: what an expression of a subscription reads: the text that an alert carries, as a document of the rule
// language.
//
//   title      the article's
//   summary    the snippets that were found in it, each a paragraph
//   body       the first paragraph, then the snippets that were found in the body, each a paragraph; so `lead:` is
//              about the first paragraph and the summary
//   attributes language, country, source, host of the url, section, tags (those of the topic); the age is that at the
//              time of the alert. Length and urgency are not carried (CheckMatch refuses to ask for them).
//
// Snippets overlap where terms stand close together. What stands there twice is read once, so that `huawei{3,}` counts
// places and not snippets: a snippet that goes on where the one before ends is joined to it, and what the first
// paragraph has is left out. The title's snippets are in the title.
//
// Where a text was cut for its length, the mark is taken away and the word that it may have cut through with it.
//
// An alert of kind quiet carries no text, and its document is empty but for its attributes. A summary stands for the
// alerts that it lists: it has a document for each, of title, source and host; one without a list has one that is
// empty.
#ifndef WIREWATCH_PIPELINE_DELIVER_NOTICE_TEXT_H_
#define WIREWATCH_PIPELINE_DELIVER_NOTICE_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "pipeline/deliver/alert_notice.h"
#include "rules/text/document.h"
#include "rules/text/fold.h"

namespace wirewatch {

// How much of the beginning of `next`, in bytes, is the end of `text` already: snippets that overlap are one text. 0
// where it is so little that it may be the same by chance.
std::size_t OverlapOf(std::string_view text, std::string_view next);

// Memory is reused from alert to alert. Threads: one at a time.
class NoticeText {
 public:
  // Borrows the alert until the next call. What follows is of the first document then.
  void Begin(const AlertNotice& notice);

  std::size_t count() const;  // of documents, at least 1
  void Choose(std::size_t which);

  // The attributes alone: no text.
  const Document& attributes() const { return attributes_; }
  // All of it, made when it is first asked for.
  const Document& document();
  const FoldedDocument& folded();  // of document()

 private:
  void MakeText();

  const AlertNotice* notice_ = nullptr;
  std::size_t which_ = 0;
  Document attributes_, document_;
  std::string host_, title_, summary_, body_;
  FoldedDocument folded_;
  bool has_text_ = false;
};

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DELIVER_NOTICE_TEXT_H_
