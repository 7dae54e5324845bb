package dev.terse.reward.terms;

import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;

/**
 * Share of left-out steps by the shared segmenter, in [0, 1]: min(rho, kappa) / kappa with rho =
 * skips / (skips + steps), made small again where the tokens were not saved: it is multiplied by
 * {@link TokenSaving}. Nothing is paid for a chain without kept steps, for more than {@code
 * tauSkip} skips, or for a run longer than {@code maxSkipRun}; marks beyond kappa earn nothing
 * more.
 */
record SkipShare(double kappa, int tauSkip, int maxSkipRun, TokenSaving saving)
    implements RewardTerm {

  @Override
  public String name() {
    return "skip_share";
  }

  @Override
  public double of(Sample sample) {
    if (sample.steps() <= 0 || sample.skips() > tauSkip || sample.longestSkipRun() > maxSkipRun) {
      return 0;
    }
    double rho = (double) sample.skips() / (sample.skips() + sample.steps());
    return Math.min(rho, kappa) / kappa * saving.of(sample);
  }
}
