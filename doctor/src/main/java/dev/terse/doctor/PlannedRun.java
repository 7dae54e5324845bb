package dev.terse.doctor;

import dev.terse.engine.Engine;
import dev.terse.engine.MeasuredEngine;
import dev.terse.io.rows.RowSource;
import dev.terse.model.folder.ModelFolder;
import dev.terse.trainer.config.ConfigReader.Loaded;
import dev.terse.trainer.data.mixture.RunRows;
import dev.terse.trainer.loop.RunConfig;
import dev.terse.trainer.memory.MemoryCheck;
import dev.terse.trainer.memory.MemoryWatch;
import dev.terse.trainer.memory.MemoryWatch.Prospect;
import dev.terse.trainer.memory.Workload;
import dev.terse.trainer.model.ModelArguments;
import dev.terse.trainer.model.RunModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A run that has not begun: its configuration, and what the run would read, read when a check first
 * asks for it. Nothing is written.
 *
 * @param <C> the configuration
 */
public abstract class PlannedRun<C extends RunConfig> implements AutoCloseable {
  private final C config;
  private final Map<String, String> values;
  private final Lazy<Engine> engine;
  private final Lazy<MeasuredEngine> counting;
  private final Lazy<ModelFolder> outline;
  private final Lazy<ModelFolder> model;
  private final Lazy<RunRows> rows;
  private final Lazy<Optional<Prospect>> prospect;

  /** What computes. */
  public interface Engines {
    /** The run's engine, new; belongs to the caller. */
    Engine open();

    /** An engine of the CPU, new; belongs to the caller. */
    MeasuredEngine cpu();
  }

  PlannedRun(Loaded<C> loaded, Engines engines) {
    this.config = loaded.config();
    this.values = loaded.values();
    this.engine = new Lazy<>("the engine", engines::open);
    this.counting = new Lazy<>("an engine that counts", () -> counting(engines));
    ModelArguments arguments = config.model();
    LocalDateTime now = LocalDateTime.now().truncatedTo(ChronoUnit.SECONDS);
    this.outline =
        new Lazy<>(
            "the model",
            () -> {
              requireThere(arguments);
              return RunModels.complete(
                  arguments,
                  RunModels.outline(arguments, counting.get(), config.learnsTurns()),
                  now);
            });
    this.model =
        new Lazy<>(
            "the model's weights",
            () -> {
              if (prospect().flatMap(Prospect::excess).isPresent()
                  && config.training().memoryCheck() == MemoryCheck.REFUSE) {
                throw new NotThereException("memory to load the weights");
              }
              return RunModels.complete(
                  arguments,
                  RunModels.open(
                      arguments, engine(), config.training().seed(), config.learnsTurns()),
                  now);
            });
    this.prospect =
        new Lazy<>(
            "the forecast of memory",
            () -> new MemoryWatch(engine(), MemoryCheck.WARN).prospect(workload()));
    this.rows = new Lazy<>("the data", () -> config.training().rows());
  }

  /** What is missing was told when the configuration was read. */
  private static void requireThere(ModelArguments arguments) {
    Stream.of(
            arguments.modelPlace(),
            arguments.initPlace(),
            arguments.tokenizerPlace(),
            arguments.chat().templatePlace())
        .filter(place -> place != null && !Files.exists(place))
        .findFirst()
        .ifPresent(
            place -> {
              throw new NotThereException(place.toString());
            });
  }

  /** The rows, if all of their files are there. */
  static RowSource readable(RowSource source) {
    for (Path file : source.files()) {
      if (!Files.exists(file)) {
        throw new NotThereException(file.toString());
      }
    }
    return source;
  }

  private static MeasuredEngine counting(Engines engines) {
    try (MeasuredEngine cpu = engines.cpu()) {
      return cpu.counting();
    }
  }

  public final C config() {
    return config;
  }

  /** Every key with the value in force. */
  public final Map<String, String> values() {
    return values;
  }

  /** The run's engine. */
  public final Engine engine() {
    return engine.get();
  }

  /** The model without its numbers: shape, tokenizer, template. */
  public final ModelFolder outline() {
    return outline.get();
  }

  /** The model with its weights, which takes its memory; with fresh adapters where they train. */
  public final ModelFolder model() {
    return model.get();
  }

  /** The run's memory beside what there is; empty where nothing is known of the engine's. */
  public final Optional<Prospect> prospect() {
    return prospect.get();
  }

  /** The rows to train and to evaluate on, not yet read. */
  final RunRows rows() {
    return rows.get();
  }

  /** The files of the rows to train on. */
  public final RowSource trainSource() {
    return readable(rows().train());
  }

  /** The files of the rows to evaluate on; empty where there are none. */
  public final Optional<RowSource> evalSource() {
    return rows().eval().map(PlannedRun::readable);
  }

  /** The rows to train on, encoded. */
  public abstract RowTable train() throws IOException;

  /** The rows to evaluate on, encoded; empty where there are none. */
  public abstract Optional<RowTable> eval() throws IOException;

  /** The first row's tokens, and which of them bear loss. */
  public abstract ShownRow firstRow() throws IOException;

  /** What the run does, for the forecast of its memory. */
  public abstract Workload workload() throws IOException;

  /** The batch arithmetic in one line. */
  public abstract String arithmetic() throws IOException;

  /** Updates of the whole run. */
  public abstract int updates() throws IOException;

  @Override
  public void close() {
    model.made().ifPresent(ModelFolder::close);
    outline.made().ifPresent(ModelFolder::close);
    counting.made().ifPresent(MeasuredEngine::close);
    engine.made().ifPresent(Engine::close);
  }
}
