#include "rules/text/particles.h"

#include <cstddef>
#include <cstdint>

namespace wirewatch {
namespace {

// What the syllable before must end with.
enum class Behind : std::uint8_t { kAny, kVowel, kConsonant, kVowelOrRieul, kOtherThanVowelOrRieul };

struct Particle {
  std::string_view text;
  Behind behind;
};

constexpr Particle kParticles[] = {
    {"은", Behind::kConsonant},
    {"는", Behind::kVowel},
    {"이", Behind::kConsonant},
    {"가", Behind::kVowel},
    {"을", Behind::kConsonant},
    {"를", Behind::kVowel},
    {"의", Behind::kAny},
    {"에", Behind::kAny},
    {"에서", Behind::kAny},
    {"에게", Behind::kAny},
    {"에게서", Behind::kAny},
    {"한테", Behind::kAny},
    {"한테서", Behind::kAny},
    {"께", Behind::kAny},
    {"께서", Behind::kAny},
    {"로", Behind::kVowelOrRieul},
    {"으로", Behind::kOtherThanVowelOrRieul},
    {"로서", Behind::kVowelOrRieul},
    {"으로서", Behind::kOtherThanVowelOrRieul},
    {"로써", Behind::kVowelOrRieul},
    {"으로써", Behind::kOtherThanVowelOrRieul},
    {"와", Behind::kVowel},
    {"과", Behind::kConsonant},
    {"하고", Behind::kAny},
    {"랑", Behind::kVowel},
    {"이랑", Behind::kConsonant},
    {"도", Behind::kAny},
    {"만", Behind::kAny},
    {"부터", Behind::kAny},
    {"까지", Behind::kAny},
    {"마저", Behind::kAny},
    {"조차", Behind::kAny},
    {"밖에", Behind::kAny},
    {"뿐", Behind::kAny},
    {"보다", Behind::kAny},
    {"처럼", Behind::kAny},
    {"만큼", Behind::kAny},
    {"대로", Behind::kAny},
    {"마다", Behind::kAny},
    {"나", Behind::kVowel},
    {"이나", Behind::kConsonant},
    {"라도", Behind::kVowel},
    {"이라도", Behind::kConsonant},
    {"라고", Behind::kVowel},
    {"이라고", Behind::kConsonant},
};

// A syllable of Hangul: three bytes of UTF-8.
constexpr std::size_t kSyllable = 3;
constexpr std::uint32_t kFirstSyllable = 0xAC00, kLastSyllable = 0xD7A3;

std::uint32_t CodePoint(std::string_view syllable) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(syllable[i])); };
  return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
}

bool IsSyllable(std::string_view bytes) {
  if (bytes.size() != kSyllable || (bytes[0] & 0xF0) != 0xE0) return false;
  const std::uint32_t c = CodePoint(bytes);
  return kFirstSyllable <= c && c <= kLastSyllable;
}

// Unicode 3.12: of 28 syllables in a row the first ends with a vowel, the ninth with rieul.
bool MayFollow(Behind behind, std::string_view syllable) {
  constexpr std::uint32_t kEnds = 28, kVowelEnd = 0, kRieulEnd = 8;
  const std::uint32_t end = (CodePoint(syllable) - kFirstSyllable) % kEnds;
  switch (behind) {
    case Behind::kAny: return true;
    case Behind::kVowel: return end == kVowelEnd;
    case Behind::kConsonant: return end != kVowelEnd;
    case Behind::kVowelOrRieul: return end == kVowelEnd || end == kRieulEnd;
    case Behind::kOtherThanVowelOrRieul: return end != kVowelEnd && end != kRieulEnd;
  }
  return false;
}

// Whether `word` from `at` on is one to `most` particles.
bool AreParticles(std::string_view word, std::size_t at, int most) {
  const std::string_view before = word.substr(at - kSyllable, kSyllable), rest = word.substr(at);
  for (const Particle& particle : kParticles) {
    if (!rest.starts_with(particle.text) || !MayFollow(particle.behind, before)) continue;
    if (rest.size() == particle.text.size()) return true;
    if (most > 1 && AreParticles(word, at + particle.text.size(), most - 1)) return true;
  }
  return false;
}

}  // namespace

bool TakesParticles(std::string_view word, bool is_whole_term) {
  if (word.size() < (is_whole_term ? 2 : 1) * kSyllable || word.size() % kSyllable != 0) return false;
  for (std::size_t at = 0; at < word.size(); at += kSyllable) {
    if (!IsSyllable(word.substr(at, kSyllable))) return false;
  }
  return true;
}

bool IsWithParticles(std::string_view stem, std::string_view word) {
  constexpr int kMost = 2;
  return word.size() > stem.size() && word.starts_with(stem) && AreParticles(word, stem.size(), kMost);
}

}  // namespace wirewatch
