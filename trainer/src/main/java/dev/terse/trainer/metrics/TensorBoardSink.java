package dev.terse.trainer.metrics;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes a TensorBoard event file: {@code tensorboard --logdir FOLDER} shows scalars, histograms,
 * text and the hyper-parameter table, the {@link ResultTags} first. Every run, a resumed one too,
 * opens a file of its own; where the folder holds a file already, the new one tells TensorBoard to
 * drop what had been logged beyond the update that the run goes on from, so a resumed run's charts
 * have no doubled steps.
 */
public final class TensorBoardSink implements MetricSink {
  private static final String FILE_PREFIX = "events.out.tfevents.";
  private static final int MAX_FILES_A_SECOND = 1000;
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?");

  private final Path folder;
  private final WriteGuard guard;
  private RecordFile records; // null before the first event
  private boolean hasHparams;

  /** Touches nothing yet. */
  public TensorBoardSink(Path folder) {
    this.folder = folder;
    this.guard = new WriteGuard(folder);
  }

  /** Creates the folder and a new event file in it. */
  @Override
  public void begin(long done) throws IOException {
    Files.createDirectories(folder);
    boolean followsEarlierFile = holdsEventFile(folder);
    records = create();
    append(Events.fileVersion(now()));
    if (followsEarlierFile) { // what it holds of later updates is void
      append(Events.restart(now(), done + 1));
    }
  }

  private RecordFile create() throws IOException {
    for (int n = 0; ; n++) {
      try {
        return new RecordFile(folder.resolve(fileName(n)));
      } catch (FileAlreadyExistsException e) {
        if (n == MAX_FILES_A_SECOND) {
          throw e;
        }
      }
    }
  }

  @Override
  public void scalars(long step, Map<String, Double> values) {
    if (!values.isEmpty()) {
      Map<String, Double> all = new LinkedHashMap<>(ResultTags.of(values));
      all.putAll(values);
      append(Events.scalars(now(), step, all));
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
    Map<String, Object> sorted = new TreeMap<>();
    config.forEach((name, value) -> sorted.put(name, typed(value)));
    append(Events.experiment(now(), sorted, ResultTags.SORTED_BY));
    append(Events.sessionStart(now(), sorted));
  }

  /** A text that is a number or a truth as such: the table sorts and filters it then. */
  private static Object typed(Object value) {
    String text = String.valueOf(value);
    if (text.equals("true") || text.equals("false")) {
      return Boolean.valueOf(text);
    }
    return NUMBER.matcher(text).matches() ? (Object) Double.valueOf(text) : text;
  }

  @Override
  public void close() {
    if (hasHparams) {
      append(Events.sessionEnd(now()));
    }
    if (records != null) {
      guard.attempt(records::close);
    }
  }

  private void append(ProtoMessage event) {
    guard.attempt(
        () -> {
          if (records == null) {
            throw new IOException("the log has not begun");
          }
          records.append(event.toBytes());
        });
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
