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
import java.util.stream.Stream;

/**
 * Writes a TensorBoard event file: {@code tensorboard --logdir FOLDER} shows scalars, histograms,
 * text and the hyper-parameter table. Every run, a resumed one too, opens a file of its own; where
 * the folder holds a file already, the new one tells TensorBoard to drop what had been logged from
 * its own first step on, so a resumed run's charts have no doubled steps.
 */
public final class TensorBoardSink implements MetricSink {
  private static final String[] HPARAM_METRICS = {"train/loss", "train/reward", "eval/loss"};
  private static final String FILE_PREFIX = "events.out.tfevents.";
  private static final int MAX_FILES_A_SECOND = 1000;

  private final WriteGuard guard;
  private final RecordFile records;
  private boolean hasHparams;
  private boolean followsEarlierFile;

  /**
   * Creates the folder and a new event file in it.
   *
   * @throws IOException if the folder cannot be written
   */
  public TensorBoardSink(Path folder) throws IOException {
    Files.createDirectories(folder);
    followsEarlierFile = holdsEventFile(folder);
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
  }

  @Override
  public void scalars(long step, Map<String, Double> values) {
    if (!values.isEmpty()) {
      voidLaterSteps(step);
      append(Events.scalars(now(), step, values));
    }
  }

  @Override
  public void histogram(long step, String name, double[] values) {
    ProtoMessage histogram = HistogramBuckets.of(values);
    if (histogram != null) {
      voidLaterSteps(step);
      append(Events.histogram(now(), step, name, histogram));
    }
  }

  @Override
  public void text(long step, String name, String markdown) {
    voidLaterSteps(step);
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

  /** What an earlier run in this folder logged from this run's first step on no longer holds. */
  private void voidLaterSteps(long firstStep) {
    if (followsEarlierFile) {
      append(Events.restart(now(), firstStep));
      followsEarlierFile = false;
    }
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
        FILE_PREFIX + "%010d.%s.%d.%d",
        (long) now(),
        host(),
        ProcessHandle.current().pid(),
        n);
  }

  private static boolean holdsEventFile(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(file -> file.getFileName().toString().startsWith(FILE_PREFIX));
    }
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
