package dev.terse.trainer.loss.advantage;

import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.loss.policy.KlBound;
import java.util.Locale;

/**
 * What a completion's advantage is (ours, but the boost, which is DLER's key).
 *
 * @param advantage its kind
 * @param correctSampleAdvantageBoostValue what the advantage of a right completion is raised by,
 *     after all scaling; 0.1 in DLER (arXiv 2510.15110), 0 for none
 * @param answerCutPenalty what is taken off the advantage of each token of the thinking after the
 *     first step that has the right answer; 0 for none
 * @param drpoLambda how little length weighs among right completions of advantage drpo; 0.1 is the
 *     authors' strongest, 0.2 and 0.5 are milder
 * @param drpoTau how evenly wrong completions count there
 * @param drpoBeta how strongly advantage drpo is held to the policy that drew the completions,
 *     where a generation makes several updates; 1000 in the authors' code, 0 for not at all
 * @param drpoDelta how far it may be from it before that, in nats a token
 */
public record AdvantageConfig(
    @Default("group") Kind advantage,
    @Default("0.0") @Range("[0, inf)") double correctSampleAdvantageBoostValue,
    @Default("0.0") @Range("[0, inf)") double answerCutPenalty,
    @Default("0.1") @Range("(0, inf)") double drpoLambda,
    @Default("10.0") @Range("(0, inf)") double drpoTau,
    @Default("0.0") @Range("[0, inf)") double drpoBeta,
    @Default("1e-4") @Range("[0, inf)") double drpoDelta) {

  /** Kinds of advantages. */
  public enum Kind {
    /** Over the others of the prompt, {@link GroupAdvantage}. */
    GROUP,
    /**
     * 1 for a completion that is right and ended by itself, and no loss for any other: on-policy
     * SFT (arXiv 2602.13407).
     */
    CORRECT,
    /** Right ones weighted by length, wrong ones by likelihood: {@link DecoupledAdvantage}. */
    DRPO,
    /** 0: only the divergence from the reference, or an entropy bonus, moves the policy. */
    NONE
  }

  public AdvantageConfig {
    if (advantage != Kind.GROUP && correctSampleAdvantageBoostValue != 0) {
      throw new IllegalArgumentException(
          "correct_sample_advantage_boost_value raises the advantages of advantage group; leave it"
              + " out with advantage "
              + advantage.name().toLowerCase(Locale.ROOT));
    }
    if (advantage != Kind.DRPO && drpoBeta != 0) {
      throw new IllegalArgumentException(
          "drpo_beta bounds advantage drpo; leave it out with advantage "
              + advantage.name().toLowerCase(Locale.ROOT));
    }
  }

  /** How far the policy may leave the one that drew the completions. */
  public KlBound klBound() {
    return new KlBound(drpoBeta, drpoDelta);
  }
}
