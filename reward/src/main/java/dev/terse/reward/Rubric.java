package dev.terse.reward;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Ordered, weighted terms that make one reward.
 *
 * <p>total = sum of weight * term over the terms that are not NaN (TRL: None is skipped), times
 * correctness if gated. A term that throws, or gives an infinite number, fails the whole sample:
 * its total is NaN, it is counted, the first cause is kept for the log, and the trainer leaves it
 * out of its group. A failure never becomes a reward of 0, which would punish a completion for an
 * error that is not its own. The same holds where no term has anything to say.
 *
 * <p>Safe for use by many threads if its terms are; the built-in ones are.
 */
public final class Rubric implements AutoCloseable {

  /** A term and its weight. */
  public record Weighted(RewardTerm term, double weight) {
    public Weighted {
      Objects.requireNonNull(term, "term");
      if (!Double.isFinite(weight)) {
        throw new IllegalArgumentException(
            "weight of reward '" + term.name() + "' must be finite, was " + weight);
      }
    }
  }

  /**
   * What went wrong so far.
   *
   * @param count samples without a reward
   * @param firstCause sentence about the first of them; empty if there is none
   */
  public record Failures(long count, String firstCause) {}

  private final List<Weighted> terms;
  private final Gate gate;
  private final RewardTerm correctness;
  private final AtomicLong failed = new AtomicLong();
  private final AtomicReference<String> firstCause = new AtomicReference<>("");

  /**
   * @param correctness tells whether the answer is right (above 0), for the gate and for {@link
   *     Score#correct}
   * @throws IllegalArgumentException if there is no term or two have one name
   */
  public Rubric(List<Weighted> terms, Gate gate, RewardTerm correctness) {
    if (terms.isEmpty()) {
      throw new IllegalArgumentException("a rubric needs a reward term: set reward_funcs");
    }
    long names = terms.stream().map(w -> w.term().name()).distinct().count();
    if (names != terms.size()) {
      throw new IllegalArgumentException(
          "reward names must differ, found " + terms.stream().map(w -> w.term().name()).toList());
    }
    this.terms = List.copyOf(terms);
    this.gate = Objects.requireNonNull(gate, "gate");
    this.correctness = Objects.requireNonNull(correctness, "correctness");
  }

  /** The names of the terms, in order. */
  public List<String> names() {
    return terms.stream().map(w -> w.term().name()).toList();
  }

  /** The weights of the terms, in order. */
  public List<Double> weights() {
    return terms.stream().map(Weighted::weight).toList();
  }

  /**
   * The terms of a score as they count in its total: unweighted, 0 where the gate is shut, NaN
   * where a term has nothing to say or the sample is absent; in order.
   */
  public double[] counted(Score score) {
    boolean shut = gate == Gate.CORRECT && !score.correct();
    boolean absent = Double.isNaN(score.total());
    return score.terms().values().stream()
        .mapToDouble(value -> absent ? Double.NaN : shut && !value.isNaN() ? 0 : value)
        .toArray();
  }

  /**
   * Makes every term ready.
   *
   * @throws IllegalArgumentException if one cannot be used
   */
  public void open() {
    terms.forEach(w -> w.term().open());
  }

  /** Gives back what the terms hold, such as child processes. */
  @Override
  public void close() {
    terms.forEach(w -> w.term().close());
  }

  /** The reward of one completion; never throws. */
  public Score score(Sample sample) {
    var values = new LinkedHashMap<String, Double>();
    String failure = null;
    double total = 0;
    boolean said = false;
    for (var weighted : terms) {
      String name = weighted.term().name();
      double value = Double.NaN;
      try {
        value = weighted.term().of(sample);
        if (Double.isInfinite(value)) {
          failure = failure == null ? "reward '" + name + "' gave " + value : failure;
          value = Double.NaN;
        }
      } catch (Throwable e) { // the border: a reward may fail in any way, training goes on
        failure = failure == null ? "reward '" + name + "' failed: " + brief(e) : failure;
      }
      values.put(name, value);
      if (!Double.isNaN(value)) {
        said = true;
        total += weighted.weight() * value;
      }
    }
    boolean correct = false;
    try {
      correct = correctness.of(sample) > 0;
    } catch (Throwable e) { // the same border
      failure = failure == null ? "correctness failed: " + brief(e) : failure;
    }
    if (failure == null && !said) {
      failure = "no reward had anything to say (is the gold answer missing?)";
    }
    if (failure != null) {
      failed.incrementAndGet();
      firstCause.compareAndSet("", failure);
      return new Score(Double.NaN, values, correct);
    }
    return new Score(gate == Gate.CORRECT && !correct ? 0 : total, values, correct);
  }

  /** Samples that got no reward since this rubric was made. */
  public Failures failures() {
    return new Failures(failed.get(), firstCause.get());
  }

  private static String brief(Throwable e) {
    String message = String.valueOf(e.getMessage());
    return e.getClass().getSimpleName()
        + ": "
        + (message.length() <= 200 ? message : message.substring(0, 200) + "...");
  }
}
