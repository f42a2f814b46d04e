#include "pipeline/decode/decode_settings.h"

#include <utility>

#include "pipeline/decode/decode_presets.h"

namespace wirewatch {
namespace {

const ListMapForm& MappingForm() {
  static const ListMapForm form = [] {
    ListMapForm made{.kind = "mapping",
                     .entries = "article fields with JSON pointers",
                     .known = "the name of a known shape",
                     .example = "[/one, /another]",
                     .maps = {}};
    for (const DecodePreset& preset : DecodePresets()) {
      Fields::ListMap map;
      for (const auto& [field, pointers] : preset.mapping) map.emplace(field, pointers.all);
      made.maps.emplace_back(preset.name, std::move(map));
    }
    return made;
  }();
  return form;
}

}  // namespace

const FieldTable& DecodeSettings::Table() {
  static const FieldTable table = {
      SizeField("max_record_bytes", "Longest record; a longer one becomes a dead letter (too-large).")
          .Default("16MiB")
          .Between(1, 1 << 30),
      IntegerField("max_depth", "Deepest nesting of JSON; a deeper record becomes a dead letter (too-deep).")
          .Default("64")
          .Between(1, 1000),
      SizeField("max_text_bytes", "Longest title, summary or body; with a longer one the record becomes a dead letter.")
          .Default("10MiB")
          .Between(1, 1 << 30),
      ListMapField("mapping",
                   "For articles of any other shape: article field to JSON pointer or several, as in "
                   "`title: [/headline/main, /title]`; or the name of a shape that is known: `superdesk`, `ans`, "
                   "`ap`, `wordpress`, also as `preset:` beside fields that replace its own. Used for every record "
                   "when given.",
                   MappingForm()),
  };
  return table;
}

DecodeSettings DecodeSettings::From(const Fields& fields) {
  DecodeSettings settings;
  settings.limits = {.max_record_bytes = fields.Bytes("max_record_bytes"),
                     .max_depth = fields.Count("max_depth"),
                     .max_text_bytes = fields.Bytes("max_text_bytes")};
  for (const auto& [field, pointers] : fields.Lists("mapping")) settings.mapping.emplace(field, pointers);
  return settings;
}

std::vector<SettingsProblem> DecodeSettings::Check(const Fields& fields) {
  DecodeSettings settings = From(fields);
  const auto decoder = ArticleDecoder::Create(settings.limits, std::move(settings.mapping));
  if (decoder) return {};
  return {{"mapping", decoder.error().message}};
}

}  // namespace wirewatch
