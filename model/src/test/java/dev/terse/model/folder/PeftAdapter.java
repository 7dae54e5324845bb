package dev.terse.model.folder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.engine.Engine;
import dev.terse.engine.HeadRows;
import dev.terse.engine.TokenScores;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.PackedBatch;
import dev.terse.model.weights.Parameters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** An adapter with random numbers made by Python's peft, and what peft says of it in float64. */
public enum PeftAdapter {
  /** On all projections, tied head. */
  LLAMA_LORA,
  /** On q and v, scale α/√r, tied head, norms of q and k. */
  QWEN3_RSLORA,
  /** On all projections, lengths of rows trained, untied head, biases. */
  QWEN2_DORA;

  /** The folder as PEFT wrote it; see src/test/python/make_peft_fixtures.py. */
  Path folder() {
    try {
      return Path.of(
          PeftAdapter.class.getResource("/peft/" + name().toLowerCase(Locale.ROOT)).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The decoder with the adapter unmerged. */
  Decoder open(Engine engine) {
    return AdapterFolder.openDecoder(folder(), engine).build();
  }

  Golden golden() {
    try {
      ObjectMapper mapper = new ObjectMapper();
      JsonNode json = mapper.readTree(folder().resolve("golden.json").toFile());
      List<int[]> sequences = new ArrayList<>();
      for (JsonNode sequence : json.get("sequences")) {
        sequences.add(mapper.treeToValue(sequence, int[].class));
      }
      return new Golden(
          sequences,
          mapper.treeToValue(json.get("log_probs"), double[][].class),
          mapper.treeToValue(json.get("dropped_log_probs"), double[][].class),
          json.get("dropout_seed").asLong());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param logProbs of each sequence, [S][N-1]
   * @param droppedLogProbs the same with dropout
   */
  record Golden(
      List<int[]> sequences, double[][] logProbs, double[][] droppedLogProbs, long dropoutSeed) {

    PackedBatch batch() {
      return PackedBatch.of(sequences);
    }

    PackedBatch batchWithDropout() {
      return batch().withDropout(dropoutSeed, IntStream.range(0, sequences.size()).toArray());
    }
  }

  /** Adds the gradient of the mean negative log-likelihood of all predicted tokens. */
  public static TokenScores meanNll(
      Decoder decoder, PackedBatch batch, Parameters gradients, boolean recompute) {
    int predicted = batch.ids().length - batch.segments().count();
    return decoder.accumulate(
        batch,
        HeadRows.all(batch.ids(), batch.segments()),
        1.0,
        (index, logProb) -> -1.0 / predicted,
        gradients,
        recompute);
  }
}
