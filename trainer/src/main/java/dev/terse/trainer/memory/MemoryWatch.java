package dev.terse.trainer.memory;

import dev.terse.engine.Engine;
import dev.terse.engine.nd4j.Nd4jEngine;
import dev.terse.trainer.config.MemoryCheck;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the memory of a run before it starts, refuses one that cannot fit, and tells the peak when
 * it has ended. Knows the memory of CPUs only: on CUDA, and on the reference engine, it keeps
 * quiet.
 */
public final class MemoryWatch {
  private static final Logger LOG = LoggerFactory.getLogger(MemoryWatch.class);

  private final Nd4jEngine engine; // null where nothing is known
  private final MemoryCheck check;
  private MemoryForecast forecast; // null before the training

  public MemoryWatch(Engine engine, MemoryCheck check) {
    this.engine = engine instanceof Nd4jEngine nd4j && nd4j.isOnHost() ? nd4j : null;
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
      require(weightsOnly, ProcessMemory.BARE, "before a row is read the run needs ");
    }
  }

  /**
   * When everything is loaded and before the first update.
   *
   * @throws IllegalArgumentException if the run cannot fit, with settings that would
   */
  public void beforeTraining(Workload run) {
    if (engine != null && check != MemoryCheck.OFF) {
      long growth = HeapTrim.collect(); // what reading the data has left behind goes
      long now = ProcessMemory.resident().orElse(0) - engine.heldBytes() + growth;
      forecast = require(run, Math.max(now, ProcessMemory.BARE), "the run needs ");
      LOG.info("memory: {}", forecast.describe());
    }
  }

  /** Metrics of the run that has ended, without {@code train/}; logs the peak. */
  public Map<String, Double> end() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    OptionalLong peak = ProcessMemory.peak();
    if (forecast != null && peak.isPresent()) {
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

  private MemoryForecast require(Workload run, long process, String needs) {
    MemorySettings settings = run.settings();
    MemoryForecast told = forecast(run, settings, process);
    MachineMemory machine = MachineMemory.read();
    long room = machine.available() + ProcessMemory.resident().orElse(0);
    if (told.total() > room) {
      MemoryAdvice advice =
          MemoryAdvice.find(settings, other -> forecast(run, other, process).total(), room);
      String sentence = needs + sentence(told, machine, room, settings, advice);
      if (check == MemoryCheck.REFUSE) {
        throw new IllegalArgumentException(
            sentence + "; memory_check: warn starts it nevertheless");
      }
      LOG.warn("{}", sentence);
    }
    return told;
  }

  private MemoryForecast forecast(Workload run, MemorySettings settings, long process) {
    return MemoryForecast.of(
        run.shape(settings), engine, process + ProcessMemory.growth(settings.optim()));
  }

  static String sentence(
      MemoryForecast told,
      MachineMemory machine,
      long room,
      MemorySettings settings,
      MemoryAdvice advice) {
    String with = String.join(", ", advice.settings().changesFrom(settings));
    String least = MemoryForecast.gigabytes(advice.bytes()) + " GB";
    String remedy =
        advice.fits(room)
            ? "it would fit with " + with + " (" + least + ")"
            : "no setting would make it fit"
                + (with.isEmpty() ? "" : " (the least, with " + with + ", is " + least + ")")
                + ": take a smaller model or a machine with more memory";
    return told.describe()
        + ", more than the "
        + MemoryForecast.gigabytes(room)
        + " GB that the machine has for it (of "
        + MemoryForecast.gigabytes(machine.total())
        + "); "
        + remedy;
  }
}
