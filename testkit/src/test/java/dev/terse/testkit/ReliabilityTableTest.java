package dev.terse.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The table T1 to T49 of docs/reliability.md has a row each, and each names tests that exist or
 * says why the promise does not apply.
 */
class ReliabilityTableTest {
  private static final Path ROOT = SharedData.projectRoot();
  private static final int PROMISES = 49;
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| (T\\d+) \\| ([^|]+) \\| ([^|]+) \\|");
  private static final Pattern TEST = Pattern.compile("`(\\w+Test)\\.(\\w+)`");
  private static final Pattern EXCUSE = Pattern.compile("does not apply: \\S.{9,}");

  @Test
  void table_ofThePromises_namesTestsThatExist() throws IOException {
    Map<String, String> sources = testSources();
    List<String> ids = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    Matcher row = ROW.matcher(Files.readString(ROOT.resolve("docs/reliability.md")));
    while (row.find()) {
      ids.add(row.group(1));
      String cell = row.group(3).strip();
      int named = 0;
      for (Matcher test = TEST.matcher(cell); test.find(); named++) {
        String source = sources.getOrDefault(test.group(1), "");
        if (!source.contains("void " + test.group(2) + "(")) {
          problems.add(row.group(1) + ": there is no test " + test.group());
        }
      }
      if (named == 0 && !EXCUSE.matcher(cell).matches()) {
        problems.add(row.group(1) + " names no test and no reason: " + cell);
      }
    }
    assertThat(problems).isEmpty();
    assertThat(ids)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, PROMISES).mapToObj(number -> "T" + number).toList());
  }

  private static Map<String, String> testSources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path tests :
          modules.map(module -> module.resolve("src/test/java")).filter(Files::exists).toList()) {
        try (Stream<Path> all = Files.walk(tests)) {
          for (Path file : all.filter(path -> path.toString().endsWith("Test.java")).toList()) {
            String name = file.getFileName().toString().replace(".java", "");
            sources.merge(name, Files.readString(file), String::concat);
          }
        }
      }
    }
    return sources;
  }
}
