package dev.terse.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.terse.testkit.SharedData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs, run as they stand on the models that come with Terse. */
class ExamplesTest {
  private static final int MOST_LINES = 60; // imports and all
  private static final Path ROOT = SharedData.projectRoot();
  private static final String REASONER = ROOT.resolve("checkpoints/tiny-reasoner").toString();

  @TempDir private Path folder;
  private Locale locale;

  private interface Program {
    void main(String[] args) throws IOException;
  }

  @BeforeEach
  void numbersHavePoints() {
    locale = Locale.getDefault();
    Locale.setDefault(Locale.ROOT);
  }

  @AfterEach
  void numbersAreAsBefore() {
    Locale.setDefault(locale);
  }

  @Test
  void score_tellsEachTokenAndThePerplexityOfThem() throws IOException {
    List<String> said = run(ScoreText::main, REASONER, "A baker has 12 eggs.");

    double[] logProbs =
        said.stream()
            .filter(line -> line.contains("ln p"))
            .mapToDouble(line -> Double.parseDouble(line.split("ln p\\s+")[1].split(" ")[0]))
            .toArray();
    double perplexity = Double.parseDouble(said.get(said.size() - 1).split(" ")[1]);
    assertThat(logProbs).hasSizeGreaterThan(4);
    assertThat(Arrays.stream(logProbs).max().orElseThrow()).isNotPositive();
    assertThat(Math.log(perplexity))
        .isCloseTo(-Arrays.stream(logProbs).average().orElseThrow(), within(0.01));
  }

  @Test
  void compress_leavesOutTheTwoMostPredictableOfFiveSteps() throws IOException {
    List<String> said = run(CompressTrace::main, REASONER);

    List<Double> bits =
        said.stream()
            .filter(line -> line.contains(" bits: "))
            .map(line -> Double.parseDouble(line.split(" ")[0]))
            .toList();
    String chain = String.join("\n", said.subList(bits.size(), said.size()));
    assertThat(bits).hasSize(5);
    assertThat(chain.split("\\[SKIP]", -1)).hasSize(3);
    assertThat(chain).endsWith("</think>\n\nThe answer is \\boxed{84}.");
    for (int i = 0; i < 5; i++) {
      double own = bits.get(i);
      boolean gone = bits.stream().filter(other -> other < own).count() < 2;
      assertThat(chain.contains(said.get(i).split(" bits: ")[1])).isEqualTo(!gone);
    }
  }

  @Test
  void reward_isJudgedInAProcessOfItsOwnBesideABuiltInOne() throws IOException {
    assertThat(run(FewSteps::main, REASONER))
        .containsExactly(
            "1.6666666666666665 = {accuracy=1.0, FewSteps=0.6666666666666666}",
            "2.0 = {accuracy=1.0, FewSteps=1.0}");
  }

  @Test
  void grpo_tellsItsStepsAndLeavesAModel() throws IOException {
    Path output = folder.resolve("run");
    List<String> said =
        run(
            GrpoWithListener::main,
            "--model_name_or_path=" + ROOT.resolve("checkpoints/arithmetic-skip"),
            "--dataset_name=" + ROOT.resolve("configs/arithmetic/problems-train.jsonl"),
            "--output_dir=" + output,
            "--max_steps=2",
            "--per_device_train_batch_size=16",
            "--logging_steps=1");

    assertThat(said).anyMatch(line -> line.matches("1: reward [01]\\.\\d{3}"));
    assertThat(said).anyMatch(line -> line.matches("2: reward [01]\\.\\d{3}"));
    assertThat(said.get(said.size() - 1)).isEqualTo("2 updates; the model is in " + output);
    assertThat(output.resolve("model.safetensors")).exists();
    assertThat(Files.readString(output.resolve("metrics.jsonl"))).contains("rewards/FewSteps/mean");
  }

  @Test
  void programs_areShort() throws IOException {
    Path sources = ROOT.resolve("examples/src/main/java/dev/terse/examples");
    try (Stream<Path> files = Files.list(sources)) {
      List<Path> programs = files.filter(file -> !file.endsWith("package-info.java")).toList();
      assertThat(programs).hasSize(4);
      for (Path program : programs) {
        assertThat(Files.readAllLines(program)).as("%s", program).hasSizeLessThan(MOST_LINES);
      }
    }
  }

  private static List<String> run(Program program, String... args) throws IOException {
    PrintStream out = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (PrintStream heard = new PrintStream(said, true, StandardCharsets.UTF_8)) {
      System.setOut(heard);
      program.main(args);
    } finally {
      System.setOut(out);
    }
    return said.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
