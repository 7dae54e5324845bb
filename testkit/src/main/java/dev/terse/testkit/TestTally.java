package dev.terse.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * The last lines of a build: how many tests ran, how many cases the suites tried, and as a table
 * which tests were skipped and why, read from surefire's reports of all modules. A build that ran
 * fewer than its floor fails, for tests that silently skip themselves are no tests.
 */
public final class TestTally {
  private static final String REPORTS = "target/surefire-reports";
  private static final int REASON_CHARACTERS = 80;

  /** Tests of one class that were skipped for one reason. */
  record Skip(String module, String testClass, String reason) {}

  private final Map<Skip, Integer> skips = new LinkedHashMap<>();
  private final List<String> cases = new ArrayList<>();
  private int tests;
  private int skipped;

  /**
   * Prints the table of a build.
   *
   * @param args the project's root folder; the instant at which the build began, for older reports
   *     are of other builds; the fewest tests that must have run; the most that may be skipped
   * @throws IllegalStateException where the floor or the ceiling is missed
   */
  public static void main(String[] args) throws IOException {
    TestTally tally = of(Path.of(args[0]), Instant.parse(args[1]));
    tally.print(System.out);
    tally.check(Integer.parseInt(args[2]), Integer.parseInt(args[3]));
  }

  /**
   * Reads {@code root/MODULE/target/surefire-reports} of all modules.
   *
   * @param since reports older than this are left out
   */
  static TestTally of(Path root, Instant since) throws IOException {
    TestTally tally = new TestTally();
    for (Path module : sorted(root)) {
      Path reports = module.resolve(REPORTS);
      if (!Files.isDirectory(reports)) {
        continue;
      }
      for (Path report : sorted(reports)) {
        String name = report.getFileName().toString();
        if (Files.getLastModifiedTime(report).toInstant().isBefore(since)) {
          continue;
        }
        if (name.startsWith("TEST-") && name.endsWith(".xml")) {
          tally.read(module.getFileName().toString(), report);
        } else if (name.endsWith("-output.txt")) {
          tally.readCases(report);
        }
      }
    }
    return tally;
  }

  private static List<Path> sorted(Path folder) throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.sorted().toList();
    }
  }

  private void read(String module, Path report) throws IOException {
    String name = report.getFileName().toString();
    String testClass = name.substring("TEST-".length(), name.length() - ".xml".length());
    testClass = testClass.substring(testClass.lastIndexOf('.') + 1);
    try (InputStream in = Files.newInputStream(report)) {
      XMLStreamReader xml = XMLInputFactory.newDefaultFactory().createXMLStreamReader(in);
      while (xml.hasNext()) {
        if (xml.next() != XMLStreamReader.START_ELEMENT) {
          continue;
        }
        if (xml.getLocalName().equals("testcase")) {
          tests++;
        } else if (xml.getLocalName().equals("skipped")) {
          skipped++;
          String message = xml.getAttributeValue(null, "message");
          String reason = reason(message != null ? message : xml.getElementText());
          skips.merge(new Skip(module, testClass, reason), 1, Integer::sum);
        }
      }
    } catch (XMLStreamException e) {
      throw new IOException(report + " is not a report of surefire: " + e.getMessage(), e);
    }
  }

  private void readCases(Path printed) throws IOException {
    try (Stream<String> lines = Files.lines(printed, StandardCharsets.ISO_8859_1)) {
      lines
          .filter(line -> line.startsWith(SuiteSize.LINE))
          .map(line -> line.substring(SuiteSize.LINE.length()))
          .distinct()
          .forEach(cases::add);
    }
  }

  // "org.opentest4j.TestAbortedException: Assumption failed: skipped: no GPU here\n\tat …"
  private static String reason(String thrown) {
    String line = thrown.strip().lines().findFirst().orElse("");
    String reason =
        line.replaceFirst("^[\\w.]+Exception:? ?", "")
            .replaceFirst("^Assumption failed:? ?", "")
            .replaceFirst("^skipped: ", "");
    return reason.length() <= REASON_CHARACTERS
        ? reason
        : reason.substring(0, REASON_CHARACTERS - 1) + "…";
  }

  int run() {
    return tests - skipped;
  }

  int skipped() {
    return skipped;
  }

  Map<Skip, Integer> skips() {
    return skips;
  }

  List<String> cases() {
    return cases;
  }

  void print(PrintStream out) {
    if (!cases.isEmpty()) {
      out.println("suites: " + String.join(", ", cases));
    }
    out.println("tests: " + run() + " run, " + skipped + " skipped" + (skipped > 0 ? ":" : ""));
    int modules = width(skips.keySet().stream().map(Skip::module));
    int classes = width(skips.keySet().stream().map(Skip::testClass));
    String row = "%6d  %-" + modules + "s  %-" + classes + "s  %s%n";
    skips.forEach(
        (skip, count) -> out.printf(row, count, skip.module(), skip.testClass(), skip.reason()));
  }

  private static int width(Stream<String> cells) {
    return cells.mapToInt(String::length).max().orElse(1);
  }

  void check(int floor, int ceiling) {
    List<String> misses = new ArrayList<>();
    if (run() < floor) {
      misses.add("at least " + floor + " tests must run, " + run() + " did");
    }
    if (skipped > ceiling) {
      misses.add("at most " + ceiling + " may be skipped, " + skipped + " were");
    }
    if (!misses.isEmpty()) {
      throw new IllegalStateException(
          String.join("; ", misses)
              + "; the table above says why; where tests were removed on purpose, set the new"
              + " numbers in .ci/run");
    }
  }
}
