#include "rules/text/word_spelling.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <utility>

#include "base/c_handle.h"
#include "base/text/ascii.h"
#include "base/text/utf8.h"

namespace wirewatch {
namespace {

constexpr char32_t kJoiner = 0x200D;

// Thai; the characters of Lao stand kLaoBehindThai further on.
constexpr char32_t kThai = 0x0E00, kLao = 0x0E80, kLaoEnd = 0x0F00, kLaoBehindThai = kLao - kThai;
constexpr char32_t kAa = 0x0E32, kAm = 0x0E33, kE = 0x0E40, kAe = 0x0E41, kNikhahit = 0x0E4D;
constexpr char32_t kLaoHo = 0x0EAB, kLaoNo = 0x0E99, kLaoMo = 0x0EA1, kLaoHoNo = 0x0EDC, kLaoHoMo = 0x0EDD;

// Of one letter, in Stream-Safe Text (Unicode Standard Annex 15). Bounds the search for a letter behind its marks.
constexpr int kMostMarks = 30;

constexpr char32_t kNukta = 0x093C;
constexpr char32_t kDevanagariVirama = 0x094D, kBengaliVirama = 0x09CD, kMalayalamVirama = 0x0D4D;
constexpr char32_t kMalayalamNa = 0x0D28, kMalayalamRra = 0x0D31, kChilluN = 0x0D7B;

char32_t AsThai(char32_t c) { return kLao <= c && c < kLaoEnd ? c - kLaoBehindThai : c; }

// As Unicode's combining classes, which only some of these marks have.
enum ThaiOrder : std::uint8_t {
  kNoMark = 0,
  kPhinthu = 9,
  kVowel = 103,
  kTone = 107,
  kThanthakhat = 108,
  kAmOrder = 109
};

ThaiOrder ThaiOrderOf(char32_t c) {
  const char32_t thai = AsThai(c);
  if (thai == 0x0E3A) return kPhinthu;
  if (thai == 0x0E31 || (0x0E34 <= thai && thai <= 0x0E39) || thai == 0x0E47 || thai == kNikhahit) return kVowel;
  if (c == 0x0EBB || c == 0x0EBC) return kVowel;
  if (0x0E48 <= thai && thai <= 0x0E4B) return kTone;
  if (thai == 0x0E4C || thai == 0x0E4E) return kThanthakhat;
  return thai == kAm ? kAmOrder : kNoMark;
}

std::uint8_t CombiningClassOf(char32_t c) {
  return static_cast<std::uint8_t>(utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->combining_class);
}

std::string Encode(const std::u32string& characters) {
  std::string bytes;
  for (const char32_t c : characters) AppendUtf8(c, bytes);
  return bytes;
}

char32_t LastOf(std::string_view bytes) {
  if (bytes.empty()) return 0;
  return DecodeUtf8(bytes, bytes.size() - LastCharacterSize(bytes)).code_point;
}

template <typename Order>
void SortMarks(std::u32string& word, Order order_of) {
  for (auto begin = word.begin(); begin != word.end();) {
    const auto end = std::find_if(begin + 1, word.end(), [&](char32_t c) { return order_of(c) == 0; });
    std::stable_sort(begin, end, [&](char32_t a, char32_t b) { return order_of(a) < order_of(b); });
    begin = end;
  }
}

// Normalization Form C.
void Compose(std::u32string& word) {
  std::u32string apart;
  for (const char32_t c : word) {
    utf8proc_int32_t parts[8];
    int boundary_class = 0;
    const auto count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), parts, std::size(parts),
                                               UTF8PROC_DECOMPOSE, &boundary_class);
    for (utf8proc_ssize_t i = 0; i < count; ++i) apart += static_cast<char32_t>(parts[i]);
  }
  SortMarks(apart, CombiningClassOf);
  // An old vowel, which composes with nothing. utf8proc takes it for the empty end of a syllable and loses it.
  constexpr char32_t kHangulOYae = 0x11A7;
  word.clear();
  std::basic_string<utf8proc_int32_t> buffer;
  for (auto begin = apart.begin(); begin != apart.end();) {
    const auto end = std::find(begin, apart.end(), kHangulOYae);
    buffer.assign(begin, end);
    const auto size =
        utf8proc_normalize_utf32(buffer.data(), static_cast<utf8proc_ssize_t>(buffer.size()), UTF8PROC_COMPOSE);
    word.append(buffer.begin(), buffer.begin() + std::max<utf8proc_ssize_t>(size, 0));
    begin = end;
    if (begin != apart.end()) word += *begin++;
  }
}

