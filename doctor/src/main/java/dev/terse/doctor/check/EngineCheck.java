package dev.terse.doctor.check;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.doctor.PlannedRun;
import java.util.List;

/** The engine can be had on this machine. */
record EngineCheck(PlannedRun<?> run) implements Check {

  @Override
  public String subject() {
    return "engine";
  }

  @Override
  public List<Finding> look() {
    return List.of(Finding.ok(subject(), run.engine().description()));
  }
}
