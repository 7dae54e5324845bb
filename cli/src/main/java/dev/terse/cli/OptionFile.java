package dev.terse.cli;

import dev.terse.trainer.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Options in a file, for the commands whose options are not a configuration: {@code compress
 * run.yaml --kappa 0.5} reads {@code run.yaml} as {@code --key value} pairs, and what stands on the
 * command line overrides it. Not by picocli's default values: they do not fill a group of which one
 * option must be given (generate's prompts), and unknown keys would be silent.
 */
final class OptionFile {
  private OptionFile() {}

  /**
   * The arguments with a YAML file after the command replaced by the options in it.
   *
   * @param commands names of the commands that take options
   */
  static String[] expand(String[] arguments, Set<String> commands) throws IOException {
    if (arguments.length < 2 || !commands.contains(arguments[0]) || !isYaml(arguments[1])) {
      return arguments;
    }
    List<String> given = Arrays.asList(arguments).subList(2, arguments.length);
    List<String> expanded = new ArrayList<>(List.of(arguments[0]));
    for (Map.Entry<String, String> entry : ConfigReader.flat(Path.of(arguments[1])).entrySet()) {
      String option = "--" + entry.getKey().replace('_', '-');
      boolean overridden = given.stream().anyMatch(g -> (g + "=").startsWith(option + "="));
      if (!overridden) {
        expanded.add(option + "=" + entry.getValue());
      }
    }
    expanded.addAll(given);
    return expanded.toArray(String[]::new);
  }

  private static boolean isYaml(String argument) {
    return argument.endsWith(".yaml") || argument.endsWith(".yml");
  }
}
