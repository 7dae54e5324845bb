package dev.terse.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.rollout.ContinuousBatch;
import dev.terse.serve.SmallServer.Reply;
import dev.terse.serve.http.ServerSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that ask too much, go away, or are slow; stops; rights; other weights. */
class ServerLimitsTest {
  private static final String TOKEN = "a-token-of-twenty-characters";
  private static final String LONG = "{'prompt': 'x', 'max_tokens': 399, 'ignore_eos': true";

  @TempDir Path folder;
  private SmallServer server;

  /** Two slots, two places to wait, and a short patience. */
  private static ServerSettings tight(String token, Path weights, Duration limit) {
    return new ServerSettings(
        "127.0.0.1",
        0,
        token,
        weights,
        new ContinuousBatch.Limits(2, 400, 4_000, 600),
        2,
        400,
        10_000,
        8,
        limit,
        Duration.ofSeconds(1),
        Duration.ofSeconds(20),
        Map.of(),
        42);
  }

  private void start(ServerSettings settings) {
    server = new SmallServer(settings);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private double metric(String name) throws Exception {
    Matcher value =
        Pattern.compile("(?m)^" + name + " (\\S+)$").matcher(server.getText("/metrics"));
    assertThat(value.find()).as(name).isTrue();
    return Double.parseDouble(value.group(1));
  }

  private interface Check {
    boolean holds() throws Exception;
  }

  private static void eventually(String what, Check check) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!check.holds()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      Thread.sleep(20);
    }
  }

  private Socket asks(String body) throws IOException {
    Socket socket = new Socket("127.0.0.1", server.server.port());
    byte[] json = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    OutputStream out = socket.getOutputStream();
    out.write(
        ("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: "
                + json.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    out.write(json);
    out.flush();
    return socket;
  }

  @Test
  void clientsThatHangUp_freeTheirPlaces_andWhoFindsNoneIsToldToComeBack() throws Exception {
    start(tight(null, null, Duration.ofSeconds(60)));
    Socket whole = asks(LONG + ", 'n': 2}");
    Socket streamed = asks(LONG + ", 'n': 2, 'stream': true}");
    eventually("all places are taken", () -> metric("terse_places_taken") == 4);
    Reply refused = server.post("/v1/completions", "{'prompt': 'x'}");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.headers().get("retry-after")).containsExactly("1");
    assertThat(refused.error())
        .isEqualTo(
            "all places for completions are taken: 4 of 4 (max_live and max_waiting), this request"
                + " needs 1; try again");
    whole.close();
    streamed.close();
    eventually("the places are free", () -> metric("terse_places_taken") == 0);
    eventually("nothing decodes", () -> metric("terse_sequences_live") == 0);
    assertThat(metric("terse_hang_ups_total")).isEqualTo(2);
    assertThat(server.post("/v1/completions", "{'prompt': 'x'}").status()).isEqualTo(200);
  }

  @Test
  void requestThatTakesTooLong_endsInAnError_alsoInAStream() throws Exception {
    start(tight(null, null, Duration.ofMillis(1)));
    Reply late = server.post("/v1/completions", LONG + "}");
    assertThat(late.status()).isEqualTo(504);
    assertThat(late.error()).isEqualTo("the request took longer than 0 s (request_timeout)");
    try (Socket socket = asks(LONG + ", 'stream': true}")) {
      List<String> lines = lines(socket, line -> line.contains("request_timeout"));
      assertThat(lines.get(0)).startsWith("HTTP/1.1 200");
      assertThat(lines.get(lines.size() - 1)).startsWith("data: {\"error\":{");
    }
  }

  private static List<String> lines(Socket socket, Predicate<String> last) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    List<String> lines = new ArrayList<>();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      lines.add(line);
      if (last.test(line)) {
        break;
      }
    }
    return lines;
  }

  /** A body that never ends is no place for others to wait at. */
  @Test
  void bodyThatStalls_losesItsConnection() throws Exception {
    start(tight(null, null, Duration.ofSeconds(60)));
    try (Socket socket = new Socket("127.0.0.1", server.server.port())) {
      socket
          .getOutputStream()
          .write(
              ("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type:"
                      + " application/json\r\nContent-Length: 100\r\n\r\n{")
                  .getBytes(StandardCharsets.US_ASCII));
      socket.setSoTimeout(10_000);
      int read = 0;
      while (read >= 0) {
        read = socket.getInputStream().read(new byte[1_000]); // an error, or nothing; then the end
      }
    }
    assertThat(server.post("/v1/completions", "{'prompt': 'x'}").status()).isEqualTo(200);
  }

  @Test
  void pipelinedRequest_isNotMistakenForAHangUp() throws Exception {
    start(tight(null, null, Duration.ofSeconds(60)));
    try (Socket socket = asks("{'prompt': 'x', 'max_tokens': 300, 'ignore_eos': true}")) {
      socket
          .getOutputStream()
          .write("GET /health HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(lines(socket, line -> line.contains("usage")).get(0)).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void stop_letsWhatIsInFlightEnd_andTakesNoMore() throws Exception {
    start(tight(null, null, Duration.ofSeconds(60)));
    CompletableFuture<Reply> flying =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return server.post("/v1/completions", LONG + ", 'n': 4}");
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    eventually("it decodes", () -> flying.isDone() || metric("terse_sequences_live") > 0);
    server.server.close();
    assertThat(flying.join().status()).isEqualTo(200);
    assertThat(flying.join().json().at("/usage/completion_tokens").asInt()).isEqualTo(4 * 399);
    BooleanSupplier refused =
        () -> {
          try {
            server.post("/v1/completions", "{'prompt': 'x'}");
            return false;
          } catch (ConnectException e) {
            return true;
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    assertThat(refused.getAsBoolean()).isTrue();
  }

  @Test
  void weights_areChangedByTokenAndBelowTheFolderOnly() throws Exception {
    copy(SmallServer.MODEL, folder.resolve("weights/next"));
    copy(SmallServer.MODEL, folder.resolve("outside"));
    Files.createSymbolicLink(folder.resolve("weights/link"), folder.resolve("outside"));
    start(tight(TOKEN, folder.resolve("weights"), Duration.ofSeconds(60)));
    String body = "{'prompt': '1+2', 'max_tokens': 9, 'seed': 1}";
    Reply before = server.post("/v1/completions", body);
    assertThat(before.json().get("weights_version").asInt()).isEqualTo(1);

    for (String path : List.of("../outside", "link", folder + "/outside", "none", "\\u0000")) {
      Reply refused = server.post("/update_weights_from_disk", "{'model_path': '" + path + "'}");
      assertThat(refused.status()).as(path).isEqualTo(400);
      assertThat(refused.error())
          .startsWith("model_path must be a model below the server's weights_folder, was ");
    }
    Files.createDirectory(folder.resolve("weights/empty"));
    Reply empty = server.post("/update_weights_from_disk", "{'model_path': 'empty'}");
    assertThat(empty.status()).isEqualTo(400);
    assertThat(server.post("/v1/completions", body).text()).isEqualTo(before.text());

    CompletableFuture<Reply> flying =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return server.post("/v1/completions", LONG + "}");
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    eventually("it decodes", () -> flying.isDone() || metric("terse_sequences_live") > 0);
    Reply done = server.post("/update_weights_from_disk", "{'model_path': 'next'}");
    assertThat(done.json().get("weights_version").asInt()).isEqualTo(2);
    Reply after = server.post("/v1/completions", body);
    assertThat(after.json().get("weights_version").asInt()).isEqualTo(2);
    assertThat(after.text()).isEqualTo(before.text());
    assertThat(flying.join().json().get("weights_version").asInt()).isEqualTo(1);
  }

  @Test
  void token_isWantedEverywhereButForHealth() throws Exception {
    start(tight(TOKEN, null, Duration.ofSeconds(60)));
    for (String shown : List.of("", "Bearer ", "Bearer wrong", TOKEN)) {
      try (Socket socket = new Socket("127.0.0.1", server.server.port())) {
        socket
            .getOutputStream()
            .write(
                ("GET /v1/models HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n"
                        + (shown.isEmpty() ? "" : "Authorization: " + shown + "\r\n")
                        + "\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        List<String> lines = lines(socket, line -> false);
        assertThat(lines.get(0)).as(shown).startsWith("HTTP/1.1 401");
        assertThat(String.join("", lines))
            .contains("this server wants its token", "WWW-Authenticate: Bearer");
      }
    }
    assertThat(server.get("/v1/models").status()).isEqualTo(200);
    assertThat(server.post("/update_weights_from_disk", "{'model_path': 'x'}").error())
        .startsWith("weights are changed only where the server was started with token and");
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (var files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}
