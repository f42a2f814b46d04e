import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.reflect.TypeToken;
import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.monitor.HighlightsMatch;
import org.apache.lucene.monitor.MatcherFactory;
import org.apache.lucene.monitor.MatchingQueries;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorConfiguration;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.MultiMatchingQueries;
import org.apache.lucene.monitor.MultipassTermFilteredPresearcher;
import org.apache.lucene.monitor.Presearcher;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.monitor.TermFilteredPresearcher;
import org.apache.lucene.monitor.TermWeightor;

/**
 * Peer DIR ANALYSIS WARMUP_SECONDS MEASURE_SECONDS DIFFERENCES OURS...: Lucene Monitor on what bench_peer wrote to DIR.
 * OURS is the command of bench_peer, run after each round: speeds of one machine at two times do not compare.
 * Seconds are of processor time of the whole process (its compiler and collector too), like those of OURS.
 */
public final class Peer {
  private static final int BATCH = 100;
  private static final int PASSES = 4;
  private static final int ROUNDS = 3;
  private static final int MOST_BATCH_SPANS = 20_000;  // rules; with more one batch takes minutes
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private enum Mode {
    ONE("one", false, false),
    ONE_SPANS("one, spans", false, true),
    BATCH_OF("batch", true, false),
    BATCH_SPANS("batch, spans", true, true);

    final String title;
    final boolean batch;
    final boolean spans;

    Mode(String title, boolean batch, boolean spans) {
      this.title = title;
      this.batch = batch;
      this.spans = spans;
    }

    MatcherFactory<? extends QueryMatch> factory() {
      return spans ? HighlightsMatch.MATCHER : QueryMatch.SIMPLE_MATCHER;
    }
  }

  private final Gson gson = new Gson();
  private final List<JsonObject> rules = new ArrayList<>();
  private final List<JsonObject> articles = new ArrayList<>();
  private final List<BitSet> ours = new ArrayList<>();
  private final List<Document> documents = new ArrayList<>();
  private final Map<String, Integer> frequencies;
  private final NewsAnalyzer analyzer;
  private final double warmUp;
  private final double measure;
  private final List<String> command;
  private final List<Mode> modes;
  private long sink;

  private Peer(Path folder, String analysis, double warmUp, double measure, List<String> command) throws IOException {
    this.warmUp = warmUp;
    this.measure = measure;
    this.command = command;
    analyzer = new NewsAnalyzer(analysis.equals("standard"));
    for (String line : Files.readAllLines(folder.resolve("rules.jsonl"))) rules.add(gson.fromJson(line, JsonObject.class));
    modes =
        Arrays.stream(Mode.values())
            .filter(mode -> !mode.batch || !mode.spans || rules.size() <= MOST_BATCH_SPANS)
            .toList();
    for (String line : Files.readAllLines(folder.resolve("articles.jsonl"))) {
      articles.add(gson.fromJson(line, JsonObject.class));
    }
    for (String line : Files.readAllLines(folder.resolve("matches.jsonl"))) {
      BitSet set = new BitSet();
      for (int rule : gson.fromJson(line, int[].class)) set.set(rule);
      ours.add(set);
    }
    frequencies =
        gson.fromJson(
            Files.readString(folder.resolve("frequencies.json")), new TypeToken<Map<String, Integer>>() {}.getType());
    FieldType type = new FieldType();
    type.setIndexOptions(IndexOptions.DOCS_AND_FREQS_AND_POSITIONS_AND_OFFSETS);  // without offsets spans cost more
    type.setOmitNorms(true);
    type.freeze();
    for (JsonObject article : articles) {
      Document document = new Document();
      for (String part : List.of("title", "summary", "body")) {
        document.add(new Field(NewsAnalyzer.FIELD, article.get(part).getAsString(), type));
      }
      documents.add(document);
    }
  }

