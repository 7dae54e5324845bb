package dev.terse.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page of a command lists every key with its default, and none that is not there. */
class DocumentedKeysTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\| ([^|]+) \\| ");
  private static final Map<String, String> WORDS =
      Map.of("unset", "null", "(empty)", "", "required", "-");

  @ParameterizedTest
  @CsvSource({
    "sft, SftConfig",
    "grpo, GrpoConfig",
    "eval, EvalConfig",
    "quickstart, QuickstartConfig"
  })
  void page_listsEveryKeyWithItsDefault(String command, String type) throws Exception {
    Map<String, String> documented = new LinkedHashMap<>();
    Matcher rows = ROW.matcher(page(command));
    while (rows.find()) {
      documented.put(rows.group(1), WORDS.getOrDefault(rows.group(2), rows.group(2)));
    }
    Map<String, String> actual = new LinkedHashMap<>();
    RecordBinder.keys(Class.forName("dev.terse.trainer.config." + type))
        .forEach(
            (key, component) -> {
              Default otherwise = component.getAnnotation(Default.class);
              actual.put(key, otherwise == null ? "-" : otherwise.value());
            });
    assertThat(documented).containsExactlyInAnyOrderEntriesOf(actual);
  }

  private static String page(String command) throws IOException {
    String text =
        Files.readString(
            SharedData.projectRoot().resolve("docs/commands").resolve(command + ".md"));
    int keys = text.indexOf("## Keys");
    int end = text.indexOf("\n## ", keys + 1);
    return text.substring(keys, end);
  }
}
