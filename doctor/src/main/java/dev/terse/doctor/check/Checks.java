package dev.terse.doctor.check;

import dev.terse.doctor.Check;
import dev.terse.doctor.PlannedRun;
import dev.terse.doctor.PlannedSft;
import java.util.ArrayList;
import java.util.List;

/** The checks in the order in which they are asked: from the cheap to the dear. */
public final class Checks {
  private Checks() {}

  /**
   * All checks of a run.
   *
   * @param run whose configuration was read whole
   * @param paint how marks are shown
   */
  public static List<Check> all(PlannedRun<?> run, Paint paint) {
    List<Check> checks = new ArrayList<>();
    checks.add(new FilesCheck(run));
    checks.add(new OutputCheck(run));
    checks.add(new EngineCheck(run));
    checks.addAll(ofWhatIsRead(run, paint));
    checks.add(new BatchCheck(run));
    checks.add(new ForecastCheck(run));
    return checks;
  }

  /**
   * The checks of model and data alone.
   *
   * @param run of whose configuration only the names of what is read are sound
   */
  public static List<Check> ofInputs(PlannedRun<?> run, Paint paint) {
    List<Check> checks = new ArrayList<>();
    checks.add(new FilesCheck(run));
    checks.addAll(ofWhatIsRead(run, paint));
    return checks;
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
    checks.add(new DuplicatesCheck(run));
    checks.add(new LicenceCheck(run));
    return checks;
  }
}