  private Map<String, Presearcher> presearchers() {
    // What few articles hold is looked for first. The default only knows how long a word is.
    TermWeightor rare = term -> 1.0 / (1 + frequencies.getOrDefault(term.bytes().utf8ToString(), 0));
    Map<String, Presearcher> presearchers = new LinkedHashMap<>();
    presearchers.put("term", new TermFilteredPresearcher());
    presearchers.put("multipass", new MultipassTermFilteredPresearcher(PASSES));
    presearchers.put("term, rare first", new TermFilteredPresearcher(rare, List.of(), Set.of()));
    presearchers.put(
        "multipass, rare first", new MultipassTermFilteredPresearcher(PASSES, 0, rare, List.of(), Set.of()));
    return presearchers;
  }

  private static double seconds() {
    return PROCESS.getProcessCpuTime() / 1e9;
  }

  private MultiMatchingQueries<? extends QueryMatch> matchBatch(Monitor monitor, Mode mode, int begin) throws IOException {
    int end = Math.min(begin + BATCH, documents.size());
    return monitor.match(documents.subList(begin, end).toArray(new Document[0]), mode.factory());
  }

  /** Goes over the articles, again and again, until so much time is over; articles a second. */
  private double run(Monitor monitor, Mode mode, double limit) throws IOException {
    double begin = seconds();
    double spent = 0;
    long done = 0;
    int at = 0;
    while (spent < limit) {
      if (mode.batch) {
        MultiMatchingQueries<? extends QueryMatch> found = matchBatch(monitor, mode, at);
        for (int i = 0; i < found.getBatchSize(); ++i) sink += found.getMatchCount(i);
        done += found.getBatchSize();
        at += found.getBatchSize();
      } else {
        sink += monitor.match(documents.get(at), mode.factory()).getMatchCount();
        ++done;
        ++at;
      }
      if (at == documents.size()) at = 0;
      spent = seconds() - begin;
    }
    return done / spent;
  }

  private static BitSet setOf(Iterable<? extends QueryMatch> matches) {
    BitSet set = new BitSet();
    for (QueryMatch match : matches) set.set(Integer.parseInt(match.getQueryId()));
    return set;
  }

  private List<BitSet> matchAll(Monitor monitor) throws IOException {
    List<BitSet> all = new ArrayList<>();
    for (Document document : documents) all.add(setOf(monitor.match(document, QueryMatch.SIMPLE_MATCHER).getMatches()));
    return all;
  }

  /** Every way to ask gives the same, on the first articles; gives how many rules are run on an article. */
  private double check(Peered peer, List<BitSet> expected) throws IOException {
    int count = Math.min(BATCH, documents.size());
    long candidates = 0;
    for (Mode mode : modes) {
      MultiMatchingQueries<? extends QueryMatch> batch = mode.batch ? matchBatch(peer.monitor, mode, 0) : null;
      for (int i = 0; i < count; ++i) {
        BitSet set;
        if (mode.batch) {
          set = setOf(batch.getMatches(i));
        } else {
          MatchingQueries<? extends QueryMatch> found = peer.monitor.match(documents.get(i), mode.factory());
          set = setOf(found.getMatches());
          if (!mode.spans) candidates += found.getQueriesRun();
        }
        if (!set.equals(expected.get(i))) {
          throw new IllegalStateException("article " + i + " differs: " + peer.name + "; " + mode.title);
        }
      }
    }
    return (double) candidates / count;
  }

