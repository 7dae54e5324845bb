package dev.terse.lab.report;

import dev.terse.answers.extract.AnswerFinder;
import dev.terse.answers.extract.LmEvalGsm8k;
import dev.terse.lab.statistics.PairedComparison;
import dev.terse.trainer.eval.EvalRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Two graders side by side: the verdict that eval has recorded, and whether the answer that it
 * found is the right one letter by letter. A result that holds under one of them only is one of the
 * grader.
 */
final class Graders {
  private Graders() {}

  /**
   * Whether the answer of a completion that ended is the right one as a text: without white space
   * and what lm-evaluation-harness' exact_match ignores (commas, dollar signs, case, what leads to
   * hashes, a last point). A box around the right answer is taken off, as in the verdict.
   */
  static boolean isExact(EvalRecord record) {
    return record.status() == EvalRecord.Status.OK
        && !record.answer().isBlank()
        && plain(record.answer()).equals(plain(AnswerFinder.inGold(record.gold())));
  }

  private static String plain(String answer) {
    return LmEvalGsm8k.normalized(answer.strip()).replaceAll("\\s+", "");
  }

  /** The model as the second grader sees it. */
  static ArmResult exact(ArmResult arm) {
    return new ArmResult(
        arm.name(),
        arm.ink(),
        arm.mark(),
        arm.records().stream()
            .map(
                r ->
                    new EvalRecord(
                        r.id(),
                        r.status(),
                        isExact(r),
                        r.answer(),
                        r.gold(),
                        r.thinkTokens(),
                        r.answerTokens(),
                        r.steps(),
                        r.skips(),
                        r.completion()))
            .toList());
  }

  /**
   * Accuracies by both, where they differ, and what the second one says of the base.
   *
   * @param arms the base first
   * @param seed of the bootstrap
   */
  static ResultTable table(List<ArmResult> arms, long seed) {
    ArmResult base = exact(arms.get(0));
    List<List<String>> rows = new ArrayList<>();
    for (ArmResult arm : arms) {
      ArmResult exact = exact(arm);
      List<String> row = new ArrayList<>(List.of(arm.name()));
      row.add(ResultTable.share(ArmSummary.ofBase(arm).accuracy()));
      row.add(ResultTable.share(ArmSummary.ofBase(exact).accuracy()));
      row.add(count(arm, r -> r.correct() && !isExact(r)));
      row.add(count(arm, r -> !r.correct() && isExact(r)));
      if (rows.isEmpty()) {
        row.addAll(List.of("", ""));
      } else {
        PairedComparison against = PairedComparison.of(base.records(), exact.records(), seed);
        row.add(ResultTable.points(against.accuracyChange()));
        row.add(Findings.p(against.pValue()));
      }
      rows.add(row);
    }
    return new ResultTable(
        List.of(
            "model",
            "recorded verdict [95 %]",
            "exact string [95 %]",
            "right by the verdict only",
            "right by the string only",
            "change by the string [95 %]",
            "McNemar p by the string"),
        rows);
  }

  private static String count(ArmResult arm, Predicate<EvalRecord> which) {
    return String.valueOf(arm.records().stream().filter(which).count());
  }
}
