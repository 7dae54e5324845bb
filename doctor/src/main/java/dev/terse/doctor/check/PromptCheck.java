package dev.terse.doctor.check;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.doctor.PlannedRun;
import dev.terse.doctor.PlannedSft;
import dev.terse.doctor.ShownRow;
import dev.terse.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** The first prompt as the model sees it; a begin token that stands twice is found. */
record PromptCheck(PlannedRun<?> run, Paint paint) implements Check {

  @Override
  public String subject() {
    return "prompt";
  }

  @Override
  public List<Finding> look() throws IOException {
    ShownRow row = run.firstRow();
    int[] ids = run instanceof PlannedSft ? unsupervised(row) : row.ids();
    Tokenizer tokenizer = run.outline().tokenizer();
    List<String> shown = List.of(new TokenText(tokenizer, paint).of(ids));
    if (ids.length > 1 && ids[0] == ids[1] && tokenizer.isControl(ids[0])) {
      return List.of(
          Finding.problem(
                  subject(),
                  row.id()
                      + " begins with "
                      + tokenizer.decode(new int[] {ids[0]}, false)
                      + " twice",
                  "one begin token",
                  "the chat template writes it and the text has it too: leave it out of the rows or"
                      + " of the template")
              .with(shown));
    }
    boolean opens = tokenizer.decode(ids, false).stripTrailing().endsWith("<think>");
    return List.of(
        Finding.ok(
                subject(),
                row.id()
                    + ", "
                    + ids.length
                    + " tokens"
                    + (opens ? "; the prompt itself opens the thinking" : ""))
            .with(shown));
  }

  /** What comes before the first token that bears loss. */
  private static int[] unsupervised(ShownRow row) {
    int end = 0;
    while (end < row.ids().length && !row.loss()[end]) {
      end++;
    }
    return Arrays.copyOf(row.ids(), end);
  }
}
