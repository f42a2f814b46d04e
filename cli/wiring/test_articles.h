// Articles of rule tests that stand in files of articles: `article: {file: wire.ndjson, id: a-17}`.
#ifndef WIREWATCH_CLI_WIRING_TEST_ARTICLES_H_
#define WIREWATCH_CLI_WIRING_TEST_ARTICLES_H_

#include <string>

#include "rules/tools/test_article.h"

namespace wirewatch {

// Reads a file as `match` does (NDJSON, JSON, .zst, .gz) until the article is found; the first of that id counts. Its
// record is as old as its `age` says, which is not known here: the loaded article has none.
// `decode`: a configuration of which only `decode` is taken; empty: none.
// Errors of the loader: kNotFound: "no article of FILE has the id 'X'", or no such file; as Source::Run.
TestArticleLoader LoaderOfTestArticles(std::string decode);

}  // namespace wirewatch

#endif  // WIREWATCH_CLI_WIRING_TEST_ARTICLES_H_
