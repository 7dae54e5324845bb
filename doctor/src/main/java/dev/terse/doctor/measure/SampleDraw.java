package dev.terse.doctor.measure;

import dev.terse.doctor.PlannedGrpo;
import dev.terse.engine.SeedTree;
import dev.terse.model.folder.ModelFolder;
import dev.terse.reward.Rubric;
import dev.terse.rollout.Group;
import dev.terse.rollout.Rollouts;
import dev.terse.trainer.data.EpochOrder;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.grpo.GrpoRun;
import dev.terse.trainer.grpo.episode.Judge;
import dev.terse.trainer.metrics.Phases;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Draws completions of the problems that the run visits first, as the run does. */
public final class SampleDraw {
  /** Groups that are drawn where there are enough completions. */
  private static final int GROUPS = 4;

  private final PlannedGrpo run;
  private final int most;
  private final Phases phases;
  private Samples drawn;

  /**
   * @param most completions; 0 for none
   */
  public SampleDraw(PlannedGrpo run, int most, Phases phases) {
    this.run = run;
    this.most = most;
    this.phases = phases;
  }

  /** Those that were drawn, if they were. */
  Optional<Samples> drawn() {
    return Optional.ofNullable(drawn);
  }

  /**
   * Draws and judges them.
   *
   * @param rubric open
   */
  Samples draw(Rubric rubric) {
    GrpoConfig config = run.config();
    ModelFolder model = run.model();
    List<Problem> all = run.problems().problems();
    int groupSize = Math.max(2, Math.min(config.generation().numGenerations(), most / GROUPS));
    EpochOrder order = GrpoRun.order(config, all.size());
    List<Problem> problems =
        IntStream.range(0, order.updatesPerEpoch())
            .flatMap(generation -> Arrays.stream(order.rows(generation)))
            .limit(Math.max(1, most / groupSize))
            .mapToObj(all::get)
            .toList();
    Rollouts rollouts =
        new Rollouts(
            model.decoder(),
            config.generation().stop(model.tokenizer()),
            config.generation().maxLive());
    long begun = System.nanoTime();
    List<Group> groups;
    long tokens = (long) problems.size() * groupSize * config.generation().maxCompletionLength();
    try (Phases.Phase phase = phases.start("samples", "tokens", tokens)) {
      groups =
          rollouts.generate(
              problems.stream().map(Problem::prompt).toList(),
              groupSize,
              config.generation().sampling(),
              SeedTree.at(config.training().seed(), "rollout", 0),
              phase);
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    Judge judge = GrpoRun.judge(config, model, rubric, Phases.QUIET);
    drawn = new Samples(problems, groups, judge.rewards(problems, groups), seconds);
    return drawn;
  }
}
