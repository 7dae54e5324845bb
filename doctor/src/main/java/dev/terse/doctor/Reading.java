package dev.terse.doctor;

import dev.terse.io.IoSentence;
import dev.terse.trainer.config.ConfigException;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.config.ConfigValues;
import dev.terse.trainer.config.InputRule;
import dev.terse.trainer.config.Rule;
import dev.terse.trainer.data.mixture.MixtureFilesRule;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.model.EngineConfig;
import dev.terse.trainer.model.ModelRule;
import dev.terse.trainer.sft.SftConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A configuration that was read, or what is wrong with it.
 *
 * @param verdicts all its problems and notes
 * @param run what was planned; empty where not even the names of model and data can be read
 * @param whole whether the run is that of the whole configuration, not of those names alone
 */
public record Reading(List<Finding> verdicts, Optional<PlannedRun<?>> run, boolean whole) {
  private static final String SUBJECT = "configuration";

  /** Keys that name what is read and how; beside them TRL's defaults are harmless. */
  private static final Set<String> INPUTS =
      Set.of(
          "model_name_or_path",
          "model_init",
          "tokenizer_path",
          "skip_token",
          "chat_template_path",
          "eos_token",
          "dataset_name",
          "dataset_config",
          "dataset_train_split",
          "dataset_test_split",
          "dataset_text_field",
          "dataset_prompt_column",
          "system_prompt",
          "prompt_suffix",
          "eval_dataset",
          "engine",
          "max_length",
          "max_prompt_length",
          "max_completion_length");

  /**
   * Reads a configuration as the command would.
   *
   * @param file or null for {@code arguments} alone
   * @param arguments {@code --key value}
   * @param engines of what the configuration wants to compute on
   */
  public static Reading of(
      Method method,
      Path file,
      List<String> arguments,
      Function<EngineConfig, PlannedRun.Engines> engines) {
    String source = file == null ? "the command line" : file.toString();
    List<Finding> inputs = new ArrayList<>();
    try {
      Reading read =
          read(method, source, file, arguments, engines, List.of(values -> look(values, inputs)));
      List<Finding> verdicts = new ArrayList<>(read.verdicts());
      verdicts.addAll(inputs);
      return new Reading(verdicts, read.run(), true);
    } catch (ConfigException e) {
      List<Finding> verdicts = new ArrayList<>();
      e.problems().forEach(problem -> verdicts.add(Finding.problem(SUBJECT, problem)));
      verdicts.addAll(inputs);
      return new Reading(verdicts, ofNames(method, file, arguments, engines, verdicts), false);
    } catch (IOException e) {
      return new Reading(
          List.of(Finding.problem(SUBJECT, IoSentence.of(e))), Optional.empty(), false);
    } catch (IllegalArgumentException e) {
      return new Reading(
          List.of(Finding.problem(SUBJECT, e.getMessage())), Optional.empty(), false);
    }
  }

  /** What a command refuses of its inputs, told here as findings so that the rest can be read. */
  private static List<String> look(ConfigValues values, List<Finding> inputs) {
    for (Rule rule : List.of(new InputRule(), new MixtureFilesRule())) {
      rule.problems(values).forEach(problem -> inputs.add(Finding.problem("files", problem)));
    }
    if (inputs.isEmpty()) {
      inputs.add(Finding.ok("files", "all " + values.inputs().size() + " inputs are there"));
    }
    new ModelRule()
        .problems(values)
        .forEach(problem -> inputs.add(Finding.problem("model", problem)));
    return List.of();
  }

  private static Reading read(
      Method method,
      String source,
      Path file,
      List<String> arguments,
      Function<EngineConfig, PlannedRun.Engines> engines,
      List<Rule> rules)
      throws IOException {
    PlannedRun<?> run;
    List<Finding> verdicts = new ArrayList<>();
    if (method == Method.SFT) {
      Loaded<SftConfig> loaded = ConfigReader.read(file, arguments, SftConfig.class, rules);
      run = new PlannedSft(loaded, engines.apply(loaded.config().model().engine()));
      tell(source, loaded, verdicts);
    } else {
      Loaded<GrpoConfig> loaded = ConfigReader.read(file, arguments, GrpoConfig.class, rules);
      run = new PlannedGrpo(loaded, engines.apply(loaded.config().model().engine()));
      tell(source, loaded, verdicts);
    }
    return new Reading(verdicts, Optional.of(run), true);
  }

  private static void tell(String source, Loaded<?> loaded, List<Finding> verdicts) {
    verdicts.add(
        Finding.ok(SUBJECT, source + " is read; " + loaded.values().size() + " keys are in force"));
    loaded.found().forEach(found -> verdicts.add(Finding.ok("files", found)));
    loaded.notes().forEach(note -> verdicts.add(Finding.note(SUBJECT, note, "", "")));
  }

  /** The run of the keys that name what is read, with defaults for all others. */
  private static Optional<PlannedRun<?>> ofNames(
      Method method,
      Path file,
      List<String> arguments,
      Function<EngineConfig, PlannedRun.Engines> engines,
      List<Finding> verdicts) {
    try {
      Map<String, String> names = new LinkedHashMap<>();
      if (file != null) {
        names.putAll(ConfigReader.flat(file));
      }
      names.keySet().retainAll(INPUTS);
      List<String> kept = new ArrayList<>();
      names.forEach((key, value) -> kept.add("--" + key + "=" + value));
      kept.addAll(named(arguments));
      Optional<PlannedRun<?>> run =
          read(method, "the names of what is read", null, kept, engines, List.of()).run();
      verdicts.add(
          Finding.note(
              SUBJECT,
              "what follows looks at model and data only",
              "",
              "mend the configuration, then ask again for the rest"));
      return run;
    } catch (IOException | IllegalArgumentException e) { // its problems are among those told
      return Optional.empty();
    }
  }

  private static List<String> named(List<String> arguments) {
    List<String> kept = new ArrayList<>();
    boolean keeps = false;
    for (String argument : arguments) {
      if (argument.startsWith("--")) {
        keeps = INPUTS.contains(argument.substring(2).replaceFirst("=.*", "").replace('-', '_'));
      }
      if (keeps) {
        kept.add(argument);
      }
    }
    return kept;
  }
}
