package dev.terse.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.engine.Progress;
import dev.terse.engine.SeedTree;
import dev.terse.rollout.Prompt;
import dev.terse.rollout.Rollouts;
import dev.terse.rollout.SamplingParams;
import dev.terse.serve.SmallServer.Reply;
import dev.terse.testkit.SuiteSize;
import dev.terse.testkit.TestSeed;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Many clients at once, good and bad: each good one gets what {@code generate} draws offline, and
 * nothing of the bad ones is left. {@code -Dterse.requests=2000} is the full size.
 */
@Tag("chaos")
class ServerRequestsTest {
  private static final int CLIENTS = 12;

  private final long seed = TestSeed.of("requests");
  private final Map<Integer, String> texts = new ConcurrentHashMap<>(); // of the good ones
  private SmallServer server;

  @Test
  void requests_goodAndBadTogether_areAnsweredRightAndLeaveNothing() throws Exception {
    int requests = SuiteSize.of("requests to a server", "terse.requests", 60);
    try (SmallServer started = new SmallServer(SmallServer.settings())) {
      server = started;
      send(0, CLIENTS); // threads and buffers are there
      int threads = Thread.activeCount();
      send(CLIENTS, requests);
      for (int i = 0; metric("terse_places_taken") + metric("terse_sequences_live") > 0; i++) {
        assertThat(i).as("tenths of a second until nothing is left").isLessThan(300);
        Thread.sleep(100);
      }
      assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 2 * CLIENTS);
      assertThat(texts).hasSizeGreaterThan(requests / 4);
      for (Map.Entry<Integer, String> each : new TreeMap<>(texts).entrySet()) {
        assertThat(each.getValue())
            .as("request " + each.getKey())
            .isEqualTo(offline(each.getKey()));
      }
    }
  }

  private void send(int from, int to) throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    List<Future<?>> sent = new ArrayList<>();
    for (int i = from; i < to; i++) {
      int request = i;
      sent.add(
          clients.submit(
              () -> {
                send(request);
                return null;
              }));
    }
    for (Future<?> each : sent) {
      each.get();
    }
    clients.shutdown();
  }

  private int below(int request, String what, int bound) {
    return SeedTree.below(SeedTree.at(seed, what, request), bound);
  }

  private String prompt(int request) {
    return "<|user|>Left to right: " + below(request, "sum", 40) + "+7-2<|assistant|>";
  }

  private int length(int request) {
    return 1 + below(request, "length", 80);
  }

  private String body(int request) {
    return "{'prompt': '%s', 'max_tokens': %d, 'seed': %d, 'stream': %b}"
        .formatted(prompt(request), length(request), request, request % 2 == 0);
  }

  private void send(int request) throws Exception {
    switch (below(request, "kind", 8)) {
      case 0 -> hangUp(request);
      case 1 -> {
        Reply bad = server.post("/v1/completions", body(request).substring(request % 30 + 1));
        assertThat(bad.status()).isEqualTo(400);
      }
      case 2 -> {
        Reply bad = server.post("/v1/completions", "{'prompt': [1, 999999]}");
        assertThat(bad.error()).contains("token ids from 0 to 302");
      }
      case 3 -> slow(request);
      default -> texts.put(request, request % 2 == 0 ? streamed(request) : whole(request));
    }
  }

  private String whole(int request) throws IOException, InterruptedException {
    Reply reply = server.post("/v1/completions", body(request));
    assertThat(reply.status()).as(String.valueOf(reply.json())).isEqualTo(200);
    return reply.text();
  }

  private String streamed(int request) throws IOException, InterruptedException {
    StringBuilder text = new StringBuilder();
    server
        .events("/v1/completions", body(request))
        .forEach(event -> text.append(event.at("/choices/0/text").asText()));
    return text.toString();
  }

  private Socket raw(int request) throws IOException {
    Socket socket = new Socket("127.0.0.1", server.server.port());
    String json = body(request).replace('\'', '"');
    socket
        .getOutputStream()
        .write(
            ("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    + "Content-Type: application/json\r\nContent-Length: "
                    + json.length()
                    + "\r\n\r\n"
                    + json)
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private void hangUp(int request) throws Exception {
    try (Socket socket = raw(request)) {
      Thread.sleep(below(request, "patience", 60));
      socket.setSoLinger(true, 0); // a reset, as of a process that was killed
    }
  }

  /** Reads a byte now and then, but all of it. */
  private void slow(int request) throws Exception {
    try (Socket socket = raw(request)) {
      byte[] start = socket.getInputStream().readNBytes(12);
      Thread.sleep(50);
      assertThat(new String(start, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
      socket.getInputStream().readAllBytes();
    }
  }

  private String offline(int request) {
    int[] ids = server.offline.tokenizer().encodeWithSpecial(prompt(request));
    Set<Integer> stops = Set.copyOf(server.offline.tokenizer().stopIds());
    int[] drawn =
        new Rollouts(server.offline.decoder(), stops, 1)
            .generate(
                List.of(new Prompt(0, ids)),
                1,
                SamplingParams.plain(1, length(request)),
                SeedTree.at(request, "generate"),
                Progress.NONE)
            .get(0)
            .completions()
            .get(0)
            .ids();
    return server.offline.tokenizer().decode(drawn, true);
  }

  private double metric(String name) throws Exception {
    Matcher value =
        Pattern.compile("(?m)^" + name + " (\\S+)$").matcher(server.getText("/metrics"));
    assertThat(value.find()).as(name).isTrue();
    return Double.parseDouble(value.group(1));
  }
}
