#include "rules/language/diagnostic_codes.h"

#include <fmt/format.h>

#include <array>

namespace wirewatch {
namespace {

constexpr Severity kError = Severity::kError, kWarning = Severity::kWarning;

constexpr auto kCodes = std::to_array<DiagnosticCode>({
    {"attribute-in-scope", kError, "an attribute inside `title:( )`, `lead:( )` or `body:( )`",
     "join it with AND outside of the group"},
    {"attribute-value", kError, "a value that this attribute can never have", "the help shows the form"},
    {"bad-id", kError, "an id that is not made of `a` to `z`, digits, `-`, `_` and `.`", "the help offers one"},
    {"bad-value", kError, "a value that is not of the form it must have", "the help shows the form"},
    {"conflicting-keys", kError,
     "a test with `fires` and `must_fire` or `must_not_fire`, or that says two things of a topic",
     "keep one of the two"},
    {"control-character", kError, "a control character in an expression", "delete it"},
    {"duplicate-id", kError, "a topic, or a rule of a topic, that is there already, in this file or another",
     "give it another id"},
    {"duplicate-key", kError, "a key that is given twice", "keep one of the two"},
    {"duplicate-list", kError, "a name of a list, group or library that two files, or two places of one, give",
     "give one of them another name"},
    {"empty-attribute", kError, "an attribute without a value", "write the value directly after the colon"},
    {"empty-expression", kError, "an expression without a term", "write one"},
    {"empty-file", kError, "nothing in the file", "delete it, or write something"},
    {"empty-group", kError, "nothing between two parentheses", "write a term, or delete them"},
    {"empty-list", kError, "a list without entries", "add one, or delete the list"},
    {"empty-regex", kError, "a regular expression that is empty, or that no text at all fulfils too",
     "make a part of it obligatory: `+` in place of `*`"},
    {"empty-scope", kError, "`title:` and the like before no term", "write the term directly after it"},
    {"empty-term", kError, "a term without a letter or digit", "for punctuation use a regular expression"},
    {"encoding", kError, "the file is not UTF-8; the help names what it looks like", "save it as UTF-8"},
    {"engine", kError, "the rules are too much for the engine", "split them over two processes"},
    {"forms", kError, "`~` where no word with other forms follows", "`~ban`: the help says what cannot have any"},
    {"full-width", kError, "a wildcard, `~`, `=` or `@` in its full-width form where it would be read over",
     "type it in half-width"},
    {"library-path", kError, "`use` names a file outside of the folder of the pack", "put the library there, or below"},
    {"list-cycle", kError, "a list or group contains itself, by way of others", "take one of the entries out"},
    {"list-entry", kError, "an entry of a list that is more than one term", "make several entries of it"},
    {"missing-key", kError, "a key that must be there", "add it"},
    {"missing-operator", kError, "two terms with nothing between them, or an operator of another search language",
     "the help writes it as it is written here"},
    {"missing-term", kError, "an operator with nothing on one side", "write the term, or delete the operator"},
    {"missing-value", kError, "a key without a value", "write one, or delete the key"},
    {"near-chain", kError, "NEAR or SAME between three terms", "join two of them with AND"},
    {"near-distance", kError, "NEAR without a distance from 1 to 100", "NEAR/10"},
    {"near-operand", kError, "NEAR or SAME beside what has no place in the text", "the help says how to write it"},
    {"near-scopes", kError, "NEAR or SAME whose sides can never stand in the same field", "join them with AND"},
    {"nested-scope", kError, "`title:` in `lead:( )` and the like: it can never hold there", "put them side by side"},
    {"nothing-required", kError, "an expression that holds although nothing is found", "join it with AND to a term"},
    {"of-count", kError, "`OF` without its number", "`2 OF (huawei, zte, nokia)`"},
    {"of-entries", kError, "`OF` without entries, with one twice, or with fewer than it asks for", "mend the entries"},
    {"policy-length", kError, "a value that the policy of the house finds too short or too long", "docs/check.md"},
    {"policy-limit", kError, "more of something than the policy of the house takes", "docs/check.md"},
    {"policy-pattern", kError, "a value that does not fit the expression in the policy of the house", "docs/check.md"},
    {"policy-required", kError, "a key that the policy of the house asks for", "add it"},
    {"policy-value", kError, "a value that is none of those in the policy of the house", "the help lists them"},
    {"regex-flag", kError, "a flag that there is not", "the only one is `i`"},
    {"regex-not-supported", kError, "a regular expression that Hyperscan does not take",
     "the help says what to write instead"},
    {"regex-too-costly", kError, "a regular expression that would take very long to compile",
     "bound its repeats lower, or list its words: docs/engine.md says what it may cost"},
    {"repeat-count", kError, "`{3,}` with another number or form", "`huawei{3,}`: from 2 to 100"},
    {"repeat-operand", kError, "`{3,}` behind what has no places to count", "write it behind a term or group of OR"},
    {"reserved-character", kError,
     "a character that must stand in quotes, or that another language has for an operator",
     "the help says what is written here"},
    {"rule-test", kError, "a test that failed; the help tells what fired and why, or which part of a rule did not hold",
     "mend the rule or the test"},
    {"rules-too-large", kError, "all regular expressions together would take very long to compile",
     "split the packs over two processes: docs/engine.md says what they may cost"},
    {"same-unit", kError, "`SAME` without `SENTENCE` or `PARAGRAPH`", "write one of the two"},
    {"switch-comment", kError, "a comment `# wirewatch:` that cannot be read, or names a warning that there is not",
     "`# wirewatch: off common-word`"},
    {"tab", kError, "a tab in the indentation", "indent with blanks"},
    {"too-deep", kError, "more levels of groups, or of lists in lists, than can be read", "split it"},
    {"too-long", kError, "an expression of more than 64 KiB", "move words into lists"},
    {"too-many-terms", kError, "an expression of more than 100,000 terms, lists written out", "split it"},
    {"unclosed-group", kError, "a parenthesis without its partner", "close it where the group ends"},
    {"unclosed-quote", kError, "a quote without its partner", "close it behind the phrase"},
    {"unclosed-regex", kError, "a regular expression without its end, or with a slash inside",
     "a slash inside is `\\/`"},
    {"unknown-article", kError, "a test takes its article from a file that has none of that id, or cannot be read",
     "look at `file`, which stands beside the test file, and `id`"},
    {"unknown-key", kError, "a key that there is not, or a file whose name says that it is of the other kind",
     "the help names the nearest"},
    {"unknown-library", kError, "`use` names a file that there is not, or that is no library",
     "the path begins at the folder of the pack"},
    {"unknown-list", kError, "a list that this pack, or the library, does not have, or not in that language",
     "the help names the nearest"},
    {"unknown-prefix", kError, "a prefix that there is not", "the help names ours, or says that there is none"},
    {"unknown-rule", kError, "a test names a rule that its topic does not have", "the help names the nearest"},
    {"unknown-topic", kError, "a test names, or `extends` does, a topic that no pack has",
     "the help names the nearest"},
    {"unopened-group", kError, "a parenthesis that closes nothing", "delete it, or open the group"},
    {"unreadable", kError, "the file cannot be read", "look at its path and permissions"},
    {"wildcard", kError, "`*` or `?` with too few letters, or where it has no meaning", "write more of the word"},
    {"wrong-letters", kError, "`~` and a number behind what cannot be misspelled so",
     "`huawei~1`: the help shows the form"},
    {"wrong-quote", kError, "typographic, single or East Asian quotes around a phrase", "straight double quotes"},
    {"wrong-type", kError, "a list where a text must be, and the like", "the help shows the form"},
    {"yaml-anchor", kError, "an anchor, alias or tag of YAML", "write the value out, or put it in single quotes"},
    {"yaml-syntax", kError, "not YAML, or YAML that is refused here", "the help says what to quote"},

    {"broad-beginning", kWarning, "`the*`: three letters that words of nearly every second article begin with",
     "write more of the word"},
    {"comma-in-entry", kWarning,
     "an entry of a list with a comma, a semicolon, a bar or a slash between words is one phrase",
     "make entries of it"},
    {"comment-in-value", kWarning, "YAML cuts an unquoted expression off at a `#`", "put it in single quotes"},
    {"common-word", kWarning, "a term that is a function word of the topic's language, such as US, IT or WHO",
     "`=\"US\"` takes it in capitals only"},
    {"covered-by-unless", kWarning, "a rule that `unless` holds wherever it does: it never counts",
     "narrow the `unless`, or delete the rule"},
    {"duplicate-rule", kWarning, "two rules of a topic that say the same", "delete one of them"},
    {"equals-sign", kWarning, "`title=huawei` is a phrase of two words", "`title:huawei`"},
    {"idle-not", kWarning, "a NOT, or an `unless`, that leaves out nothing: this is proved", "mend or delete it"},
    {"idle-switch", kWarning, "a comment `# wirewatch: off` about a warning that is not there", "delete it"},
    {"language-without-list", kWarning, "a topic whose rules use a list for each of its languages, but for one",
     "use one for it, or take the language out"},
    {"look-alike", kWarning, "a Cyrillic or Greek letter in a Latin word, or the other way round",
     "type the word anew"},
    {"missing-owner", kWarning, "a pack that nobody answers for", "`owner: desk@example.org`"},
    {"mixed-operators", kWarning, "AND and OR without parentheses", "write the parentheses that are meant"},
    {"nearly-always", kWarning, "a rule that nearly every article holds: function words, a language, a length",
     "join it with AND to a term that few articles have"},
    {"nearly-never", kWarning, "a NOT of what nearly every article holds", "take it out, or make it narrower"},
    {"never-holds", kWarning, "a rule, or a part of it, that no article can hold: this is proved", "mend or delete it"},
    {"no-forms", kWarning, "`~ban` in a topic none of whose languages has forms of words here",
     "write the forms that are meant, joined by OR"},
    {"no-test", kWarning, "a pack of which no test makes a topic fire", "write one in `NAME_test.yaml`"},
    {"operator-in-phrase", kWarning, "an operator inside quotes is a word", "join terms outside of the quotes"},
    {"question-mark", kWarning, "a phrase that ends in `?` asks for one more letter", "leave it out"},
    {"repeated-term", kWarning, "a term that stands there already, but for case and accents", "delete one of the two"},
    {"repeated-value", kWarning, "a tag or language that a topic has already", "delete one of the two"},
    {"shadowed-term", kWarning,
     "a term beside one that finds all that it does: `banned` beside `ban*`, `\"huawei ban\"` beside `huawei`; the "
     "same of an alternative of an OR: this is proved",
     "delete it, or narrow the other"},
    {"source-url", kWarning, "`source:` with a whole URL", "write the host: `source:reuters.com`"},
    {"subsumed-rule", kWarning,
     "a rule that adds nothing: another one of its topic, of no lower score and severity, holds wherever it does: this "
     "is proved",
     "delete it, give it a higher score, or narrow the other"},
    {"to-do-passes", kWarning, "what a test has to do comes true now", "make it a test, as the help says"},
    {"truncation", kWarning, "`ban!`, `ban%`: these are no wildcards, so only `ban` is found", "`ban*`"},
    {"unknown-code", kWarning, "a code of a language or country that no article has", "the help shows the form"},
    {"untested-topic", kWarning, "a topic that no test of its pack makes fire", "write one"},
    {"unused-list", kWarning, "a list, or a library of `use`, that no rule uses", "use it, or delete it"},
});

void Append(std::string& text, Severity severity, std::string_view title) {
  text += fmt::format("| {} | means | way out |\n|---|---|---|\n", title);
  for (const DiagnosticCode& code : kCodes) {
    if (code.severity == severity) text += fmt::format("| `{}` | {} | {} |\n", code.name, code.meaning, code.way_out);
  }
}

}  // namespace

std::span<const DiagnosticCode> DiagnosticCodes() { return kCodes; }

std::string DiagnosticReference() {
  std::string text;
  Append(text, kError, "error");
  text += "\n";
  Append(text, kWarning, "warning");
  return text;
}

}  // namespace wirewatch
