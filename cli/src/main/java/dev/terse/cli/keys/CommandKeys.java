package dev.terse.cli.keys;

import dev.terse.trainer.config.ConfigKey;
import dev.terse.trainer.config.ConfigReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** Which command has which keys. */
public final class CommandKeys {
  private CommandKeys() {}

  /** The keys of the commands beside {@code command}, with the names of these. */
  public static Map<String, List<String>> besides(CommandSpec command) {
    Map<String, List<String>> keys = new LinkedHashMap<>();
    command
        .parent()
        .subcommands()
        .forEach(
            (name, other) -> {
              if (other.getCommandSpec() != command && other.getCommand() instanceof Configured) {
                of(other.getCommandSpec())
                    .forEach(
                        key -> keys.computeIfAbsent(key.name(), k -> new ArrayList<>()).add(name));
              }
            });
    return keys;
  }

  /** The keys of {@code command}, whose user object is {@link Configured}. */
  static List<ConfigKey> of(CommandSpec command) {
    return ConfigReader.keys(((Configured) command.userObject()).configuration());
  }
}
