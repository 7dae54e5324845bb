package dev.terse.trainer.model;

import dev.terse.io.hub.InputKind;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.trainer.config.ConfigValues;
import dev.terse.trainer.config.ConfigValues.Input;
import dev.terse.trainer.config.Rule;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The models that are named are whole and of those that are supported, and their positions hold
 * max_completion_length. Looks at names of files and at config.json alone; that a model is there at
 * all is for {@link dev.terse.trainer.config.InputRule}.
 */
public final class ModelRule implements Rule {
  private static final String INIT = "model_init";
  private static final String LENGTH = "max_completion_length";

  @Override
  public List<String> problems(ConfigValues values) {
    List<String> problems = new ArrayList<>();
    for (Input input : values.inputs()) {
      Path place = input.kind().place(input.name());
      if (input.kind() == InputKind.MODEL && Files.exists(place)) {
        check(input.key(), () -> ModelFolder.requireWhole(place), values, problems);
      } else if (input.key().equals(INIT) && Files.exists(place)) {
        check(INIT, () -> DecoderConfig.of(place), values, problems);
      }
    }
    return problems;
  }

  private static void check(
      String key, Supplier<DecoderConfig> model, ConfigValues values, List<String> problems) {
    try {
      positions(model.get(), values).ifPresent(problems::add);
    } catch (IllegalArgumentException | UncheckedIOException e) {
      problems.add(values.places(key) + key + ": " + e.getMessage());
    }
  }

  private static Optional<String> positions(DecoderConfig config, ConfigValues values) {
    return values
        .of(LENGTH, Integer.class)
        .filter(length -> length >= config.maxPositions())
        .map(
            length ->
                values.places(LENGTH)
                    + LENGTH
                    + " "
                    + length
                    + " leaves no room for a prompt: the model has "
                    + config.maxPositions()
                    + " positions; lower it, or take a model with more");
  }
}
