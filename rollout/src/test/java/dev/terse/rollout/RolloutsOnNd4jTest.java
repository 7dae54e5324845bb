package dev.terse.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.terse.engine.HeadRows;
import dev.terse.engine.Progress;
import dev.terse.engine.TokenScores;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.PackedBatch;
import dev.terse.testkit.TestSeed;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RolloutsOnNd4jTest {

  @Test
  void generate_logProbs_equalTheTrainersWithinFloatRounding() {
    long seed = TestSeed.of("rollouts on nd4j");
    double temperature = 0.8;
    double largest = 0;
    try (Nd4jEngine engine = new Nd4jEngine();
        Decoder decoder = TinyDecoder.on(engine, 11)) {
      List<Prompt> prompts =
          List.of(TinyDecoder.prompt(seed, 0, 4), TinyDecoder.prompt(seed, 1, 9));
      List<Group> groups =
          new Rollouts(decoder, Set.of(3), 6)
              .generate(prompts, 5, SamplingParams.plain(temperature, 16), seed, Progress.NONE);
      for (Group group : groups) {
        for (Completion completion : group.completions()) {
          int[] prompt = group.prompt().ids();
          int[] ids = Arrays.copyOf(prompt, prompt.length + completion.ids().length);
          System.arraycopy(completion.ids(), 0, ids, prompt.length, completion.ids().length);
          int[] rows = new int[completion.ids().length];
          Arrays.setAll(rows, i -> prompt.length - 1 + i);
          TokenScores scores =
              decoder.score(
                  PackedBatch.of(List.of(ids)), new HeadRows(rows, completion.ids()), temperature);
          for (int i = 0; i < rows.length; i++) {
            double difference = Math.abs(completion.logProbs()[i] - scores.logProbs()[i]);
            largest = Math.max(largest, difference);
          }
        }
      }
    }
    System.out.println("largest difference of sampler and trainer: " + largest);
    assertThat(largest).isCloseTo(0, within(1e-4));
  }
}
