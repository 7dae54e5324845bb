package dev.terse.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.WeightUse;
import dev.terse.rollout.ContinuousBatch;
import dev.terse.serve.http.ServerSettings;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A server of the model that works out sums, and a client of it. */
final class SmallServer implements AutoCloseable {
  static final Path MODEL = SharedData.projectRoot().resolve("checkpoints/arithmetic-base");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Nd4jEngine engine = new Nd4jEngine();
  private final HttpClient client = HttpClient.newHttpClient();
  private final String token;
  final ModelServer server;
  final ModelFolder offline;

  SmallServer(ServerSettings settings) {
    this(settings, Map.of("sums", MODEL));
  }

  SmallServer(ServerSettings settings, Map<String, Path> models) {
    this.token = settings.token();
    this.offline = ModelFolder.load(MODEL, engine, WeightUse.READ);
    try {
      this.server =
          ModelServer.start(
              settings,
              new LinkedHashMap<>(models),
              path -> ModelFolder.load(path, engine, WeightUse.READ));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Settings of tests: any free port, small limits. */
  static ServerSettings settings() {
    return new ServerSettings(
        "127.0.0.1",
        0,
        null,
        null,
        new ContinuousBatch.Limits(8, 200, 4_000, 600),
        24,
        400,
        100_000,
        64,
        Duration.ofSeconds(60),
        Duration.ofSeconds(20),
        Duration.ofSeconds(20),
        Map.of(),
        42);
  }

  /** A reply. */
  record Reply(int status, JsonNode json, Map<String, List<String>> headers) {
    String text() {
      return json.at("/choices/0/text").asText();
    }

    String error() {
      return json.at("/error/message").asText();
    }
  }

  HttpRequest.Builder to(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .timeout(Duration.ofSeconds(60));
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  Reply send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
    return new Reply(
        response.statusCode(), JSON.readTree(response.body()), response.headers().map());
  }

  Reply get(String path) throws IOException, InterruptedException {
    return send(to(path).build());
  }

  String getText(String path) throws IOException, InterruptedException {
    return client.send(to(path).build(), BodyHandlers.ofString()).body();
  }

  /** A post of JSON with apostrophes for quotes. */
  Reply post(String path, String json) throws IOException, InterruptedException {
    return send(posting(path, json));
  }

  HttpRequest posting(String path, String json) {
    return to(path)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(json.replace('\'', '"')))
        .build();
  }

  /** The events of a stream, without the last, which must be [DONE]. */
  List<JsonNode> events(String path, String json) throws IOException, InterruptedException {
    HttpResponse<String> response = client.send(posting(path, json), BodyHandlers.ofString());
    List<JsonNode> events = new ArrayList<>();
    List<String> lines = response.body().lines().filter(line -> !line.isEmpty()).toList();
    for (String line : lines.subList(0, lines.size() - 1)) {
      events.add(JSON.readTree(line.substring("data: ".length())));
    }
    if (!lines.get(lines.size() - 1).equals("data: [DONE]")) {
      throw new IOException("the stream ends with " + lines.get(lines.size() - 1));
    }
    return events;
  }

  @Override
  public void close() {
    server.close();
    offline.close();
    engine.close();
  }
}
