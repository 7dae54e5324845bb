package dev.terse.trainer.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.terse.engine.Engine;
import dev.terse.engine.LogProbGradient;
import dev.terse.engine.SeedTree;
import dev.terse.engine.TokenScores;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.Parameters;
import dev.terse.rollout.Completion;
import dev.terse.rollout.FinishReason;
import dev.terse.rollout.Prompt;
import dev.terse.testkit.TestSeed;
import dev.terse.testkit.TinyModels;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.grpo.episode.AnswerTail;
import dev.terse.trainer.grpo.episode.Episode;
import dev.terse.trainer.grpo.episode.Generation;
import dev.terse.trainer.loss.SftLoss;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.optim.Gradient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gradient of an update against gradients that are computed token by token. */
class PolicyGradientTest {
  private static final int[] ROWS = {0, 1, 2, 3, 4, 5, 6, 7};

  @TempDir private Path folder;

  /** Two prompts of four completions each, 1 to 8 tokens long. */
  private static List<Episode> episodes(double... advantages) {
    long seed = TestSeed.of("policy-gradient");
    List<Episode> episodes = new ArrayList<>();
    for (int row = 0; row < 8; row++) {
      int[] prompt = row < 4 ? new int[] {7, 8, 9} : new int[] {4, 5};
      long own = SeedTree.child(seed, row);
      int[] ids =
          IntStream.range(0, 1 + row)
              .map(t -> SeedTree.below(SeedTree.child(own, t), 200))
              .toArray();
      episodes.add(
          new Episode(
              new Problem("id", "question", "gold", new Prompt(row / 4, prompt)),
              new Completion(ids, new float[ids.length], FinishReason.STOP),
              null,
              null,
              advantages[row]));
    }
    return episodes;
  }

