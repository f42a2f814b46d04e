#include "pipeline/story/story_signature.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <span>
#include <utility>

#include "base/text/utf8.h"
#include "pipeline/story/word_rarity.h"
#include "rules/text/code_point_table.h"

namespace wirewatch {
namespace {

// How much text a shingle covers: four words, or eight characters of a script without blanks. Shorter ones recur by
// chance, longer ones are broken by each small edit. Measured by bench_stories.
constexpr std::uint8_t kShingleWidth = 8, kWordWidth = 2, kLoneWidth = 1;
// Terms are taken from so many words behind the title: the news comes first, and background last.
constexpr std::uint32_t kTermWords = 250;
constexpr float kTitleFactor = 2, kRepetitionFactor = 0.5F, kWeightUnit = 10;

// Whether the word is one character of a script without blanks; the fold makes each of these a word.
bool IsLoneCharacter(std::string_view word) {
  if (static_cast<unsigned char>(word.front()) < 0xE0) return false;
  return CodePointTable::Get().At(DecodeUtf8(word, 0).code_point).alone;
}

void AppendNumber(std::uint32_t number, std::string& bytes) {
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(number >> shift & 0xFF);
}

std::uint32_t TakeNumber(std::string_view& bytes) {
  std::uint32_t number = 0;
  for (int i = 0; i < 4; ++i) number |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << 8 * i;
  bytes.remove_prefix(4);
  return number;
}

constexpr char kVersion = 1;

}  // namespace

StorySignature SignatureMaker::Make(const FoldedDocument& folded) {
  const auto& [title, summary, body] = folded.fields;
  StorySignature signature;
  signature.text = Sketch(folded, {summary.begin, body.end}, StorySignature::kText);
  signature.title = Sketch(folded, title, StorySignature::kTitle);
  PutTerms(folded, signature);
  return signature;
}

std::vector<std::uint32_t> SignatureMaker::Sketch(const FoldedDocument& folded, TokenRange tokens, std::size_t most) {
  const std::size_t count = tokens.size();
  hashes_.resize(count);
  widths_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view word = folded.Word(tokens.begin + static_cast<std::uint32_t>(i));
    hashes_[i] = XXH3_64bits(word.data(), word.size());
    widths_[i] = IsLoneCharacter(word) ? kLoneWidth : kWordWidth;
  }
  shingles_.resize(count);
  std::size_t made = 0, width = 0;
  for (std::size_t begin = 0, end = 0; begin < count; ++begin) {
    while (width < kShingleWidth && end < count) width += widths_[end++];
    if (width < kShingleWidth && begin > 0) break;  // a text that is shorter is one shingle
    std::uint64_t hash = 0;
    for (std::size_t at = begin; at < end; ++at) hash = (hash ^ hashes_[at]) * 0x9E3779B97F4A7C15;
    shingles_[made++] = static_cast<std::uint32_t>(XXH64(&hash, sizeof hash, 0));
    width -= widths_[begin];
  }
  shingles_.resize(made);
  return Smallest(most);
}

// Hashes are spread evenly, so about as many as are asked for lie below a bound, and only these are sorted. Where
// shingles repeat they may be too few, and the bound is raised.
std::vector<std::uint32_t> SignatureMaker::Smallest(std::size_t most) {
  constexpr std::uint64_t kAll = std::uint64_t{1} << 32;
  const std::size_t wanted = most + most / 2;
  smallest_.resize(shingles_.size());
  for (std::uint64_t bound = shingles_.size() > wanted ? kAll / shingles_.size() * wanted : kAll;; bound *= 4) {
    std::size_t count = 0;
    for (const std::uint32_t shingle : shingles_) {
      smallest_[count] = shingle;
      count += shingle < bound;
    }
    const auto end = smallest_.begin() + static_cast<std::ptrdiff_t>(count);
    std::sort(smallest_.begin(), end);
    const std::size_t found = static_cast<std::size_t>(std::unique(smallest_.begin(), end) - smallest_.begin());
    if (found < most && bound < kAll) continue;
    return {smallest_.begin(), smallest_.begin() + static_cast<std::ptrdiff_t>(std::min(found, most))};
  }
}

namespace {

// Gives `take` the stem of each word that could be a term, and whether it stands in the title.
template <class Take>
void ForEachStem(const FoldedDocument& folded, Take take) {
  const std::uint32_t title_end = folded.fields[static_cast<std::size_t>(Field::kTitle)].end;
  const auto end = std::min(static_cast<std::uint32_t>(folded.tokens.size()), title_end + kTermWords);
  for (std::uint32_t token = 0; token < end; ++token) {
    const std::string_view word = folded.Word(token);
    if (!IsLoneCharacter(word)) {
      if (word.size() > 1) take(StemOf(word), token < title_end);
    } else if (token + 1 < end && token + 1 != title_end && IsLoneCharacter(folded.Word(token + 1))) {
      // Two characters side by side, without what stands between them; the last of the title and the first of the text
      // are no pair.
      std::string pair(word);
      pair += folded.Word(token + 1);
      take(std::string_view(pair), token < title_end);
    }
  }
}

}  // namespace

