#include "rules/language/attributes.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "base/clock.h"
#include "base/text/ascii.h"
#include "base/text/numbers.h"
#include "rules/codes/country_code.h"
#include "rules/codes/host.h"
#include "rules/codes/language_code.h"

namespace wirewatch {
namespace {

// The value in the form in which the article has it; what cannot be one stays empty and holds nothing.
std::string CanonicalValue(Attribute attribute, std::string_view wanted) {
  switch (attribute) {
    case Attribute::kLanguage: return CanonicalLanguage(wanted);
    case Attribute::kCountry: return CanonicalCountry(wanted);
    case Attribute::kSource: {
      if (wanted.starts_with("*.")) return "*." + CanonicalHost(wanted.substr(2));
      std::string host = HostOf(wanted);
      return host.empty() ? CanonicalHost(wanted) : host;
    }
    default: return AsciiLowerCase(wanted);
  }
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
    : attribute(tested), comparison(how), value(CanonicalValue(tested, wanted)), folded(FoldText(wanted).text) {
  if (attribute == Attribute::kPublished) {
    number = std::chrono::microseconds(ParseDuration(wanted).value_or(std::chrono::milliseconds(0))).count();
  } else if (IsNumber(attribute)) {
    number = ParseNumber<std::int64_t>(wanted).value_or(0);
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
    case Attribute::kCountry: return !test.value.empty() && document_->country == test.value;
    case Attribute::kSource:
      if (!folded_source_) {
        fold(document_->source, source_);
        source_as_host_ = HostOf(document_->source);
      }
      folded_source_ = true;
      if (test.value.starts_with("*.")) {
        const std::string_view domain = std::string_view(test.value).substr(2);
        return IsBelowDomain(document_->source_host, domain) || IsBelowDomain(source_as_host_, domain);
      }
      if (IsOfDomain(document_->source_host, test.value) || IsOfDomain(source_as_host_, test.value)) return true;
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

bool LanguagePasses(std::string_view tag, const std::vector<std::string>& languages) {
  if (languages.empty() || tag.empty()) return true;
  return std::any_of(languages.begin(), languages.end(),
                     [&](const std::string& language) { return LanguageHolds(tag, language); });
}

}  // namespace wirewatch
