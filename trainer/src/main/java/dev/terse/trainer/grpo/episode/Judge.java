package dev.terse.trainer.grpo.episode;

import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.reward.Rubric;
import dev.terse.reward.Sample;
import dev.terse.reward.Score;
import dev.terse.rollout.Completion;
import dev.terse.rollout.Group;
import dev.terse.trainer.data.CompletionReading;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.metrics.Phases;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Reads completions and scores them. */
public record Judge(Tokenizer tokenizer, String skipMark, Rubric rubric, Phases phases) {

  /** What a completion says, and what that is worth; a total of NaN makes it absent. */
  public record Reward(CompletionReading reading, Score score) {}

  /** The weights of the reward's terms, [terms]. */
  public double[] weights() {
    return rubric.weights().stream().mapToDouble(weight -> weight).toArray();
  }

  /** What each term gives, as it counts in the total, [terms][rewards]. */
  public double[][] terms(List<Reward> rewards) {
    double[][] terms = new double[rubric.names().size()][rewards.size()];
    for (int i = 0; i < rewards.size(); i++) {
      double[] counted = rubric.counted(rewards.get(i).score());
      for (int k = 0; k < counted.length; k++) {
        terms[k][i] = counted[k];
      }
    }
    return terms;
  }

  /** The rewards of all completions, groups one after another, [P·G]. */
  public List<Reward> rewards(List<Problem> problems, List<Group> groups) {
    List<CompletionReading> readings = new ArrayList<>();
    List<Sample> samples = new ArrayList<>();
    for (int p = 0; p < groups.size(); p++) {
      for (Completion completion : groups.get(p).completions()) {
        CompletionReading reading = CompletionReading.of(completion, tokenizer, skipMark);
        readings.add(reading);
        samples.add(reading.sample(problems.get(p)));
      }
    }
    List<Score> scores;
    long terms = (long) samples.size() * rubric.names().size();
    try (var phase = phases.start("rewards", "rewards", terms)) {
      scores = rubric.score(samples, phase::advance);
    }
    return IntStream.range(0, scores.size())
        .mapToObj(i -> new Reward(readings.get(i), scores.get(i)))
        .toList();
  }
}
