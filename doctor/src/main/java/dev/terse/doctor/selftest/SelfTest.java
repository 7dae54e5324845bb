package dev.terse.doctor.selftest;

import dev.terse.doctor.Check;
import java.util.ArrayList;
import java.util.List;

/** The checks of a model on a machine, in the order in which they are asked. */
public final class SelfTest {
  private SelfTest() {}

  /** Those of one engine. */
  public static List<Check> of(Subject subject) {
    List<Check> checks = new ArrayList<>(withoutSlopes(subject));
    checks.add(new GradientCheck(subject));
    return checks;
  }

  /**
   * Those of an engine that rounds, with the gradient of one that does not.
   *
   * @param exact the same model in 32-bit floats
   */
  public static List<Check> of(Subject rounded, Subject exact) {
    List<Check> checks = new ArrayList<>(withoutSlopes(rounded));
    checks.add(new RoundedCheck(rounded, exact));
    checks.add(new GradientCheck(exact));
    return checks;
  }

  private static List<Check> withoutSlopes(Subject subject) {
    return List.of(
        new RoundTripCheck(subject.model().tokenizer()),
        new PackedCheck(subject),
        new SplitCheck(subject),
        new DecodeCheck(subject));
  }
}
