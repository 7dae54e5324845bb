package dev.terse.cli.rows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.engine.HeadRows;
import dev.terse.engine.Progress;
import dev.terse.engine.TokenScores;
import dev.terse.io.JsonLines;
import dev.terse.io.JsonLinesWriter;
import dev.terse.io.Passes;
import dev.terse.model.safetensors.DType;
import dev.terse.model.safetensors.WeightWriter;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.PackedBatch;
import dev.terse.model.weights.Parameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Scores a file of sequences, packed a few at a time, in the order of the file. */
public final class Scoring implements AutoCloseable {
  private final Decoder decoder;
  private final Supplier<Tokenizer> tokenizers;
  private final int batchTokens;
  private Tokenizer tokenizer; // opened with the first row of text

  /**
   * @param decoder not owned
   * @param tokenizers opens the tokenizer, which rows of ids do not need
   */
  public Scoring(Decoder decoder, Supplier<Tokenizer> tokenizers, int batchTokens) {
    this.decoder = decoder;
    this.tokenizers = tokenizers;
    this.batchTokens = batchTokens;
  }

  /**
   * A sequence.
   *
   * @param id the row's id as it stands, or null
   */
  public record Row(JsonNode id, int[] ids) {}

  /**
   * Reads all rows, since the gradient needs the number of their tokens first.
   *
   * @throws JsonLines.BadRowException if a row has neither ids nor text, or does not fit the model
   */
  public List<Row> read(Path input) throws IOException {
    List<Row> read = new ArrayList<>();
    try (JsonLines rows = JsonLines.open(input)) {
      for (JsonNode row = rows.next(); row != null; row = rows.next()) {
        int[] ids =
            row.has("ids")
                ? Rows.ids(rows, row, "ids", decoder.config().vocabSize())
                : tokenizer().encode(Rows.text(rows, row, "text"));
        int positions = decoder.config().maxPositions();
        if (ids.length == 0 || ids.length > positions) {
          throw rows.bad("expected 1 to " + positions + " tokens, found " + ids.length);
        }
        read.add(new Row(row.get("id"), ids));
      }
    }
    if (read.isEmpty()) {
      throw new IllegalArgumentException(input + ": expected rows to score, found none");
    }
    return read;
  }

  private Tokenizer tokenizer() {
    if (tokenizer == null) {
      tokenizer = tokenizers.get();
    }
    return tokenizer;
  }

  public void score(List<Row> rows, JsonLinesWriter out, Progress progress) throws IOException {
    run(rows, out, progress, batch -> decoder.score(batch, all(batch), 1));
  }

  /**
   * Scores and writes the gradient of the mean negative log-likelihood of all predicted tokens.
   *
   * @throws IllegalArgumentException if no row predicts a token
   */
  public void scoreWithGradients(List<Row> rows, JsonLinesWriter out, Path file, Progress progress)
      throws IOException {
    long predicted = rows.stream().mapToLong(row -> row.ids().length - 1).sum();
    if (predicted == 0) {
      throw new IllegalArgumentException(
          "expected a row of two tokens at least: a gradient needs a token to predict");
    }
    double gradient = -1.0 / predicted;
    try (Parameters gradients = decoder.weights().zerosLike(decoder.engine())) {
      run(
          rows,
          out,
          progress,
          batch ->
              decoder.accumulate(
                  batch, all(batch), 1, (row, logProb) -> gradient, gradients, true));
      WeightWriter.write(file, gradients.tensors(), DType.F32);
    }
  }

  private void run(
      List<Row> rows,
      JsonLinesWriter out,
      Progress progress,
      Function<PackedBatch, TokenScores> pass)
      throws IOException {
    for (List<Row> packed : Passes.of(rows, row -> row.ids().length, batchTokens)) {
      PackedBatch batch = PackedBatch.of(packed.stream().map(Row::ids).toList());
      TokenScores scores = pass.apply(batch);
      for (int s = 0; s < packed.size(); s++) {
        out.write(json(packed.get(s), scores, batch.segments().start(s)));
      }
      progress.advance(batch.ids().length);
    }
  }

  private static HeadRows all(PackedBatch batch) {
    return HeadRows.all(batch.ids(), batch.segments());
  }

  private static ObjectNode json(Row row, TokenScores scores, int start) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (row.id() != null) {
      json.set("id", row.id());
    }
    int end = start + row.ids().length;
    Rows.put(json, "ids", row.ids());
    Rows.put(json, "logprobs", Arrays.copyOfRange(scores.logProbs(), start, end - 1));
    Rows.put(json, "entropies", Arrays.copyOfRange(scores.entropies(), start, end));
    return json;
  }

  @Override
  public void close() {
    if (tokenizer != null) {
      tokenizer.close();
    }
  }
}
