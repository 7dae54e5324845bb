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

/** A tiny random model made with transformers, and what transformers says of it in float64. */
public interface GoldenModel {

  /** The Hugging Face folder; see src/test/python/make_fixtures.py. */
  Path folder();

  /** Its weights, for a decoder that something is added to. */
  default DecoderBuilder builder(Engine engine) {
    return ModelFolder.openDecoder(folder(), engine, WeightUse.CHANGED);
  }

  default Decoder open(Engine engine) {
    return builder(engine).build();
  }

  default Golden golden() {
    return Golden.read(folder().resolve("golden.json"));
  }

  /** A folder of the test resources. */
  static Path resource(String path) {
    try {
      return Path.of(GoldenModel.class.getResource(path).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * @param logProbs of each sequence, [N-1]
   * @param entropies of each sequence, nats, [N]
   */
  record Golden(
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
