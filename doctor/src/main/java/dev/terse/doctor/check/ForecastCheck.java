package dev.terse.doctor.check;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.doctor.PlannedRun;
import dev.terse.trainer.memory.MemoryCheck;
import dev.terse.trainer.memory.MemoryForecast;
import dev.terse.trainer.memory.MemoryWatch;
import java.util.List;
import java.util.Optional;

/** The run's memory, forecast as the run does it before its first update. */
record ForecastCheck(PlannedRun<?> run) implements Check {

  @Override
  public String subject() {
    return "memory";
  }

  @Override
  public List<Finding> look() {
    Optional<MemoryWatch.Prospect> found = run.prospect();
    if (found.isEmpty()) {
      return List.of(
          Finding.note(
              subject(),
              "nothing is known of the memory of " + run.engine().description(),
              "",
              ""));
    }
    MemoryWatch.Prospect prospect = found.get();
    if (prospect.excess().isPresent()) {
      String sentence = "the run needs " + prospect.excess().get();
      return List.of(
          run.config().training().memoryCheck() == MemoryCheck.REFUSE
              ? Finding.problem(subject(), sentence)
              : Finding.note(subject(), sentence, "", ""));
    }
    return List.of(
        Finding.ok(
            subject(),
            prospect.forecast().describe()
                + " of the "
                + MemoryForecast.gigabytes(prospect.capacity().bytes())
                + " GB that the "
                + prospect.capacity().owner()
                + " has for it"));
  }
}
