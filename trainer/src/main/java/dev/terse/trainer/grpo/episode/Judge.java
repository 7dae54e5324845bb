package dev.terse.trainer.grpo.episode;

import dev.terse.reward.Rubric;
import dev.terse.reward.Sample;
import dev.terse.reward.Score;
import dev.terse.reward.length.Measured;
import dev.terse.reward.length.RewardShaping;
import dev.terse.rollout.Group;
import dev.terse.trainer.data.CompletionReader;
import dev.terse.trainer.data.CompletionReading;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.metrics.Phases;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Reads completions and scores them. */
public record Judge(CompletionReader reader, Rubric rubric, Phases phases) {

  /** What a completion says, and what that is worth; a total of NaN makes it absent. */
  public record Reward(CompletionReading reading, Score score) {

    /** Whether it is right, ended by itself and has a reward. */
    public boolean isRight() {
      return measured().isRight();
    }

    private Measured measured() {
      return new Measured(
          score.raw(),
          score.correct(),
          reading.finished(),
          reading.thinkTokens(),
          reading.answerTokens(),
          reading.skips().skips(),
          reading.skips().kept());
    }
  }

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

  /** What all completions say, groups one after another, [P·G]. */
  public List<CompletionReading> readings(List<Group> groups) {
    return groups.stream()
        .flatMap(group -> group.completions().stream())
        .map(reader::read)
        .toList();
  }

  /** The rewards of completions that were drawn together, groups one after another, [P·G]. */
  public List<Reward> rewards(List<Problem> problems, List<Group> groups) {
    List<CompletionReading> readings = readings(groups);
    List<Sample> samples = new ArrayList<>();
    for (int p = 0; p < groups.size(); p++) {
      for (int g = 0; g < groups.get(p).completions().size(); g++) {
        samples.add(readings.get(samples.size()).sample(problems.get(p)));
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

  /**
   * Those rewards as length shapes them.
   *
   * @param rewards [P·G]
   */
  public static List<Reward> shaped(List<Reward> rewards, int groupSize, RewardShaping shaping) {
    if (!shaping.isOn()) {
      return rewards;
    }
    List<List<Measured>> groups = new ArrayList<>(); // [P][G]
    for (int from = 0; from < rewards.size(); from += groupSize) {
      groups.add(rewards.subList(from, from + groupSize).stream().map(Reward::measured).toList());
    }
    List<double[]> totals = shaping.of(groups); // [P][G]
    List<Reward> shaped = new ArrayList<>();
    for (int i = 0; i < rewards.size(); i++) {
      double total = totals.get(i / groupSize)[i % groupSize];
      Reward raw = rewards.get(i);
      shaped.add(new Reward(raw.reading(), raw.score().shaped(total)));
    }
    return shaped;
  }
}
