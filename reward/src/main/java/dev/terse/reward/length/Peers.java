package dev.terse.reward.length;

import java.util.Arrays;
import java.util.List;

/**
 * The lengths that a completion is compared with: those of its prompt.
 *
 * @param right of right completions, [k]
 * @param all of all completions that have a reward, [n]
 * @param budget of the prompt's class of difficulty ({@link Budgets})
 */
record Peers(double[] right, double[] all, double budget) {

  static Peers of(List<Measured> group, Channel channel, double budget) {
    return new Peers(
        group.stream().filter(Measured::isRight).mapToDouble(channel::of).toArray(),
        group.stream().filter(Measured::isPresent).mapToDouble(channel::of).toArray(),
        budget);
  }

  /** ρ, the share of right ones. */
  double passRate() {
    return right.length / (double) all.length;
  }

  /** 1/2 for the shortest of {@code lengths}, -1/2 for the longest; 0 where all are equal. */
  static double lambda(double length, double[] lengths) {
    double least = Arrays.stream(lengths).min().orElse(0);
    double most = Arrays.stream(lengths).max().orElse(0);
    return most == least ? 0 : 0.5 - (length - least) / (most - least);
  }

  static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(0);
  }

  /** Standard deviation of samples (n - 1); 0 where there are fewer than two. */
  static double deviation(double[] values) {
    double mean = mean(values);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
  }

  static double median(double[] values) {
    double[] sorted = Arrays.stream(values).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
