package dev.terse.lab.report;

import dev.terse.lab.chart.Ink;
import dev.terse.lab.chart.Mark;
import dev.terse.trainer.eval.EvalRecord;
import java.util.List;

/**
 * A model that was judged.
 *
 * @param name in tables and legends
 * @param ink its colour
 * @param mark its figure
 * @param records one a problem, the same problems for every model
 */
public record ArmResult(String name, Ink ink, Mark mark, List<EvalRecord> records) {
  public ArmResult {
    records = List.copyOf(records);
  }
}
