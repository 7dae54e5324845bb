package dev.terse.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where the time of repeated work goes: time, floating-point operations and bytes added up by
 * operation, shown as tables beside what the machine can do.
 */
final class Profile {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final String OUTSIDE = "outside the engine";

  /** Linux counts processor time in ticks of 10 ms: of short rows it says nothing. */
  private static final double LEAST_SHARE_FOR_CORES = 0.02;

  private final Map<String, Row> operations = new LinkedHashMap<>();
  private final Map<String, Row> phases = new LinkedHashMap<>();
  private final Row whole = new Row();
  private int repeats;

  /** A moment, by the wall clock and by the processor time of all threads of this process. */
  record Moment(long nanos, long processorNanos) {
    static Moment now() {
      return new Moment(System.nanoTime(), SYSTEM.getProcessCpuTime());
    }
  }

  /** Sums of one row. */
  private static final class Row {
    private long calls;
    private double seconds;
    private double processorSeconds;
    private double flop;
    private double bytes;

    void add(Moment from, Moment to, double moreFlop, double moreBytes) {
      calls++;
      seconds += (to.nanos() - from.nanos()) / 1e9;
      processorSeconds += (to.processorNanos() - from.processorNanos()) / 1e9;
      flop += moreFlop;
      bytes += moreBytes;
    }
  }

  /** Counts one call of an operation. */
  void add(OperationCost cost, Moment from, Moment to) {
    operations
        .computeIfAbsent(cost.label(), label -> new Row())
        .add(from, to, cost.flop(), cost.bytes());
    phases
        .computeIfAbsent(cost.phase(), phase -> new Row())
        .add(from, to, cost.flop(), cost.bytes());
  }

  /**
   * Runs {@code work}, whose calls are counted.
   *
   * @param times how many repeats it holds, e.g. decoding steps
   */
  void repeat(int times, Runnable work) {
    Moment start = Moment.now();
    work.run();
    whole.add(start, Moment.now(), 0, 0);
    repeats += times;
  }

  /** Forgets everything: after the warm-up. */
  void clear() {
    operations.clear();
    phases.clear();
    whole.calls = 0;
    whole.seconds = 0;
    whole.processorSeconds = 0;
    repeats = 0;
  }

  /** Wall seconds of one repeat. */
  double seconds() {
    return whole.seconds / repeats;
  }

  /** Milliseconds of each phase in one repeat, the longest first. */
  Map<String, Double> phaseMillis() {
    Map<String, Double> millis = new LinkedHashMap<>();
    phases.entrySet().stream()
        .sorted(Comparator.comparing(e -> -e.getValue().seconds))
        .forEach(e -> millis.put(e.getKey(), 1e3 * e.getValue().seconds / repeats));
    millis.put(OUTSIDE, 1e3 * (seconds() - inside().seconds / repeats));
    return millis;
  }

  /** Floating-point operations and bytes of one repeat. */
  double[] flopAndBytes() {
    double flop = phases.values().stream().mapToDouble(row -> row.flop).sum();
    double bytes = phases.values().stream().mapToDouble(row -> row.bytes).sum();
    return new double[] {flop / repeats, bytes / repeats};
  }

  /** Two Markdown tables of one repeat: phases, then single operations. */
  String tables(MachinePeak peak) {
    return table("phase", phases, peak) + "\n" + table("operation", operations, peak);
  }

  private String table(String name, Map<String, Row> rows, MachinePeak peak) {
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            Locale.ROOT,
            "| %-44s | %8s | %9s | %7s | %8s | %7s | %8s | %7s | %5s |%n",
            name,
            "calls",
            "ms",
            "share",
            "GFLOP/s",
            "of peak",
            "GB/s",
            "of copy",
            "cores"));
    table.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    List<Map.Entry<String, Row>> sorted =
        rows.entrySet().stream().sorted(Comparator.comparing(e -> -e.getValue().seconds)).toList();
    sorted.forEach(row -> table.append(line(row.getKey(), row.getValue(), peak)));
    Row inside = inside();
    Row rest = new Row();
    rest.seconds = whole.seconds - inside.seconds;
    rest.processorSeconds = whole.processorSeconds - inside.processorSeconds;
    table.append(line(OUTSIDE, rest, peak));
    Row all = new Row();
    all.calls = inside.calls;
    all.seconds = whole.seconds;
    all.processorSeconds = whole.processorSeconds;
    all.flop = inside.flop;
    table.append(line("all", all, peak));
    return table.toString();
  }

  private Row inside() {
    Row sum = new Row();
    for (Row row : phases.values()) {
      sum.calls += row.calls;
      sum.seconds += row.seconds;
      sum.processorSeconds += row.processorSeconds;
      sum.flop += row.flop;
    }
    return sum;
  }

  private String line(String name, Row row, MachinePeak peak) {
    return String.format(
        Locale.ROOT,
        "| %-44s | %8.0f | %9.2f | %5.1f %% | %s | %5s |%n",
        name,
        row.calls / (double) repeats,
        1e3 * row.seconds / repeats,
        100 * row.seconds / whole.seconds,
        peak.rates(row.flop, row.bytes, row.seconds),
        row.seconds > LEAST_SHARE_FOR_CORES * whole.seconds
            ? String.format(Locale.ROOT, "%.2f", row.processorSeconds / row.seconds)
            : "");
  }
}
