package dev.terse.reward;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/**
 * Ordered, weighted terms that make one reward.
 *
 * <p>total = sum of weight * term over the terms that are not NaN (TRL: None is skipped), times
 * correctness if gated. A term that throws, or gives a number beyond ±1e6, fails the whole sample:
 * its total is NaN, it is counted, the first cause is kept for the log, and the trainer leaves it
 * out of its group. A failure never becomes a reward of 0, which would punish a completion for an
 * error that is not its own. The same holds where no term has anything to say.
 *
 * <p>Safe for use by many threads if its terms are; the built-in ones are.
 */
public final class Rubric implements AutoCloseable {

  /** A reward or weight beyond this is a fault: sums and squares of such lose all that differs. */
  private static final double MOST = 1e6;

  /** A term and its weight. */
  public record Weighted(RewardTerm term, double weight) {
    public Weighted {
      Objects.requireNonNull(term, "term");
      if (!(Math.abs(weight) <= MOST)) {
        throw new IllegalArgumentException(
            "weight of reward '" + term.name() + "' must be within ±1e6, was " + weight);
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

  /** The sum in one line. */
  public String describe() {
    String sum =
        terms.stream()
            .map(w -> w.weight() + " x " + w.term().name())
            .collect(Collectors.joining(" + "));
    return gate == Gate.CORRECT ? sum + ", nothing for a wrong answer" : sum;
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

  /** The reward of a completion that was drawn alone; never throws. */
  public Score score(Sample sample) {
    return score(List.of(sample)).get(0);
  }

  /**
   * The rewards of completions that were drawn together; never throws. Where a term that compares
   * them fails, all of them fail.
   *
   * @param batch groups one after another, [B]
   * @return their rewards, [B]
   */
  public List<Score> score(List<Sample> batch) {
    return score(batch, done -> {});
  }

  /**
   * The same.
   *
   * @param progress hears each term of each completion; what it throws ends the scoring
   * @return their rewards, [B]
   */
  public List<Score> score(List<Sample> batch, LongConsumer progress) {
    var rewards = batch.stream().map(Pending::new).toList();
    for (var weighted : terms) {
      if (weighted.term() instanceof BatchReward together) {
        addAll(together, weighted.weight(), rewards);
        progress.accept(rewards.size());
      } else {
        for (Pending reward : rewards) {
          reward.add(weighted);
          progress.accept(1);
        }
      }
    }
    return rewards.stream().map(reward -> finished(reward)).toList();
  }

  private static void addAll(BatchReward term, double weight, List<Pending> rewards) {
    double[] values = null;
    String failure = null;
    try {
      var said = term.say(rewards.stream().map(reward -> reward.sample).toList());
      values = said.values();
      if (values.length != rewards.size()) {
        failure =
            "reward '"
                + term.name()
                + "' gave "
                + values.length
                + " values for "
                + rewards.size()
                + " completions";
      } else {
        for (int i = 0; i < values.length; i++) {
          rewards.get(i).log(said, i);
        }
      }
    } catch (Throwable e) { // the border: a reward may fail in any way, training goes on
      failure = "reward '" + term.name() + "' failed: " + brief(e);
    }
    for (int i = 0; i < rewards.size(); i++) {
      rewards.get(i).add(term.name(), weight, failure == null ? values[i] : Double.NaN, failure);
    }
  }

  private Score finished(Pending reward) {
    boolean correct = false;
    try {
      correct = correctness.of(reward.sample) > 0;
    } catch (Throwable e) { // the same border
      reward.fail("correctness failed: " + brief(e));
    }
    if (!reward.said) {
      reward.fail("no reward had anything to say (is the gold answer missing?)");
    }
    var logged = reward.log.logged();
    if (reward.failure != null) {
      failed.incrementAndGet();
      firstCause.compareAndSet("", reward.failure);
      return new Score(Double.NaN, reward.values, correct, logged);
    }
    double total = gate == Gate.CORRECT && !correct ? 0 : reward.total;
    return new Score(total, reward.values, correct, logged);
  }

  /** The reward of a completion while its terms are added. */
  private static final class Pending {
    private final Sample sample;
    private final Map<String, Double> values = new LinkedHashMap<>();
    private final RewardLog log = new RewardLog();
    private double total;
    private boolean said;
    private String failure; // the first; null for none

    Pending(Sample sample) {
      this.sample = sample;
    }

    void add(Weighted weighted) {
      String name = weighted.term().name();
      try {
        add(name, weighted.weight(), ask(weighted.term()), null);
      } catch (Throwable e) { // the border: a reward may fail in any way, training goes on
        add(name, weighted.weight(), Double.NaN, "reward '" + name + "' failed: " + brief(e));
      }
    }

    private double ask(RewardTerm term) {
      if (!(term instanceof LoggingReward logging)) {
        return term.of(sample);
      }
      var own = new RewardLog();
      double value = logging.of(sample, own);
      log.add(own.logged());
      return value;
    }

    void add(String name, double weight, double value, String fault) {
      boolean beyond = Math.abs(value) > MOST;
      fail(beyond ? "reward '" + name + "' gave " + value + ", beyond ±1e6" : fault);
      values.put(name, beyond ? Double.NaN : value);
      if (!beyond && !Double.isNaN(value)) {
        said = true;
        total += weight * value;
      }
    }

    void log(BatchReward.Said all, int index) {
      all.metrics().forEach(log::logMetric);
      all.columns().forEach((name, column) -> log.logExtra(name, column.get(index)));
    }

    void fail(String why) {
      failure = failure == null ? why : failure;
    }
  }

  /** Samples that got no reward since this rubric was made. */
  public Failures failures() {
    return new Failures(failed.get(), firstCause.get());
  }

  private static String brief(Throwable e) {
    // Control characters would forge lines of the log, or steer a terminal.
    String message = String.valueOf(e.getMessage()).replaceAll("\\p{Cntrl}", " ");
    return e.getClass().getSimpleName()
        + ": "
        + (message.length() <= 200 ? message : message.substring(0, 200) + "...");
  }
}
