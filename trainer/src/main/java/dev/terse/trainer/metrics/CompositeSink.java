package dev.terse.trainer.metrics;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Tells several sinks the same, in their order. */
public final class CompositeSink implements MetricSink {
  private final List<MetricSink> sinks;

  /** Closing this closes the sinks. */
  public CompositeSink(List<MetricSink> sinks) {
    this.sinks = List.copyOf(sinks);
  }

  @Override
  public void begin(long done) throws IOException {
    for (MetricSink sink : sinks) {
      sink.begin(done);
    }
  }

  @Override
  public void scalars(long step, Map<String, Double> values) {
    sinks.forEach(sink -> sink.scalars(step, values));
  }

  @Override
  public void histogram(long step, String name, double[] values) {
    sinks.forEach(sink -> sink.histogram(step, name, values));
  }

  @Override
  public void text(long step, String name, String markdown) {
    sinks.forEach(sink -> sink.text(step, name, markdown));
  }

  @Override
  public void hparams(Map<String, Object> config) {
    sinks.forEach(sink -> sink.hparams(config));
  }

  @Override
  public void close() {
    sinks.forEach(MetricSink::close);
  }
}
