package dev.terse.doctor.check;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.doctor.PlannedGrpo;
import dev.terse.doctor.PlannedRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an update is made of. Batches that do not come out even are refused when the configuration
 * is read, with the nearest values that do.
 */
record BatchCheck(PlannedRun<?> run) implements Check {
  /** Fewer move the weights too little for anything to be seen. */
  private static final int FEW_UPDATES = 10;

  @Override
  public String subject() {
    return "batch";
  }

  @Override
  public List<Finding> look() throws IOException {
    List<Finding> verdicts = new ArrayList<>();
    verdicts.add(Finding.ok(subject(), run.arithmetic()));
    if (run.updates() < FEW_UPDATES) {
      verdicts.add(
          Finding.note(
              subject(),
              "the whole run is " + run.updates() + " updates",
              "some tens of them at the least",
              "more rows, more num_train_epochs, or fewer rows an update"
                  + " (per_device_train_batch_size, gradient_accumulation_steps)"));
    }
    if (run instanceof PlannedGrpo grpo) {
      narrow(grpo).ifPresent(verdicts::add);
    }
    return verdicts;
  }

  private Optional<Finding> narrow(PlannedGrpo grpo) {
    int live = grpo.config().generation().maxLive();
    int drawn = grpo.plan().generationBatch();
    return live >= drawn
        ? Optional.empty()
        : Optional.of(
            Finding.note(
                subject(),
                "a generation draws " + drawn + " completions, max_live " + live + " at a time",
                "",
                "max_live "
                    + drawn
                    + " is faster where its key-value cache fits; the forecast of memory tells"));
  }
}
