package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/stability.md promises of Java is there. */
class StabilityTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`dev\\.terse[^|]*)\\| ([^|]*)\\|$");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  @Test
  void publicApi_isThereUnderItsNames() throws IOException {
    String page = Files.readString(SharedData.projectRoot().resolve("docs/stability.md"));
    List<String> promised = new ArrayList<>();
    ROW.matcher(page)
        .results()
        .forEach(row -> promised.addAll(names(words(row.group(1)), words(row.group(2)))));
    assertThat(promised).hasSizeGreaterThan(40);
    for (String name : promised) {
      assertThat(name).satisfies(StabilityTest::requirePublic);
    }
  }

  /** The types of one package, or one type each of several. */
  private static List<String> names(List<String> packages, List<String> types) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      names.add(packages.get(packages.size() == 1 ? 0 : i) + "." + types.get(i));
    }
    return names;
  }

  private static void requirePublic(String name) throws ClassNotFoundException {
    Class<?> type = Class.forName(name, false, StabilityTest.class.getClassLoader());
    assertThat(Modifier.isPublic(type.getModifiers())).isTrue();
  }

  private static List<String> words(String cell) {
    return CODE.matcher(cell).results().map(match -> match.group(1)).toList();
  }
}
