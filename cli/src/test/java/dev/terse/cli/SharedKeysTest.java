package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.cli.command.ExitCodes;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that one command had and its neighbours lacked: they mean the same there. */
class SharedKeysTest {
  private static final Path MODEL = SharedData.projectRoot().resolve("checkpoints/arithmetic-base");

  @TempDir private Path folder;

  @Test
  void generate_chatTemplateKwargs_reachTheTemplate() throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    try (Stream<Path> files = Files.list(MODEL)) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    Files.writeString(
        model.resolve("chat_template.jinja"),
        "{{ messages[0]['content'] }}{% if more %}+2222{% endif %}=");
    // A prompt that has no room tells its length.
    List<String> command =
        List.of("generate", "--model=" + model, "--prompt=1+1", "--max_completion_length=510");
    assertRefused(command, "", "prompt 0 has 4 tokens");
    assertRefused(command, "--chat_template_kwargs={more: false}", "prompt 0 has 4 tokens");
    assertRefused(command, "--chat_template_kwargs={more: true}", "prompt 0 has 9 tokens");
    assertRefused(
        List.of("generate", "--model=" + model, "--prompt=1", "--raw"),
        "--chat_template_kwargs={more: true}",
        "raw takes prompts as they are, without a chat template: leave chat_template_kwargs or raw"
            + " out");
  }

  @Test
  void eval_datasetConfig_namesTheFolderWithinTheDataSet() throws IOException {
    for (String config : List.of("main", "socratic")) {
      Path rows = Files.createDirectories(folder.resolve("data/" + config)).resolve("test.jsonl");
      Files.writeString(rows, "{\"question\": \"1+1\", \"answer\": \"" + config.length() + "\"}\n");
    }
    Path output = folder.resolve("records.jsonl");
    List<String> command =
        List.of(
            "eval",
            "--model=" + MODEL,
            "--dataset_name=" + folder.resolve("data"),
            "--output=" + output,
            "--max_completion_length=2");
    assertRefused(command, "", "dataset_config must name one: [main, socratic]");
    Cli run = run(command, "--dataset_config=socratic");
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.OK);
    assertThat(output).content().contains("\"gold\":\"8\"");
  }

  private static void assertRefused(List<String> command, String more, String sentence) {
    Cli run = run(command, more);
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.USAGE);
    assertThat(run.err()).contains(sentence);
  }

  private static Cli run(List<String> command, String more) {
    return Cli.run(
        Stream.concat(command.stream(), Stream.of(more).filter(word -> !word.isEmpty()))
            .toArray(String[]::new));
  }
}
