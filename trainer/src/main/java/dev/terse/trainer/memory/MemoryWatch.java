package dev.terse.trainer.memory;

import dev.terse.engine.Engine;
import dev.terse.engine.MeasuredEngine;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the memory of a run before it starts, refuses one that cannot fit, and tells the peak when
 * it has ended: of the machine, or of the GPU that the tensors lie in. Of the reference engine and
 * of ND4J on CUDA it knows nothing and keeps quiet.
 */
public final class MemoryWatch {
  private static final Logger LOG = LoggerFactory.getLogger(MemoryWatch.class);

  private final MeasuredEngine engine; // null where nothing is known
  private final MemoryCheck check;
  private MemoryForecast forecast; // null before the training

  public MemoryWatch(Engine engine, MemoryCheck check) {
    this.engine = engine instanceof MeasuredEngine it && it.isMeasured() ? it : null;
    this.check = check;
  }

  /**
   * Before a model is loaded.
   *
   * @param weightsOnly the run without its batches
   * @throws IllegalArgumentException if weights, gradients and moments alone cannot fit
   */
  public void beforeLoading(Workload weightsOnly) {
    if (engine != null && check != MemoryCheck.OFF) {
      require(
          weightsOnly, onDevice() ? 0 : ProcessMemory.BARE, "before a row is read the run needs ");
    }
  }

  /**
   * When everything is loaded and before the first update.
   *
   * @throws IllegalArgumentException if the run cannot fit, with settings that would
   */
  public void beforeTraining(Workload run) {
    if (engine != null && check != MemoryCheck.OFF) {
      forecast = require(run, onDevice() ? 0 : process(), "the run needs ");
      if (!onDevice()) {
        forecast = forecast.atLeast(ProcessMemory.peak().orElse(0)); // loading may have taken more
      }
      LOG.info("memory: {}", forecast.describe());
    }
  }

  private boolean onDevice() {
    return engine.deviceCapacity().isPresent();
  }

  /** Bytes of this process without its tensors. */
  private long process() {
    long growth = HeapTrim.collect(); // what reading the data has left behind goes
    long now = ProcessMemory.resident().orElse(0) - engine.heldBytes() + growth;
    return Math.max(now, ProcessMemory.BARE);
  }

  /** Metrics of the run that has ended, without {@code train/}; logs the peak. */
  public Map<String, Double> end() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    if (forecast == null) {
      return metrics;
    }
    OptionalLong peak = onDevice() ? OptionalLong.of(engine.peakBytes()) : ProcessMemory.peak();
    if (peak.isPresent()) {
      metrics.put("memory_peak_gb", peak.getAsLong() / 1e9);
      metrics.put("memory_forecast_gb", forecast.total() / 1e9);
      metrics.put("memory_tensors_peak_gb", engine.peakBytes() / 1e9);
      metrics.put("memory_tensors_forecast_gb", forecast.tensors() / 1e9);
      LOG.info(
          "memory: the peak was {} GB (tensors {}), the forecast {} (tensors {})",
          MemoryForecast.gigabytes(peak.getAsLong()),
          MemoryForecast.gigabytes(engine.peakBytes()),
          MemoryForecast.gigabytes(forecast.total()),
          MemoryForecast.gigabytes(forecast.tensors()));
    }
    return metrics;
  }

  /**
   * What a run takes beside what there is.
   *
   * @param forecast of it
   * @param capacity what it may take
   * @param excess how far it is beyond that and what would fit; empty where it fits
   */
  public record Prospect(MemoryForecast forecast, Capacity capacity, Optional<String> excess) {}

  /** Looks at a run before it is loaded, and refuses nothing; empty where nothing is known. */
  public Optional<Prospect> prospect(Workload run) {
    return engine == null
        ? Optional.empty()
        : Optional.of(prospect(run, onDevice() ? 0 : process()));
  }

  private Prospect prospect(Workload run, long process) {
    MemorySettings settings = run.settings();
    MemoryForecast told = forecast(run, settings, process);
    Capacity capacity = capacity();
    if (told.total() <= capacity.bytes()) {
      return new Prospect(told, capacity, Optional.empty());
    }
    MemoryAdvice advice =
        MemoryAdvice.find(
            settings, other -> forecast(run, other, process).total(), capacity.bytes());
    return new Prospect(told, capacity, Optional.of(sentence(told, capacity, settings, advice)));
  }

  private MemoryForecast require(Workload run, long process, String needs) {
    Prospect prospect = prospect(run, process);
    prospect
        .excess()
        .ifPresent(
            excess -> {
              if (check == MemoryCheck.REFUSE) {
                throw new IllegalArgumentException(
                    needs + excess + "; memory_check: warn starts it nevertheless");
              }
              LOG.warn("{}{}", needs, excess);
            });
    return prospect.forecast();
  }

  private MemoryForecast forecast(Workload run, MemorySettings settings, long process) {
    long growth = onDevice() ? 0 : ProcessMemory.growth(settings.optim());
    return MemoryForecast.of(run.shape(settings), engine, process + growth);
  }

  /**
   * What the run may take.
   *
   * @param owner whose memory it is, for a sentence
   * @param total bytes
   * @param bytes what can be taken, with what the run holds already
   */
  public record Capacity(String owner, long total, long bytes) {}

  private Capacity capacity() {
    return engine
        .deviceCapacity()
        .map(gpu -> new Capacity("GPU", gpu.total(), gpu.free() + engine.heldBytes()))
        .orElseGet(
            () -> {
              MachineMemory machine = MachineMemory.read();
              long bytes = machine.available() + ProcessMemory.resident().orElse(0);
              return new Capacity("machine", machine.total(), bytes);
            });
  }

  static String sentence(
      MemoryForecast told, Capacity capacity, MemorySettings settings, MemoryAdvice advice) {
    String with = String.join(", ", advice.settings().changesFrom(settings));
    String least = MemoryForecast.gigabytes(advice.bytes()) + " GB";
    String remedy =
        advice.fits(capacity.bytes())
            ? "it would fit with " + with + " (" + least + ")"
            : "no setting would make it fit"
                + (with.isEmpty() ? "" : " (the least, with " + with + ", is " + least + ")")
                + ": take a smaller model or a "
                + capacity.owner()
                + " with more memory";
    return told.describe()
        + ", more than the "
        + MemoryForecast.gigabytes(capacity.bytes())
        + " GB that the "
        + capacity.owner()
        + " has for it (of "
        + MemoryForecast.gigabytes(capacity.total())
        + "); "
        + remedy;
  }
}