  private Map<String, Double> measureOurs() throws Exception {
    Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String line;
    try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
      line = out.readLine();
    }
    if (process.waitFor() != 0) throw new IOException("bench_peer failed: " + command);
    return gson.fromJson(line, new TypeToken<Map<String, Double>>() {}.getType());
  }

  /** One presearcher with all rules. */
  private static final class Peered {
    String name;
    Monitor monitor;
    double register;
    double megabytes;
    double candidates;
    final double[] best = new double[Mode.values().length];  // by mode; 0: not measured
  }

  private static long usedBytes() {
    System.gc();
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private Peered register(String name, Presearcher presearcher) throws IOException {
    Peered peer = new Peered();
    peer.name = name;
    long before = usedBytes();
    double begin = seconds();
    peer.monitor = new Monitor(analyzer, presearcher, new MonitorConfiguration().setQueryUpdateBufferSize(10_000));
    List<MonitorQuery> queries = new ArrayList<>();
    for (int i = 0; i < rules.size(); ++i) {
      queries.add(new MonitorQuery(Integer.toString(i), RuleQueries.query(rules.get(i))));
    }
    peer.monitor.register(queries);
    peer.register = seconds() - begin;
    queries.clear();
    peer.megabytes = (usedBytes() - before) / 1e6;
    return peer;
  }

  private void bench(int differences) throws Exception {
    System.out.printf("%d rules, %d articles, batches of %d; articles a second of one core, best of %d rounds%n%n",
        rules.size(), articles.size(), BATCH, ROUNDS);
    List<Peered> peers = new ArrayList<>();
    for (Map.Entry<String, Presearcher> entry : presearchers().entrySet()) {
      peers.add(register(entry.getKey(), entry.getValue()));
    }
    List<BitSet> theirs = matchAll(peers.get(peers.size() - 1).monitor);
    for (Peered peer : peers) {
      peer.candidates = check(peer, theirs);
      for (Mode mode : modes) run(peer.monitor, mode, warmUp);
    }
    double our = 0;
    double ourWhole = 0;
    for (int round = 0; round < ROUNDS; ++round) {
      for (Peered peer : peers) {
        for (Mode mode : modes) {
          double known = peer.best[mode.ordinal()];
          if (known > 0 && BATCH / known > 2 * measure && mode.batch) continue;  // one batch is a long time already
          peer.best[mode.ordinal()] = Math.max(known, run(peer.monitor, mode, measure));
        }
      }
      Map<String, Double> measured = measureOurs();
      our = Math.max(our, measured.get("match_per_s"));
      ourWhole = Math.max(ourWhole, measured.get("whole_per_s"));
    }

    System.out.printf("%-22s %10s %8s %12s", "presearcher", "register s", "MB", "candidates");
    for (Mode mode : modes) System.out.printf(" %13s", mode.title);
    System.out.println();
    Best any = new Best(), withSpans = new Best();
    for (Peered peer : peers) {
      System.out.printf("%-22s %10.2f %8.1f %12.1f", peer.name, peer.register, peer.megabytes, peer.candidates);
      for (Mode mode : modes) {
        double speed = peer.best[mode.ordinal()];
        System.out.printf(" %13.1f", speed);
        any.offer(speed, peer, mode);
        if (mode.spans) withSpans.offer(speed, peer, mode);
      }
      System.out.println();
      peer.monitor.close();
    }
    System.out.printf("%nours, from strings to matches with spans: %.0f; from JSON: %.0f%n", our, ourWhole);
    System.out.printf("ours / best of theirs with spans (%s: %.1f) = %.1f%n", withSpans.name, withSpans.speed,
        our / withSpans.speed);
    System.out.printf("ours / best of theirs            (%s: %.1f) = %.1f%n%n", any.name, any.speed, our / any.speed);
    new Differences(rules, articles, analyzer).print(ours, theirs, differences);
    if (sink == 42) System.out.println();  // keeps the work from being optimised away
  }

  private static final class Best {
    double speed;
    String name = "";

    void offer(double other, Peered peer, Mode mode) {
      if (other <= speed) return;
      speed = other;
      name = peer.name + "; " + mode.title;
    }
  }

  public static void main(String[] arguments) throws Exception {
    List<String> command = Arrays.asList(arguments).subList(5, arguments.length);
    int status = 1;
    try {
      double warmUp = Double.parseDouble(arguments[2]);
      double measure = Double.parseDouble(arguments[3]);
      new Peer(Path.of(arguments[0]), arguments[1], warmUp, measure, command).bench(Integer.parseInt(arguments[4]));
      status = 0;
    } catch (Exception failed) {
      failed.printStackTrace();
    }
    System.exit(status);  // a monitor that is not closed keeps a thread, and with it the process
  }
}
