package dev.terse.cli.command;

import static dev.terse.cli.command.OptionText.DEFAULT;

import dev.terse.cli.engine.EngineOption;
import dev.terse.cli.progress.Terminal;
import dev.terse.cli.rows.Scoring;
import dev.terse.engine.Engine;
import dev.terse.io.JsonLinesWriter;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.WeightUse;
import dev.terse.trainer.metrics.Phases;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Log-probabilities, entropies and gradients of given sequences. */
@Command(
    name = "score",
    mixinStandardHelpOptions = true,
    description = {
      "What a model says of given sequences, to hold Terse against other programs.",
      "Rows {\"id\", \"ids\"} or {\"id\", \"text\"} become {\"id\", \"ids\", \"logprobs\","
          + " \"entropies\"}: logprobs[i] = ln p(ids[i+1] | ids[0..i]), entropies[i] = entropy in"
          + " nats of the distribution after ids[0..i]."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar score --model DIR --input in.jsonl --output out.jsonl",
      "  java -jar trainer.jar score --model DIR --input in.jsonl --output out.jsonl \\",
      "      --engine reference --gradients gradients.safetensors"
    })
public final class ScoreCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      description = "Hugging Face folder, GGUF file or PEFT adapter.")
  private Path model;

  @Option(names = "--input", required = true, description = "JSONL with {\"ids\"} or {\"text\"}.")
  private Path input;

  @Option(names = "--output", required = true, description = "JSONL with the scores.")
  private Path output;

  @Option(
      names = "--gradients",
      paramLabel = "FILE",
      description =
          "Also write d(mean negative log-likelihood of all predicted tokens of the"
              + " file)/d(weight), as safetensors under Hugging Face names.")
  private Path gradients;

  @Option(
      names = "--batch-tokens",
      defaultValue = "2048",
      description = "Rows are packed up to this many tokens a pass." + DEFAULT)
  private int batchTokens;

  @Mixin private OverwriteOption outputs;

  @Mixin private EngineOption engineOption;

  @Override
  public Integer call() throws IOException {
    outputs.requireFiles(List.of(model, input), output, gradients);
    long start = System.nanoTime();
    try (Engine engine = engineOption.open();
        Decoder decoder = ModelFolder.openDecoder(model, engine, WeightUse.READ).build();
        Scoring scoring =
            new Scoring(decoder, () -> ModelFolder.openTokenizer(model), batchTokens);
        JsonLinesWriter out = new JsonLinesWriter(output)) {
      List<Scoring.Row> rows = scoring.read(input);
      long tokens = rows.stream().mapToLong(row -> row.ids().length).sum();
      try (Phases.Phase phase = Terminal.phases().start("score", "tokens", tokens)) {
        if (gradients == null) {
          scoring.score(rows, out, phase);
        } else {
          scoring.scoreWithGradients(rows, out, gradients, phase);
        }
      }
      out.commit();
      System.out.printf(
          Locale.ROOT,
          "scored %d rows, %d tokens in %.1f s with %s%n",
          rows.size(),
          tokens,
          (System.nanoTime() - start) / 1e9,
          engine.description());
    }
    return ExitCodes.OK;
  }
}
