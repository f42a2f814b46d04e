// docs/templates.md tells of all names of the data model, and its examples are templates.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "pipeline/deliver/message_renderer.h"
#include "pipeline/deliver/message_samples.h"
#include "tests/support/source_directory.h"
#include "tests/support/temp_dir.h"

namespace wirewatch {
namespace {

std::string Page() {
  std::ifstream file(SourceDirectory() / "docs/templates.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void AddKeys(const nlohmann::json& value, std::set<std::string>& keys) {
  if (value.is_object()) {
    for (const auto& [key, inner] : value.items()) {
      keys.insert(key);
      AddKeys(inner, keys);
    }
  }
  if (value.is_array()) {
    for (const nlohmann::json& inner : value) AddKeys(inner, keys);
  }
}

TEST(TemplatesPageTest, EachNameOfTheModelIsThere) {
  Diagnostics diagnostics;
  const auto renderer = MessageRenderer::Load("", SampleLinks(), diagnostics);
  std::set<std::string> keys;
  for (const SampleMessage& sample : AllSamples()) AddKeys(nlohmann::json::parse(renderer->Model(sample.View())), keys);
  EXPECT_GT(keys.size(), 60U);
  const std::string page = Page();
  for (const std::string& key : keys) {
    const bool alone = page.find('`' + key + '`') != std::string::npos;
    EXPECT_TRUE(alone || page.find('.' + key + '`') != std::string::npos) << key;
  }
}

TEST(TemplatesPageTest, TheExamplesAreTemplates) {
  const std::string page = Page();
  constexpr std::string_view kBegin = "\n```mustache file=", kEnd = "\n```\n";
  const TempDir directory;
  std::size_t examples = 0;
  for (std::size_t at = page.find(kBegin); at != std::string::npos; at = page.find(kBegin, at + 1)) {
    const std::size_t line_end = page.find('\n', at + 1);
    const std::string name = page.substr(at + kBegin.size(), line_end - at - kBegin.size());
    std::ofstream(std::filesystem::path(directory.path()) / name)
        << page.substr(line_end + 1, page.find(kEnd, line_end) - line_end);
    ++examples;
  }
  EXPECT_EQ(examples, 3U);
  Diagnostics diagnostics;
  const auto renderer = MessageRenderer::Load(directory.path(), SampleLinks(), diagnostics);
  EXPECT_EQ(Render(diagnostics), "");
  const SampleMessage sample = SampleOf(MessageKind::kCatchUp);
  EXPECT_EQ(*renderer->Render(TemplateName::kEmailSubject, sample.View()), "[Telecom desk] While you were away, 9");
  EXPECT_THAT(*renderer->Render(TemplateName::kEmailText, sample.View()),
              testing::StartsWith("Two subsea cables to Svalbard fail within an hour\n(fjordwire.example, "));
  EXPECT_THAT(*renderer->Render(TemplateName::kSlack, sample.View()), testing::HasSubstr("*fibre links*"));
}

}  // namespace
}  // namespace wirewatch
