package dev.terse.trainer.model;

import dev.terse.io.DataFingerprint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the output of a long command follows from: the settings, and model and data by their bytes.
 * Unfinished output is gone on from by a command of the same inputs alone ({@link
 * dev.terse.io.Journal}).
 */
public final class SampledInputs {
  /** Keys that name places, or change speed and no row. */
  private static final Set<String> APART =
      Set.of(
          "model_name_or_path",
          "dataset_name",
          "output",
          "all_output",
          "steps",
          "baseline",
          "overwrite",
          "max_live");

  private SampledInputs() {}

  /**
   * @param command that writes the output
   * @param values every key of the command with the value in force
   * @param data files of the rows
   * @param firstPrompt ids of the first row's prompt: a chat template may know the date
   */
  public static Map<String, String> of(
      String command, Map<String, String> values, Path model, List<Path> data, int[] firstPrompt)
      throws IOException {
    Map<String, String> inputs = new LinkedHashMap<>();
    inputs.put("command", command);
    values.forEach(
        (key, value) -> {
          if (!APART.contains(key)) {
            inputs.put(key, value);
          }
        });
    inputs.put("the model", ModelFingerprint.of(model));
    inputs.put("the data", data.isEmpty() ? "none" : DataFingerprint.of(data));
    inputs.put("the first prompt", DataFingerprint.ofIds(Stream.of(firstPrompt)));
    return inputs;
  }
}
