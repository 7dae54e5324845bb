package dev.terse.trainer.eval;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * The records of a set of problems.
 *
 * @param records one a problem, none left out
 * @param drawn problems that were asked in these seconds; the others were on file
 * @param seconds that it took
 */
public record Evaluation(List<EvalRecord> records, int drawn, double seconds) {

  /** Records that were drawn at once. */
  public Evaluation(List<EvalRecord> records, double seconds) {
    this(records, records.size(), seconds);
  }

  /** Means over all problems, under the names of training metrics. */
  public Map<String, Double> metrics() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    double accuracy = mean(r -> r.correct() ? 1 : 0);
    double tokens = mean(EvalRecord::tokens);
    if (records.stream().anyMatch(r -> r.gold() != null)) {
      metrics.put("accuracy", accuracy);
    }
    metrics.put("problems", (double) records.size());
    metrics.put("completions/mean_length", tokens);
    metrics.put(
        "completions/clipped_ratio", mean(r -> r.status() == EvalRecord.Status.TRUNCATED ? 1 : 0));
    metrics.put(
        "completions/no_answer", mean(r -> r.status() == EvalRecord.Status.NO_ANSWER ? 1 : 0));
    metrics.put("compression/think_tokens", mean(EvalRecord::thinkTokens));
    metrics.put("compression/answer_tokens", mean(EvalRecord::answerTokens));
    metrics.put("compression/steps", mean(EvalRecord::steps));
    metrics.put("compression/skip_count", mean(EvalRecord::skips));
    metrics.put(
        "compression/skip_ratio",
        mean(r -> r.skips() / (double) Math.max(1, r.steps() + r.skips())));
    metrics.put("compression/acc_per_1k_tokens", tokens == 0 ? 0 : 1000 * accuracy / tokens);
    metrics.put("runtime", seconds);
    metrics.put("samples_per_second", drawn / seconds);
    return metrics;
  }

  /** The length within which a share of the right completions ends; none where none is right. */
  public OptionalDouble rightLength(double share) {
    int[] lengths =
        records.stream()
            .filter(EvalRecord::correct)
            .mapToInt(EvalRecord::tokens)
            .sorted()
            .toArray();
    return lengths.length == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(lengths[(int) Math.ceil(share * lengths.length) - 1]);
  }

  private double mean(ToDoubleFunction<EvalRecord> value) {
    return records.stream().mapToDouble(value).average().orElse(0);
  }
}