// What a consonant, its virama and a joiner are; 0: nothing else.
char32_t LetterOfJoiner(char32_t consonant, char32_t virama) {
  if (virama == kBengaliVirama) return consonant == 0x09A4 ? 0x09CE : 0;  // khanda ta
  if (virama != kMalayalamVirama) return 0;
  switch (consonant) {
    case 0x0D23: return 0x0D7A;
    case kMalayalamNa: return kChilluN;
    case 0x0D30:
    case kMalayalamRra: return 0x0D7C;
    case 0x0D32: return 0x0D7D;
    case 0x0D33: return 0x0D7E;
    case 0x0D15: return 0x0D7F;
    case 0x0D2E: return 0x0D54;
    case 0x0D2F: return 0x0D55;
    case 0x0D34: return 0x0D56;
    default: return 0;
  }
}

void ResolveJoiners(std::u32string& word) {
  std::u32string out;
  for (const char32_t c : word) {
    if (c != kJoiner) {
      out += c;
      continue;
    }
    if (out.size() < 2) continue;
    const char32_t consonant = out.end()[-2], virama = out.back();
    if (const char32_t letter = LetterOfJoiner(consonant, virama)) {
      out.resize(out.size() - 2);
      out += letter;
    } else if (consonant == 0x0930 && virama == kDevanagariVirama) {
      out.end()[-2] = 0x0931;  // the eyelash
    }
  }
  word = std::move(out);
}

// Chillu n and rra are read nta, as the conjunct is.
void SpellNta(std::u32string& word) {
  if (word.find(kChilluN) == std::u32string::npos) return;
  std::u32string out;
  for (std::size_t at = 0; at < word.size(); ++at) {
    const std::size_t rra = at + 1 < word.size() && word[at + 1] == kMalayalamVirama ? at + 2 : at + 1;
    if (word[at] != kChilluN || rra >= word.size() || word[rra] != kMalayalamRra) {
      out += word[at];
      continue;
    }
    out += {kMalayalamNa, kMalayalamVirama};
    at = rra - 1;
  }
  word = std::move(out);
}

void DropOptionalNuktas(std::u32string& word) {
  constexpr std::u32string_view kOptional = U"\u0915\u0916\u0917\u091C\u092B";
  std::u32string out;
  char32_t letter = 0;  // whose marks follow
  for (const char32_t c : word) {
    if (c == kNukta && kOptional.find(letter) != std::u32string_view::npos) continue;
    if (OrderOf(c) == 0) letter = c;
    out += c;
  }
  word = std::move(out);
}

// REQUIRES: the marks stand as they were typed: JoinsWord saw them so.
void SpellThaiAndLao(std::u32string& word) {
  if (word.size() > 1 && word[0] == word[1] && AsThai(word[0]) == kE) word.replace(0, 2, 1, word[0] + (kAe - kE));
  if (word.size() > 1 && word[0] == kLaoHo && (word[1] == kLaoNo || word[1] == kLaoMo)) {
    word.replace(0, 2, 1, word[1] == kLaoNo ? kLaoHoNo : kLaoHoMo);
  }
  std::u32string out;
  for (std::size_t at = 0; at < word.size(); ++at) {
    if (AsThai(word[at]) == kNikhahit) {
      std::size_t aa = at + 1;
      while (aa < word.size() && ThaiOrderOf(word[aa]) == kTone) ++aa;
      if (aa < word.size() && AsThai(word[aa]) == kAa) {
        word[aa] += kAm - kAa;
        continue;
      }
    }
    out += word[at];
  }
  word = std::move(out);
}

}  // namespace

