#include "pipeline/story/story_signature.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "base/text/utf8.h"
#include "pipeline/story/word_rarity.h"

namespace wirewatch {
namespace {

// How much text a shingle covers: four words, or eight characters of a script without blanks. Shorter ones recur by
// chance, longer ones are broken by each small edit. Measured by bench_stories.
constexpr std::uint32_t kShingleWidth = 8, kWordWidth = 2, kLoneWidth = 1;
// Terms are taken from so many words behind the title: the news comes first, and background last.
constexpr std::uint32_t kTermWords = 250;
constexpr double kTitleFactor = 2.0, kRepetitionFactor = 0.5, kWeightUnit = 10;

// Whether the word is one character of a script without blanks; the fold makes each of these a word.
bool IsLoneCharacter(std::string_view word) {
  if (static_cast<unsigned char>(word.front()) < 0xE0) return false;
  const char32_t c = DecodeUtf8(word, 0).code_point;
  return (c >= 0x0E00 && c < 0x0F00) || (c >= 0x1000 && c < 0x10A0) || (c >= 0x1780 && c < 0x1800) ||
         (c >= 0x2E80 && c < 0xA000) || (c >= 0xF900 && c < 0xFB00) || c >= 0x20000;
}

std::uint64_t Mixed(std::uint64_t hash) {
  for (int round = 0; round < 2; ++round) {
    hash ^= hash >> 32;
    hash *= 0xD6E8FEB86659FD93;
  }
  return hash ^ hash >> 32;
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
  signature.terms = Terms(folded);
  return signature;
}

std::vector<std::uint32_t> SignatureMaker::Sketch(const FoldedDocument& folded, TokenRange tokens, std::size_t most) {
  hashes_.clear();
  lone_.clear();
  for (std::uint32_t token = tokens.begin; token < tokens.end; ++token) {
    const std::string_view word = folded.Word(token);
    hashes_.push_back(XXH3_64bits(word.data(), word.size()));
    lone_.push_back(IsLoneCharacter(word));
  }
  shingles_.clear();
  for (std::size_t begin = 0; begin < hashes_.size(); ++begin) {
    std::uint64_t hash = 0;
    std::uint32_t width = 0;
    for (std::size_t at = begin; at < hashes_.size() && width < kShingleWidth; ++at) {
      hash = Mixed(hash * 31 + hashes_[at]);
      width += lone_[at] ? kLoneWidth : kWordWidth;
    }
    if (width < kShingleWidth && begin > 0) break;  // a text that is shorter is one shingle
    shingles_.push_back(static_cast<std::uint32_t>(hash >> 32));
  }
  // The smallest; some more than `most`, since shingles repeat.
  const std::size_t part = std::min(shingles_.size(), 2 * most);
  std::partial_sort(shingles_.begin(), shingles_.begin() + static_cast<std::ptrdiff_t>(part), shingles_.end());
  std::vector<std::uint32_t> smallest(shingles_.begin(), shingles_.begin() + static_cast<std::ptrdiff_t>(part));
  smallest.erase(std::unique(smallest.begin(), smallest.end()), smallest.end());
  if (smallest.size() < most && part < shingles_.size()) {  // one shingle over and over
    std::sort(shingles_.begin(), shingles_.end());
    shingles_.erase(std::unique(shingles_.begin(), shingles_.end()), shingles_.end());
    smallest.assign(shingles_.begin(), shingles_.end());
  }
  if (smallest.size() > most) smallest.resize(most);
  return smallest;
}

void ForEachStem(const FoldedDocument& folded, const std::function<void(std::string_view, std::uint32_t)>& take) {
  const std::uint32_t title_end = folded.fields[static_cast<std::size_t>(Field::kTitle)].end;
  const auto end = std::min(static_cast<std::uint32_t>(folded.tokens.size()), title_end + kTermWords);
  std::string pair;
  for (std::uint32_t token = 0; token < end; ++token) {
    const std::string_view word = folded.Word(token);
    if (!IsLoneCharacter(word)) {
      if (word.size() > 1) take(StemOf(word), token);
    } else if (token + 1 < end && IsLoneCharacter(folded.Word(token + 1))) {
      pair = word;
      pair += folded.Word(token + 1);
      take(pair, token);
    }
  }
}

std::vector<StoryTerm> SignatureMaker::Terms(const FoldedDocument& folded) {
  const std::uint32_t title_end = folded.fields[static_cast<std::size_t>(Field::kTitle)].end;
  words_.clear();
  ForEachStem(folded, [&](std::string_view stem, std::uint32_t token) {
    Word& word = words_[StemHash(stem)];
    ++word.count;
    word.in_title |= token < title_end;
  });
  std::vector<std::pair<double, std::uint32_t>> weighed;
  weighed.reserve(words_.size());
  for (const auto& [hash, word] : words_) {
    const double weight = RarityOf(hash) * (1 + kRepetitionFactor * std::log(static_cast<double>(word.count))) *
                          (word.in_title ? kTitleFactor : 1);
    if (weight > 0) weighed.emplace_back(weight, hash);
  }
  const std::size_t count = std::min(weighed.size(), StorySignature::kTerms);
  std::partial_sort(weighed.begin(), weighed.begin() + static_cast<std::ptrdiff_t>(count), weighed.end(),
                    std::greater<>());
  std::vector<StoryTerm> terms;
  for (std::size_t i = 0; i < count; ++i) {
    const long weight = std::clamp(std::lround(weighed[i].first * kWeightUnit), 1L, 255L);
    terms.push_back({weighed[i].second, static_cast<std::uint8_t>(weight)});
  }
  std::sort(terms.begin(), terms.end(), [](const StoryTerm& a, const StoryTerm& b) { return a.hash < b.hash; });
  return terms;
}

// Version; how many of text, title and terms; these; the weights. Numbers little-endian.
std::string PackSignature(const StorySignature& signature) {
  std::string bytes;
  if (signature.empty()) return bytes;
  bytes += kVersion;
  for (const std::size_t count : {signature.text.size(), signature.title.size(), signature.terms.size()}) {
    bytes += static_cast<char>(count);
  }
  for (const std::uint32_t shingle : signature.text) AppendNumber(shingle, bytes);
  for (const std::uint32_t shingle : signature.title) AppendNumber(shingle, bytes);
  for (const StoryTerm& term : signature.terms) AppendNumber(term.hash, bytes);
  for (const StoryTerm& term : signature.terms) bytes += static_cast<char>(term.weight);
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
      bytes.size() != 4 + 4 * (text + title) + 5 * terms) {
    return invalid;
  }
  bytes.remove_prefix(4);
  for (std::size_t i = 0; i < text; ++i) signature.text.push_back(TakeNumber(bytes));
  for (std::size_t i = 0; i < title; ++i) signature.title.push_back(TakeNumber(bytes));
  for (std::size_t i = 0; i < terms; ++i) signature.terms.push_back({TakeNumber(bytes), 0});
  for (StoryTerm& term : signature.terms) {
    term.weight = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
  }
  const auto rises = [](const auto& list, auto key) {
    return std::adjacent_find(list.begin(), list.end(),
                              [&](const auto& a, const auto& b) { return key(a) >= key(b); }) == list.end();
  };
  const auto number = [](std::uint32_t n) { return n; };
  if (!rises(signature.text, number) || !rises(signature.title, number) ||
      !rises(signature.terms, [](const StoryTerm& term) { return term.hash; })) {
    return invalid;
  }
  return signature;
}

}  // namespace wirewatch
