import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.Term;
import org.apache.lucene.queries.intervals.IntervalQuery;
import org.apache.lucene.queries.intervals.Intervals;
import org.apache.lucene.queries.intervals.IntervalsSource;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.WildcardQuery;
import org.apache.lucene.util.BytesRef;

/** Expressions as bench_peer writes them, as queries. */
final class RuleQueries {
  private RuleQueries() {}

  static Query query(JsonObject rule) {
    if (rule.has("term")) return term(rule.get("term").getAsString());
    if (rule.has("near")) return new IntervalQuery(NewsAnalyzer.FIELD, near(rule));
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    boolean all = rule.has("and");
    for (JsonElement child : rule.getAsJsonArray(all ? "and" : "or")) {
      JsonObject expression = child.getAsJsonObject();
      if (all && expression.has("not")) {
        query.add(query(expression.getAsJsonObject("not")), Occur.MUST_NOT);
      } else {
        query.add(query(expression), all ? Occur.MUST : Occur.SHOULD);
      }
    }
    return query.build();
  }

  private static boolean isPrefix(String word) {
    return word.indexOf('*') == word.length() - 1 && word.indexOf('?') < 0;
  }

  private static boolean isPlain(String word) {
    return word.indexOf('*') < 0 && word.indexOf('?') < 0;
  }

  private static Query term(String text) {
    String[] words = text.split(" ");
    if (words.length > 1) {
      return isPlain(text)
          ? new PhraseQuery(NewsAnalyzer.FIELD, words)
          : new IntervalQuery(NewsAnalyzer.FIELD, places(text));
    }
    if (isPlain(text)) return new TermQuery(new Term(NewsAnalyzer.FIELD, text));
    return isPrefix(text)
        ? new PrefixQuery(new Term(NewsAnalyzer.FIELD, text.substring(0, text.length() - 1)))
        : new WildcardQuery(new Term(NewsAnalyzer.FIELD, text));
  }

  // Two orders written out: unordered() would take a word of a phrase for its own partner.
  private static IntervalsSource near(JsonObject rule) {
    JsonArray sides = rule.getAsJsonArray("of");
    IntervalsSource left = places(sides.get(0).getAsJsonObject());
    IntervalsSource right = places(sides.get(1).getAsJsonObject());
    int between = rule.get("near").getAsInt();
    IntervalsSource forward = Intervals.maxgaps(between, Intervals.ordered(left, right));
    if (rule.get("ordered").getAsBoolean()) return forward;
    return Intervals.or(forward, Intervals.maxgaps(between, Intervals.ordered(right, left)));
  }

  private static IntervalsSource places(JsonObject side) {
    if (side.has("term")) return places(side.get("term").getAsString());
    List<IntervalsSource> sources = new ArrayList<>();
    for (JsonElement child : side.getAsJsonArray("or")) sources.add(places(child.getAsJsonObject()));
    return Intervals.or(sources);
  }

  private static IntervalsSource places(String text) {
    List<IntervalsSource> words = new ArrayList<>();
    for (String word : text.split(" ")) {
      words.add(
          isPlain(word)
              ? Intervals.term(word)
              : isPrefix(word)
                  ? Intervals.prefix(new BytesRef(word.substring(0, word.length() - 1)), IndexSearcher.getMaxClauseCount())
                  : Intervals.wildcard(new BytesRef(word), IndexSearcher.getMaxClauseCount()));
    }
    return words.size() == 1 ? words.get(0) : Intervals.phrase(words.toArray(new IntervalsSource[0]));
  }
}