void AppendStoryWords(const FoldedDocument& folded, std::vector<StoryWord>& words) {
  ForEachStem(folded, [&](std::string_view stem, bool in_title) { words.push_back({StemHash(stem), in_title}); });
}

std::vector<std::string> StoryStems(const FoldedDocument& folded) {
  std::vector<std::string> stems;
  ForEachStem(folded, [&](std::string_view stem, bool) { stems.emplace_back(stem); });
  return stems;
}

// Puts words that are the same side by side. By a counting sort of the first byte of their hashes, which leaves one or
// two in a group: to sort them all at once takes three times as long.
void SignatureMaker::GroupWords() {
  constexpr int kShift = 24;
  std::array<std::uint32_t, 257> ends{};  // of the group before; then, of each
  for (const StoryWord& word : words_) ++ends[(word.hash >> kShift) + 1];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  grouped_.resize(words_.size());
  for (const StoryWord& word : words_) grouped_[ends[word.hash >> kShift]++] = word;
  words_.swap(grouped_);
  std::uint32_t begin = 0;
  for (const std::uint32_t end : std::span(ends).first(256)) {
    if (end - begin > 1) {
      std::sort(words_.begin() + begin, words_.begin() + end,
                [](const StoryWord& a, const StoryWord& b) { return a.hash < b.hash; });
    }
    begin = end;
  }
}

void SignatureMaker::PutTerms(const FoldedDocument& folded, StorySignature& signature) {
  words_.clear();
  AppendStoryWords(folded, words_);
  GroupWords();
  weighed_.clear();
  for (auto begin = words_.begin(); begin != words_.end();) {
    const auto end = std::find_if(begin, words_.end(), [&](const StoryWord& word) { return word.hash != begin->hash; });
    const bool in_title = std::any_of(begin, end, [](const StoryWord& word) { return word.in_title; });
    float weight = RarityOf(begin->hash);
    if (end - begin > 1) weight *= 1 + kRepetitionFactor * std::log(static_cast<float>(end - begin));
    if (in_title) weight *= kTitleFactor;
    if (weight > 0) weighed_.emplace_back(weight, begin->hash);
    begin = end;
  }
  const std::size_t count = std::min(weighed_.size(), StorySignature::kTerms);
  const auto heaviest = weighed_.begin() + static_cast<std::ptrdiff_t>(count);
  if (heaviest != weighed_.end()) std::nth_element(weighed_.begin(), heaviest, weighed_.end(), std::greater<>());
  std::sort(weighed_.begin(), heaviest, [](const auto& a, const auto& b) { return a.second < b.second; });
  signature.terms.reserve(count);
  signature.weights.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const long weight = std::clamp(std::lround(weighed_[i].first * kWeightUnit), 1L, 255L);
    signature.terms.push_back(weighed_[i].second);
    signature.weights.push_back(static_cast<std::uint8_t>(weight));
  }
}

// Version; how many of text, title and terms; these; the weights, each at least 1. Numbers little-endian.
std::string PackSignature(const StorySignature& signature) {
  std::string bytes;
  if (signature.empty()) return bytes;
  bytes += kVersion;
  for (const std::size_t count : {signature.text.size(), signature.title.size(), signature.terms.size()}) {
    bytes += static_cast<char>(count);
  }
  for (const std::uint32_t shingle : signature.text) AppendNumber(shingle, bytes);
  for (const std::uint32_t shingle : signature.title) AppendNumber(shingle, bytes);
  for (const std::uint32_t term : signature.terms) AppendNumber(term, bytes);
  for (const std::uint8_t weight : signature.weights) bytes += static_cast<char>(weight);
  return bytes;
}

Result<StorySignature> UnpackSignature(std::string_view bytes) {
  StorySignature signature;
  if (bytes.empty()) return signature;
  const Error invalid{ErrorCode::kInvalid, "a story signature that cannot be read"};
  if (bytes.size() < 4 || bytes[0] != kVersion) return invalid;
  const auto count = [&](std::size_t at) { return std::size_t{static_cast<unsigned char>(bytes[at])}; };
  const std::size_t text = count(1), title = count(2), terms = count(3);
  if (text > StorySignature::kText || title > StorySignature::kTitle || terms > StorySignature::kTerms ||
      bytes.size() != 4 + 4 * (text + title) + 5 * terms || bytes.size() == 4) {
    return invalid;
  }
  bytes.remove_prefix(4);
  for (std::size_t i = 0; i < text; ++i) signature.text.push_back(TakeNumber(bytes));
  for (std::size_t i = 0; i < title; ++i) signature.title.push_back(TakeNumber(bytes));
  for (std::size_t i = 0; i < terms; ++i) signature.terms.push_back(TakeNumber(bytes));
  signature.weights.assign(bytes.begin(), bytes.end());
  for (const auto* list : {&signature.text, &signature.title, &signature.terms}) {
    if (std::adjacent_find(list->begin(), list->end(), std::greater_equal<>()) != list->end()) return invalid;
  }
  if (std::find(signature.weights.begin(), signature.weights.end(), 0) != signature.weights.end()) return invalid;
  return signature;
}

}  // namespace wirewatch
