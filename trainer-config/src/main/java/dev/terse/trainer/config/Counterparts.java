package dev.terse.trainer.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keys that answer one question in several ways. Where the command line answers it, the answer of
 * the file beneath is taken back, as if it stood under the same key. A tokenizer is one of a model,
 * and goes with the file's model.
 */
final class Counterparts {
  /** Keys of a file, with the keys of a command line that take their place. */
  private static final Map<String, Set<String>> REPLACED_BY = new LinkedHashMap<>();

  static {
    exclusive("model_name_or_path", "model_init");
    exclusive("dataset_name", "dataset_mixture", "dataset_mixer", "datasets");
    exclusive("warmup_steps", "warmup_ratio");
    exclusive("generation_batch_size", "steps_per_generation");
    exclusive("reward_preset", "reward_funcs");
    REPLACED_BY.put("test_split_size", Set.of("dataset_name", "dataset_mixture"));
    REPLACED_BY.put("dataset_splits", Set.of("dataset_name", "dataset_mixture", "datasets"));
    REPLACED_BY.put("tokenizer_path", Set.of("model_name_or_path", "model_init"));
  }

  private Counterparts() {}

  private static void exclusive(String... keys) {
    for (String key : keys) {
      REPLACED_BY.put(key, Set.of(keys));
    }
  }

  /**
   * Takes the settings of {@code file} back that {@code line} answers under another key.
   *
   * @param notes what was taken back is added here
   */
  static void takeBack(Map<String, Setting> file, Map<String, Setting> line, List<String> notes) {
    file.entrySet()
        .removeIf(
            entry -> {
              Optional<String> by = replacement(entry.getKey(), line.keySet());
              by.ifPresent(
                  key ->
                      notes.add(
                          entry.getValue().place()
                              + ": "
                              + entry.getKey()
                              + " gives way to "
                              + key
                              + " of the command line"));
              return by.isPresent();
            });
  }

  private static Optional<String> replacement(String key, Set<String> line) {
    return line.contains(key)
        ? Optional.empty()
        : REPLACED_BY.getOrDefault(key, Set.of()).stream()
            .filter(line::contains)
            .sorted()
            .findFirst();
  }
}
