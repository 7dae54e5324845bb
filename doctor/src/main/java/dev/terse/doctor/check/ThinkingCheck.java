package dev.terse.doctor.check;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.doctor.PlannedGrpo;
import dev.terse.trainer.grpo.GrpoRun;
import java.util.List;

/** Where thinking ends and the answer begins, by the one rule that the rewards ask. */
record ThinkingCheck(PlannedGrpo run) implements Check {

  @Override
  public String subject() {
    return "thinking";
  }

  @Override
  public List<Finding> look() {
    return List.of(Finding.ok(subject(), GrpoRun.thinking(run.config(), run.outline()).describe()));
  }
}
