package dev.terse.trainer.grpo.episode;

import dev.terse.reward.Rubric;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in words when a run cannot learn: rewards that fail, and the two commonest complaints about
 * GRPO trainers.
 */
public final class HealthWatch {
  private static final Logger LOG = LoggerFactory.getLogger(HealthWatch.class);
  private static final int DEAD_GENERATIONS = 5;

  private final Supplier<Rubric.Failures> failures;
  private long failuresTold;
  private int dead;

  /**
   * @param failures of rewards so far
   */
  public HealthWatch(Supplier<Rubric.Failures> failures) {
    this.failures = failures;
  }

  /** Looks at a generation. */
  public void look(List<Episode> episodes) {
    Rubric.Failures failed = failures.get();
    if (failed.count() > failuresTold) {
      LOG.warn(
          "{} completions have no reward so far and count as absent; the first: {}",
          failed.count(),
          failed.firstCause());
      failuresTold = failed.count();
    }
    if (episodes.stream().allMatch(Episode::truncated)) {
      LOG.warn(
          "all {} completions were cut by max_completion_length, so none has an answer; raise it, or"
              + " shorten the thinking by SFT first",
          episodes.size());
    }
    dead = episodes.stream().allMatch(e -> e.advantage() == 0) ? dead + 1 : 0;
    if (dead == DEAD_GENERATIONS) {
      long right = episodes.stream().filter(e -> e.score().correct()).count();
      LOG.warn(
          "{} generations in a row had no advantage in any group ({} of the last {} completions are"
              + " right): nothing is learnt; give {} problems or a higher temperature",
          dead,
          right,
          episodes.size(),
          right * 2 > episodes.size() ? "harder" : "easier");
      dead = 0;
    }
  }
}
