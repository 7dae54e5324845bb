package dev.terse.cli.command;

import java.util.ArrayList;
import java.util.List;

/**
 * The configuration file that a command line names, first or after {@code --config}.
 *
 * @param file null for none
 * @param others the arguments besides it
 */
public record NamedFile(String file, List<String> others) {
  private static final String OPTION = "--config";
  private static final String YAML = ".*\\.ya?ml";

  /**
   * @param firstWord the key that a first word is the value of where it is no YAML file; or null
   * @throws IllegalArgumentException if two are named, or {@code --config} names none
   */
  public static NamedFile of(List<String> arguments, String firstWord) {
    List<String> files = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.startsWith(OPTION + "=")) {
        files.add(argument.substring(OPTION.length() + 1));
      } else if (argument.equals(OPTION)) {
        if (i + 1 == arguments.size() || arguments.get(i + 1).startsWith("--")) {
          throw new IllegalArgumentException("--config names no file: --config recipe.yaml");
        }
        files.add(arguments.get(++i));
      } else if (i == 0 && !argument.startsWith("--")) {
        if (firstWord == null || argument.matches(YAML)) {
          files.add(argument);
        } else {
          others.add("--" + firstWord + "=" + argument);
        }
      } else {
        others.add(argument);
      }
    }
    if (files.size() > 1) {
      throw new IllegalArgumentException(
          "name one configuration file, found " + String.join(" and ", files));
    }
    return new NamedFile(files.isEmpty() ? null : files.get(0), List.copyOf(others));
  }
}
