package dev.terse.cli.command;

import dev.terse.cli.keys.CommandKeys;
import dev.terse.cli.keys.Configured;
import dev.terse.cli.project.ProjectFolder;
import dev.terse.io.hub.InputKind;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.config.InputRule;
import dev.terse.trainer.config.Rule;
import dev.terse.trainer.data.mixture.MixtureFilesRule;
import dev.terse.trainer.model.ModelRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * A command that is told by a configuration: {@code [config.yaml] [--key value …]}, where the keys
 * are those of the configuration; {@code --config config.yaml} is TRL's form of it. Its page in
 * docs/commands has a row a key, which {@code --help} shows.
 *
 * @param <C> the configuration, a public record
 */
public abstract class ConfiguredCommand<C> implements Callable<Integer>, Configured {
  private static final Logger LOG = LoggerFactory.getLogger(ConfiguredCommand.class);

  @Parameters(
      arity = "0..*",
      paramLabel = "[CONFIG.YAML] [--KEY VALUE]",
      hideParamSyntax = true,
      description = "Configuration file, then keys that override it.")
  private List<String> arguments = List.of();

  @Spec private CommandSpec spec;

  private final Class<C> type;

  protected ConfiguredCommand(Class<C> type) {
    this.type = type;
  }

  @Override
  public final Class<C> configuration() {
    return type;
  }

  /**
   * What to read where the command line names no file, such as configs/grpo.yaml; or null.
   *
   * @param keys what the command line names instead
   */
  protected String defaultFile(List<String> keys) {
    return null;
  }

  /** The key that a first word is the value of, unless it is a YAML file; null for none. */
  protected String firstWord() {
    return null;
  }

  /** What must hold besides the configuration's own rules; they may look at files. */
  protected List<Rule> rules() {
    return List.of(new InputRule(), new ModelRule(), new MixtureFilesRule());
  }

  /** Whether it is a training, which tells what its values come from in any case. */
  protected boolean isTraining() {
    return false;
  }

  /** The configuration; what it was read from, and its notes, are logged. */
  protected final Loaded<C> load() throws IOException {
    NamedFile named = NamedFile.of(arguments, firstWord());
    List<String> keys = named.others();
    String file = named.file() == null ? defaultFile(keys) : named.file();
    Loaded<C> loaded =
        file == null || named.file() != null
            ? ConfigReader.read(
                file == null ? null : InputKind.FILE.place(file), keys, type, rules(), elsewhere())
            : ofTheProject(file, keys);
    if (file != null || isTraining()) {
      LOG.info("configuration: {}", describe(file, keys));
    }
    loaded.found().forEach(LOG::info);
    loaded.notes().forEach(LOG::warn);
    return loaded;
  }

  /** What the values come from, for the first line of the log. */
  static String describe(String file, List<String> keys) {
    if (file == null) {
      return "the command line alone; TRL's defaults for the rest";
    }
    return keys.isEmpty() ? file : file + ", with the command line on top";
  }

  private Map<String, List<String>> elsewhere() {
    return CommandKeys.besides(spec);
  }

  /** A file that comes with the program; what it names is looked for beside it. */
  private Loaded<C> ofTheProject(String relative, List<String> keys) throws IOException {
    Path folder = ProjectFolder.holding(relative);
    Path file = folder.resolve(relative);
    Loaded<C> loaded = ConfigReader.read(file, keys, type, List.of(), elsewhere());
    List<String> located =
        new ArrayList<>(ProjectFolder.located(folder, loaded.values(), ConfigReader.inputs(type)));
    located.addAll(0, keys);
    return ConfigReader.read(file, located, type, rules(), elsewhere());
  }
}
