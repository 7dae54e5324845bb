package dev.terse.doctor.measure;

import dev.terse.reward.Sample;
import dev.terse.reward.Score;
import dev.terse.rollout.Completion;
import dev.terse.rollout.FinishReason;
import dev.terse.rollout.Group;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.grpo.episode.Judge;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Completions that were drawn and judged as the run would.
 *
 * @param problems [P]
 * @param groups completions of each, [P][G]
 * @param rewards groups one after another, [P·G]
 * @param seconds that drawing took
 */
record Samples(
    List<Problem> problems, List<Group> groups, List<Judge.Reward> rewards, double seconds) {

  int groupSize() {
    return groups.get(0).completions().size();
  }

  int count() {
    return rewards.size();
  }

  Problem problem(int i) {
    return problems.get(i / groupSize());
  }

  Completion completion(int i) {
    return groups.get(i / groupSize()).completions().get(i % groupSize());
  }

  /** What rewards see of each, [P·G]. */
  List<Sample> samples() {
    return IntStream.range(0, count())
        .mapToObj(i -> rewards.get(i).reading().sample(problem(i)))
        .toList();
  }

  /** [P·G]. */
  List<Score> scores() {
    return rewards.stream().map(Judge.Reward::score).toList();
  }

  /** Tokens of all completions. */
  long tokens() {
    return groups.stream()
        .flatMap(group -> group.completions().stream())
        .mapToLong(completion -> completion.ids().length)
        .sum();
  }

  /** Completions that the limit cut. */
  long cut() {
    return groups.stream()
        .flatMap(group -> group.completions().stream())
        .filter(completion -> completion.finish() == FinishReason.LENGTH)
        .count();
  }
}
