// `wirewatch explain ARTICLE`: why topics fire on one article, or why not. Beside `explain --decision` (explain.cc).
#ifndef WIREWATCH_CLI_VERBS_EXPLAIN_ARTICLE_H_
#define WIREWATCH_CLI_VERBS_EXPLAIN_ARTICLE_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/terminal/exit_code.h"

namespace wirewatch {

struct ExplainArticleOptions {
  std::vector<std::string> files;  // none or "-": stdin
  std::vector<std::string> packs;
  std::string config;               // of which `decode` is taken; empty: none
  std::string id;                   // of the article; empty: there is just one
  std::vector<std::string> topics;  // none: those that fired, and those that nearly did
  std::string rule;                 // of the one topic; empty: those that hold, or the nearest
  std::string html;                 // a file; empty: none
  bool json = false;
};

Result<ExitCode> ExplainArticle(const ExplainArticleOptions& options);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_VERBS_EXPLAIN_ARTICLE_H_
