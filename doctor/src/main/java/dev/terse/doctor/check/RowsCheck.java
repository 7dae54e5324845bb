package dev.terse.doctor.check;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.doctor.Finding.Level;
import dev.terse.doctor.PlannedRun;
import dev.terse.doctor.RowTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The rows can be read, and most of them are within the limit of their length.
 *
 * @param split which of the two
 */
record RowsCheck(PlannedRun<?> run, Split split) implements Check {
  private static final int LONGEST = 3;

  /** What the rows are for. */
  enum Split {
    TRAIN,
    EVAL
  }

  @Override
  public String subject() {
    return split == Split.TRAIN ? "train rows" : "eval rows";
  }

  @Override
  public List<Finding> look() throws IOException {
    if (split == Split.TRAIN) {
      return List.of(verdict(run.train()));
    }
    return run.eval().map(this::verdict).stream().toList();
  }

  private Finding verdict(RowTable rows) {
    List<String> details = new ArrayList<>();
    if (!rows.used().isEmpty()) {
      details.add(
          "longest that are used: "
              + rows.longestUsed(LONGEST).stream()
                  .map(row -> row.id() + " (" + row.tokens() + " tokens)")
                  .collect(Collectors.joining(", "))
              + "; mean "
              + rows.tokens() / rows.used().size()
              + " tokens");
    }
    rows.longest()
        .ifPresent(
            longest ->
                details.add(
                    "longest of all: "
                        + longest
                        + " tokens, "
                        + rows.limitKey()
                        + " "
                        + rows.limit()));
    String found = rows.name() + ": " + rows.summary();
    return rows.losesRows()
        ? new Finding(
            Level.NOTE,
            subject(),
            found,
            "less than 1 % lost",
            "raise " + rows.limitKey() + ", or mend the rows",
            details)
        : Finding.ok(subject(), found).with(details);
  }
}