  private GrpoConfig config(String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model_name_or_path=" + TinyModels.folder("llama"),
                "--dataset_name=" + folder.resolve("none.jsonl"),
                "--per_device_train_batch_size=4",
                "--gradient_accumulation_steps=2",
                "--num_generations=4",
                "--gradient_checkpointing=false"));
    arguments.addAll(List.of(more));
    return ConfigReader.read(null, arguments, GrpoConfig.class).config();
  }

  private static PolicyGradient.Outcome add(
      Decoder decoder, GrpoConfig config, Parameters sums, List<Episode> episodes) {
    Generation generation = new Generation(0, episodes, Optional.empty(), Optional.empty());
    return new PolicyGradient(
            decoder,
            config,
            BatchPlan.of(config),
            GrpoPasses.of(config, decoder.config().rope()),
            Phases.QUIET)
        .addTo(new Gradient(decoder.engine(), sums), generation, ROWS, 0);
  }

  private static TokenScores accumulate(
      Decoder decoder, GrpoBatch batch, LogProbGradient loss, Parameters sums) {
    return decoder.accumulate(batch.tokens(), batch.targets(), 1, loss, sums, false);
  }

  private static void assertSame(Parameters found, Parameters expected) {
    double most = 0;
    for (String name : expected.names()) {
      double[] wanted = expected.get(name).toDoubles();
      double[] own = found.get(name).toDoubles();
      for (int i = 0; i < wanted.length; i++) {
        most = Math.max(most, Math.abs(wanted[i]));
        assertThat(own[i]).as(name).isCloseTo(wanted[i], within(1e-7 * (1 + Math.abs(wanted[i]))));
      }
    }
    assertThat(most).as("the largest derivative").isGreaterThan(1e-3);
  }

  /** On-policy SFT: the mean of -ln p over the tokens of right completions, and nothing else. */
  @Test
  void advantageCorrect_isTheLossOfSftOnTheRightOnes() throws IOException {
    List<Episode> all = episodes(0, 1, 0, 1, 0, 0, 0, 1);
    int[] right = {1, 3, 7};
    try (Engine engine = new ReferenceEngine();
        ModelFolder model = ModelFolder.load(TinyModels.folder("llama"), engine);
        Parameters found = model.decoder().trained().zerosLike(engine);
        Parameters expected = model.decoder().trained().zerosLike(engine)) {
      GrpoConfig config = config("--advantage=correct");
      PolicyGradient.Outcome outcome = add(model.decoder(), config, found, all);
      GrpoBatch batch = GrpoBatch.apart(right, Arrays.stream(right).mapToObj(all::get).toList());
      assertThat(batch.targets().count()).isEqualTo(2 + 4 + 8);
      accumulate(model.decoder(), batch, new SftLoss(14), expected);
      assertSame(found, expected);
      // l = -ρA with ρ = 1: the value is the mean of -1, its gradient that of -ln p.
      assertThat(outcome.loss().value()).isCloseTo(-1, within(1e-12));
    }
  }

  /** Completions without an advantage weigh in the mean, whether or not they go backward. */
  @Test
  void zeroAdvantages_leaveLossGradientAndMetricsAsTheyAre() throws IOException {
    double[] advantages = {0, 0, 0, 0, -1.5, 0, 0.5, 1};
    List<Episode> all = episodes(advantages);
    try (Engine engine = new ReferenceEngine();
        ModelFolder model = ModelFolder.load(TinyModels.folder("llama"), engine);
        Parameters found = model.decoder().trained().zerosLike(engine);
        Parameters expected = model.decoder().trained().zerosLike(engine)) {
      Decoder decoder = model.decoder();
      PolicyGradient.Outcome outcome = add(decoder, config(), found, all);
      GrpoBatch batch = GrpoBatch.apart(ROWS, all);
      int tokens = 36;
      int[] row =
          IntStream.range(0, 8)
              .flatMap(r -> IntStream.generate(() -> r).limit(all.get(r).tokens()))
              .toArray();
      TokenScores scores =
          accumulate(decoder, batch, (i, logProb) -> -advantages[row[i]] / tokens, expected);
      assertSame(found, expected);
      double loss = IntStream.of(row).mapToDouble(r -> -advantages[r] / tokens).sum();
      assertThat(outcome.loss().value()).isCloseTo(loss, within(1e-12));
      double entropy = Arrays.stream(scores.entropies()).average().orElseThrow();
      assertThat(outcome.loss().metrics().get("entropy")).isCloseTo(entropy, within(1e-9));
    }
  }

  @Test
  void advantagesThatAreAllZero_moveNothing() throws IOException {
    try (Engine engine = new ReferenceEngine();
        ModelFolder model = ModelFolder.load(TinyModels.folder("llama"), engine);
        Parameters found = model.decoder().trained().zerosLike(engine)) {
      for (String kind : List.of("group", "correct")) {
        GrpoConfig config = config("--advantage=" + kind);
        var outcome = add(model.decoder(), config, found, episodes(new double[8]));
        assertThat(outcome.loss().value()).isZero();
        for (String name : found.names()) {
          assertThat(found.get(name).toDoubles()).as(name).containsOnly(0);
        }
      }
    }
  }

  /** A token after the answer has its completion's advantage less the penalty. */
  @Test
  void tailPenalty_isOfTheTokensAfterTheAnswer() throws IOException {
    double[] advantages = {0, 0, 0, 0, 1, 0, 0, -1};
    List<Episode> all = new ArrayList<>(episodes(advantages));
    all.set(4, all.get(4).withTail(new AnswerTail(2, 4), 0.75));
    all.set(5, all.get(5).withTail(new AnswerTail(1, 6), 0.75));
    double[] token = new double[36]; // advantages of the tokens
    int at = 0;
    for (int r = 0; r < 8; r++) {
      for (int i = 0; i <= r; i++, at++) {
        boolean tail = r == 4 && i >= 2 && i < 4 || r == 5 && i >= 1;
        token[at] = advantages[r] - (tail ? 0.75 : 0);
      }
    }
    try (Engine engine = new ReferenceEngine();
        ModelFolder model = ModelFolder.load(TinyModels.folder("llama"), engine);
        Parameters found = model.decoder().trained().zerosLike(engine);
        Parameters expected = model.decoder().trained().zerosLike(engine)) {
      add(model.decoder(), config("--answer_cut_penalty=0.75"), found, all);
      GrpoBatch batch = GrpoBatch.apart(ROWS, all);
      accumulate(model.decoder(), batch, (i, logProb) -> -token[i] / 36, expected);
      assertSame(found, expected);
    }
  }
}
