package dev.terse.lab.statistics;

import dev.terse.engine.SeedTree;
import dev.terse.lab.statistics.PairedComparison.Spread;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Intervals of statistics over samples of which several may belong to one problem: problems are
 * drawn again, each with all its samples (cluster bootstrap; Davison and Hinkley 1997, section
 * 3.8).
 */
public final class ProblemBootstrap {
  private final int[] problem;
  private final int problems;
  private final long seed;

  /**
   * @param problem of each sample, numbers from 0 without a gap, [N]; not copied
   */
  public ProblemBootstrap(int[] problem, long seed) {
    this.problem = problem;
    this.problems = Arrays.stream(problem).max().orElse(-1) + 1;
    this.seed = seed;
  }

  /** Number of samples. */
  public int samples() {
    return problem.length;
  }

  /** Number of problems. */
  public int problems() {
    return problems;
  }

  /**
   * Number of samples that are worth as much as these if those of a problem are all alike (Kish
   * 1965): (Σ m)² / Σ m² for m samples of each problem. So an interval for that many independent
   * samples is never too short.
   */
  public double effectiveSamples() {
    double[] samples = new double[problems];
    for (int p : problem) {
      samples[p]++;
    }
    double squares = Arrays.stream(samples).map(m -> m * m).sum();
    return problem.length * (double) problem.length / squares;
  }

  /**
   * Values on all samples, with the middle 95 % of 10,000 resamples.
   *
   * @param statistics from the weight of each sample, [N], to values, [K]
   * @return [K]
   */
  public Spread[] of(Function<double[], double[]> statistics) {
    double[] weights = new double[problem.length];
    Arrays.fill(weights, 1);
    double[] values = statistics.apply(weights);
    double[][] resampled = new double[values.length][PairedComparison.RESAMPLES];
    double[] times = new double[problems];
    for (int r = 0; r < PairedComparison.RESAMPLES; r++) {
      long draw = SeedTree.at(seed, "bootstrap", r);
      Arrays.fill(times, 0);
      for (int p = 0; p < problems; p++) {
        times[SeedTree.below(SeedTree.child(draw, p), problems)]++;
      }
      for (int i = 0; i < weights.length; i++) {
        weights[i] = times[problem[i]];
      }
      double[] again = statistics.apply(weights);
      for (int k = 0; k < values.length; k++) {
        resampled[k][r] = again[k];
      }
    }
    Spread[] spreads = new Spread[values.length];
    for (int k = 0; k < values.length; k++) {
      spreads[k] = PairedComparison.spread(values[k], resampled[k]);
    }
    return spreads;
  }

  /** The weighted mean. */
  static double mean(double[] weights, double[] values) {
    double sum = 0;
    double all = 0;
    for (int i = 0; i < values.length; i++) {
      sum += weights[i] * values[i];
      all += weights[i];
    }
    return sum / all;
  }

  /** Mean of {@code a - b}, sample by sample. */
  public Spread difference(double[] a, double[] b) {
    return of(weights -> new double[] {mean(weights, a) - mean(weights, b)})[0];
  }
}
