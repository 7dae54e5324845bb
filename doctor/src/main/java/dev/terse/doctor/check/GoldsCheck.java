package dev.terse.doctor.check;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.doctor.PlannedGrpo;
import dev.terse.trainer.data.ProblemSet;
import java.util.List;

/** The right answers are understood by the checker; of others only the same text is right. */
record GoldsCheck(PlannedGrpo run) implements Check {

  @Override
  public String subject() {
    return "right answers";
  }

  @Override
  public List<Finding> look() {
    ProblemSet set = run.problems();
    long given = set.problems().stream().filter(problem -> problem.gold() != null).count();
    if (given == 0) {
      return List.of(Finding.note(subject(), "no problem has one", "", ""));
    }
    return List.of(
        set.unread().isEmpty()
            ? Finding.ok(subject(), "all " + given + " are understood")
            : Finding.note(
                subject(),
                ProblemSet.unreadGolds(set.unread()),
                "numbers, expressions, intervals or choices",
                "write them so, or leave those rows out"));
  }
}
