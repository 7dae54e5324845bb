package dev.terse.trainer.metrics;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The few numbers that a person wants first, under tags that TensorBoard shows before all others:
 * {@code 1_result/reward} of what is drawn in training, {@code 1_result/eval_accuracy} of held-out
 * problems. They stand beside TRL's names, which stay.
 */
public final class ResultTags {
  private static final String GROUP = "1_result/";

  /** Of a generation or an evaluation of problems, by TRL's name or our own. */
  private static final Map<String, String> OF_PROBLEMS =
      Map.of(
          "accuracy", "accuracy",
          "reward", "reward",
          "completions/mean_length", "tokens",
          "compression/think_tokens", "thinking_tokens",
          "compression/skip_ratio", "skip_ratio");

  /** Of rows. Only SFT has it, whose loss is a result; that of GRPO is not. */
  private static final String OF_ROWS = "mean_token_accuracy";

  /** What the table of hyper-parameters shows beside them, by which runs are sorted. */
  static final String[] SORTED_BY = {
    "1_result/accuracy",
    "1_result/eval_accuracy",
    "1_result/reward",
    "1_result/eval_reward",
    "1_result/tokens",
    "1_result/eval_tokens",
    "1_result/thinking_tokens",
    "1_result/skip_ratio",
    "1_result/loss",
    "1_result/eval_loss"
  };

  private ResultTags() {}

  /** The results among the numbers of a step, whose names begin with {@code train/} or eval/. */
  static Map<String, Double> of(Map<String, Double> logged) {
    Map<String, Double> results = new LinkedHashMap<>();
    add(logged, "train/", "", results);
    add(logged, "eval/", "eval_", results);
    return results;
  }

  /** The results of a model that is judged by itself, from the metrics of its evaluation. */
  public static Map<String, Double> ofJudgement(Map<String, Double> evaluation) {
    Map<String, Double> results = new LinkedHashMap<>();
    add(evaluation, "", "", results);
    return results;
  }

  private static void add(
      Map<String, Double> logged, String kind, String mark, Map<String, Double> results) {
    OF_PROBLEMS.forEach(
        (name, result) -> {
          Double value = logged.get(kind + name);
          if (value != null) {
            results.put(GROUP + mark + result, value);
          }
        });
    Double loss = logged.get(kind + "loss");
    if (loss != null && logged.containsKey(kind + OF_ROWS)) {
      results.put(GROUP + mark + "loss", loss);
    }
  }
}
