#include "cli/terminal/verb.h"

#include <CLI/CLI.hpp>
#include <utility>

namespace wirewatch {

VerbOption& VerbOption::Required() {
  option_->required();
  return *this;
}

VerbOption& VerbOption::OneValue() {
  option_->expected(1);
  return *this;
}

VerbOption& VerbOption::OneValueATime() {
  option_->allow_extra_args(false);
  return *this;
}

VerbOption& VerbOption::Between(int lowest, int highest) {
  option_->check(CLI::Range(lowest, highest));
  return *this;
}

VerbOption& VerbOption::OneOf(const std::vector<std::string>& values) {
  option_->check(CLI::IsMember(values));
  return *this;
}

VerbOption& VerbOption::Check(std::string (*check)(const std::string& value)) {
  option_->check(check);
  return *this;
}

VerbOption& VerbOption::Needs(VerbOption other) {
  option_->needs(other.option_);
  return *this;
}

VerbOption& VerbOption::Excludes(VerbOption other) {
  option_->excludes(other.option_);
  return *this;
}

VerbOption& VerbOption::ShowDefault() {
  option_->capture_default_str();
  return *this;
}

bool VerbOption::given() const { return option_->count() > 0; }

Verb::Verb(CLI::App& program, const std::string& name, const std::string& help)
    : app_(program.add_subcommand(name, help)) {}

Verb Verb::Add(const std::string& name, const std::string& help) { return Verb(app_->add_subcommand(name, help)); }

void Verb::NeedsVerb() { app_->require_subcommand(1); }

void Verb::Hide() { app_->group(""); }

void Verb::Footer(const std::string& text) { app_->footer(text); }

void Verb::OnChosen(std::function<void()> chosen) { app_->callback(std::move(chosen)); }

VerbOption Verb::Value(const std::string& names, std::string& value, const std::string& help) {
  return VerbOption(app_->add_option(names, value, help));
}

VerbOption Verb::Value(const std::string& names, std::vector<std::string>& value, const std::string& help) {
  return VerbOption(app_->add_option(names, value, help));
}

VerbOption Verb::Value(const std::string& names, int& value, const std::string& help) {
  return VerbOption(app_->add_option(names, value, help));
}

VerbOption Verb::Value(const std::string& names, std::int64_t& value, const std::string& help) {
  return VerbOption(app_->add_option(names, value, help));
}

VerbOption Verb::Value(const std::string& names, std::size_t& value, const std::string& help) {
  return VerbOption(app_->add_option(names, value, help));
}

VerbOption Verb::Flag(const std::string& names, bool& value, const std::string& help) {
  return VerbOption(app_->add_flag(names, value, help));
}

void Verb::OthersExclude(VerbOption option) {
  for (CLI::Option* other : app_->get_options()) {
    if (other != option.option_ && other->get_name() != "--help") other->excludes(option.option_);
  }
}

void FailMissing(const std::string& what) { throw CLI::RequiredError("give " + what, CLI::ExitCodes::RequiredError); }

}  // namespace wirewatch
