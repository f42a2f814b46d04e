// Mappings that come with wirewatch: the shapes of well-known systems, each a table of JSON pointers, chosen by name
// (`decode.mapping: ans`).
//
// Sources: superdesk  Superdesk's own formatter of ninjs (superdesk-core, publish/formatters)
//          ans        Arc XP's ANS schema 0.10 (story)
//          ap         AP Media API, /content/{id} and the items of a feed
//          wordpress  WordPress REST API v2, posts, also with _embed and the heads of Yoast SEO
#ifndef WIREWATCH_PIPELINE_DECODE_DECODE_PRESETS_H_
#define WIREWATCH_PIPELINE_DECODE_DECODE_PRESETS_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/decode/article_decoder.h"

namespace wirewatch {

struct DecodePreset {
  std::string_view name;
  std::string_view about;  // "posts of the WordPress REST API"
  DecodeMapping mapping;
};

std::span<const DecodePreset> DecodePresets();

// The preset that reads a record with these keys; empty: none that is known.
std::string_view PresetForKeys(const std::vector<std::string>& keys);

}  // namespace wirewatch

#endif  // WIREWATCH_PIPELINE_DECODE_DECODE_PRESETS_H_
