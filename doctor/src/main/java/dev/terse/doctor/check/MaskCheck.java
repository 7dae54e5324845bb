package dev.terse.doctor.check;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.doctor.PlannedSft;
import dev.terse.doctor.ShownRow;
import dev.terse.model.tokenizer.Tokenizer;
import java.util.List;

/** Which tokens of the first row are learnt, and that its end is among them. */
record MaskCheck(PlannedSft run, Paint paint) implements Check {

  @Override
  public String subject() {
    return "label mask";
  }

  @Override
  public List<Finding> look() {
    ShownRow row = run.firstRow();
    Tokenizer tokenizer = run.outline().tokenizer();
    int learnt = 0;
    int lastLearnt = -1;
    for (int t = 0; t < row.ids().length; t++) {
      if (row.loss()[t]) {
        learnt++;
        lastLearnt = t;
      }
    }
    List<String> shown = List.of(new TokenText(tokenizer, paint).of(row.ids(), row.loss()));
    String found = row.id() + ": " + learnt + " of " + row.ids().length + " tokens bear loss";
    boolean ends = lastLearnt >= 0 && tokenizer.stopIds().contains(row.ids()[lastLearnt]);
    if (!ends) {
      return List.of(
          Finding.note(
                  subject(),
                  found + ", and the last of them is no end token",
                  "rows that end with one of the end tokens, so that the model learns to stop",
                  "look at the row below: was it cut (max_length), or does it go on?")
              .with(shown));
    }
    return List.of(Finding.ok(subject(), found + ", its end among them").with(shown));
  }
}
