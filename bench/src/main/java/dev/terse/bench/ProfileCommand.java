package dev.terse.bench;

import dev.terse.engine.Engine;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.WeightUse;
import dev.terse.trainer.memory.ProcessMemory;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Where the time of an SFT step goes. */
@Command(
    name = "profile",
    mixinStandardHelpOptions = true,
    description = "Where the time of an SFT step goes, by phase and by operation.")
final class ProfileCommand implements Callable<Integer> {
  @Mixin private ModelOptions model;
  @Mixin private SftStep.Options options;

  @Override
  public Integer call() throws IOException {
    Profile profile = new Profile();
    try (Engine engine = model.openTimeable();
        ModelFolder folder =
            model.load(TimedEngine.around(engine, profile, model.dtype()), WeightUse.CHANGED);
        SftStep step = options.of(folder)) {
      System.out.println(engine.description());
      MachinePeak peak = MachinePeak.measure(engine);
      System.out.println(peak);
      for (int s = 0; s < options.warmUp(); s++) {
        step.run();
      }
      profile.clear();
      for (int s = 0; s < options.steps(); s++) {
        profile.repeat(1, step);
      }
      double rate = options.tokens() / profile.seconds();
      System.out.printf(
          "%nSFT step of %s, %s: %.0f ms, %.1f tokens/s%n%n%s%n",
          options.describe(),
          model.dtype().label(),
          1e3 * profile.seconds(),
          rate,
          profile.tables(peak));
      new ResultLine("terse-profile", model.dtype())
          .with("tokens", options.tokens())
          .with("tokens_per_second", rate)
          .with("peak_gigaflops", peak.gigaflops())
          .with("copy_gigabytes", peak.gigabytes())
          .with("phase_ms", profile.phaseMillis())
          .with("peak_gb", ProcessMemory.peak().orElse(0) / 1e9)
          .print();
    }
    return 0;
  }
}
