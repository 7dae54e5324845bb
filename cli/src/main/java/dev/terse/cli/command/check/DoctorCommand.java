package dev.terse.cli.command.check;

import dev.terse.cli.command.ExitCodes;
import dev.terse.cli.command.NamedFile;
import dev.terse.cli.engine.EngineOption;
import dev.terse.cli.keys.TakesKeys;
import dev.terse.cli.progress.Terminal;
import dev.terse.doctor.Doctor;
import dev.terse.doctor.Finding;
import dev.terse.doctor.Finding.Level;
import dev.terse.doctor.Method;
import dev.terse.doctor.PlannedRun;
import dev.terse.doctor.Reading;
import dev.terse.doctor.check.Checks;
import dev.terse.doctor.check.Paint;
import dev.terse.engine.Engine;
import dev.terse.engine.MeasuredEngine;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.model.EngineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Looks at a run before it starts. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Looks at the configuration of an sft or grpo run, its model and its data, and changes nothing:"
          + " one verdict a line (ok, note, problem) with what was found, what was expected and what"
          + " to do. docs/commands/doctor.md lists the checks.",
      "Exit code: 0 where no problem was found, 2 where one was."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar doctor configs/grpo.yaml",
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
    Path path = file.file() == null ? null : Path.of(file.file());
    Method method = named == null ? method(path, file.others()) : named;
    Paint paint = Terminal.showsColours() ? Paint.COLOURS : Paint.BRACKETS;
    Map<Level, Integer> counts = new EnumMap<>(Level.class);
    Reading reading = Reading.of(method, path, file.others(), DoctorCommand::engines);
    reading.verdicts().forEach(verdict -> tell(verdict, paint, counts));
    if (reading.run().isPresent()) {
      try (PlannedRun<?> run = reading.run().get()) {
        Doctor.examine(
            reading.whole() ? Checks.all(run, paint) : Checks.ofInputs(run, paint),
            verdict -> tell(verdict, paint, counts));
      }
    }
    int problems = counts.getOrDefault(Level.PROBLEM, 0);
    System.out.println(
        "doctor "
            + method.command()
            + ": "
            + problems
            + (problems == 1 ? " problem, " : " problems, ")
            + counts.getOrDefault(Level.NOTE, 0)
            + " notes, "
            + counts.getOrDefault(Level.OK, 0)
            + " ok");
    return problems == 0 ? ExitCodes.OK : ExitCodes.USAGE;
  }

  private static void tell(Finding verdict, Paint paint, Map<Level, Integer> counts) {
    counts.merge(verdict.level(), 1, Integer::sum);
    System.out.println(paint.of(verdict));
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
