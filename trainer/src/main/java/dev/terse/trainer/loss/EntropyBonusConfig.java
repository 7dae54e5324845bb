package dev.terse.trainer.loss;

import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;

/**
 * A reward for uncertainty, so that the policy goes on exploring; keys and defaults are TRL's.
 *
 * @param entropyCoef weight of the mean entropy of the tokens, which is taken off the loss
 * @param useAdaptiveEntropy whether that weight follows the entropy (Skywork-OR1)
 * @param entropyCoefMin its least value
 * @param entropyCoefMax its greatest value
 * @param entropyCoefDelta how far it moves after an update
 * @param entropyTarget entropy in nats up to which it rises and is applied
 */
public record EntropyBonusConfig(
    @Default("0.0") double entropyCoef,
    @Default("false") boolean useAdaptiveEntropy,
    @Default("0.0") double entropyCoefMin,
    @Default("1.0") double entropyCoefMax,
    @Default("0.005") @Range("[0, inf)") double entropyCoefDelta,
    @Default("0.2") @Range("[0, inf)") double entropyTarget) {

  public EntropyBonusConfig {
    if (entropyCoefMin > entropyCoefMax) {
      throw new IllegalArgumentException(
          "entropy_coef_min "
              + entropyCoefMin
              + " must not be above entropy_coef_max "
              + entropyCoefMax);
    }
  }

  /** Whether there is a bonus at any time of the run. */
  public boolean isOn() {
    return entropyCoef != 0 || useAdaptiveEntropy;
  }
}
