package dev.terse.cli.command;

import dev.terse.cli.engine.EngineOption;
import dev.terse.engine.MeasuredEngine;
import dev.terse.engine.Segments;
import dev.terse.io.hub.HubName;
import dev.terse.io.hub.HubName.Repository;
import dev.terse.model.adapter.LoraSettings;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.model.weights.LayerProjection;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.memory.MemoryForecast;
import dev.terse.trainer.memory.ProcessMemory;
import dev.terse.trainer.memory.RunShape;
import dev.terse.trainer.model.Catalogue;
import dev.terse.trainer.optim.Optim;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import picocli.CommandLine.Command;

/** The models that Terse is meant for. */
@Command(
    name = "catalogue",
    mixinStandardHelpOptions = true,
    description = "Lists known models with weights, licence, memory of training, and source.",
    footer = {
      "",
      "Example:",
      "  java -jar trainer.jar catalogue --max_tokens_per_pass 4096 --bf16"
    })
public final class CatalogueCommand extends ConfiguredCommand<CatalogueCommand.CatalogueConfig> {
  /** The defaults of use_peft. */
  private static final LoraSettings ADAPTERS =
      new LoraSettings(
          16, 32, 0.05, EnumSet.of(LayerProjection.Q_PROJ, LayerProjection.V_PROJ), false, false);

  /**
   * The keys. docs/commands/catalogue.md lists them.
   *
   * @param maxTokensPerPass tokens of a pass
   * @param bf16 whether matmuls read bfloat16 numbers: what lies under adapters takes less
   */
  public record CatalogueConfig(
      @Default("1024") @Range("[1, inf)") int maxTokensPerPass, @Default("false") boolean bf16) {}

  /** A command without arguments yet. */
  public CatalogueCommand() {
    super(CatalogueConfig.class);
  }

  @Override
  public Integer call() throws IOException {
    CatalogueConfig config = load().config();
    int tokens = config.maxTokensPerPass();
    List<Catalogue.Entry> models =
        ServiceLoader.load(Catalogue.class).findFirst().orElseThrow().entries();
    System.out.printf(
        Locale.ROOT,
        "%-31s %9s %9s %9s %9s %-11s %s%n",
        "model",
        "weights",
        "32 bits",
        "8 bits",
        "adapters",
        "licence",
        "source");
    try (MeasuredEngine engine = EngineOption.cpu(config.bf16())) {
      for (Catalogue.Entry model : models) {
        System.out.printf(
            Locale.ROOT,
            "%-31s %7.2f B %6.1f GB %6.1f GB %6.1f GB %-11s %s%n",
            model.name(),
            model.config().parameterCount() / 1e9,
            training(model.config(), null, Optim.ADAMW_TORCH, tokens, engine) / 1e9,
            training(model.config(), null, Optim.ADAMW_8BIT, tokens, engine) / 1e9,
            training(model.config(), ADAPTERS, Optim.ADAMW_TORCH, tokens, engine) / 1e9,
            model.licence(),
            model.source());
      }
    }
    System.out.printf(
        Locale.ROOT,
        "memory: SFT of all weights with AdamW moments of 32 or 8 bits, or of adapters"
            + " (use_peft); passes of %d tokens, activations recomputed%n",
        tokens);
    System.out.println("nothing is fetched by Terse; these commands do, and then the name works:");
    for (Catalogue.Entry model : models) {
      HubName.of(Repository.MODEL, model.source())
          .or(() -> HubName.of(Repository.MODEL, model.name()))
          .ifPresent(hub -> System.out.println("  " + hub.download()));
    }
    return ExitCodes.OK;
  }

  private static long training(
      DecoderConfig model, LoraSettings lora, Optim optim, int tokens, MeasuredEngine engine) {
    int sequence = Math.min(tokens, model.maxPositions());
    int[] lengths = new int[(tokens + sequence - 1) / sequence];
    Arrays.fill(lengths, sequence);
    RunShape.Pass pass = new RunShape.Pass(Segments.ofLengths(lengths), tokens);
    RunShape run = RunShape.recomputing(model, lora, optim).withPasses(List.of(pass), List.of());
    long process = ProcessMemory.BARE + ProcessMemory.growth(optim);
    return MemoryForecast.of(run, engine, process).total();
  }
}
