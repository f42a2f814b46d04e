import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Pairs of article and rule that only one of the two engines gives, each with what made the difference. */
final class Differences {
  private final List<JsonObject> rules;
  private final List<JsonObject> articles;
  private final NewsAnalyzer analyzer;

  Differences(List<JsonObject> rules, List<JsonObject> articles, NewsAnalyzer analyzer) {
    this.rules = rules;
    this.articles = articles;
    this.analyzer = analyzer;
  }

  void print(List<BitSet> ours, List<BitSet> theirs, int most) throws IOException {
    long agreed = 0, onlyOurs = 0, onlyTheirs = 0;
    Map<String, Integer> reasons = new TreeMap<>();
    List<String> listed = new ArrayList<>();
    for (int article = 0; article < articles.size(); ++article) {
      BitSet both = (BitSet) ours.get(article).clone();
      both.and(theirs.get(article));
      agreed += both.cardinality();
      BitSet different = (BitSet) ours.get(article).clone();
      different.xor(theirs.get(article));
      if (different.isEmpty()) continue;
      Texts texts = new Texts(articles.get(article));
      for (int rule = different.nextSetBit(0); rule >= 0; rule = different.nextSetBit(rule + 1)) {
        boolean isOurs = ours.get(article).get(rule);
        if (isOurs) ++onlyOurs; else ++onlyTheirs;
        Reason reason = reason(texts, rules.get(rule));
        reasons.merge((isOurs ? "only ours: " : "only theirs: ") + reason.text(), 1, Integer::sum);
        if (listed.size() < most) {
          listed.add(String.format("  article %d, rule %d, only %s, %s%s: %s", article, rule, isOurs ? "ours" : "theirs",
              reason.text(), reason.term().isEmpty() ? "" : " of \"" + reason.term() + '"', rules.get(rule)));
        }
      }
    }
    System.out.printf("pairs of article and rule: %d agreed, %d only ours, %d only theirs%n", agreed, onlyOurs, onlyTheirs);
    reasons.forEach((reason, count) -> System.out.printf("  %6d %s%n", count, reason));
    if (!listed.isEmpty()) System.out.printf("the first %d:%n%s%n", listed.size(), String.join("\n", listed));
  }

  private record Word(String text, int position, boolean startsParagraph) {}

  /** One article: as written, and its words as each of the two has them. */
  private final class Texts {
    final String written;
    final List<Word> ours = new ArrayList<>();
    final List<Word> theirs = new ArrayList<>();

    Texts(JsonObject article) throws IOException {
      StringBuilder all = new StringBuilder();
      int at = 0;
      for (String part : List.of("title", "summary", "body")) {
        String text = article.get(part).getAsString();
        all.append(text).append('\n');
        int begin = at;
        for (NewsAnalyzer.Token token : analyzer.tokens(text)) {
          theirs.add(new Word(token.word(), at = begin + token.position(), false));
        }
        at += analyzer.getPositionIncrementGap(NewsAnalyzer.FIELD);
      }
      written = all.toString().toLowerCase(Locale.ROOT);
      for (String paragraph : article.get("folded").getAsString().split("\n")) {
        boolean first = true;
        for (String word : paragraph.split(" ")) {
          ours.add(new Word(word, ours.size(), first));
          first = false;
        }
      }
    }

    boolean isWord(String pattern, String word) {
      if (pattern.indexOf('*') < 0 && pattern.indexOf('?') < 0) return word.equals(pattern);
      return word.matches(pattern.replace("*", ".*").replace("?", "."));
    }

    boolean has(List<Word> text, String[] term, boolean acrossParagraphs) {
      for (int i = 0; i + term.length <= text.size(); ++i) {
        boolean here = true;
        for (int k = 0; here && k < term.length; ++k) {
          Word word = text.get(i + k);
          here = isWord(term[k], word.text()) && word.position() == text.get(i).position() + k
              && (k == 0 || acrossParagraphs || !word.startsParagraph());
        }
        if (here) return true;
      }
      return false;
    }

    boolean writes(String expression) {
      return Pattern.compile(expression).matcher(written).find();
    }
  }

  private static void terms(JsonElement element, List<String> terms) {
    if (element.isJsonArray()) {
      for (JsonElement child : element.getAsJsonArray()) terms(child, terms);
    } else if (element.isJsonObject()) {
      JsonObject object = element.getAsJsonObject();
      if (object.has("term")) terms.add(object.get("term").getAsString());
      object.entrySet().forEach(entry -> terms(entry.getValue(), terms));
    }
  }

  /** Why, and the term that one of the two found; empty: it is no term. */
  private record Reason(String text, String term) {}

  private static Reason reason(Texts texts, JsonObject rule) {
    List<String> terms = new ArrayList<>();
    terms(rule, terms);
    for (String term : terms) {
      String[] words = term.split(" ");
      boolean inOurs = texts.has(texts.ours, words, false);
      boolean inTheirs = texts.has(texts.theirs, words, true);
      if (inOurs != inTheirs) return new Reason(reason(texts, words, inOurs), term);
    }
    if (!rule.has("near")) return new Reason("unexplained", "");
    boolean dotted = texts.writes("\\b\\p{L}\\.\\p{L}\\b");
    String counted = dotted ? "a dotted abbreviation is one word or several" : "words counted otherwise";
    return new Reason("NEAR: " + counted, "");
  }

  private static String reason(Texts texts, String[] words, boolean inOurs) {
    if (!inOurs && texts.has(texts.ours, words, true)) return "phrase across paragraphs";
    words = Arrays.stream(words).map(word -> word.replaceAll("[*?].*", "")).toArray(String[]::new);
    for (String word : words) {
      boolean ascii = word.chars().allMatch(c -> c < 128);
      if (!ascii) return "letters outside of ASCII";
      if (word.length() > 1 && texts.writes("\\b" + String.join("\\.", word.split("")) + "\\b")) return "dotted abbreviation";
      if (word.length() == 1 && texts.writes("\\b" + word + "\\.\\p{L}\\b|\\b\\p{L}\\." + word + "\\b")) {
        return "dotted abbreviation";
      }
    }
    for (String word : words) {
      if (texts.writes("\\p{L}['\u2019]" + word + "\\b|\\b" + word + "['\u2019]\\p{L}")) return "apostrophe inside a word";
      if (texts.writes("[0-9\\p{L}][.,:;_\u00b7]" + word + "\\b|\\b" + word + "[.,:;_\u00b7][0-9\\p{L}]")) {
        return "stop, comma, colon or underscore inside a word";
      }
      if (texts.writes("[-\u2010-\u2015]" + word + "\\b|\\b" + word + "[-\u2010-\u2015]")) return "hyphen or dash";
    }
    return "other analysis";
  }
}
