package dev.terse.bench;

import dev.terse.engine.Engine;
import dev.terse.engine.Progress;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.WeightUse;
import dev.terse.rollout.Completion;
import dev.terse.rollout.Prompt;
import dev.terse.rollout.Rollouts;
import dev.terse.rollout.SamplingParams;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Rate of sampling completions of one prompt, the prompt and the sampler included. */
@Command(
    name = "decode",
    mixinStandardHelpOptions = true,
    description = "Sampled completions of one prompt, tokens a second.")
final class DecodeCommand implements Callable<Integer> {
  static final String QUESTION =
      "A shop sold 48 clips in April and half as many in May. How many clips were sold in all?";

  /** The first is not counted. */
  private static final int ROUNDS = 3;

  @Mixin private ModelOptions model;

  @Option(
      names = "--batches",
      arity = "1..*",
      description = "Sequences decoded together. Default: 1 8 32.")
  private List<Integer> batches = List.of(1, 8, 32);

  @Option(
      names = "--new",
      defaultValue = "96",
      description = "Tokens a completion. Default: ${DEFAULT-VALUE}.")
  private int newTokens;

  @Override
  public Integer call() throws IOException {
    try (Engine engine = model.open();
        ModelFolder folder = model.load(engine, WeightUse.READ)) {
      System.err.println(engine.description());
      Prompt prompt = prompt(folder);
      for (int batch : batches) {
        double best = Double.POSITIVE_INFINITY;
        for (int round = 0; round < ROUNDS; round++) {
          long start = System.nanoTime();
          List<Completion> completions = generate(folder, prompt, batch, newTokens, round);
          double seconds = (System.nanoTime() - start) / 1e9;
          if (completions.stream().anyMatch(c -> c.ids().length != newTokens)) {
            throw new IllegalStateException("a completion ended before " + newTokens + " tokens");
          }
          best = round == 0 ? best : Math.min(best, seconds);
        }
        new ResultLine("terse-decode", model.dtype())
            .with("batch", batch)
            .with("prompt", prompt.ids().length)
            .with("new", newTokens)
            .with("tokens_per_second", batch * newTokens / best)
            .with("peak_gb", model.peakGb(engine))
            .print();
      }
    }
    return 0;
  }

  static Prompt prompt(ModelFolder folder) {
    String text =
        folder.template().render(List.of(new ChatTemplate.Message("user", QUESTION)), true);
    return new Prompt(0, folder.tokenizer().encode(text));
  }

  /** Completions of equal length: without stop ids every sequence runs on, as in the peers. */
  static List<Completion> generate(
      ModelFolder folder, Prompt prompt, int batch, int newTokens, int seed) {
    return new Rollouts(folder.decoder(), Set.of(), batch)
        .generate(List.of(prompt), batch, SamplingParams.plain(1, newTokens), seed, Progress.NONE)
        .get(0)
        .completions();
  }
}
