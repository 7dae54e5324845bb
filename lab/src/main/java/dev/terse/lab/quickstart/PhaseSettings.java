package dev.terse.lab.quickstart;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What of a configuration decides the result of which phase: a change of anything else does not
 * make the phase be done again.
 *
 * @param values every key of the quickstart with its value
 * @param engine description of what computes, on which the last bits depend
 */
record PhaseSettings(Map<String, String> values, String engine) {
  private static final List<String> PROBLEMS =
      List.of(
          "seed",
          "task",
          "min_operations",
          "max_operations",
          "trace_problems",
          "grpo_problems",
          "split",
          "problems");
  private static final List<String> TRACES =
      List.of("seed", "trace_samples", "temperature", "max_completion_length", "max_live");
  private static final List<String> PRUNING =
      List.of("seed", "score", "kappa", "protect_first", "protect_last", "controls");
  private static final List<String> JUDGING = List.of("max_completion_length", "max_live");

  Map<String, String> ofProblems() {
    return picked(PROBLEMS);
  }

  Map<String, String> ofTraces() {
    return computed(picked(TRACES));
  }

  Map<String, String> ofPruning() {
    return computed(picked(PRUNING));
  }

  /**
   * Of a training.
   *
   * @param configuration every key of it with its value
   */
  Map<String, String> ofTraining(Map<String, String> configuration) {
    return computed(configuration);
  }

  /** Of a judgement with chains for the report. */
  Map<String, String> ofJudging() {
    Map<String, String> settings = picked(JUDGING);
    settings.put("chains", values.get("chains"));
    return computed(settings);
  }

  /** Of a training that is judged in the same phase. */
  Map<String, String> ofControl(Map<String, String> configuration) {
    Map<String, String> settings = picked(JUDGING);
    settings.putAll(configuration);
    return computed(settings);
  }

  private Map<String, String> picked(List<String> keys) {
    Map<String, String> picked = new LinkedHashMap<>();
    keys.forEach(key -> picked.put(key, values.get(key)));
    return picked;
  }

  private Map<String, String> computed(Map<String, String> settings) {
    Map<String, String> all = new LinkedHashMap<>(settings);
    all.put("computed by", engine);
    return all;
  }
}
