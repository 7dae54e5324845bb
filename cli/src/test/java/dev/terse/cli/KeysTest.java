package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.cli.command.ExitCodes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people are told of keys, by the help and where one is not known. */
class KeysTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "sft --num_generations 4; unknown key 'num_generations': a key of ",
        "sft --group-size 4; unknown key 'group_size': num_generations is a key of ",
        "sft --dataset d; unknown key 'dataset' (did you mean 'dataset_name'?)",
        "sft --modle m; unknown key 'modle' (did you mean 'model'?)",
        "sft --num_generation 4;"
            + " unknown key 'num_generation' (did you mean 'num_generations', a key of ",
        "eval --output_dir x; unknown key 'output_dir': a key of",
        "eval --output_dir x; (did you mean 'output'?)",
        "eval --kappa 1; unknown key 'kappa': a key of",
        "grpo --input d --bf16 perhaps; bf16 must be true or false, was 'perhaps'",
        "grpo --input d --engine gpu; engine must be one of nd4j, cuda, reference, was 'gpu'"
      })
  void key_thatIsNotTheCommands_isAnsweredWithWhatItMayBe(String line, String sentence) {
    Cli run = Cli.run(line.split(" "));
    assertThat(run.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(run.err()).contains(sentence);
  }

  @Test
  void help_ofAKey_tellsAllOfIt() {
    for (String spelling : new String[] {"max_live", "--max-live"}) {
      assertThat(Cli.run("eval", "--help", spelling).out())
          .startsWith(
              "--max_live INTEGER in [1, inf)\n  sequences decoded together\n  default: 32\n")
          .contains("also of ", "grpo");
    }
    assertThat(Cli.run("grpo", "--help", "model").out())
        .startsWith("\nModel:\n  --model_name_or_path TEXT (unset)  ");
    assertThat(Cli.run("grpo", "--help", "group_size").out())
        .startsWith("--num_generations INTEGER")
        .contains("short: --group_size");
    assertThat(Cli.run("grpo", "--help", "engine").out()).contains("one of nd4j, cuda, reference");
  }

  @Test
  void help_ofWhatIsNoKey_namesTheNearest() {
    Cli run = Cli.run("sft", "--help", "max_lenght");
    assertThat(run.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(run.err())
        .isEqualTo(
            "error: sft has no key or group 'max_lenght' (did you mean 'max_length'?)\n"
                + "see: trainer.jar sft --help\n");
    assertThat(Cli.run("sft", "--help", "num_generations").err()).contains("grpo").contains("have");
  }

  @Test
  void switches_ofThisProgramItself_takeAValueToo() {
    for (String form : new String[] {"--verbose", "--verbose=true", "--verbose true"}) {
      String[] line = ("grade --input none.jsonl --output x " + form).split(" ");
      assertThat(Cli.run(line).err()).as(form).contains("none.jsonl", "\tat dev.terse");
    }
    String[] quiet = "grade --verbose false --input none.jsonl --output x".split(" ");
    assertThat(Cli.run(quiet).err()).contains("none.jsonl").doesNotContain("\tat ");
    for (String form : new String[] {"--fast", "--fast=true", "--fast true"}) {
      String[] line = ("quickstart " + form + " --kapa 1").split(" ");
      assertThat(Cli.run(line).err()).as(form).contains("configs/quickstart-fast.yaml");
    }
  }
}
