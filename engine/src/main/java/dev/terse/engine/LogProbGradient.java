package dev.terse.engine;

/**
 * A loss, seen from the head: its derivative by the log-probability of one target. Called once for
 * each row that has a target, in rising order, after that row's log-probability is known; so the
 * head can go back through a chunk of the vocabulary while it still holds it.
 */
@FunctionalInterface
public interface LogProbGradient {

  /**
   * @param index index into {@link HeadRows}
   * @param logProb ln p(target)
   * @return d loss / d logProb
   */
  double of(int index, double logProb);
}
