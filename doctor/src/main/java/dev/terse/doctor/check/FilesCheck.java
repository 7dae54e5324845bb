package dev.terse.doctor.check;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.doctor.MissingInput;
import dev.terse.doctor.PlannedRun;
import java.util.List;

/** Everything that the run reads is there; all that is not is told at once, with how to get it. */
record FilesCheck(PlannedRun<?> run) implements Check {

  @Override
  public String subject() {
    return "files";
  }

  @Override
  public List<Finding> look() {
    List<MissingInput> missing = MissingInput.of(run.config());
    if (missing.isEmpty()) {
      return List.of(
          Finding.ok(subject(), "all " + run.config().inputs().size() + " inputs are there"));
    }
    return missing.stream()
        .map(
            each ->
                Finding.problem(
                    subject(),
                    each.key() + " names " + each.place() + ", which is not there",
                    each.expected(),
                    each.remedy()))
        .toList();
  }
}
