package dev.terse.cli.command;

import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.config.ConfigReader.Loaded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Parameters;

/**
 * A command that is told by a configuration: {@code [config.yaml] [--key value …]}, where the keys
 * are those of the configuration.
 *
 * @param <C> the configuration
 */
public abstract class ConfiguredCommand<C> implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ConfiguredCommand.class);

  @Parameters(
      arity = "0..*",
      paramLabel = "[CONFIG.YAML] [--KEY VALUE]",
      hideParamSyntax = true,
      description = "Configuration file, then keys that override it.")
  private List<String> arguments = List.of();

  private final Class<C> type;

  ConfiguredCommand(Class<C> type) {
    this.type = type;
  }

  /** What to read where the command line names no file, such as configs/grpo.yaml; or null. */
  String defaultFile() {
    return null;
  }

  /** The configuration, its notes logged. */
  final Loaded<C> load() throws IOException {
    Loaded<C> loaded = read();
    loaded.notes().forEach(LOG::warn);
    return loaded;
  }

  private Loaded<C> read() throws IOException {
    if (!arguments.isEmpty() && !arguments.get(0).startsWith("--")) {
      List<String> keys = arguments.subList(1, arguments.size());
      return ConfigReader.read(Path.of(arguments.get(0)), keys, type);
    }
    if (defaultFile() == null) {
      return ConfigReader.read(null, arguments, type);
    }
    Path folder = ProjectFolder.holding(defaultFile());
    Path file = folder.resolve(defaultFile());
    Loaded<C> loaded = ConfigReader.read(file, arguments, type);
    List<String> located = new ArrayList<>(ProjectFolder.located(folder, loaded.values()));
    located.addAll(0, arguments);
    return ConfigReader.read(file, located, type);
  }
}
