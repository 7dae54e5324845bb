package dev.terse.bench;

import dev.terse.engine.Engine;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.WeightUse;
import dev.terse.rollout.Prompt;
import dev.terse.trainer.memory.ProcessMemory;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the time of a decoding step goes; the one reading of the prompt is spread over them. */
@Command(
    name = "profile-decode",
    mixinStandardHelpOptions = true,
    description = "Where the time of a decoding step goes, by phase and by operation.")
final class ProfileDecodeCommand implements Callable<Integer> {
  private static final int WARM_UP_TOKENS = 48;

  @Mixin private ModelOptions model;

  @Option(
      names = "--batches",
      arity = "1..*",
      description = "Sequences decoded together. Default: 8 32.")
  private List<Integer> batches = List.of(8, 32);

  @Option(
      names = "--new",
      defaultValue = "256",
      description =
          "Tokens a completion; with the prompt before them a step sees some 170 cached tokens."
              + " Default: ${DEFAULT-VALUE}.")
  private int newTokens;

  @Override
  public Integer call() throws IOException {
    Profile profile = new Profile();
    try (Engine engine = model.openTimeable();
        ModelFolder folder =
            model.load(TimedEngine.around(engine, profile, model.dtype()), WeightUse.READ)) {
      System.out.println(engine.description());
      MachinePeak peak = MachinePeak.measure(engine);
      System.out.println(peak);
      Prompt prompt = DecodeCommand.prompt(folder);
      for (int batch : batches) {
        DecodeCommand.generate(folder, prompt, batch, WARM_UP_TOKENS, 0);
        profile.clear();
        profile.repeat(
            newTokens, () -> DecodeCommand.generate(folder, prompt, batch, newTokens, 1));
        System.out.printf(
            "%nDecoding step of %d sequences, %d to %d tokens cached, %s:"
                + " %.1f ms, %.1f tokens/s%n%n%s%n",
            batch,
            prompt.ids().length,
            prompt.ids().length + newTokens,
            model.dtype().label(),
            1e3 * profile.seconds(),
            batch / profile.seconds(),
            profile.tables(peak));
        new ResultLine("terse-profile-decode", model.dtype())
            .with("batch", batch)
            .with("tokens_per_second", batch / profile.seconds())
            .with("phase_ms", profile.phaseMillis())
            .with("peak_gb", ProcessMemory.peak().orElse(0) / 1e9)
            .print();
      }
    }
    return 0;
  }
}
