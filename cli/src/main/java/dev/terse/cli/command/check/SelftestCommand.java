package dev.terse.cli.command.check;

import dev.terse.cli.command.ConfiguredCommand;
import dev.terse.cli.command.ExitCodes;
import dev.terse.cli.engine.EngineOption;
import dev.terse.cli.project.ProjectFolder;
import dev.terse.doctor.Check;
import dev.terse.doctor.Doctor;
import dev.terse.doctor.selftest.SelfTest;
import dev.terse.doctor.selftest.Subject;
import dev.terse.doctor.selftest.Subject.Tolerance;
import dev.terse.engine.Engine;
import dev.terse.io.hub.InputKind;
import dev.terse.model.folder.ModelFolder;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.places.Reads;
import dev.terse.trainer.model.EngineConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;

/** Holds a model and a machine against themselves. */
@Command(
    name = "selftest",
    mixinStandardHelpOptions = true,
    description = {
      "Tests a model on this machine: gradients against finite differences, packed rows against"
          + " single ones, one pass against several, decoding against scoring, tokens there and"
          + " back. Writes nothing.",
      "Exit code: 0 where all of it holds, 1 where something does not."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar selftest",
      "  java -jar trainer.jar selftest --model_name_or_path DIR --engine cuda --bf16"
    })
public final class SelftestCommand extends ConfiguredCommand<SelftestCommand.SelftestConfig> {
  private static final String BUILT_IN = "checkpoints/arithmetic-skip";

  /**
   * The keys. docs/commands/selftest.md lists them.
   *
   * @param modelNameOrPath the model; the small one that comes with Terse where unset
   * @param engine what computes
   * @param seed of the directions and the draws
   */
  public record SelftestConfig(
      @Default(Default.UNSET) @Reads(InputKind.MODEL) String modelNameOrPath,
      EngineConfig engine,
      @Default("42") long seed) {}

  /** A command without arguments yet. */
  public SelftestCommand() {
    super(SelftestConfig.class);
  }

  @Override
  public Integer call() throws IOException {
    SelftestConfig config = load().config();
    Path model =
        config.modelNameOrPath() == null
            ? ProjectFolder.holding(BUILT_IN).resolve(BUILT_IN)
            : InputKind.MODEL.place(config.modelNameOrPath());
    VerdictLines lines = new VerdictLines();
    try (Engine engine = EngineOption.open(config.engine());
        ModelFolder loaded = ModelFolder.load(model, engine)) {
      System.out.println(model + " on " + engine.description());
      Subject subject = new Subject(loaded, Tolerance.FLOAT32, config.seed());
      if (config.engine().bf16()) {
        EngineConfig exact = new EngineConfig(config.engine().engine(), false);
        rounded(new Subject(loaded, Tolerance.BFLOAT16, config.seed()), model, exact, lines);
      } else {
        run(SelfTest.of(subject), lines);
      }
    }
    System.out.println("selftest: " + lines.counts());
    return lines.problems() == 0 ? ExitCodes.OK : ExitCodes.FAILED;
  }

  private static void rounded(Subject rounded, Path model, EngineConfig exact, VerdictLines lines) {
    try (Engine engine = EngineOption.open(exact);
        ModelFolder loaded = ModelFolder.load(model, engine)) {
      run(SelfTest.of(rounded, new Subject(loaded, Tolerance.FLOAT32, rounded.seed())), lines);
    }
  }

  private static void run(List<Check> checks, VerdictLines lines) {
    Doctor.examine(checks, List.of(), lines::tell);
  }
}
