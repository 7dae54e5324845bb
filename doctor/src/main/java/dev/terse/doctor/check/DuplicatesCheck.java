package dev.terse.doctor.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.doctor.Finding.Level;
import dev.terse.doctor.PlannedGrpo;
import dev.terse.doctor.PlannedRun;
import dev.terse.io.DataRows;
import dev.terse.io.rows.RowSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Rows that stand twice, and questions of the evaluation that are trained on. Texts are compared as
 * {@link TextHashes#normalized}; another wording of the same question is not found.
 */
record DuplicatesCheck(PlannedRun<?> run) implements Check {
  /** Pairs that are named. */
  private static final int NAMED = 3;

  /** A larger share of repeated rows is told as a note, of leaked questions as a problem. */
  private static final double FEW = 0.01;

  @Override
  public String subject() {
    return "duplicates";
  }

  @Override
  public List<Finding> look() throws IOException {
    List<Finding> verdicts = new ArrayList<>();
    TextHashes questions = new TextHashes();
    verdicts.add(inside(run.trainSource(), questions));
    if (run.evalSource().isPresent()) {
      verdicts.add(shared(run.evalSource().get(), questions));
    }
    return verdicts;
  }

  /** Which rows to train on stand twice: in GRPO questions, in SFT whole rows. */
  private Finding inside(RowSource source, TextHashes questions) throws IOException {
    boolean grpo = run instanceof PlannedGrpo;
    TextHashes whole = grpo ? questions : new TextHashes();
    List<String> pairs = new ArrayList<>();
    int read = 0;
    int twice = 0;
    try (DataRows rows = source.open(Set.of())) {
      for (JsonNode row = rows.next(); row != null; row = rows.next()) {
        read++;
        int first = whole.seen(grpo ? question(row) : RowText.whole(row), read);
        if (!grpo) {
          questions.seen(question(row), read);
        }
        if (first >= 0 && ++twice <= NAMED) {
          pairs.add("row " + read + " as row " + first);
        }
      }
    }
    String what = grpo ? " questions" : " rows";
    String found = twice + " of " + read + what + " to train on stand there before" + named(pairs);
    String bounded = whole.isWhole() ? "" : " (of the first " + TextHashes.MOST + ")";
    if (twice == 0) {
      return Finding.ok(subject(), "none in " + read + what + " to train on" + bounded);
    }
    return twice > FEW * read
        ? Finding.note(subject(), found + bounded, "each once", "leave the repeated rows out")
        : Finding.ok(subject(), found + bounded);
  }

  private Finding shared(RowSource source, TextHashes questions) throws IOException {
    List<String> pairs = new ArrayList<>();
    int read = 0;
    int known = 0;
    try (DataRows rows = source.open(Set.of())) {
      for (JsonNode row = rows.next(); row != null; row = rows.next()) {
        read++;
        int first = questions.find(question(row));
        if (first >= 0 && ++known <= NAMED) {
          pairs.add("eval row " + read + " is train row " + first);
        }
      }
    }
    if (known == 0) {
      return Finding.ok(subject(), "none of " + read + " questions to evaluate on is trained on");
    }
    return new Finding(
        known > FEW * read ? Level.PROBLEM : Level.NOTE,
        subject(),
        known + " of " + read + " questions to evaluate on are trained on" + named(pairs),
        "none: what was learnt by heart tells nothing",
        "take them out of the rows to train on",
        List.of());
  }

  private String question(JsonNode row) {
    String column =
        run instanceof PlannedGrpo grpo ? grpo.config().prompt().datasetPromptColumn() : null;
    return RowText.question(row, column);
  }

  private static String named(List<String> pairs) {
    return pairs.isEmpty() ? "" : ": " + String.join(", ", pairs);
  }
}
