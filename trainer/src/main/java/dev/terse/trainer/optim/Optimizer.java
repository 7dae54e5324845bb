package dev.terse.trainer.optim;

import dev.terse.engine.AdamW;
import dev.terse.engine.Engine;
import dev.terse.engine.SeedTree;
import dev.terse.model.weights.Parameters;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * AdamW over what is trained of a decoder: all weights, or its adapters. The global gradient norm
 * is clipped before, and updates with a non-finite gradient are left out. Owns the moments and the
 * gradient's sums, not the weights: {@link #update} is the one place where training changes them
 * for good. {@code grpo.ReferenceModel.Adapters} overwrites adapters too, and puts them back.
 */
public final class Optimizer implements AutoCloseable {
  // transformers' get_decay_parameter_names: biases and norms are not decayed.
  private static final Pattern NOT_DECAYED =
      Pattern.compile("bias|layernorm|rmsnorm|(^|\\.)norm($|\\.)|_norm($|\\.)");

  /** torch.nn.utils.clip_grad_norm_ divides by norm + 1e-6. */
  private static final double CLIP_EPSILON = 1e-6;

  private final Engine engine;
  private final OptimizerConfig config;
  private final Parameters weights;
  private final Gradient gradient;
  private final Parameters firstMoments;
  private final Parameters secondMoments;
  private final long seed;
  private int applied;
  private int skippedInARow;
  private double rateFactor = 1;

  /**
   * Moments of zero; the weights stay the caller's.
   *
   * @param seed of the run: bfloat16 moments are rounded stochastically
   */
  public Optimizer(Engine engine, Parameters weights, OptimizerConfig config, long seed) {
    this.engine = engine;
    this.config = config;
    this.weights = weights;
    this.gradient = new Gradient(engine, weights.zerosLike(engine));
    this.firstMoments = weights.zerosLike(engine, config.optim()::first);
    this.secondMoments = weights.zerosLike(engine, config.optim()::second);
    this.seed = seed;
  }

  /** Zeros for the passes of an update to add to; lent until closed, to one update at a time. */
  public Gradient zeroGradient() {
    return gradient;
  }

  /**
   * Moves the weights against the gradient. A gradient or loss that is not finite changes nothing.
   *
   * @param lent {@link #zeroGradient}, filled
   * @param loss whose gradient it is
   * @throws NonFiniteException after {@code max_nonfinite_steps} of those in a row
   */
  public Outcome update(Gradient lent, double loss, double scheduledRate) {
    double learningRate = scheduledRate * rateFactor;
    double norm = lent.norm();
    boolean finite = Double.isFinite(loss) && Double.isFinite(norm);
    if (finite) {
      skippedInARow = 0;
      applied++;
      apply(lent.sums(), learningRate, clipFactor(norm));
    } else {
      skippedInARow++;
    }
    if (skippedInARow >= config.maxNonfiniteSteps()) {
      throw new NonFiniteException(sentence(loss, norm));
    }
    return new Outcome(norm, learningRate, finite);
  }

  /**
   * What an update did.
   *
   * @param gradientNorm Euclidean norm over all numbers, before clipping (TRL: grad_norm)
   * @param applied whether the weights moved
   */
  public record Outcome(double gradientNorm, double learningRate, boolean applied) {}

  /** Updates that moved the weights: t of AdamW. */
  public int applied() {
    return applied;
  }

  /** Running means of the gradients. */
  public Parameters firstMoments() {
    return firstMoments;
  }

  /** Running means of the squared gradients. */
  public Parameters secondMoments() {
    return secondMoments;
  }

  /** Skipped updates since the last one that was applied. */
  public int skippedInARow() {
    return skippedInARow;
  }

  /** What every rate is multiplied by from here on; 1 unless a plateau has cut it. */
  public void multiplyRates(double factor) {
    rateFactor = factor;
  }

  /** Goes on where another optimizer stopped, whose moments were read into this one's. */
  public void resume(int applied, int skippedInARow) {
    this.applied = applied;
    this.skippedInARow = skippedInARow;
  }

  /** Whether weight decay applies to a parameter. */
  static boolean isDecayed(String name) {
    return !NOT_DECAYED.matcher(name).find();
  }

  private String sentence(double loss, double norm) {
    String broken =
        weights.tensors().entrySet().stream()
            .filter(weight -> !Double.isFinite(engine.sumOfSquares(weight.getValue())))
            .map(weight -> weight.getKey() + " is not finite, so nothing can be learnt any more")
            .findFirst()
            .orElse("none of them changed a weight");
    return String.format(
        Locale.ROOT,
        "%d updates in a row had no finite gradient (last: loss %s, norm %s); %s. Lower"
            + " learning_rate, or look for a broken row in the data",
        skippedInARow,
        loss,
        norm,
        broken);
  }

  private double clipFactor(double norm) {
    double limit = config.maxGradNorm();
    return limit == 0 ? 1 : Math.min(1, limit / (norm + CLIP_EPSILON));
  }

  private void apply(Parameters gradient, double learningRate, double gradScale) {
    for (String name : weights.names()) {
      AdamW update =
          new AdamW(
              learningRate,
              config.adamBeta1(),
              config.adamBeta2(),
              config.adamEpsilon(),
              isDecayed(name) ? config.weightDecay() : 0,
              applied,
              gradScale,
              SeedTree.at(seed, "moments/" + name, applied));
      engine.adamW(
          update,
          weights.get(name),
          gradient.get(name),
          firstMoments.get(name),
          secondMoments.get(name));
    }
  }

  @Override
  public void close() {
    gradient.sums().close();
    firstMoments.close();
    secondMoments.close();
  }
}
