package dev.terse.trainer.grpo.episode;

import dev.terse.reward.Rubric;
import dev.terse.reward.health.RewardHealth;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in words when a run cannot learn: rewards that fail, completions that are all cut, and,
 * after the first generation and whenever several teach nothing, the cause by {@link RewardHealth}.
 */
public final class HealthWatch {
  private static final Logger LOG = LoggerFactory.getLogger(HealthWatch.class);
  private static final int DEAD_GENERATIONS = 5;

  private final Supplier<Rubric.Failures> failures;
  private final boolean marks;
  private boolean looked;
  private long failuresTold;
  private int dead;

  /** Of a run in which thinking ends at {@code </think>}. */
  public HealthWatch(Supplier<Rubric.Failures> failures) {
    this(failures, true);
  }

  /**
   * @param failures of rewards so far
   * @param marks whether thinking ends at {@code </think>} in this run
   */
  public HealthWatch(Supplier<Rubric.Failures> failures, boolean marks) {
    this.failures = failures;
    this.marks = marks;
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
    if (!looked) {
      looked = true;
      findings(episodes).forEach(finding -> LOG.warn("{}", finding.sentence()));
    } else if (episodes.stream().allMatch(Episode::truncated)) {
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
              + " right): nothing is learnt; {}",
          dead,
          right,
          episodes.size(),
          advice(episodes, right));
      dead = 0;
    }
  }

  private String advice(List<Episode> episodes, long right) {
    List<RewardHealth.Finding> found = findings(episodes);
    return found.isEmpty()
        ? "give "
            + (right * 2 > episodes.size() ? "harder" : "easier")
            + " problems or a higher temperature"
        : found.stream().map(RewardHealth.Finding::sentence).collect(Collectors.joining("; "));
  }

  private List<RewardHealth.Finding> findings(List<Episode> episodes) {
    return RewardHealth.of(
        episodes.stream().map(e -> e.reading().sample(e.problem())).toList(),
        episodes.stream().map(Episode::score).toList(),
        marks);
  }
}
