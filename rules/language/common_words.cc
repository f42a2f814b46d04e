#include "rules/language/common_words.h"

#include <algorithm>
#include <array>

namespace wirewatch {
namespace {

struct Language {
  std::string_view code, name;
  std::string_view words;  // folded, parted by blanks
};

constexpr std::array<Language, 11> kLanguages = {{
    {"en", "English",
     "a about after all also am an and any are as at be been before but by can could did do does for from go had has "
     "have "
     "he her here hers him his how i if in into is it its may me might more most must my near no nor not now of off on "
     "one "
     "or our out over own she should so some such than that the their them then there these they this those to too "
     "under "
     "until up us very was we were what when where which while who whom whose why will with would yes you your"},
    {"de", "German",
     "aber als am an auch auf aus bei bin bis da damit dann das dass dem den der des die doch du durch ein eine einem "
     "einen "
     "einer eines er es fur hat ich ihr im in ist ja kann man mit nach nicht noch nur ob oder sein sich sie sind so um "
     "und "
     "uns vom von vor war was wenn wer wie wir wird wo zu zum zur"},
    {"fr", "French",
     "a ai as au aux avec ce ces cet cette d dans de des du elle en es est et eu il ils je l la le les leur lui ma "
     "mais me "
     "mes mon ne nos notre nous on ont ou par pas plus pour qu que qui sa se ses si son sont sur ta te tu un une vos "
     "vous y"},
    {"es", "Spanish",
     "a al como con de del e el ella en entre era es esta este fue ha han hay he la las le les lo los mas me mi muy ni "
     "no "
     "nos o para pero por que se ser si sin sobre son su sus te tu u un una y ya yo"},
    {"it", "Italian",
     "a ad agli ai al alla anche che chi ci come con cui da dal dei del della di e ed fra gli ha hai ho i il in io la "
     "le lei "
     "li lo loro lui ma mi ne nei nel no noi non o per piu se si sono su sua tra tu un una uno vi voi"},
    {"pt", "Portuguese",
     "a ao aos as ate com como da das de dela dele do dos e ela ele em entre era es eu foi ha ja lhe mais mas me mesmo "
     "na "
     "nao nas no nos o os ou para pela pelo por que se sem ser seu so sua tem tu um uma"},
    {"nl", "Dutch",
     "aan al als bij dan dat de der die dit door een en er haar had heeft hem het hij hoe ik in is je kan maar me met "
     "mij "
     "na naar niet nog nu of om ons ook op over te tot u uit van voor was wat we wel wie zal ze zich zij zijn zo"},
    {"sv", "Swedish",
     "alla att av da de dem den det dig din du efter ej en er ett for fran ha han har hon i in inte jag kan man med "
     "men mig "
     "min ni nu och om oss pa sa sig sin ska som till upp ut var vi vid"},
    {"da", "Danish",
     "af alle at da de dem den der det dig din dit du efter en er et for fra ham han har hun i ikke ind jeg kan man "
     "med men "
     "mig min ned nu og om op os pa sa sig sin skal som til ud var ved vi"},
    {"no", "Norwegian",
     "alle at av da de dem den der det din du eller en er et etter for fra ha han har hun i ikke inn jeg kan man med "
     "meg men "
     "min na ned noe og om opp oss pa sa seg sin skal som til ut var ved vi"},
    {"pl", "Polish",
     "a ale bo by co czy dla do go i ich im ja jak je jest jej ma na nie o od oraz po pod przez sa sie ta tak tam te "
     "to tu w "
     "we z za ze"},
}};

constexpr std::string_view kEverywhere = "the of to a in and der die und el la de le les que et en het een un i w och";

constexpr std::string_view kBroadBeginnings =
    "the and for con com tha wit pro sai fro has was sta new pre thi int whi hav not cou are all wil but inc off mor "
    "rep "
    "rea res yea";

bool Holds(std::string_view words, std::string_view word) {
  for (std::size_t at = words.find(word); at != std::string_view::npos && !word.empty();
       at = words.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || words[at - 1] == ' ') && (end == words.size() || words[end] == ' ')) return true;
  }
  return false;
}

}  // namespace

std::string_view CommonIn(std::string_view word, const std::vector<std::string>& languages) {
  for (const Language& language : kLanguages) {
    const bool asked =
        languages.empty() || std::find(languages.begin(), languages.end(), language.code) != languages.end();
    if (asked && Holds(language.words, word)) return language.name;
  }
  return "";
}

bool IsInNearlyEveryArticle(std::string_view word) { return Holds(kEverywhere, word); }
bool IsBroadBeginning(std::string_view letters) { return Holds(kBroadBeginnings, letters); }

}  // namespace wirewatch
