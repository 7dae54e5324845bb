package dev.terse.trainer.memory;

import dev.terse.trainer.optim.Optim;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/**
 * Settings that make a run fit, found by trying: first those that cost time only, then those that
 * cost digits of the moments, then adapters instead of all weights, at last those that cost data.
 *
 * @param settings the first that fit, or the smallest there are
 * @param bytes that the run takes with them
 */
record MemoryAdvice(MemorySettings settings, long bytes) {
  /** Shorter rows than this teach no reasoning. */
  private static final int SHORTEST = 128;

  /** A step that saves less than this share is not worth taking. */
  private static final double WORTH_IT = 0.01;

  private static final List<UnaryOperator<MemorySettings>> STEPS =
      List.of(
          MemorySettings::withSmallerPasses,
          settings -> settings.withRecompute(true),
          settings -> settings.withLive(Math.max(1, settings.maxLive() / 2)),
          settings -> settings.withOptim(smaller(settings.optim())),
          settings -> settings.withPeft(true),
          MemoryAdvice::withShorterRows);

  /**
   * Looks for settings that take at most {@code capacity} bytes.
   *
   * @param bytes what settings take
   */
  static MemoryAdvice find(
      MemorySettings start, ToLongFunction<MemorySettings> bytes, long capacity) {
    MemoryAdvice best = new MemoryAdvice(start, bytes.applyAsLong(start));
    for (UnaryOperator<MemorySettings> step : STEPS) {
      best = best.asFarAsNeeded(step, bytes, capacity);
    }
    return best.fits(capacity) ? best.withoutNeedless(start, bytes, capacity) : best;
  }

  boolean fits(long capacity) {
    return bytes <= capacity;
  }

  private MemoryAdvice asFarAsNeeded(
      UnaryOperator<MemorySettings> step, ToLongFunction<MemorySettings> bytes, long capacity) {
    MemoryAdvice now = this;
    while (!now.fits(capacity)) {
      MemorySettings next = step.apply(now.settings);
      MemoryAdvice tried =
          next.equals(now.settings) ? now : new MemoryAdvice(next, bytes.applyAsLong(next));
      if (tried.bytes > now.bytes * (1 - WORTH_IT)) {
        return now;
      }
      now = tried;
    }
    return now;
  }

  /** What was tried first may not be needed beside what came later; the dearest goes first. */
  private MemoryAdvice withoutNeedless(
      MemorySettings start, ToLongFunction<MemorySettings> bytes, long capacity) {
    List<UnaryOperator<MemorySettings>> restorations =
        List.of(
            s -> s.withPeft(start.usePeft()),
            s -> s.withOptim(start.optim()),
            s -> s.withRecompute(start.recompute()),
            s -> s.withLive(start.maxLive()),
            s -> s.withTokensPerPass(start.tokensPerPass()));
    MemoryAdvice now = this;
    for (UnaryOperator<MemorySettings> restoration : restorations) {
      MemorySettings restored = restoration.apply(now.settings);
      if (!restored.equals(now.settings)) {
        MemoryAdvice tried = new MemoryAdvice(restored, bytes.applyAsLong(restored));
        now = tried.fits(capacity) ? tried : now;
      }
    }
    return now;
  }

  private static Optim smaller(Optim optim) {
    return switch (optim) {
      case ADAMW_TORCH, ADAMW_TORCH_FUSED -> Optim.ADAMW_BF16;
      default -> Optim.ADAMW_8BIT;
    };
  }

  /** Passes are no longer than one row by then, or shorter rows would not make them smaller. */
  private static MemorySettings withShorterRows(MemorySettings settings) {
    int length = Math.max(settings.length() / 2, Math.min(settings.length(), SHORTEST));
    return settings
        .withLength(length)
        .withTokensPerPass(Math.min(settings.tokensPerPass(), length));
  }
}
