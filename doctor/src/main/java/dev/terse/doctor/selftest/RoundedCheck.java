package dev.terse.doctor.selftest;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.model.weights.Parameters;
import java.util.List;

/**
 * The gradient with bfloat16 operands against that of 32-bit floats. Finite differences do not hold
 * it: a step that is small enough to be a slope is lost when weights are rounded.
 *
 * @param rounded the model on the engine that rounds
 * @param exact the same model on one that does not
 */
public record RoundedCheck(Subject rounded, Subject exact) implements Check {

  @Override
  public String subject() {
    return "bfloat16";
  }

  @Override
  public List<Finding> look() {
    List<int[]> sequences = rounded.sequences();
    int targets = Subject.count(sequences);
    try (Parameters some = rounded.decoder().trained().zerosLike(rounded.decoder().engine());
        Parameters full = exact.decoder().trained().zerosLike(exact.decoder().engine())) {
      rounded.addGradient(sequences, targets, some);
      exact.addGradient(sequences, targets, full);
      return List.of(
          Told.of(
              this,
              "gradient with bfloat16 operands and in 32-bit floats, relative",
              Gradients.difference(some, full),
              rounded.tolerance().slope(),
              "nearly the same gradient"));
    }
  }
}
