package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.cli.command.ExitCodes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class UsageTest {
  @TempDir Path folder;

  static List<String> commands() {
    return List.copyOf(new CommandLine(new Terse()).getSubcommands().keySet());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void help_ofEveryCommand_hasAnExample(String command) {
    Cli run = Cli.run(command, "--help");
    assertThat(run.code()).isEqualTo(ExitCodes.OK);
    assertThat(run.out()).contains("Example").contains("java -jar trainer.jar " + command);
  }

  @Test
  void command_thatIsMisspelt_isAnsweredWithTheNearest() {
    Cli run = Cli.run("scor");
    assertThat(run.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(run.err()).contains("'scor'").contains("Did you mean: trainer.jar score");
  }

  @Test
  void option_thatIsMisspelt_isAnsweredWithTheNearest() {
    Cli run = Cli.run("grade", "--input", "a", "--output", "b", "--answer-polic", "strict");
    assertThat(run.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(run.err()).contains("unknown key 'answer_polic' (did you mean 'answer_policy'?)");
  }

  @Test
  void optionFile_isReadAsOptions_andTheCommandLineOverridesIt() throws Exception {
    Path input = folder.resolve("in.jsonl");
    Files.writeString(input, "{\"id\": 1, \"gold\": \"4\", \"prediction\": \"4\"}\n");
    Path written = folder.resolve("written.jsonl");
    Path yaml = folder.resolve("grade.yaml");
    Files.writeString(yaml, "input: " + input + "\noutput: elsewhere.jsonl\n");
    Cli run = Cli.run("grade", yaml.toString(), "--output", written.toString());
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.OK);
    assertThat(written).exists();

    Files.writeString(yaml, "input: a\ninput: b\n");
    Cli twice = Cli.run("grade", yaml.toString());
    assertThat(twice.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(twice.err()).contains("'input' stands twice");
  }

  @Test
  void eval_withoutModel_namesAllThatIsMissing() {
    Cli run = Cli.run("eval", "--max_sample", "3");
    assertThat(run.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(run.err())
        .contains("model_name_or_path")
        .contains("dataset_name")
        .contains("did you mean 'max_samples'?");
  }

  @Test
  void command_thatIsMissing_isAskedFor() {
    Cli run = Cli.run();
    assertThat(run.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(run.err()).startsWith("error: which command? One of ");
  }

  @Test
  void file_thatIsMissing_isOneSentence_andATraceOnlyIfAskedFor() {
    Path missing = folder.resolve("missing.jsonl");
    Path output = folder.resolve("out.jsonl");
    String[] arguments = {"grade", "--input", missing.toString(), "--output", output.toString()};
    Cli run = Cli.run(arguments);
    assertThat(run.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(run.err())
        .isEqualTo(
            "error: 1 problem in the command line:\n  command line: dataset_name: there is no file"
                + " or folder "
                + missing
                + ": check the path\n");
    assertThat(output).doesNotExist();

    String[] verbose = {"grade", "--input", missing.toString(), "--output", "x", "--verbose"};
    assertThat(Cli.run(verbose).err()).contains("\tat dev.terse");
  }

  @Test
  void row_thatIsBroken_isNamedByItsLine_andNothingIsWritten() throws Exception {
    Path input = folder.resolve("in.jsonl");
    Path output = folder.resolve("out.jsonl");
    Files.writeString(
        input, "{\"id\": 1, \"gold\": \"4\", \"prediction\": \"4\"}\n{\"gold\": 4}\n");
    Cli run = Cli.run("grade", "--input", input.toString(), "--output", output.toString());
    assertThat(run.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(run.err())
        .isEqualTo("error: " + input + " line 2: expected a text under \"gold\", found 4\n");
    assertThat(output).doesNotExist();
  }

  @Test
  void grade_writesAVerdictForEveryRow() throws Exception {
    Path input = folder.resolve("in.jsonl");
    Path output = folder.resolve("out.jsonl");
    Files.writeString(
        input,
        """
        {"id": "a", "gold": "1/2", "prediction": "so \\\\boxed{0.5}"}
        {"id": "b", "gold": "7", "prediction": "<think>7</think> The answer is 8."}
        """);
    Cli run = Cli.run("grade", "--input", input.toString(), "--output", output.toString());
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.OK);
    assertThat(Files.readAllLines(output))
        .satisfiesExactly(
            row -> assertThat(row).startsWith("{\"id\":\"a\",\"verdict\":\"equal\""),
            row -> assertThat(row).startsWith("{\"id\":\"b\",\"verdict\":\"different\""));
  }

  @Test
  void task_writesRowsThatSftCanRead() throws Exception {
    Path output = folder.resolve("train.jsonl");
    Cli run = Cli.run("task", "arithmetic", "--rows", "5", "--output", output.toString());
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.OK);
    assertThat(Files.readAllLines(output)).hasSize(5).allMatch(row -> row.contains("\\\\boxed{"));
  }

  @Test
  void grpo_withAModelNamed_takesNoFile() {
    Cli named =
        Cli.run(
            "grpo",
            "--model_name_or_path",
            "m",
            "--dataset_name",
            "d.jsonl",
            "--reward_funcs",
            "accuracy",
            "--learning_rate=fast");
    assertThat(named.err())
        .contains(
            "3 problems in the command line",
            "learning_rate must be a number",
            "command line: model_name_or_path: there is no folder or GGUF file m in ",
            "command line: dataset_name: there is no file or folder d.jsonl in ");
  }

  @Test
  void config_namedAsTrlNamesIt_isRead() throws Exception {
    Path yaml = folder.resolve("recipe.yaml");
    Files.writeString(yaml, "learning_rte: 1\n");
    for (String[] form :
        new String[][] {
          {"sft", yaml.toString()},
          {"sft", "--config", yaml.toString()},
          {"sft", "--seed=1", "--config=" + yaml}
        }) {
      assertThat(Cli.run(form).err()).contains("problems in " + yaml, "line 1: unknown key");
    }
    assertThat(Cli.run("sft", "--config").err()).contains("--config names no file");
    assertThat(Cli.run("sft", "a.yaml", "--config", "b.yaml").err())
        .contains("name one configuration file, found a.yaml and b.yaml");
  }
}
