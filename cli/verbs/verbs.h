// The verbs of wirewatch: each adds its sub-command to the command line and says what runs when it is chosen.
#ifndef WIREWATCH_CLI_VERBS_VERBS_H_
#define WIREWATCH_CLI_VERBS_VERBS_H_

#include <string>

namespace CLI {
class App;
}

namespace wirewatch {

// "wirewatch 0.1.0 (a1b2c3d4)": with the commit that it was built from, if it was built in a checkout.
std::string VersionText();

// The chosen verb puts its exit code into `exit_code`, which outlives the parsing.
void AddRun(CLI::App& app, int& exit_code);
void AddMatch(CLI::App& app, int& exit_code);
void AddStories(CLI::App& app, int& exit_code);
void AddExplain(CLI::App& app, int& exit_code);
void AddBacktest(CLI::App& app, int& exit_code);
void AddDiff(CLI::App& app, int& exit_code);
void AddProfile(CLI::App& app, int& exit_code);
void AddEval(CLI::App& app, int& exit_code);
void AddSuggest(CLI::App& app, int& exit_code);
void AddHygiene(CLI::App& app, int& exit_code);
void AddCheck(CLI::App& app, int& exit_code);
void AddFmt(CLI::App& app, int& exit_code);
void AddLsp(CLI::App& app, int& exit_code);
void AddTest(CLI::App& app, int& exit_code);
void AddWatch(CLI::App& app, int& exit_code);
void AddPromote(CLI::App& app, int& exit_code);
void AddImport(CLI::App& app, int& exit_code);
void AddExport(CLI::App& app, int& exit_code);
void AddConfig(CLI::App& app, int& exit_code);
void AddTopics(CLI::App& app, int& exit_code);
void AddSubscriptions(CLI::App& app, int& exit_code);
void AddDeadLetters(CLI::App& app, int& exit_code);
void AddPreview(CLI::App& app, int& exit_code);
void AddDeliveries(CLI::App& app, int& exit_code);
void AddTokens(CLI::App& app, int& exit_code);
void AddFeedback(CLI::App& app, int& exit_code);
void AddVersion(CLI::App& app, int& exit_code);
void AddDocs(CLI::App& app, int& exit_code);  // not listed: writes the generated pages of docs/

// In the order in which --help lists them.
inline constexpr void (*kVerbs[])(CLI::App& app, int& exit_code) = {
    AddRun,           AddMatch,   AddStories,    AddExplain, AddBacktest, AddDiff,    AddProfile,
    AddEval,          AddSuggest, AddHygiene,    AddCheck,   AddFmt,      AddLsp,     AddTest,
    AddWatch,         AddPromote, AddImport,     AddExport,  AddConfig,   AddTopics,  AddDeadLetters,
    AddSubscriptions, AddPreview, AddDeliveries, AddTokens,  AddFeedback, AddVersion, AddDocs,
};

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_VERBS_VERBS_H_
