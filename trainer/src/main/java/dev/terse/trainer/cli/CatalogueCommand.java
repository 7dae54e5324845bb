package dev.terse.trainer.cli;

import dev.terse.trainer.dl4j.KnownModel;
import dev.terse.trainer.dl4j.ModelCatalogue;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The models that Terse is meant for. */
@Command(
    name = "catalogue",
    mixinStandardHelpOptions = true,
    description = "Lists known models with weights, licence, memory of training, and source.",
    footer = {"", "Example:", "  java -jar trainer.jar catalogue --tokens 4096"})
final class CatalogueCommand implements Callable<Integer> {
  @Option(
      names = "--tokens",
      defaultValue = "2048",
      description = "Tokens of a micro-batch in the forecast. Default: ${DEFAULT-VALUE}.")
  private int tokens;

  @Override
  public Integer call() {
    System.out.printf(
        Locale.ROOT, "%-31s %9s %8s %-11s %s%n", "model", "weights", "memory", "licence", "source");
    for (KnownModel model : ModelCatalogue.all()) {
      System.out.printf(
          Locale.ROOT,
          "%-31s %7.2f B %5.1f GB %-11s %s%n",
          model.modelName(),
          model.config().parameterCount() / 1e9,
          model.memory(tokens, true).total() / 1e9,
          model.licence(),
          model.source());
    }
    System.out.printf(
        Locale.ROOT,
        "memory: all weights trained in 32 bits with AdamW, %d tokens a micro-batch, activations"
            + " recomputed%n",
        tokens);
    return ExitCodes.OK;
  }
}
