package dev.terse.doctor;

import dev.terse.io.rows.RowSource;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.data.ProblemSet;
import dev.terse.trainer.grpo.BatchPlan;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.grpo.GrpoRun;
import dev.terse.trainer.memory.Workload;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A GRPO run that has not begun. */
public final class PlannedGrpo extends PlannedRun<GrpoConfig> {
  private final Lazy<ProblemSet> train;
  private final Lazy<Map<Integer, Problem>> teacher;
  private final Lazy<Optional<ProblemSet>> eval;

  public PlannedGrpo(Loaded<GrpoConfig> loaded, Engines engines) {
    super(loaded, engines);
    this.train =
        new Lazy<>(
            "the problems to train on", () -> GrpoRun.problems(config(), outline(), trainSource()));
    this.teacher =
        new Lazy<>(
            "the problems as the teacher is asked them",
            () -> GrpoRun.teacher(config(), trainSource(), outline(), problems().problems()));
    this.eval =
        new Lazy<>(
            "the problems to evaluate on",
            () ->
                evalSource().isEmpty()
                    ? Optional.empty()
                    : Optional.of(GrpoRun.problems(config(), outline(), evalSource().get())));
  }

  /** The problems to train on. */
  public ProblemSet problems() {
    return train.get();
  }

  @Override
  public RowTable train() {
    return table(train.get(), trainSource());
  }

  @Override
  public Optional<RowTable> eval() {
    return eval.get().map(set -> table(set, evalSource().orElseThrow()));
  }

  private RowTable table(ProblemSet set, RowSource source) {
    int limit = GrpoRun.maxPromptLength(config(), outline());
    return new RowTable(
        source.name(),
        set.summary(limit),
        set.losesRows(),
        set.problems().stream()
            .map(problem -> new RowTable.Length(problem.id(), problem.prompt().ids().length))
            .toList(),
        "max_prompt_length",
        limit,
        OptionalInt.empty());
  }

  @Override
  public ShownRow firstRow() {
    Problem first = problems().problems().get(0);
    int[] ids = first.prompt().ids();
    return new ShownRow(first.id(), ids, new boolean[ids.length]);
  }

  @Override
  public Workload workload() {
    return GrpoRun.workload(
        config(),
        outline().decoder().config(),
        problems().problems(),
        teacher.get(),
        eval.get().map(ProblemSet::problems).orElse(List.of()));
  }

  /** The batch arithmetic. */
  public BatchPlan plan() {
    return BatchPlan.of(config());
  }

  @Override
  public int updates() {
    int generations = GrpoRun.order(config(), problems().problems().size()).updatesPerEpoch();
    return config().training().updates(generations * plan().updatesPerGeneration());
  }

  @Override
  public String arithmetic() {
    return plan().describe()
        + "; an epoch visits "
        + problems().problems().size()
        + " problems; the run = "
        + updates()
        + " updates";
  }
}
