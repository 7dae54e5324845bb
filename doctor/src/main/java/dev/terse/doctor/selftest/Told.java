package dev.terse.doctor.selftest;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import java.util.Locale;

/** A difference as a verdict. */
final class Told {
  private Told() {}

  static Finding of(Check check, String what, double difference, double allowed, String expected) {
    String found =
        String.format(
            Locale.ROOT,
            "%s: the largest difference is %.2g, %.2g is allowed",
            what,
            difference,
            allowed);
    return difference <= allowed // and not NaN
        ? Finding.ok(check.subject(), found)
        : Finding.problem(
            check.subject(), found, expected, "try --engine reference, and report what it says");
  }
}
