package dev.terse.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.cli.rows.Rows;
import dev.terse.io.JsonLines;
import dev.terse.io.JsonLinesWriter;
import dev.terse.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Texts to token ids. */
@Command(
    name = "tokenize",
    mixinStandardHelpOptions = true,
    description =
        "Token ids of texts: rows {\"text\"} become {\"ids\"}; other keys of a row are kept.",
    footer = {
      "",
      "Example:",
      "  java -jar trainer.jar tokenize --model DIR --input texts.jsonl --output ids.jsonl"
    })
public final class TokenizeCommand implements Callable<Integer> {
  @Option(names = "--model", required = true, description = "Folder with tokenizer.json.")
  private Path model;

  @Option(names = "--input", required = true, description = "JSONL with {\"text\"}.")
  private Path input;

  @Option(names = "--output", required = true, description = "JSONL with {\"ids\"}.")
  private Path output;

  @Option(
      names = "--add-special-tokens",
      description = "Add what the tokenizer puts around a text, such as a begin mark.")
  private boolean addSpecialTokens;

  @Mixin private OverwriteOption outputs;

  @Override
  public Integer call() throws IOException {
    outputs.requireFiles(List.of(model, input), output);
    try (Tokenizer tokenizer = Tokenizer.load(model);
        JsonLines rows = JsonLines.open(input);
        JsonLinesWriter out = new JsonLinesWriter(output)) {
      for (JsonNode row = rows.next(); row != null; row = rows.next()) {
        String text = Rows.text(rows, row, "text");
        ObjectNode result = row.deepCopy();
        result.remove("text");
        Rows.put(result, "ids", ids(tokenizer, rows, text));
        out.write(result);
      }
      out.commit();
    }
    return ExitCodes.OK;
  }

  private int[] ids(Tokenizer tokenizer, JsonLines rows, String text) {
    try {
      return addSpecialTokens ? tokenizer.encodeWithSpecial(text) : tokenizer.encode(text);
    } catch (IllegalArgumentException e) {
      throw rows.bad(e.getMessage());
    }
  }
}
