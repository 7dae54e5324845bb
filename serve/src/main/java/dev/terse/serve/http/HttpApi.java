package dev.terse.serve.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.serve.api.ApiException;
import dev.terse.serve.model.ModelWorker;
import dev.terse.serve.model.Models;
import dev.terse.serve.model.ServedModel;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leads each request to its endpoint, and makes every failure a reply in OpenAI's shape. */
public final class HttpApi extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);
  private static final int HUNG_UP = 499; // nginx's number, for metrics

  /** What answers at a place. */
  @FunctionalInterface
  private interface Endpoint {
    void answer(Exchange exchange) throws InterruptedException;
  }

  private record Route(String method, Endpoint endpoint) {}

  private final ServerSettings settings;
  private final Models models;
  private final ModelWorker worker;
  private final Guard guard;
  private final Service service;
  private final Map<String, Route> routes = new LinkedHashMap<>();

  public HttpApi(ServerSettings settings, Models models, ModelWorker worker) {
    this.settings = settings;
    this.models = models;
    this.worker = worker;
    this.guard = new Guard(settings);
    this.service = new Service(settings, models, worker);
    TokenizerEndpoints tokenizer = new TokenizerEndpoints(service);
    WeightsEndpoint weights = new WeightsEndpoint(settings, models);
    routes.put("/health", new Route("GET", this::health));
    routes.put("/metrics", new Route("GET", this::metrics));
    routes.put("/v1/models", new Route("GET", this::models));
    routes.put("/v1/completions", new Route("POST", service::completions));
    routes.put("/v1/chat/completions", new Route("POST", service::chat));
    routes.put("/tokenize", new Route("POST", tokenizer::tokenize));
    routes.put("/detokenize", new Route("POST", tokenizer::detokenize));
    routes.put("/tokenizer_info", new Route("GET", tokenizer::info));
    routes.put("/update_weights_from_disk", new Route("POST", weights::update));
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    long start = System.nanoTime();
    String path = Request.getPathInContext(request);
    int status;
    try (Exchange exchange =
        new Exchange(request, response, settings.maxBodyBytes(), settings.requestTimeout())) {
      status = answer(exchange, path, response);
      if (status == HUNG_UP) {
        service.metrics().hungUp();
        callback.failed(new EofException("the client has hung up"));
      } else {
        callback.succeeded();
        exchange.endConnection();
      }
    }
    service
        .metrics()
        .request(routes.containsKey(path) ? path : "other", status, System.nanoTime() - start);
    return true;
  }

  private int answer(Exchange exchange, String path, Response response) {
    try {
      try {
        guard.check(exchange);
        route(exchange, path).endpoint().answer(exchange);
        return response.getStatus();
      } catch (ApiException e) {
        return refuse(exchange, e);
      } catch (HungUpException e) {
        return HUNG_UP;
      } catch (RuntimeException | OutOfMemoryError e) {
        LOG.error("{} {} failed", exchange.method(), path, e);
        return refuse(exchange, ApiException.fault("a fault of the server: " + e.getMessage()));
      } catch (InterruptedException e) {
        return refuse(exchange, Generation.stopping());
      }
    } catch (HungUpException e) {
      return HUNG_UP; // while it was told of an error
    }
  }

  private static int refuse(Exchange exchange, ApiException error) {
    if (exchange.isStreaming()) {
      exchange.endEvents(error);
    } else {
      Map<HttpHeader, String> headers =
          switch (error.status()) {
            case 401 -> Map.of(HttpHeader.WWW_AUTHENTICATE, "Bearer");
            case 429, 503 -> Map.of(HttpHeader.RETRY_AFTER, "1");
            default -> Map.of();
          };
      exchange.json(error.status(), error.json(), headers);
    }
    return error.status();
  }

  private Route route(Exchange exchange, String path) {
    Route route = routes.get(path);
    if (route == null) {
      throw new ApiException(
          404,
          "invalid_request_error",
          null,
          "not_found",
          "there is no " + path + "; the endpoints are " + String.join(", ", routes.keySet()));
    }
    if (!route.method().equals(exchange.method())) {
      throw new ApiException(
          405,
          "invalid_request_error",
          null,
          "method_not_allowed",
          path + " takes " + route.method() + ", not " + exchange.method());
    }
    return route;
  }

  private void health(Exchange exchange) {
    if (!worker.isRunning()) {
      throw ApiException.fault("the model's thread has ended");
    }
    exchange.json(JsonNodeFactory.instance.objectNode().put("status", "ok"));
  }

  private void metrics(Exchange exchange) {
    exchange.send(200, "text/plain; version=0.0.4; charset=utf-8", service.metrics().text());
  }

  private void models(Exchange exchange) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("object", "list");
    ArrayNode data = json.putArray("data");
    for (ServedModel model : models.all()) {
      data.addObject()
          .put("id", model.name())
          .put("object", "model")
          .put("created", model.created())
          .put("owned_by", "terse")
          .put("max_model_len", service.limits().length(model))
          .put("weights_version", model.version());
    }
    exchange.json(json);
  }
}
