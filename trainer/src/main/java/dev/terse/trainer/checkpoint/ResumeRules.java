package dev.terse.trainer.checkpoint;

import dev.terse.trainer.config.ConfigReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whether a run may go on from a checkpoint: nothing that decides its numbers may have changed. */
final class ResumeRules {
  /** Keys that decide what is watched, kept or how fast, but no number. */
  private static final Set<String> FREE =
      Set.of(
          "output_dir",
          "resume_from_checkpoint",
          "overwrite_output_dir",
          "resume_anyway",
          "save_strategy",
          "save_steps",
          "save_total_limit",
          "save_only_model",
          "logging_steps",
          "logging_first_step",
          "logging_dir",
          "report_to",
          "disable_tqdm",
          "run_name",
          "training_listeners",
          "eval_dataset",
          "eval_strategy",
          "eval_steps",
          "eval_on_start",
          "per_device_eval_batch_size",
          "early_stopping_patience",
          "early_stopping_threshold",
          "gradient_checkpointing",
          "memory_check",
          "max_live",
          "log_completions",
          "num_completions_to_print");

  /** Keys that say when evaluations are: free, unless what follows evaluations decides numbers. */
  private static final Set<String> CADENCE = Set.of("eval_strategy", "eval_steps");

  /** Keys that lengthen or shorten a run; the schedule follows them from here on. */
  private static final Set<String> LENGTH = Set.of("max_steps", "num_train_epochs");

  private ResumeRules() {}

  /**
   * Compares a run's state with what it is to go on as.
   *
   * @param anyway whether changes that are not allowed are told instead of refused
   * @return sentences about changes that are allowed and worth knowing
   * @throws IllegalArgumentException naming every change that is not allowed
   */
  static List<String> check(RunState saved, RunState now, boolean anyway) {
    List<String> refused = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    Optional<String> follower = follower(now.config());
    for (Map.Entry<String, String> entry : now.config().entrySet()) {
      String key = entry.getKey();
      String before = saved.config().getOrDefault(key, "not there");
      boolean decides = follower.isPresent() && cadence(now.config()).contains(key);
      if (FREE.contains(key) && !decides || ConfigReader.sameValue(before, entry.getValue())) {
        continue;
      }
      String change = key + " was " + before + ", is " + entry.getValue();
      if (decides) {
        refused.add(change + ", and " + follower.get() + " follows the evaluations");
      } else if (LENGTH.contains(key)) {
        notes.add(change + ": the learning rate follows the new length from here on");
      } else {
        refused.add(change);
      }
    }
    if (!saved.data().equals(now.data())) {
      refused.add(
          "the data set has another content (CRC " + saved.data() + ", " + now.data() + ")");
    }
    for (Map.Entry<String, String> entry : now.fingerprints().entrySet()) {
      String before = saved.fingerprints().get(entry.getKey());
      if (before == null) {
        notes.add("the checkpoint does not say of " + entry.getKey() + " whether it is the same");
      } else if (!before.equals(entry.getValue())) {
        refused.add(entry.getKey() + " changed (CRC " + before + ", " + entry.getValue() + ")");
      }
    }
    if (anyway) {
      refused.forEach(change -> notes.add("resume_anyway: " + change));
    } else if (!refused.isEmpty()) {
      throw new IllegalArgumentException(
          "the run cannot be resumed, since it would not be the same run: "
              + String.join("; ", refused)
              + ". Restore these, start a new run with the checkpoint as model_name_or_path, or set"
              + " resume_anyway to go on all the same");
    }
    if (!saved.machine().equals(now.machine())) {
      notes.add(
          "the run was on ["
              + saved.machine()
              + "] and goes on on ["
              + now.machine()
              + "]: its numbers will differ in the last bits");
    }
    return notes;
  }

  /** The key by which evaluations move limits, weights or rates. */
  private static Optional<String> follower(Map<String, String> config) {
    boolean guards = !config.getOrDefault("accuracy_guard", "none").equalsIgnoreCase("none");
    String schedule = "lr_scheduler_type";
    return guards
        ? Optional.of("accuracy_guard")
        : config.getOrDefault(schedule, "").equalsIgnoreCase("reduce_lr_on_plateau")
            ? Optional.of(schedule)
            : Optional.empty();
  }

  /** Without eval_steps evaluations are as often as log lines. */
  private static Set<String> cadence(Map<String, String> config) {
    Set<String> keys = new HashSet<>(CADENCE);
    if (config.getOrDefault("eval_steps", "null").equals("null")) {
      keys.add("logging_steps");
    }
    return keys;
  }
}
