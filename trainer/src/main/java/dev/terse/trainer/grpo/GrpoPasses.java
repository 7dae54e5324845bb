package dev.terse.trainer.grpo;

import dev.terse.engine.SeedTree;
import dev.terse.io.Passes;
import dev.terse.model.weights.RopeScheme;
import dev.terse.trainer.grpo.episode.Episode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * How a generation is cut into passes. Completions of a prompt share it, unless it is computed
 * otherwise for each: where dropout leaves out other parts of it, or where dynamic rope scaling
 * turns it as the length of the sequence says. What dropout leaves out of an episode is the same in
 * all passes of its generation, so that the ratio moves with the weights alone.
 *
 * @param microBatch completions of a micro-batch
 * @param maxTokens of a pass; 0 for no bound
 * @param shares whether completions of a prompt may share it
 * @param dropsOut whether there is dropout
 * @param seed of the run
 */
record GrpoPasses(int microBatch, int maxTokens, boolean shares, boolean dropsOut, long seed) {

  static GrpoPasses of(GrpoConfig config, RopeScheme rope) {
    return new GrpoPasses(
        config.training().perDeviceTrainBatchSize(),
        config.training().maxTokensPerPass(),
        !config.dropsOut() && !rope.followsLength(),
        config.dropsOut(),
        config.training().seed());
  }

  /** The same without dropout, of micro-batches that an evaluation has the memory for. */
  GrpoPasses forEvaluation(GrpoConfig config) {
    int most = config.training().evaluation().perDeviceEvalBatchSize();
    return new GrpoPasses(Math.min(most, microBatch), maxTokens, shares, false, seed);
  }

  /**
   * Passes over some episodes of a generation, micro-batch by micro-batch.
   *
   * @param number of the generation
   * @param rows of {@code generation} in their order, [B]
   * @param computed which of them: the others keep their places in their micro-batches
   */
  List<GrpoBatch> of(int number, List<Episode> generation, int[] rows, IntPredicate computed) {
    List<GrpoBatch> passes = new ArrayList<>();
    for (int from = 0; from < rows.length; from += microBatch) {
      int to = Math.min(rows.length, from + microBatch);
      List<Integer> own = Arrays.stream(rows, from, to).filter(computed).boxed().toList();
      for (List<Integer> pass :
          Passes.ofNeighbours(own, (a, b) -> tokens(generation, a, b), maxTokens)) {
        passes.add(batch(number, generation, pass.stream().mapToInt(row -> row).toArray()));
      }
    }
    return passes;
  }

  /**
   * Tokens that an episode adds to a pass.
   *
   * @param before the row in front of it; null for none
   */
  private int tokens(List<Episode> generation, Integer before, int row) {
    Episode episode = generation.get(row);
    boolean follows = shares && before != null && episode.sharesPromptWith(generation.get(before));
    return follows ? 1 + episode.tokens() : episode.sequenceTokens();
  }

  private GrpoBatch batch(int number, List<Episode> generation, int[] rows) {
    List<Episode> episodes = Arrays.stream(rows).mapToObj(generation::get).toList();
    if (shares) {
      return GrpoBatch.sharing(rows, episodes);
    }
    GrpoBatch apart = GrpoBatch.apart(rows, episodes);
    return dropsOut ? apart.withDropout(SeedTree.at(seed, "dropout", number)) : apart;
  }
}
