package dev.terse.trainer.grpo;

import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.PackedBatch;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.grpo.episode.Episode;
import dev.terse.trainer.grpo.episode.Generation;
import dev.terse.trainer.metrics.Phases;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * The policies that the loss compares with, which stand still while a generation is used: the one
 * that drew it, before its first update, and the reference.
 *
 * @param drawing not owned
 * @param onPolicy whether a generation makes one update, whose own forward tells ℓ°
 * @param reference none where beta is 0; not owned
 * @param teacher what the reference is asked with in place of a prompt, by the prompt's index;
 *     empty where it is the same
 */
record FrozenPolicies(
    Decoder drawing,
    boolean onPolicy,
    Optional<ReferenceModel> reference,
    Map<Integer, Problem> teacher,
    double temperature,
    GrpoPasses passes,
    Phases phases) {

  /** The generation of these episodes, with what the loss compares them with. */
  Generation scored(int number, List<Episode> episodes) {
    if (onPolicy && reference.isEmpty()) {
      return new Generation(number, episodes, Optional.empty(), Optional.empty());
    }
    int[] rows = IntStream.range(0, episodes.size()).toArray();
    List<GrpoBatch> batches = passes.of(number, episodes, rows, row -> true);
    return new Generation(
        number,
        episodes,
        onPolicy
            ? Optional.empty()
            : Optional.of(logProbs(drawing, batches, UnaryOperator.identity())),
        reference.map(
            model -> {
              List<GrpoBatch> asked =
                  teacher.isEmpty()
                      ? batches
                      : passes.of(number, asTeacher(episodes), rows, row -> true);
              return model.lend(of -> logProbs(of, asked, PackedBatch::withoutDropout));
            }));
  }

  /** Forwards over a generation. */
  int forwards() {
    return (onPolicy ? 0 : 1) + (reference.isPresent() ? 1 : 0);
  }

  private List<Episode> asTeacher(List<Episode> episodes) {
    return episodes.stream()
        .map(episode -> episode.of(teacher.get(episode.problem().prompt().index())))
        .toList();
  }

  /** Log-probabilities of each episode's tokens, [P·G][ids]. */
  private List<double[]> logProbs(
      Decoder of, List<GrpoBatch> batches, UnaryOperator<PackedBatch> tokens) {
    List<double[]> all = new ArrayList<>();
    long count = batches.stream().mapToLong(batch -> batch.targets().count()).sum();
    try (var phase = phases.start("scoring", "tokens", count)) {
      for (GrpoBatch batch : batches) {
        var scores = of.score(tokens.apply(batch.tokens()), batch.targets(), temperature);
        all.addAll(batch.perEpisode(scores.logProbs()));
        phase.advance(batch.targets().count());
      }
    }
    return all;
  }
}
