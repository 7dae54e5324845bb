package dev.terse.trainer.optim;

import dev.terse.engine.AdamW;
import dev.terse.engine.Engine;
import dev.terse.engine.SeedTree;
import dev.terse.model.Parameters;
import java.util.regex.Pattern;

/**
 * AdamW over all weights of a decoder, with the global gradient norm clipped before and updates
 * with a non-finite gradient left out. Owns the moments and the gradients.
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
  private final Parameters gradients;
  private final Parameters firstMoments;
  private final Parameters secondMoments;
  private final long seed;
  private int applied;
  private int skippedInARow;

  /**
   * Moments of zero; the weights stay the caller's.
   *
   * @param seed of the run: bfloat16 moments are rounded by lot
   */
  public Optimizer(Engine engine, Parameters weights, OptimizerConfig config, long seed) {
    this.engine = engine;
    this.config = config;
    this.weights = weights;
    this.gradients = weights.zerosLike(engine);
    this.firstMoments = weights.zerosLike(engine, config.optim()::first);
    this.secondMoments = weights.zerosLike(engine, config.optim()::second);
    this.seed = seed;
  }

  /** What backward passes add to; all zero between two updates. */
  public Parameters gradients() {
    return gradients;
  }

  /**
   * Moves the weights against the gradients, and clears these. A gradient or loss that is not
   * finite changes nothing.
   *
   * @param loss of the update
   * @throws NonFiniteException after {@code max_nonfinite_steps} of those in a row
   */
  public Outcome update(double loss, double learningRate) {
    double norm = norm();
    boolean finite = Double.isFinite(loss) && Double.isFinite(norm);
    if (finite) {
      skippedInARow = 0;
      applied++;
      apply(learningRate, clipFactor(norm));
    } else {
      skippedInARow++;
    }
    gradients.clear(engine);
    if (skippedInARow >= config.maxNonfiniteSteps()) {
      throw new NonFiniteException(loss, norm, skippedInARow);
    }
    return new Outcome(norm, finite);
  }

  /**
   * What an update did.
   *
   * @param gradientNorm Euclidean norm over all gradients, before clipping (TRL: grad_norm)
   * @param applied whether the weights moved
   */
  public record Outcome(double gradientNorm, boolean applied) {}

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

  /** Goes on where another optimizer stopped, whose moments were read into this one's. */
  public void resume(int applied, int skippedInARow) {
    this.applied = applied;
    this.skippedInARow = skippedInARow;
  }

  /** Whether weight decay applies to a parameter. */
  static boolean isDecayed(String name) {
    return !NOT_DECAYED.matcher(name).find();
  }

  private double norm() {
    double squares = 0;
    for (String name : gradients.names()) {
      squares += engine.sumOfSquares(gradients.get(name));
    }
    return Math.sqrt(squares);
  }

  private double clipFactor(double norm) {
    double limit = config.maxGradNorm();
    return limit == 0 ? 1 : Math.min(1, limit / (norm + CLIP_EPSILON));
  }

  private void apply(double learningRate, double gradScale) {
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
          gradients.get(name),
          firstMoments.get(name),
          secondMoments.get(name));
    }
  }

  @Override
  public void close() {
    gradients.close();
    firstMoments.close();
    secondMoments.close();
  }
}
