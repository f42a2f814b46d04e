#include "pipeline/deliver/notice_text.h"

#include <algorithm>
#include <string_view>

#include "base/text/trim.h"
#include "pipeline/alert/alert.h"
#include "pipeline/match/article_facts.h"
#include "pipeline/match/match.h"
#include "rules/codes/host.h"

namespace wirewatch {
namespace {

// Fewer bytes may be the same by chance.
constexpr std::size_t kLeastOverlap = 12;
// A text without a blank for so long has none between its words.
constexpr std::size_t kLongestCutWord = 64;

// Whether Cut made `text`, and not an author who ends a shorter one with the same mark.
bool WasCut(std::string_view text, std::size_t limit) {
  return text.ends_with(kCutMark) && text.size() + kCutMark.size() > limit;
}

// What was cut, without the mark and the word before it, of which the end may be missing.
std::string_view WithoutCutWord(std::string_view text) {
  text.remove_suffix(kCutMark.size());
  const std::size_t blank = text.find_last_of(' ');
  const bool near = blank != std::string_view::npos && text.size() - blank <= kLongestCutWord;
  return near ? text.substr(0, blank) : text;
}

std::string_view WithoutCutWord(std::string_view text, std::size_t limit) {
  return WasCut(text, limit) ? WithoutCutWord(text) : text;
}

// Behind a text that was cut its snippet ends.
std::string_view SnippetOf(const NoticeSpan& span) {
  return Trimmed(WasCut(span.text, kMaxSpanText) ? WithoutCutWord(span.snippet) : span.snippet);
}

// Paragraphs that are made of snippets, behind what stands in `text` already (the first paragraph, or nothing).
class Snippets {
 public:
  explicit Snippets(std::string& text) : text_(text), begin_(text.size()), last_(text.size()) {}

  void Add(std::string_view snippet) {
    const std::string_view first = std::string_view(text_).substr(0, begin_);
    if (first.find(snippet) != std::string_view::npos) return;
    snippet.remove_prefix(OverlapOf(first, snippet));
    const std::string_view before = std::string_view(text_).substr(last_);
    if (before.find(snippet) != std::string_view::npos) return;
    if (const std::size_t overlap = OverlapOf(before, snippet); overlap > 0) {
      text_.append(snippet.substr(overlap));
      return;
    }
    if (!text_.empty()) text_ += '\n';
    last_ = text_.size();
    text_ += snippet;
  }

 private:
  std::string& text_;
  const std::size_t begin_;
  std::size_t last_;  // where the paragraph begins that was added last
};

}  // namespace

std::size_t OverlapOf(std::string_view text, std::string_view next) {
  for (std::size_t size = std::min(text.size(), next.size()); size >= kLeastOverlap; --size) {
    if (text.ends_with(next.substr(0, size))) return size;
  }
  return 0;
}

void NoticeText::Begin(const AlertNotice& notice) {
  notice_ = &notice;
  Choose(0);
}

std::size_t NoticeText::count() const { return std::max<std::size_t>(notice_->summary.size(), 1); }

void NoticeText::Choose(std::size_t which) {
  which_ = which;
  has_text_ = false;
  attributes_ = {};
  attributes_.tags = notice_->tags;
  attributes_.now = notice_->alerted;
  if (which_ < notice_->summary.size()) {
    const FoldedNotice& listed = notice_->summary[which_];
    host_ = HostOf(listed.url);
    attributes_.source = listed.source;
  } else {
    host_ = HostOf(notice_->url);
    attributes_.source = notice_->source;
    attributes_.language = notice_->language;
    attributes_.country = notice_->country;
    attributes_.section = notice_->section;
    attributes_.published_at = notice_->published_at;
  }
  attributes_.source_host = host_;
}

void NoticeText::MakeText() {
  if (has_text_) return;
  has_text_ = true;
  const bool listed = which_ < notice_->summary.size();
  title_ = WithoutCutWord(listed ? notice_->summary[which_].title : notice_->title, kMaxTitleFact);
  summary_.clear();
  body_.clear();
  if (!listed) {
    body_ = WithoutCutWord(notice_->first_paragraph, kMaxFact);
    Snippets of_body(body_), of_summary(summary_);
    for (const NoticeSpan& span : notice_->spans) {
      if (span.field == Name(Field::kBody)) of_body.Add(SnippetOf(span));
      if (span.field == Name(Field::kSummary)) of_summary.Add(SnippetOf(span));
    }
  }
  document_ = attributes_;
  document_.texts = {title_, summary_, body_};
  Fold(document_, folded_);
}

const Document& NoticeText::document() {
  MakeText();
  return document_;
}

const FoldedDocument& NoticeText::folded() {
  MakeText();
  return folded_;
}

}  // namespace wirewatch
