package dev.terse.doctor.measure;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.doctor.PlannedGrpo;
import dev.terse.doctor.PlannedRun;
import dev.terse.doctor.PlannedSft;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How long an update and the whole run will take, from a small piece that is timed on the loaded
 * model.
 *
 * @param draw of GRPO, whose lengths are taken if it was drawn; null for SFT
 */
public record TimeCheck(PlannedRun<?> run, SampleDraw draw) implements Check {

  @Override
  public String subject() {
    return "time";
  }

  @Override
  public List<Finding> look() throws IOException {
    StepTime step =
        run instanceof PlannedGrpo grpo
            ? GrpoStepTime.of(grpo, Optional.ofNullable(draw).flatMap(SampleDraw::drawn))
            : SftStepTime.of((PlannedSft) run);
    List<String> details = new ArrayList<>(step.parts());
    details.add("evaluations, checkpoints and rewards are not counted");
    return List.of(
        Finding.ok(
                subject(),
                String.format(
                    Locale.ROOT,
                    "an update takes about %s, the run of %d updates about %s",
                    words(step.seconds()),
                    run.updates(),
                    words(step.seconds() * run.updates())))
            .with(details));
  }

  /** Two digits that matter, in the unit that suits. */
  static String words(double seconds) {
    if (seconds < 100) {
      return String.format(Locale.ROOT, seconds < 10 ? "%.2g s" : "%.0f s", seconds);
    }
    if (seconds < 100 * 60) {
      return String.format(Locale.ROOT, "%.0f min", seconds / 60);
    }
    double hours = seconds / 3600;
    return hours < 72
        ? String.format(Locale.ROOT, hours < 10 ? "%.1f h" : "%.0f h", hours)
        : String.format(Locale.ROOT, "%.0f days", hours / 24);
  }
}