std::uint8_t OrderOf(char32_t mark) {
  constexpr std::uint8_t kLaoBehindThaiClass = 118 - 103;
  const ThaiOrder thai = ThaiOrderOf(mark);
  if (thai != kNoMark && thai != kPhinthu) {
    return static_cast<std::uint8_t>(thai + (mark >= kLao ? kLaoBehindThaiClass : 0));
  }
  return CombiningClassOf(mark);
}

bool AsksForRespelling(char32_t c) { return c == kNukta || c == kMalayalamRra || AsThai(c) == kNikhahit; }

bool MayJoin(char32_t c) { return AsThai(c) == kAa || AsThai(c) == kE || c == kLaoNo || c == kLaoMo; }

bool JoinsWord(std::string_view folded_word, char32_t c) {
  if (AsThai(c) == kAa) {
    while (ThaiOrderOf(LastOf(folded_word)) == kTone) folded_word.remove_suffix(3);
    return LastOf(folded_word) == kNikhahit + (c - kAa);
  }
  if (folded_word.size() != 3 || !MayJoin(c)) return false;  // one character of Thai or Lao
  return LastOf(folded_word) == (AsThai(c) == kE ? c : kLaoHo);
}

std::string_view KeptAccent(std::string_view folded_word, char32_t mark) {
  constexpr char32_t kAcute = 0x0301, kBreve = 0x0306, kDiaeresis = 0x0308;
  constexpr char32_t kAcuteTone = 0x0341, kDiaeresisAndAcute = 0x0344;  // to Unicode the same as those
  if (mark != kAcute && mark != kBreve && mark != kDiaeresis && mark != kAcuteTone && mark != kDiaeresisAndAcute) {
    return {};
  }
  for (int i = 0; i < kMostMarks; ++i) {
    const std::uint8_t combining_class = CombiningClassOf(LastOf(folded_word));
    if (combining_class == 0 || combining_class == CombiningClassOf(kAcute)) break;
    folded_word.remove_suffix(LastCharacterSize(folded_word));
  }
  const bool breve = mark == kBreve, diaeresis = mark == kDiaeresis || mark == kDiaeresisAndAcute;
  switch (LastOf(folded_word)) {
    case U'и':
    case U'у': return breve ? "\u0306" : "";
    case U'і': return diaeresis ? "\u0308" : "";
    case U'г':
    case U'к': return !breve && mark != kDiaeresis ? "\u0301" : "";
    default: return {};
  }
}

bool TakesJoiner(std::string_view folded_word) {
  const char32_t last = LastOf(folded_word);
  return last == kDevanagariVirama || last == kBengaliVirama || last == kMalayalamVirama;
}

std::string Respelled(std::string_view folded_word) {
  std::u32string word = DecodeUtf8(folded_word);
  SpellThaiAndLao(word);
  Compose(word);
  ResolveJoiners(word);
  SpellNta(word);
  SortMarks(word, OrderOf);
  Compose(word);  // with the marks that a joiner or a mark of Thai or Lao kept away
  DropOptionalNuktas(word);
  return Encode(word);
}

std::string AsSeen(std::string_view text) {
  if (IsAllAscii(text)) return std::string(text);
  utf8proc_uint8_t* seen = nullptr;
  constexpr auto kOptions = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_IGNORE);
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 static_cast<utf8proc_ssize_t>(text.size()), &seen, kOptions);
  const CHandle<utf8proc_uint8_t, std::free> owned(seen);
  if (size < 0) return std::string(text);
  return std::string(seen, seen + size);
}

}  // namespace wirewatch
