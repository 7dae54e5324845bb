package dev.terse.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terse.engine.Engine;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.testkit.TinyModels;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.fixtures.MemorySink;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.grpo.GrpoRun;
import dev.terse.trainer.metrics.Phases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** T10: a stop in any phase of an update loses nothing but that update. */
class StopSignalTest {
  private static final int STEPS = 3;

  @TempDir private Path folder;
  private MemorySink sink = new MemorySink();

  private int run(String name, StopSignal stop, Phases phases, String... more) throws IOException {
    Path problems = folder.resolve("problems.jsonl");
    Files.writeString(problems, "{\"question\":\"1+1\",\"answer\":\"2\"}\n".repeat(4));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model_name_or_path=" + TinyModels.folder("llama"),
                "--dataset_name=" + problems,
                "--eval_dataset=" + problems,
                "--eval_strategy=steps",
                "--eval_steps=2",
                "--output_dir=" + folder.resolve(name),
                "--reward_funcs=length",
                "--reward_settings={tau_length: 3}",
                "--per_device_train_batch_size=4",
                "--num_generations=4",
                "--num_iterations=2",
                "--beta=0.1",
                "--max_completion_length=4",
                "--temperature=1.3",
                "--skip_token=e",
                "--learning_rate=1e-2",
                "--logging_steps=1",
                "--max_steps=" + STEPS));
    arguments.addAll(List.of(more));
    try (Engine engine = new ReferenceEngine()) {
      return new GrpoRun(ConfigReader.read(null, arguments, GrpoConfig.class), engine, sink, phases)
          .run(stop);
    }
  }

  /** Asks for a stop at the n-th time that a phase of a name moves on. */
  private static Phases askingAt(String wanted, int n, StopSignal stop) {
    int[] seen = new int[1];
    return (name, unit, expected) ->
        new Phases.Phase() {
          @Override
          public void advance(long done) {
            if (name.startsWith(wanted) && ++seen[0] == n) {
              stop.request();
            }
          }

          @Override
          public void close() {}
        };
  }

  /** Updates 1 and 2 share a generation, which a resume after the first needs. */
  @ParameterizedTest
  @ValueSource(strings = {"rollout", "rewards", "scoring", "update", "evaluation"})
  void stop_inAnyPhase_savesTheLastWholeUpdate(String phase) throws IOException {
    run("whole", new StopSignal(), Phases.QUIET);
    Path expected = folder.resolve("whole/model.safetensors");
    for (int n : new int[] {1, 3, 6}) {
      String name = phase + n;
      StopSignal stop = new StopSignal(Duration.ZERO);
      int reached = run(name, stop, askingAt(phase, n, stop));
      if (n == 1) {
        assertThat(stop.isRequested()).as("the phase was met").isTrue();
        assertThat(reached).isLessThan(STEPS);
      }
      assertThat(folder.resolve(name + "/checkpoint-" + reached).toFile().isDirectory())
          .isEqualTo(reached > 0);
      if (reached > 0 && reached < STEPS) {
        run(name, new StopSignal(), Phases.QUIET, "--resume_from_checkpoint=true");
        assertThat(folder.resolve(name + "/model.safetensors")).hasSameBinaryContentAs(expected);
      }
    }
  }

  /** The evaluations after update 2 and, in a longer one, the last. */
  @Test
  void evaluation_givenUp_isMadeUpForWhenTheRunGoesOn() throws IOException {
    run("whole", new StopSignal(), Phases.QUIET);
    double expected = sink.values("eval/completions/mean_length").get(0);
    for (String last : List.of("--max_steps=3", "--max_steps=2")) {
      String name = "stopped" + last.charAt(last.length() - 1);
      StopSignal stop = new StopSignal(Duration.ZERO);
      assertThat(run(name, stop, askingAt("evaluation", 1, stop), last)).isEqualTo(2);
      sink = new MemorySink();
      run(name, new StopSignal(), Phases.QUIET, last, "--resume_from_checkpoint=true");
      assertThat(sink.values("eval/completions/mean_length")).containsExactly(expected);
    }
  }

  /** One hook of the process serves all runs that are open, and forgets those that were closed. */
  @Test
  void listening_ofManyRuns_isForgottenWhenTheyClose() {
    int before = StopSignal.listeners();
    for (int i = 0; i < 100; i++) {
      StopSignal.listening().close();
    }
    assertThat(StopSignal.listeners()).isEqualTo(before);
    StopSignal closed = StopSignal.listening();
    closed.close();
    try (StopSignal one = StopSignal.listening();
        StopSignal other = StopSignal.listening()) {
      StopSignal.answerAll();
      assertThat(one.isRequested()).isTrue();
      assertThat(other.isRequested()).isTrue();
    }
    assertThat(closed.isRequested()).isFalse();
  }

  @Test
  void check_withinItsPatience_letsThePhaseEnd() {
    StopSignal stop = new StopSignal(Duration.ofMinutes(1));
    stop.check();
    stop.request();
    stop.check();
    StopSignal impatient = new StopSignal(Duration.ZERO);
    impatient.request();
    assertThatThrownBy(impatient::check).isInstanceOf(RunStoppedException.class);
  }
}
