package dev.terse.serve.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.terse.serve.api.ApiException;
import dev.terse.serve.api.Fields;
import dev.terse.serve.model.Models;
import dev.terse.serve.model.ServedModel;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /update_weights_from_disk} (SGLang's name): other weights from a folder. Only where
 * the server has a token and a folder below which they must lie.
 */
final class WeightsEndpoint {
  private static final Logger LOG = LoggerFactory.getLogger(WeightsEndpoint.class);

  private final ServerSettings settings;
  private final Models models;

  WeightsEndpoint(ServerSettings settings, Models models) {
    this.settings = settings;
    this.models = models;
  }

  void update(Exchange exchange) {
    if (settings.token() == null || settings.weightsFolder() == null) {
      throw new ApiException(
          403,
          "permission_error",
          null,
          null,
          "weights are changed only where the server was started with token and weights_folder");
    }
    Fields fields = exchange.fields();
    String path = fields.text("model_path");
    String name = fields.text("model");
    fields.requireAllRead();
    if (path == null) {
      throw ApiException.invalid("model_path", "model_path is missing");
    }
    String served = name == null ? models.all().get(0).name() : name;
    if (models.all().stream().noneMatch(model -> model.name().equals(served))) {
      throw ApiException.invalid("model", "there is no model '" + served + "'");
    }
    Path folder = below(path);
    try {
      ServedModel model = models.put(served, folder);
      LOG.info("{}: weights version {} from {}", served, model.version(), folder);
      exchange.json(
          JsonNodeFactory.instance
              .objectNode()
              .put("success", true)
              .put("message", "loaded " + path)
              .put("model", served)
              .put("weights_version", model.version()));
    } catch (IllegalArgumentException e) {
      throw ApiException.invalid("model_path", e.getMessage());
    }
  }

  /** The place of a path, links followed, which must lie below the folder of weights. */
  private Path below(String path) {
    try {
      Path root = settings.weightsFolder().toRealPath();
      Path place = root.resolve(path).toRealPath();
      if (place.startsWith(root)) {
        return place;
      }
    } catch (IOException | InvalidPathException e) {
      LOG.debug("no place for weights", e);
    }
    throw ApiException.invalid(
        "model_path", "model_path must be a model below the server's weights_folder, was " + path);
  }
}
