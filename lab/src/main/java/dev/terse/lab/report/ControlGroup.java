package dev.terse.lab.report;

import java.util.List;

/**
 * The three orders of pruning at equal amounts, fine-tuned and judged alike.
 *
 * @param equal what all keep as much of, e.g. {@code steps}
 * @param low the method: the steps of lowest entropy go
 * @param random any steps go
 * @param high the steps of highest entropy go
 */
public record ControlGroup(String equal, ArmResult low, ArmResult random, ArmResult high) {

  List<ArmResult> arms() {
    return List.of(low, random, high);
  }

  /** What the paired tests say of the method. */
  List<String> findings(long seed) {
    return List.of(
        Findings.ofControl(low, random, "random", equal, seed),
        Findings.ofControl(low, high, "high-entropy", equal, seed));
  }
}
