package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.cli.command.ExitCodes;
import dev.terse.testkit.SharedData;
import dev.terse.trainer.config.ConfigException;
import dev.terse.trainer.config.ConfigKey;
import dev.terse.trainer.config.ConfigReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every command takes the same names, in every spelling, and says so of those that it has not. */
class DialectTest {
  private static final String MODEL =
      SharedData.projectRoot().resolve("checkpoints/arithmetic-base").toString();

  /** The names that commands share, with a value of each. */
  private static final Map<String, String> SHARED = new LinkedHashMap<>();

  /** What a configuration is not whole without. */
  private static final Map<String, String> NEEDED =
      Map.of(
          "model_name_or_path", MODEL,
          "dataset_name", "d.jsonl",
          "output", "o.jsonl",
          "output_dir", "folder",
          "max_completion_length", "64",
          "task", "arithmetic",
          "rows", "1",
          "records", "before.jsonl");

  static {
    SHARED.put("model_name_or_path", MODEL);
    SHARED.put("dataset_name", "rows.jsonl");
    SHARED.put("output", "new.jsonl");
    SHARED.put("output_dir", "runs/new");
    SHARED.put("overwrite", "true");
    SHARED.put("engine", "reference");
    SHARED.put("bf16", "true");
    SHARED.put("max_completion_length", "77");
    SHARED.put("num_generations", "4");
    SHARED.put("temperature", "0.5");
    SHARED.put("top_p", "0.25");
    SHARED.put("top_k", "5");
    SHARED.put("min_p", "0.125");
    SHARED.put("seed", "7");
    SHARED.put("prompt_suffix", "{now}");
    SHARED.put("system_prompt", "[You]");
    SHARED.put("max_live", "3");
    SHARED.put("max_length", "99");
    SHARED.put("max_tokens_per_pass", "88");
  }

  @TempDir Path folder;

  static List<String> commands() {
    return DocumentedKeysTest.commands();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void names_thatACommandHas_areReadInEverySpelling(String command) throws Exception {
    for (Map.Entry<String, String> shared : SHARED.entrySet()) {
      Optional<ConfigKey> key = key(command, shared.getKey());
      if (key.isEmpty() || key.get().type().equals("boolean")) {
        continue;
      }
      String name = key.get().name();
      String value = shared.getValue();
      for (String spelling : spellings(key.get())) {
        List<String> form =
            spelling.contains("-")
                ? List.of("--" + spelling + "=" + value)
                : List.of("--" + spelling, value);
        assertThat(read(command, name, form)).as(command + form).containsEntry(name, value);
      }
      Path yaml = Files.writeString(folder.resolve("a.yaml"), name + ": \"" + value + "\"\n");
      assertThat(
              ConfigReader.read(
                      yaml, needed(command, name), DocumentedKeysTest.configuration(command))
                  .values())
          .containsEntry(name, value);
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void switches_standAloneOrWithAValue(String command) {
    for (String name : List.of("bf16", "overwrite")) {
      Optional<ConfigKey> key = key(command, name);
      if (key.isEmpty()) {
        continue;
      }
      String ours = key.get().name();
      for (String spelling : spellings(key.get())) {
        for (String on : List.of("--%s", "--%s true", "--%s=true", "--%s True")) {
          String value = read(command, ours, words(on, spelling)).get(ours);
          assertThat(value).as(command + on).isEqualToIgnoringCase("true");
        }
        for (String off : List.of("--%s false", "--%s=false", "--no_%s", "--no-%s")) {
          String value = read(command, ours, words(off, spelling)).get(ours);
          assertThat(value).as(command + off).isEqualTo("false");
        }
        assertThatThrownBy(() -> read(command, ours, words("--%s perhaps", spelling)))
            .isInstanceOf(ConfigException.class)
            .hasMessageContaining(
                "command line: " + ours + " must be true or false, was 'perhaps'");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void names_thatACommandHasNot_areRefusedTogether_andSaidWhose(String command) throws Exception {
    List<String> foreign =
        SHARED.keySet().stream()
            .filter(name -> !name.equals("system_prompt")) // open-r1 has it in recipes of SFT
            .filter(name -> key(command, name).isEmpty())
            .toList();
    Path none = Files.writeString(folder.resolve("none.yaml"), "");
    List<String> line = new ArrayList<>(List.of(command, none.toString()));
    foreign.forEach(name -> line.addAll(List.of("--" + name, SHARED.get(name))));
    line.add("--no_such_key=1"); // so that none is run
    Cli run = Cli.run(line.toArray(String[]::new));
    assertThat(run.code()).isEqualTo(ExitCodes.USAGE);
    for (String name : foreign) {
      assertThat(run.err()).contains("command line: unknown key '" + name + "': a key of ");
    }
    assertThat(run.err()).contains("command line: unknown key 'no_such_key'");
  }

  /** The key that a command reads {@code name} as. */
  private static Optional<ConfigKey> key(String command, String name) {
    return ConfigReader.keys(DocumentedKeysTest.configuration(command)).stream()
        .filter(key -> key.name().equals(name) || key.shortForms().contains(name))
        .findFirst();
  }

  private static List<String> spellings(ConfigKey key) {
    return Stream.concat(Stream.of(key.name()), key.shortForms().stream())
        .flatMap(name -> Stream.of(name, name.replace('_', '-')))
        .distinct()
        .toList();
  }

  private static List<String> words(String form, String key) {
    return List.of(form.replace("%s", key).split(" "));
  }

  /** The values in force where a line names {@code key}, and the needed ones besides. */
  private static Map<String, String> read(String command, String key, List<String> line) {
    List<String> arguments = new ArrayList<>(needed(command, key));
    arguments.addAll(line);
    return ConfigReader.parse(command, "", arguments, DocumentedKeysTest.configuration(command))
        .values();
  }

  private static List<String> needed(String command, String besides) {
    return ConfigReader.keys(DocumentedKeysTest.configuration(command)).stream()
        .map(ConfigKey::name)
        .filter(name -> NEEDED.containsKey(name) && !name.equals(besides))
        .map(name -> "--" + name + "=" + NEEDED.get(name))
        .toList();
  }
}
