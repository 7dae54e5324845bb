package dev.terse.trainer.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.terse.engine.Engine;
import dev.terse.engine.SeedTree;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.io.Passes;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.EmbeddingNoise;
import dev.terse.model.weights.Parameters;
import dev.terse.model.weights.WeightUse;
import dev.terse.testkit.TestSeed;
import dev.terse.testkit.TinyModels;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.data.SftBatch;
import dev.terse.trainer.data.SftRow;
import dev.terse.trainer.loss.SftLoss;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SftTrainerTest {
  private Engine engine;
  private Decoder decoder;

  @BeforeEach
  void open() {
    engine = new ReferenceEngine();
    decoder =
        ModelFolder.openDecoder(TinyModels.folder("qwen2"), engine, WeightUse.CHANGED).build();
  }

  @AfterEach
  void close() {
    decoder.close();
    engine.close();
  }

  private List<SftRow> rows(long seed, int count) {
    List<SftRow> rows = new ArrayList<>();
    for (int r = 0; r < count; r++) {
      int length = 3 + SeedTree.below(SeedTree.at(seed, "length", r), 9);
      int[] ids = new int[length];
      for (int t = 0; t < length; t++) {
        ids[t] = SeedTree.below(SeedTree.at(seed, "id", r, t), decoder.config().vocabSize());
      }
      rows.add(new SftRow("r" + r, ids, 1 + SeedTree.below(SeedTree.at(seed, "from", r), 2)));
    }
    return rows;
  }

  /** Loss and gradient of an update over {@code rows}, split into passes. */
  private record Result(double loss, double[] gradient) {}

  private Result update(List<SftRow> rows, int tokensPerPass) {
    long targets = rows.stream().mapToLong(SftRow::targets).sum();
    SftLoss loss = new SftLoss(targets);
    double value = 0;
    try (Parameters gradients = decoder.weights().zerosLike(engine)) {
      for (List<SftRow> pass : Passes.of(rows, row -> row.ids().length, tokensPerPass)) {
        SftBatch batch = SftBatch.of(pass);
        value +=
            loss.value(
                decoder.accumulate(batch.tokens(), batch.targets(), 1, loss, gradients, false));
      }
      double[] all =
          gradients.tensors().values().stream()
              .flatMapToDouble(t -> java.util.Arrays.stream(t.toDoubles()))
              .toArray();
      return new Result(value, all);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 12, 20, 30})
  void loss_andGradients_doNotDependOnTheSplit(int tokensPerPass) {
    List<SftRow> rows = rows(TestSeed.of("sft-split"), 7);
    Result whole = update(rows, 0);
    Result split = update(rows, tokensPerPass);
    assertThat(split.loss()).isCloseTo(whole.loss(), within(1e-12));
    assertThat(split.gradient()).containsExactly(whole.gradient(), within(1e-12));
  }

  @Test
  void batch_packed_givesEachRowWhatItHasAlone() {
    List<SftRow> rows = rows(TestSeed.of("sft-packed"), 4);
    SftBatch packed = SftBatch.of(rows);
    double[] together = decoder.score(packed.tokens(), packed.targets(), 1).logProbs();
    int at = 0;
    for (SftRow row : rows) {
      SftBatch alone = SftBatch.of(List.of(row));
      for (double logProb : decoder.score(alone.tokens(), alone.targets(), 1).logProbs()) {
        assertThat(together[at++]).isCloseTo(logProb, within(1e-12));
      }
    }
    assertThat(at).isEqualTo(together.length);
  }

  @Test
  void batch_targets_areTheTokensAfterThePrompt() {
    SftBatch batch =
        SftBatch.of(
            List.of(
                new SftRow("a", new int[] {5, 6, 7, 8}, 2), new SftRow("b", new int[] {9, 4}, 1)));
    assertThat(batch.targets().rows()).containsExactly(1, 2, 4);
    assertThat(batch.targets().targets()).containsExactly(7, 8, 4);
  }

  @Test
  void batch_allMasked_isAnError() {
    assertThatThrownBy(() -> SftBatch.of(List.of(new SftRow("x", new int[] {1, 2}, 2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no token of the rows [x] bears loss");
  }

  @Test
  void order_isTheSameFunctionOfTheStepForEveryTrainer() {
    SftConfig config =
        ConfigReader.parse(
                "test",
                """
                model_name_or_path: m
                dataset_name: d
                per_device_train_batch_size: 3
                """,
                List.of(),
                SftConfig.class)
            .config();
    List<List<SftRow>> units = rows(1, 10).stream().map(List::of).toList();
    var first = SftTrainer.order(config, units);
    var second = SftTrainer.order(config, units);
    assertThat(first.updatesPerEpoch()).isEqualTo(4);
    List<Integer> epoch = new ArrayList<>();
    for (int update = 0; update < 4; update++) {
      for (int row : first.rows(update)) {
        epoch.add(row);
      }
    }
    assertThat(epoch).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(second.rows(6)).containsExactly(first.rows(6));
    assertThat(first.rows(3)).hasSize(1);
  }

  /** Noise is a function of the row's place: it moves the loss, and not with the split. */
  @Test
  void noise_onEmbeddings_isTheSameInAnyPassAndBounded() {
    List<SftRow> rows = rows(7, 5);
    SftBatch together = SftBatch.of(rows);
    double plain = loss(together);
    double noisy = loss(together.withNoise(5, 11, 0));
    assertThat(noisy).isNotCloseTo(plain, within(1e-9));
    assertThat(loss(together.withNoise(0, 11, 0))).isEqualTo(plain);
    double apart = 0;
    for (int r = 0; r < rows.size(); r++) {
      apart += loss(SftBatch.of(List.of(rows.get(r))).withNoise(5, 11, r));
    }
    assertThat(apart).isCloseTo(noisy, within(1e-12));
    float[] noise = new float[16];
    double squares = 0;
    for (int t = 0; t < 400; t++) {
      new EmbeddingNoise(3, 11, new int[] {2}).fill(0, 9, t, noise);
      for (float value : noise) {
        assertThat(Math.abs(value)).isLessThanOrEqualTo((float) (3 / Math.sqrt(9 * 16)));
        squares += value * value;
      }
    }
    assertThat(squares / (400 * 16)).isCloseTo(9.0 / (9 * 16) / 3, within(2e-3)); // most² / 3
  }

  private double loss(SftBatch batch) {
    SftLoss loss = new SftLoss(1);
    try (Parameters gradients = decoder.weights().zerosLike(engine)) {
      return loss.value(
          decoder.accumulate(batch.tokens(), batch.targets(), 1, loss, gradients, true));
    }
  }
}
