package dev.terse.trainer.model;

import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.trainer.config.ConfigValues;
import dev.terse.trainer.config.Rule;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The model that is named can be had, is one of those that are supported, and its positions hold
 * max_completion_length. Looks at its config.json alone.
 */
public final class ModelRule implements Rule {
  private static final String MODEL = "model_name_or_path";
  private static final String INIT = "model_init";
  private static final String LENGTH = "max_completion_length";

  @Override
  public List<String> problems(ConfigValues values) {
    Optional<String> model = values.of(MODEL, String.class);
    Optional<String> init = values.of(INIT, String.class);
    if (model.isPresent() == init.isPresent()) {
      return List.of(); // told by themselves
    }
    String key = model.isPresent() ? MODEL : INIT;
    try {
      DecoderConfig config =
          model.isPresent() ? ofModel(model.get()) : DecoderConfig.of(Path.of(init.get()));
      return positions(config, values);
    } catch (IllegalArgumentException | UncheckedIOException e) {
      return List.of(values.places(key) + key + ": " + e.getMessage());
    }
  }

  private static DecoderConfig ofModel(String name) {
    Path path = Path.of(name);
    if (!Files.exists(path)) {
      throw new IllegalArgumentException(
          "there is no folder or GGUF file "
              + name
              + ": nothing is fetched from a hub; fetch the"
              + " model first (hf download NAME --local-dir FOLDER) and name its folder");
    }
    return ModelFolder.config(path);
  }

  private static List<String> positions(DecoderConfig config, ConfigValues values) {
    Optional<Integer> length = values.of(LENGTH, Integer.class);
    if (length.isEmpty() || length.get() < config.maxPositions()) {
      return List.of();
    }
    return List.of(
        values.places(LENGTH)
            + LENGTH
            + " "
            + length.get()
            + " leaves no room for a prompt: the model has "
            + config.maxPositions()
            + " positions; lower it, or take a model with more");
  }
}
