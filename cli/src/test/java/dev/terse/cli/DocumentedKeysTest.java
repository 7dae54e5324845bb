package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.testkit.SharedData;
import dev.terse.trainer.config.ConfigReader;
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
    "sft, dev.terse.trainer.sft.SftConfig",
    "grpo, dev.terse.trainer.grpo.GrpoConfig",
    "eval, dev.terse.trainer.eval.EvalConfig",
    "quickstart, dev.terse.lab.quickstart.QuickstartConfig"
  })
  void page_listsEveryKeyWithItsDefault(String command, Class<?> type) throws Exception {
    Map<String, String> documented = new LinkedHashMap<>();
    Matcher rows = ROW.matcher(page(command));
    while (rows.find()) {
      documented.put(rows.group(1), WORDS.getOrDefault(rows.group(2), rows.group(2)));
    }
    Map<String, String> actual = new LinkedHashMap<>();
    ConfigReader.defaults(type)
        .forEach((key, value) -> actual.put(key, value == null ? "-" : value));
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
