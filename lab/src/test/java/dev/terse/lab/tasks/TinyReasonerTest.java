package dev.terse.lab.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.Engine;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.model.folder.ModelFolder;
import dev.terse.rollout.Prompt;
import dev.terse.testkit.SharedData;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.data.PromptEncoder;
import dev.terse.trainer.eval.EvalRecord;
import dev.terse.trainer.eval.EvalRecord.Status;
import dev.terse.trainer.eval.Evaluator;
import dev.terse.trainer.metrics.Phases;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The small reasoner that comes with the repository. */
class TinyReasonerTest {
  private static final Path FOLDER = SharedData.projectRoot().resolve("checkpoints/tiny-reasoner");

  @Test
  void model_committed_solvesProblemsOfTheValidationSplit() {
    try (Engine engine = new Nd4jEngine();
        ModelFolder model = ModelFolder.load(FOLDER, engine)) {
      List<EvalRecord> records =
          new Evaluator(model, "[SKIP]", 32, Phases.QUIET).run(problems(model, 16), 352).records();
      assertThat(records).allMatch(record -> record.status() == Status.OK);
      assertThat(records).filteredOn(EvalRecord::correct).hasSizeGreaterThanOrEqualTo(12);
      assertThat(records).allMatch(record -> record.thinkTokens() > record.answerTokens());
    }
  }

  @Test
  void folder_committed_isAtMostEightMegabytes() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.mapToLong(TinyReasonerTest::size).sum()).isLessThanOrEqualTo(8_000_000);
    }
  }

  private static List<Problem> problems(ModelFolder model, int count) {
    PromptEncoder encoder = new PromptEncoder(model.tokenizer(), model.template());
    List<Problem> problems = new ArrayList<>();
    for (WorkedProblem worked : new WordProblemTask(1, 2, 8).problems(Split.VALID, count)) {
      int[] ids = encoder.question(null, worked.question());
      int index = problems.size();
      problems.add(
          new Problem(
              "p" + index,
              worked.question(),
              Long.toString(worked.answer()),
              new Prompt(index, ids)));
    }
    return problems;
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
