package dev.terse.cli.command.check;

import dev.terse.cli.command.ExitCodes;
import dev.terse.cli.command.NamedFile;
import dev.terse.cli.engine.EngineOption;
import dev.terse.cli.keys.TakesKeys;
import dev.terse.cli.progress.Terminal;
import dev.terse.doctor.Doctor;
import dev.terse.doctor.Method;
import dev.terse.doctor.PlannedRun;
import dev.terse.doctor.Reading;
import dev.terse.doctor.check.Checks;
import dev.terse.engine.Engine;
import dev.terse.engine.MeasuredEngine;
import dev.terse.io.hub.InputKind;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.model.EngineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looks at a run before it starts. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Looks at the configuration of an sft or grpo run, its model and its data, and changes nothing:"
          + " one verdict a line (ok, note, problem) with what was found, what was expected and what"
          + " to do. docs/commands/doctor.md lists the checks.",
      "The dear checks come last: --samples 0 and --time false leave them out.",
      "Exit code: 0 where no problem was found, 2 where one was."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar doctor configs/grpo.yaml --samples 0",
      "  java -jar trainer.jar doctor sft --model_name_or_path DIR --dataset_name sft.jsonl"
    })
public final class DoctorCommand implements Callable<Integer>, TakesKeys {

  @Parameters(
      arity = "0..*",
      paramLabel = "[sft|grpo] [CONFIG.YAML] [--KEY VALUE]",
      hideParamSyntax = true,
      description =
          "The command (told by its keys where it is left out), its configuration file, then keys"
              + " that override it.")
  private List<String> arguments = List.of();

  @Option(
      names = "--samples",
      defaultValue = "16",
      description =
          "Completions that are drawn of a grpo run; 0 for none. Default: ${DEFAULT-VALUE}.")
  private int samples;

  @Option(
      names = "--time",
      arity = "0..1",
      defaultValue = "true",
      fallbackValue = "true",
      description = "Whether an update is timed on the loaded model. Default: ${DEFAULT-VALUE}.")
  private boolean time;

  @Override
  public Integer call() throws IOException {
    List<String> words = new ArrayList<>(arguments);
    Method named = words.isEmpty() ? null : Method.named(words.get(0)).orElse(null);
    if (named != null) {
      words.remove(0);
    }
    NamedFile file = NamedFile.of(words, null);
    if (file.file() == null && file.others().isEmpty()) {
      throw new IllegalArgumentException(
          "name a run to look at: doctor sft|grpo CONFIG.yaml [--KEY VALUE]");
    }
    Path path = file.file() == null ? null : InputKind.FILE.place(file.file());
    Method method = named == null ? method(path, file.others()) : named;
    Checks.Dear dear = new Checks.Dear(samples, time, Terminal.phases());
    VerdictLines lines = new VerdictLines();
    Reading reading = Reading.of(method, path, file.others(), DoctorCommand::engines);
    reading.verdicts().forEach(lines::tell);
    if (reading.run().isPresent()) {
      try (PlannedRun<?> run = reading.run().get()) {
        Doctor.examine(
            reading.whole()
                ? Checks.all(run, lines.paint(), dear)
                : Checks.ofInputs(run, lines.paint()),
            reading.verdicts(),
            lines::tell);
      }
    }
    System.out.println("doctor " + method.command() + ": " + lines.counts());
    return lines.problems() == 0 ? ExitCodes.OK : ExitCodes.USAGE;
  }

  private static PlannedRun.Engines engines(EngineConfig config) {
    return new PlannedRun.Engines() {
      @Override
      public Engine open() {
        return EngineOption.open(config);
      }

      @Override
      public MeasuredEngine cpu() {
        return EngineOption.cpu(config.bf16());
      }
    };
  }

  /** The method whose keys the configuration has. */
  private static Method method(Path file, List<String> arguments) throws IOException {
    List<String> keys = new ArrayList<>();
    if (file != null && Files.exists(file)) {
      keys.addAll(ConfigReader.flat(file).keySet());
    }
    for (Method method : Method.values()) {
      for (String key : method.keys()) {
        if (ConfigReader.names(arguments, Set.of(key))) {
          keys.add(key);
        }
      }
    }
    return Method.of(keys)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the keys are those of sft and of grpo alike: say which, doctor sft "
                        + (file == null ? "…" : file)
                        + " or doctor grpo "
                        + (file == null ? "…" : file)));
  }
}
