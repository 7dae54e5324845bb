package dev.terse.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.JsonLinesWriter;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.trainer.data.PromptEncoder;
import dev.terse.trainer.data.SftDataset;
import dev.terse.trainer.data.SftRow;
import dev.terse.trainer.data.SftRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The token ids that the sft command trains on, for another program to train on the same. */
@Command(
    name = "sft-rows",
    mixinStandardHelpOptions = true,
    description =
        "Rows {\"ids\", \"loss\"} as the sft command reads them: whether each token bears loss.")
final class SftRowsCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(names = "--model", required = true, description = "Hugging Face folder.")
  private Path model;

  @Option(names = "--input", required = true, description = "The rows of the sft command.")
  private Path input;

  @Option(names = "--output", required = true, description = "JSONL with ids.")
  private Path output;

  @Option(names = "--max-length", required = true, description = "Longer rows are left out.")
  private int maxLength;

  @Override
  public Integer call() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.load(model);
        JsonLinesWriter out = new JsonLinesWriter(output)) {
      SftDataset data =
          SftDataset.load(
              input,
              new PromptEncoder(tokenizer, ChatTemplate.find(model).orElse(null)),
              SftRules.of("text", maxLength));
      for (SftRow row : data.rows()) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.set("ids", JSON.valueToTree(row.ids()));
        json.set("loss", JSON.valueToTree(row.loss()));
        out.write(json);
      }
      out.commit();
    }
    return 0;
  }
}
