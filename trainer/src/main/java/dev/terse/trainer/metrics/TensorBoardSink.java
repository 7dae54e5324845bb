package dev.terse.trainer.metrics;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a TensorBoard event file: {@code tensorboard --logdir FOLDER} shows scalars, histograms,
 * text and the hyper-parameter table. Every run, a resumed one too, opens a file of its own; the
 * file of a resumed run tells TensorBoard to drop what the broken run had logged past that step.
 */
public final class TensorBoardSink implements MetricSink {
  private static final String[] HPARAM_METRICS = {"train/loss", "train/reward", "eval/loss"};
  private static final int MAX_FILES_A_SECOND = 1000;

  private final WriteGuard guard;
  private final RecordFile records;
  private boolean hasHparams;

  /**
   * Creates the folder and a new event file in it.
   *
   * @param resumedAt the step that a resumed run does next; 0 for a new run
   * @throws IOException if the folder cannot be written
   */
  public TensorBoardSink(Path folder, long resumedAt) throws IOException {
    Files.createDirectories(folder);
    Path file = null;
    RecordFile opened = null;
    for (int n = 0; opened == null; n++) {
      file = folder.resolve(fileName(n));
      try {
        opened = new RecordFile(file);
      } catch (FileAlreadyExistsException e) {
        if (n == MAX_FILES_A_SECOND) {
          throw e;
        }
      }
    }
    records = opened;
    guard = new WriteGuard(file);
    append(Events.fileVersion(now()));
    if (resumedAt > 0) {
      append(Events.restart(now(), resumedAt));
    }
  }

  @Override
  public void scalars(long step, Map<String, Double> values) {
    if (!values.isEmpty()) {
      append(Events.scalars(now(), step, values));
    }
  }

  @Override
  public void histogram(long step, String name, double[] values) {
    ProtoMessage histogram = HistogramBuckets.of(values);
    if (histogram != null) {
      append(Events.histogram(now(), step, name, histogram));
    }
  }

  @Override
  public void text(long step, String name, String markdown) {
    append(Events.text(now(), step, name, markdown));
  }

  @Override
  public void hparams(Map<String, Object> config) {
    hasHparams = true;
    Map<String, Object> sorted = new TreeMap<>(config);
    append(Events.experiment(now(), sorted, HPARAM_METRICS));
    append(Events.sessionStart(now(), sorted));
  }

  @Override
  public void close() {
    if (hasHparams) {
      append(Events.sessionEnd(now()));
    }
    guard.attempt(records::close);
  }

  private void append(ProtoMessage event) {
    guard.attempt(() -> records.append(event.toBytes()));
  }

  /**
   * {@code events.out.tfevents.<seconds>.<host>.<pid>.<n>}: TensorBoard reads them in this order.
   */
  private static String fileName(int n) {
    return String.format(
        Locale.ROOT,
        "events.out.tfevents.%010d.%s.%d.%d",
        (long) now(),
        host(),
        ProcessHandle.current().pid(),
        n);
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9_-]", "_");
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  private static double now() {
    return System.currentTimeMillis() / 1e3;
  }
}
