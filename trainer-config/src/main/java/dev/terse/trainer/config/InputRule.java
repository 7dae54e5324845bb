package dev.terse.trainer.config;

import dev.terse.io.Outputs;
import dev.terse.io.hub.InputKind;
import dev.terse.trainer.config.places.Reads;
import dev.terse.trainer.config.places.Writes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * All that a configuration {@link Reads} is there: model, data, adapter, template. What is missing
 * is told at once, each with how to get it. And a folder that it {@link Writes} is not called as a
 * file of weights.
 */
public final class InputRule implements Rule {
  @Override
  public List<String> problems(ConfigValues values) {
    List<String> problems = new ArrayList<>();
    for (ConfigValues.Input input : values.inputs()) {
      InputKind kind = input.kind();
      kind.missing(input.name())
          .ifPresent(
              sentence -> problems.add(values.places(input.key()) + input.key() + ": " + sentence));
    }
    for (String key : values.outputFolders()) {
      values
          .of(key, String.class)
          .flatMap(name -> Outputs.notAFolder(Path.of(name)))
          .ifPresent(sentence -> problems.add(values.places(key) + key + ": " + sentence));
    }
    return problems;
  }
}
