package dev.terse.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.engine.Engine;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.transformer.DecoderBuilder;
import dev.terse.model.weights.WeightUse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A tiny random model made with transformers, and what transformers says of it in float64. */
public enum TinyModel {
  LLAMA,
  LLAMA_BIAS,
  QWEN2,
  QWEN3;

  /** The Hugging Face folder; see src/test/python/make_fixtures.py. */
  public Path folder() {
    try {
      return Path.of(
          TinyModel.class.getResource("/tiny/" + name().toLowerCase(Locale.ROOT)).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Its weights, for a decoder that something is added to. */
  public DecoderBuilder builder(Engine engine) {
    return ModelFolder.openDecoder(folder(), engine, WeightUse.CHANGED);
  }

  public Decoder open(Engine engine) {
    return ModelFolder.openDecoder(folder(), engine, WeightUse.CHANGED).build();
  }

  public Golden golden() {
    return Golden.read(folder().resolve("golden.json"));
  }

  /**
   * @param logProbs of each sequence, [N-1]
   * @param entropies of each sequence, nats, [N]
   */
  public record Golden(
      List<int[]> sequences,
      List<double[]> logProbs,
      List<double[]> entropies,
      double meanNll,
      int[] greedyPrompt,
      int[] greedyIds) {

    private static Golden read(Path file) {
      try {
        ObjectMapper mapper = new ObjectMapper();
        JsonNode json = mapper.readTree(file.toFile());
        return new Golden(
            each(mapper, json.get("sequences"), int[].class),
            each(mapper, json.get("log_probs"), double[].class),
            each(mapper, json.get("entropies"), double[].class),
            json.get("mean_nll").doubleValue(),
            mapper.treeToValue(json.at("/greedy/prompt"), int[].class),
            mapper.treeToValue(json.at("/greedy/ids"), int[].class));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static <T> List<T> each(ObjectMapper mapper, JsonNode array, Class<T> type)
        throws IOException {
      List<T> list = new ArrayList<>();
      for (JsonNode element : array) {
        list.add(mapper.treeToValue(element, type));
      }
      return list;
    }
  }
}
