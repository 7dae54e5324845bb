package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.cli.keys.Configured;
import dev.terse.testkit.SharedData;
import dev.terse.trainer.config.ConfigKey;
import dev.terse.trainer.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * The page of a command and its help list every key with its default, and none that is not there.
 */
class DocumentedKeysTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\| ([^|]+) \\| (.+) \\|$");
  private static final Map<String, String> WORDS =
      Map.of("unset", "null", "(empty)", "", "required", "-");

  /** The commands that are told by a configuration. */
  static List<String> commands() {
    return new CommandLine(new Terse())
        .getSubcommands().entrySet().stream()
            .filter(command -> command.getValue().getCommand() instanceof Configured)
            .map(Map.Entry::getKey)
            .toList();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void page_listsEveryKeyWithItsDefault(String command) throws IOException {
    Map<String, String> documented = new LinkedHashMap<>();
    Matcher rows = ROW.matcher(page(command));
    while (rows.find()) {
      documented.put(rows.group(1), WORDS.getOrDefault(rows.group(2), rows.group(2)));
    }
    Map<String, String> actual = new LinkedHashMap<>();
    ConfigReader.defaults(configuration(command))
        .forEach((key, value) -> actual.put(key, value == null ? "-" : value));
    assertThat(documented).containsExactlyInAnyOrderEntriesOf(actual);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void help_listsEveryKeyOnce_andTellsAllOfEach(String command) throws IOException {
    Cli help = Cli.run(command, "--help");
    List<String> keys =
        ConfigReader.keys(configuration(command)).stream().map(ConfigKey::name).toList();
    for (String key : keys) {
      assertThat(help.out().lines().filter(line -> line.startsWith("  --" + key + " ")))
          .as(key)
          .hasSize(1);
    }
    assertThat(help.out().lines().filter(line -> line.startsWith("  --")))
        .hasSizeBetween(keys.size(), keys.size() + 4); // the options of picocli
    Matcher rows = ROW.matcher(page(command));
    String all = words(Cli.run(command, "--help", "all").out());
    while (rows.find()) {
      String text = rows.group(3).replaceAll("\\[.*", "").replace("`", "").replace("\\|", "|");
      assertThat(all).contains(words("--" + rows.group(1) + " "), words(text));
    }
  }

  static Class<?> configuration(String command) {
    Configured configured = new CommandLine(new Terse()).getSubcommands().get(command).getCommand();
    return configured.configuration();
  }

  private static String words(String text) {
    return text.replaceAll("\\s+", " ");
  }

  private static String page(String command) throws IOException {
    String text =
        Files.readString(
            SharedData.projectRoot().resolve("docs/commands").resolve(command + ".md"));
    int keys = text.indexOf("## Keys");
    int end = text.indexOf("\n## ", keys + 1);
    return text.substring(keys, end < 0 ? text.length() : end);
  }
}
