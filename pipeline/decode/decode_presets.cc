#include "pipeline/decode/decode_presets.h"

#include <algorithm>

namespace wirewatch {

std::span<const DecodePreset> DecodePresets() {
  using Several = std::vector<std::string>;
  static const std::vector<DecodePreset> presets = {
      {"superdesk",
       "ninjs of Superdesk",
       {
           {"id", Several{"/guid", "/uri"}},
           {"version", "/version"},
           {"title", Several{"/headline", "/title"}},
           {"summary", Several{"/description_text", "/description_html"}},
           // Superdesk makes body_text of body_html without its paragraphs.
           {"body", Several{"/body_html", "/body_text"}},
           {"url", Several{"/extra/canonical_url", "/url"}},
           {"source", Several{"/source", "/copyrightholder"}},
           {"authors", Several{"/authors", "/byline"}},
           {"published_at", Several{"/versioncreated", "/firstpublished", "/firstcreated"}},
           {"language", "/language"},
           {"country", Several{"/place/0/country_code", "/place/0/country"}},
           {"tags", Several{"/subject/*/name", "/subject/*/code", "/keywords"}},
           {"section", "/service/0/name"},
           {"status", "/pubstatus"},
           {"embargoed_until", "/embargoed"},
           {"urgency", "/urgency"},
       }},
      {"ans",
       "stories of Arc XP (ANS)",
       {
           {"id", "/_id"},
           {"version", Several{"/revision/revision_id", "/last_updated_date"}},
           {"title", Several{"/headlines/basic", "/headlines/web", "/headlines/mobile", "/headlines/print"}},
           {"summary", Several{"/description/basic", "/subheadlines/basic"}},
           // Paragraphs and headings; lists; quotes.
           {"body", Several{"/content_elements/*/content", "/content_elements/*/items/*/content",
                            "/content_elements/*/content_elements/*/content"}},
           {"url", Several{"/canonical_url", "/website_url"}},
           {"source", Several{"/source/name", "/distributor/name", "/owner/name", "/canonical_website"}},
           {"authors", "/credits/by/*/name"},
           {"published_at", Several{"/publish_date", "/display_date", "/last_updated_date", "/first_publish_date"}},
           {"language", "/language"},
           {"tags", Several{"/taxonomy/tags/*/text", "/taxonomy/seo_keywords", "/taxonomy/keywords/*/keyword"}},
           {"section", Several{"/taxonomy/primary_section/name", "/taxonomy/sections/0/name"}},
       }},
      {"ap",
       "the AP Media API",
       {
           {"id", Several{"/data/item/altids/itemid", "/item/altids/itemid", "/altids/itemid"}},
           {"version", Several{"/data/item/version", "/item/version", "/version"}},
           {"title",
            Several{"/data/item/headline", "/item/headline", "/headline", "/data/item/title", "/item/title", "/title"}},
           {"summary", Several{"/data/item/description_summary", "/item/description_summary", "/description_summary",
                               "/data/item/description_caption", "/item/description_caption", "/description_caption",
                               "/data/item/headline_extended", "/item/headline_extended", "/headline_extended"}},
           {"body", Several{"/data/item/body_nitf", "/item/body_nitf", "/body_nitf", "/data/item/body_text",
                            "/item/body_text", "/body_text"}},
           {"url", Several{"/data/item/links/0/href", "/item/links/0/href", "/links/0/href"}},
           {"source", Several{"/data/item/infosource/*/name", "/item/infosource/*/name", "/infosource/*/name",
                              "/data/item/copyrightnotice", "/item/copyrightnotice", "/copyrightnotice"}},
           {"authors", Several{"/data/item/bylines/*/by", "/item/bylines/*/by", "/bylines/*/by"}},
           {"published_at", Several{"/data/item/versioncreated", "/item/versioncreated", "/versioncreated",
                                    "/data/item/firstcreated", "/item/firstcreated", "/firstcreated"}},
           {"language", Several{"/data/item/language", "/item/language", "/language"}},
           {"tags", Several{"/data/item/subject/*/name", "/item/subject/*/name", "/subject/*/name"}},
           {"section", Several{"/data/item/category/0/name", "/item/category/0/name", "/category/0/name"}},
           {"status", Several{"/data/item/pubstatus", "/item/pubstatus", "/pubstatus"}},
           {"embargoed_until", Several{"/data/item/embargoed", "/item/embargoed", "/embargoed"}},
           {"urgency", Several{"/data/item/urgency", "/item/urgency", "/urgency"}},
       }},
      {"wordpress",
       "posts of the WordPress REST API",
       {
           // The number in /id is one of each site's own: the posts of two sites would be versions of one article.
           {"id", Several{"/guid/rendered", "/guid", "/link", "/id"}},
           {"version", Several{"/modified_gmt", "/modified"}},
           {"title", Several{"/title/rendered", "/title/raw", "/title"}},
           {"summary", Several{"/excerpt/rendered", "/excerpt/raw", "/excerpt"}},
           {"body", Several{"/content/rendered", "/content/raw", "/content"}},
           {"url", "/link"},
           {"source", Several{"/yoast_head_json/og_site_name"}},
           {"authors", Several{"/_embedded/author/*/name", "/yoast_head_json/author"}},
           {"published_at", Several{"/date_gmt", "/date"}},
           {"language", Several{"/lang", "/yoast_head_json/og_locale"}},
           {"tags", "/_embedded/wp:term/*/*/name"},
       }},
  };
  return presets;
}

std::string_view PresetForKeys(const std::vector<std::string>& keys) {
  const auto has = [&](std::string_view key) { return std::find(keys.begin(), keys.end(), key) != keys.end(); };
  if (has("content_elements") || (has("headlines") && has("_id"))) return "ans";
  if (has("date_gmt") || (has("title") && has("content") && has("link"))) return "wordpress";
  if (has("altids") || has("item") || (has("data") && has("api"))) return "ap";
  return {};
}

}  // namespace wirewatch
