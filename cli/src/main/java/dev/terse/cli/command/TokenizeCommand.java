package dev.terse.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.cli.rows.Rows;
import dev.terse.io.JsonLines;
import dev.terse.io.JsonLinesWriter;
import dev.terse.io.Outputs;
import dev.terse.io.hub.InputKind;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.places.Reads;
import dev.terse.trainer.config.places.Writes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;

/** Texts to token ids. */
@Command(
    name = "tokenize",
    mixinStandardHelpOptions = true,
    description =
        "Token ids of texts: rows {\"text\"} become {\"ids\"}; other keys of a row are kept.",
    footer = {
      "",
      "Example:",
      "  java -jar trainer.jar tokenize --model_name_or_path DIR --dataset_name texts.jsonl \\",
      "      --output ids.jsonl"
    })
public final class TokenizeCommand extends ConfiguredCommand<TokenizeCommand.TokenizeConfig> {

  /**
   * The keys. docs/commands/tokenize.md lists them.
   *
   * @param modelNameOrPath folder with tokenizer.json
   * @param datasetName file of rows with text
   * @param output file of the rows with ids
   * @param overwrite whether a file that stands there is replaced
   * @param addSpecialTokens whether what the tokenizer puts around a text is added
   */
  public record TokenizeConfig(
      @Reads(InputKind.MODEL) String modelNameOrPath,
      @Reads(InputKind.FILE) String datasetName,
      @Writes(Writes.Kind.FILE) String output,
      @Default("false") boolean overwrite,
      @Default("false") boolean addSpecialTokens) {}

  /** A command without arguments yet. */
  public TokenizeCommand() {
    super(TokenizeConfig.class);
  }

  @Override
  public Integer call() throws IOException {
    TokenizeConfig config = load().config();
    Path model = InputKind.MODEL.place(config.modelNameOrPath());
    Path input = InputKind.FILE.place(config.datasetName());
    Path output = Path.of(config.output());
    new Outputs(List.of(model, input), config.overwrite()).requireFiles(List.of(output));
    try (Tokenizer tokenizer = Tokenizer.load(model);
        JsonLines rows = JsonLines.open(input);
        JsonLinesWriter out = new JsonLinesWriter(output)) {
      for (JsonNode row = rows.next(); row != null; row = rows.next()) {
        String text = Rows.text(rows, row, "text");
        ObjectNode result = row.deepCopy();
        result.remove("text");
        Rows.put(result, "ids", ids(tokenizer, rows, text, config.addSpecialTokens()));
        out.write(result);
      }
      out.commit();
    }
    return ExitCodes.OK;
  }

  private static int[] ids(Tokenizer tokenizer, JsonLines rows, String text, boolean special) {
    try {
      return special ? tokenizer.encodeWithSpecial(text) : tokenizer.encode(text);
    } catch (IllegalArgumentException e) {
      throw rows.bad(e.getMessage());
    }
  }
}
