package dev.terse.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.cli.CommandTypes;
import dev.terse.cli.command.NamedFile;
import dev.terse.testkit.SharedData;
import dev.terse.trainer.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A command of the docs whose keys are read, and which is not run. */
final class CommandLineBlock {
  private CommandLineBlock() {}

  static void read(String place, List<String> arguments) throws IOException {
    String command = arguments.get(0);
    List<String> keys =
        arguments.subList(1, arguments.size()).stream().filter(a -> !a.equals("--fast")).toList();
    NamedFile named = NamedFile.of(keys, null);
    String file = named.file() == null ? defaultFile(command, keys) : named.file();
    Path path = file == null ? null : SharedData.projectRoot().resolve(file);
    assertThat(ConfigReader.read(path, named.others(), CommandTypes.of(command)).config())
        .as(place)
        .isNotNull();
  }

  /** The file of a command that is told nothing else. */
  private static String defaultFile(String command, List<String> keys) {
    String file = "configs/" + command + ".yaml";
    boolean told = command.equals("grpo") && keys.contains("--model_name_or_path");
    return told || !Files.exists(SharedData.projectRoot().resolve(file)) ? null : file;
  }
}
