#include "rules/attributes.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>

#include "base/clock.h"

namespace wirewatch {
namespace {

char Lower(char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), Lower);
  return lower;
}

bool EqualInAnyCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return Lower(x) == Lower(y); });
}

// www.reuters.com is of reuters.com, notreuters.com is not.
bool IsOfDomain(std::string_view host, std::string_view domain) {
  if (domain.empty() || host.size() < domain.size()) return false;
  const std::size_t rest = host.size() - domain.size();
  return EqualInAnyCase(host.substr(rest), domain) && (rest == 0 || host[rest - 1] == '.');
}

bool IsBelowDomain(std::string_view host, std::string_view domain) {
  return host.size() > domain.size() + 1 && IsOfDomain(host, domain);
}

bool Compares(std::int64_t number, const AttributeTest& test) {
  switch (test.comparison) {
    case Comparison::kIs: return number == test.number;
    case Comparison::kLess: return number < test.number;
    case Comparison::kAtMost: return number <= test.number;
    case Comparison::kMore: return number > test.number;
    case Comparison::kAtLeast: return number >= test.number;
  }
  std::abort();
}

}  // namespace

AttributeTest::AttributeTest(Attribute tested, Comparison how, std::string_view wanted)
    : attribute(tested), comparison(how), value(LowerCase(wanted)), folded(FoldText(wanted).text) {
  if (attribute == Attribute::kPublished) {
    number = std::chrono::microseconds(ParseDuration(wanted).value_or(std::chrono::milliseconds(0))).count();
  } else if (IsNumber(attribute)) {
    std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
  }
}

void ArticleAttributes::Begin(const Document& document, const FoldedDocument& folded) {
  document_ = &document;
  words_ = folded.fields[static_cast<std::size_t>(Field::kBody)].size();
  folded_source_ = folded_section_ = folded_tags_ = false;
}

bool ArticleAttributes::Holds(const AttributeTest& test) {
  const auto fold = [&](std::string_view text, std::string& into) {
    Document alone;
    alone.texts[0] = text;
    Fold(alone, folded_);
    into = folded_.text;
  };
  switch (test.attribute) {
    case Attribute::kLanguage: return LanguageHolds(document_->language, test.value);
    case Attribute::kCountry: return !test.value.empty() && EqualInAnyCase(document_->country, test.value);
    case Attribute::kSource:
      if (test.value.starts_with("*.")) {
        const std::string_view domain = std::string_view(test.value).substr(2);
        return IsBelowDomain(document_->source_host, domain) || IsBelowDomain(document_->source, domain);
      }
      if (IsOfDomain(document_->source_host, test.value) || IsOfDomain(document_->source, test.value)) return true;
      if (!folded_source_) fold(document_->source, source_);
      folded_source_ = true;
      return !test.folded.empty() && source_ == test.folded;
    case Attribute::kSection:
      if (!folded_section_) fold(document_->section, section_);
      folded_section_ = true;
      return !test.folded.empty() && section_ == test.folded;
    case Attribute::kTag:
      if (!folded_tags_) {
        if (tags_.size() < document_->tags.size()) tags_.resize(document_->tags.size());
        for (std::size_t i = 0; i < document_->tags.size(); ++i) fold(document_->tags[i], tags_[i]);
      }
      folded_tags_ = true;
      return HasTag(test.folded);
    case Attribute::kPublished:
      return document_->published_at && document_->now &&
             Compares((*document_->now - *document_->published_at).count(), test);
    case Attribute::kUrgency: return document_->urgency && Compares(*document_->urgency, test);
    case Attribute::kWords: return Compares(words_, test);
  }
  std::abort();
}

bool ArticleAttributes::HasTag(std::string_view folded) {
  const auto end = tags_.begin() + static_cast<std::ptrdiff_t>(document_->tags.size());
  return !folded.empty() && std::find(tags_.begin(), end, folded) != end;
}

bool LanguageHolds(std::string_view tag, std::string_view wanted) {
  if (wanted.empty() || tag.size() < wanted.size()) return false;
  return EqualInAnyCase(tag.substr(0, wanted.size()), wanted) &&
         (tag.size() == wanted.size() || tag[wanted.size()] == '-');
}

bool LanguagePasses(std::string_view tag, const std::vector<std::string>& languages) {
  if (languages.empty() || tag.empty()) return true;
  return std::any_of(languages.begin(), languages.end(), [&](const std::string& language) {
    return EqualInAnyCase(tag.substr(0, tag.find('-')), language);
  });
}

}  // namespace wirewatch
