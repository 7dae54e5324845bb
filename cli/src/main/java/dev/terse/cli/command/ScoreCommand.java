package dev.terse.cli.command;

import dev.terse.cli.engine.EngineOption;
import dev.terse.cli.progress.Terminal;
import dev.terse.cli.rows.Scoring;
import dev.terse.engine.Engine;
import dev.terse.io.JsonLinesWriter;
import dev.terse.io.Outputs;
import dev.terse.io.hub.InputKind;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.WeightUse;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.InputRule;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.config.Rule;
import dev.terse.trainer.config.places.Reads;
import dev.terse.trainer.config.places.Writes;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.model.EngineConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

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
      "  java -jar trainer.jar score --model_name_or_path DIR --dataset_name in.jsonl \\",
      "      --output out.jsonl",
      "  java -jar trainer.jar score --model_name_or_path DIR --dataset_name in.jsonl \\",
      "      --output out.jsonl --engine reference --gradients gradients.safetensors"
    })
public final class ScoreCommand extends ConfiguredCommand<ScoreCommand.ScoreConfig> {

  /**
   * The keys. docs/commands/score.md lists them.
   *
   * @param modelNameOrPath a Hugging Face folder, a GGUF file, or the folder of a PEFT adapter
   * @param datasetName file of rows with ids or text
   * @param output file of the scores
   * @param overwrite whether files that stand there are replaced
   * @param gradients file of the gradients; unset computes none
   * @param maxTokensPerPass rows are packed up to this many tokens a pass
   */
  public record ScoreConfig(
      @Reads(InputKind.MODEL) String modelNameOrPath,
      @Reads(InputKind.FILE) String datasetName,
      @Writes(Writes.Kind.FILE) String output,
      @Default("false") boolean overwrite,
      @Default(Default.UNSET) @Writes(Writes.Kind.FILE) String gradients,
      @Default("2048") @Range("[1, inf)") int maxTokensPerPass,
      EngineConfig engine) {}

  /** A command without arguments yet. */
  public ScoreCommand() {
    super(ScoreConfig.class);
  }

  /** Rows of ids need no tokenizer, so a folder without one will do. */
  @Override
  protected List<Rule> rules() {
    return List.of(new InputRule());
  }

  @Override
  public Integer call() throws IOException {
    ScoreConfig config = load().config();
    Path model = InputKind.MODEL.place(config.modelNameOrPath());
    Path input = InputKind.FILE.place(config.datasetName());
    List<Path> outputs =
        Stream.of(config.output(), config.gradients())
            .filter(Objects::nonNull)
            .map(Path::of)
            .toList();
    new Outputs(List.of(model, input), config.overwrite()).requireFiles(outputs);
    long start = System.nanoTime();
    try (Engine engine = EngineOption.open(config.engine());
        Decoder decoder = ModelFolder.openDecoder(model, engine, WeightUse.READ).build();
        Scoring scoring =
            new Scoring(
                decoder, () -> ModelFolder.openTokenizer(model), config.maxTokensPerPass());
        JsonLinesWriter out = new JsonLinesWriter(outputs.get(0))) {
      List<Scoring.Row> rows = scoring.read(input);
      long tokens = rows.stream().mapToLong(row -> row.ids().length).sum();
      try (Phases.Phase phase = Terminal.phases().start("score", "tokens", tokens)) {
        if (config.gradients() == null) {
          scoring.score(rows, out, phase);
        } else {
          scoring.scoreWithGradients(rows, out, outputs.get(1), phase);
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
