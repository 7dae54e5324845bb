package dev.terse.trainer.grpo.state;

import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;

/**
 * When the reference follows the policy (TR-DPO, arXiv 2404.09656); keys and defaults are TRL's.
 *
 * @param syncRefModel whether it does; else it stays what the run began with
 * @param refModelMixupAlpha α of π_ref ← α·π + (1 - α)·π_ref
 * @param refModelSyncSteps updates between two
 */
public record ReferenceSync(
    @Default("false") boolean syncRefModel,
    @Default("0.6") @Range("(0, 1]") double refModelMixupAlpha,
    @Default("512") @Range("[1, inf)") int refModelSyncSteps) {

  /** Whether it is due after update {@code step}, counted from 1. */
  public boolean isDue(int step) {
    return syncRefModel && step % refModelSyncSteps == 0;
  }
}
