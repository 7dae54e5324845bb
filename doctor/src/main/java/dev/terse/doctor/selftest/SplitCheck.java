package dev.terse.doctor.selftest;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.engine.Engine;
import dev.terse.model.weights.Parameters;
import java.util.List;
import java.util.Locale;

/** The gradient of an update in one pass against that of the same rows in a pass each. */
public record SplitCheck(Subject subjectOf) implements Check {

  @Override
  public String subject() {
    return "split";
  }

  @Override
  public List<Finding> look() {
    List<int[]> sequences = subjectOf.sequences();
    int targets = Subject.count(sequences);
    Engine engine = subjectOf.decoder().engine();
    try (Parameters whole = subjectOf.decoder().trained().zerosLike(engine);
        Parameters parts = subjectOf.decoder().trained().zerosLike(engine)) {
      subjectOf.addGradient(sequences, targets, whole);
      sequences.forEach(row -> subjectOf.addGradient(List.of(row), targets, parts));
      return List.of(
          Told.of(
              this,
              String.format(
                  Locale.ROOT,
                  "gradient of %d rows in one pass and in %d, relative",
                  sequences.size(),
                  sequences.size()),
              Gradients.difference(parts, whole),
              subjectOf.tolerance().gradient(),
              "the same gradient: an update does not depend on its passes"));
    }
  }
}
