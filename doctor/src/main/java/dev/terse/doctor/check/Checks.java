package dev.terse.doctor.check;

import dev.terse.doctor.Check;
import dev.terse.doctor.PlannedGrpo;
import dev.terse.doctor.PlannedRun;
import dev.terse.doctor.PlannedSft;
import dev.terse.doctor.measure.SampleDraw;
import dev.terse.doctor.measure.SamplesCheck;
import dev.terse.doctor.measure.TimeCheck;
import dev.terse.trainer.metrics.Phases;
import java.util.ArrayList;
import java.util.List;

/** The checks in the order in which they are asked: from the cheap to the dear. */
public final class Checks {
  private Checks() {}

  /**
   * The checks that load the weights.
   *
   * @param samples completions that are drawn of a GRPO run; 0 for none
   * @param time whether an update is timed
   * @param phases hear how far the drawing is
   */
  public record Dear(int samples, boolean time, Phases phases) {
    /** Neither. */
    public static final Dear NONE = new Dear(0, false, Phases.QUIET);

    public Dear {
      if (samples < 0 || samples == 1) {
        throw new IllegalArgumentException(
            "samples must be 0 (none) or at least 2, a group, was " + samples);
      }
    }
  }

  /**
   * All checks of a run.
   *
   * @param run whose configuration was read whole
   * @param paint how marks are shown
   * @param dear which of those that load the weights are asked
   */
  public static List<Check> all(PlannedRun<?> run, Paint paint, Dear dear) {
    List<Check> checks = new ArrayList<>();
    checks.add(new OutputCheck(run));
    checks.add(new EngineCheck(run));
    checks.addAll(ofWhatIsRead(run, paint));
    checks.add(new BatchCheck(run));
    checks.add(new ForecastCheck(run));
    SampleDraw draw = null;
    if (run instanceof PlannedGrpo grpo) {
      draw = new SampleDraw(grpo, dear.samples(), dear.phases());
      if (dear.samples() > 0) {
        checks.add(new SamplesCheck(grpo, draw));
      }
    }
    if (dear.time()) {
      checks.add(new TimeCheck(run, draw));
    }
    return checks;
  }

  /**
   * The checks of model and data alone.
   *
   * @param run of whose configuration only the names of what is read are sound
   */
  public static List<Check> ofInputs(PlannedRun<?> run, Paint paint) {
    return ofWhatIsRead(run, paint);
  }

  private static List<Check> ofWhatIsRead(PlannedRun<?> run, Paint paint) {
    List<Check> checks = new ArrayList<>();
    checks.add(new ModelCheck(run));
    checks.add(new TurnEndCheck(run));
    checks.add(new RowsCheck(run, RowsCheck.Split.TRAIN));
    checks.add(new RowsCheck(run, RowsCheck.Split.EVAL));
    checks.add(new PromptCheck(run, paint));
    if (run instanceof PlannedSft sft) {
      checks.add(new MaskCheck(sft, paint));
    }
    if (run instanceof PlannedGrpo grpo) {
      checks.add(new ThinkingCheck(grpo));
      checks.add(new GoldsCheck(grpo));
    }
    checks.add(new DuplicatesCheck(run));
    checks.add(new LicenceCheck(run));
    return checks;
  }
}
