package dev.terse.serve.http;

import dev.terse.serve.model.ModelWorker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.function.Supplier;

/** What {@code /metrics} tells, in Prometheus' text format. */
final class ServerMetrics {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(10), Duration.ofMillis(30), Duration.ofMillis(100), Duration.ofMillis(300),
    Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofSeconds(30),
    Duration.ofSeconds(100), Duration.ofSeconds(300)
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Counter promptTokens = counter("terse.prompt.tokens", "Tokens of prompts");
  private final Counter newTokens = counter("terse.completion.tokens", "Tokens drawn");
  private final Counter hangUps =
      counter("terse.hang.ups", "Requests whose client went before the reply was whole");
  private final Timer firstToken =
      Timer.builder("terse.first.token")
          .description("Time from a request to its first token")
          .serviceLevelObjectives(BUCKETS)
          .register(registry);

  ServerMetrics(ModelWorker worker, Capacity capacity) {
    gauge("terse.sequences.live", "Completions that decode now", worker::live);
    gauge("terse.sequences.waiting", "Completions that wait for a slot", worker::waiting);
    gauge("terse.places.taken", "Places that requests hold", capacity::taken);
  }

  private Counter counter(String name, String text) {
    return Counter.builder(name).description(text).register(registry);
  }

  private void gauge(String name, String text, Supplier<Number> value) {
    Gauge.builder(name, value).description(text).strongReference(true).register(registry);
  }

  /** A request has ended. */
  void request(String endpoint, int status, long nanos) {
    Timer.builder("terse.request")
        .description("Time of requests by endpoint and status")
        .tag("endpoint", endpoint)
        .tag("status", Integer.toString(status))
        .serviceLevelObjectives(BUCKETS)
        .register(registry)
        .record(Duration.ofNanos(nanos));
  }

  void hungUp() {
    hangUps.increment();
  }

  void prompts(long tokens) {
    promptTokens.increment(tokens);
  }

  void drawn(long tokens) {
    newTokens.increment(tokens);
  }

  void firstToken(long nanos) {
    firstToken.record(Duration.ofNanos(nanos));
  }

  String text() {
    return registry.scrape();
  }
}
