package dev.terse.cli.command.check;

import dev.terse.cli.progress.Terminal;
import dev.terse.doctor.Finding;
import dev.terse.doctor.Finding.Level;
import dev.terse.doctor.check.Paint;
import java.util.EnumMap;
import java.util.Map;

/** Prints verdicts as they come, and counts them. */
final class VerdictLines {
  private final Paint paint = Terminal.showsColours() ? Paint.COLOURS : Paint.BRACKETS;
  private final Map<Level, Integer> counts = new EnumMap<>(Level.class);

  Paint paint() {
    return paint;
  }

  void tell(Finding verdict) {
    counts.merge(verdict.level(), 1, Integer::sum);
    System.out.println(paint.of(verdict));
  }

  int problems() {
    return counts.getOrDefault(Level.PROBLEM, 0);
  }

  /** How many of each, in words. */
  String counts() {
    return problems()
        + (problems() == 1 ? " problem, " : " problems, ")
        + counts.getOrDefault(Level.NOTE, 0)
        + " notes, "
        + counts.getOrDefault(Level.OK, 0)
        + " ok";
  }
}
