import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.analysis.util.CharTokenizer;

/**
 * Words as rules/text/fold.h has them, as nearly as Lucene's own parts allow. "words": runs of letters, digits and marks;
 * "standard": StandardTokenizer, which keeps "huawei's", "3.5" and "example.com" whole. Title, summary and body are
 * values of one field, a gap apart that no NEAR reaches over: one field is less work for Lucene than three.
 */
final class NewsAnalyzer extends Analyzer {
  static final String FIELD = "text";
  private static final int GAP = 1000;
  private final boolean standard;

  NewsAnalyzer(boolean standard) {
    this.standard = standard;
  }

  private static boolean isOfWord(int c) {
    if (Character.isLetterOrDigit(c)) return true;
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
  }

  @Override
  protected TokenStreamComponents createComponents(String field) {
    Tokenizer tokenizer = standard ? new StandardTokenizer() : CharTokenizer.fromTokenCharPredicate(NewsAnalyzer::isOfWord);
    return new TokenStreamComponents(tokenizer, new ASCIIFoldingFilter(new LowerCaseFilter(tokenizer)));
  }

  @Override
  public int getPositionIncrementGap(String field) {
    return GAP;
  }

  /** A word and how many words stand before it in its text. */
  record Token(String word, int position) {}

  List<Token> tokens(String text) throws java.io.IOException {
    List<Token> tokens = new ArrayList<>();
    try (TokenStream stream = tokenStream(FIELD, text)) {
      CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
      PositionIncrementAttribute step = stream.addAttribute(PositionIncrementAttribute.class);
      stream.reset();
      for (int at = -1; stream.incrementToken(); ) {
        at += step.getPositionIncrement();
        tokens.add(new Token(term.toString(), at));
      }
      stream.end();
    }
    return tokens;
  }
}
