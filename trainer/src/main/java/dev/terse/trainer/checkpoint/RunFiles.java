package dev.terse.trainer.checkpoint;

import dev.terse.engine.Engine;
import dev.terse.engine.Tensor;
import dev.terse.engine.numbers.Storage;
import dev.terse.io.Folders;
import dev.terse.model.folder.AdapterFolder;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.weights.Parameters;
import dev.terse.trainer.optim.NonFiniteException;
import dev.terse.trainer.optim.Optimizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files of a checkpoint: a Hugging Face folder, or a PEFT adapter's, that any tool loads as it
 * is, and beside it {@code trainer_state} with the moments and the {@link RunState}. On an engine
 * whose numbers are wider than the folder's 32 bits the exact weights stand there too.
 */
public final class RunFiles {
  private static final String MOMENTS = RunState.FOLDER + "/optimizer.safetensors";
  private static final String REFERENCE = "reference.safetensors";
  private static final String EXACT_WEIGHTS = RunState.FOLDER + "/weights.safetensors";

  private RunFiles() {}

  /** Writes model and state into {@code folder}. */
  public static void write(Path folder, ModelFolder model, Optimizer optimizer, RunState state)
      throws IOException {
    Engine engine = model.decoder().engine();
    writeModel(folder, model);
    Files.createDirectories(folder.resolve(RunState.FOLDER));
    StateTensors.write(folder.resolve(MOMENTS), moments(optimizer), engine);
    if (engine.numberBytes() > Float.BYTES) {
      StateTensors.write(
          folder.resolve(EXACT_WEIGHTS), model.decoder().trained().tensors(), engine);
    }
    state.write(folder);
  }

  /**
   * Writes the model alone.
   *
   * @throws NonFiniteException if a weight is not a finite number: such a model is not published
   */
  public static void writeModel(Path folder, ModelFolder model) throws IOException {
    requireFinite(model.decoder());
    model.save(folder);
  }

  /**
   * Copies the model of a checkpoint, as it stands.
   *
   * @param to the run's own folder, whose model it replaces file by file
   */
  public static void publishModel(Path checkpoint, Path to) throws IOException {
    try (Stream<Path> files = Files.list(checkpoint)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        if (!file.endsWith(Manifest.NAME)) {
          Path aside = to.resolve("." + file.getFileName() + ".part");
          Files.copy(file, aside, StandardCopyOption.REPLACE_EXISTING);
          Folders.syncFile(aside);
          Files.move(
              aside, to.resolve(file.getFileName().toString()), StandardCopyOption.ATOMIC_MOVE);
        }
      }
    }
    Folders.sync(to);
  }

  /**
   * Refuses a model whose weights are no numbers, before it is trained.
   *
   * @throws IllegalArgumentException naming a weight that holds NaN or an infinite number
   */
  public static void requireUsable(ModelFolder model, String name) {
    Decoder decoder = model.decoder();
    Stream.concat(
            decoder.weights().tensors().entrySet().stream(),
            decoder.trained().tensors().entrySet().stream())
        .filter(weight -> weight.getValue().storage() == Storage.FULL)
        .filter(weight -> !Double.isFinite(decoder.engine().sumOfSquares(weight.getValue())))
        .findFirst()
        .ifPresent(
            weight -> {
              throw new IllegalArgumentException(
                  name
                      + ": "
                      + weight.getKey()
                      + " holds NaN or infinite numbers; take an older copy of the model");
            });
  }

  /** Bytes that {@link #writeModel} writes, but for the tokenizer. */
  public static long modelBytes(ModelFolder model) {
    return Float.BYTES * model.decoder().trained().size();
  }

  /**
   * Bytes of a checkpoint, but for the tokenizer.
   *
   * @param withState whether {@link #write} writes it, or {@link #writeModel}
   */
  public static long bytes(ModelFolder model, Optimizer optimizer, boolean withState) {
    long bytes = modelBytes(model);
    if (withState) {
      bytes += moments(optimizer).values().stream().mapToLong(Tensor::byteSize).sum();
      if (model.decoder().engine().numberBytes() > Float.BYTES) {
        bytes += model.decoder().trained().size() * model.decoder().engine().numberBytes();
      }
    }
    return bytes;
  }

  /**
   * When the run of a checkpoint began; empty in a checkpoint that does not tell.
   *
   * @throws IllegalArgumentException if what it tells is no time
   */
  public static Optional<LocalDateTime> started(Path checkpoint) throws IOException {
    String started = RunState.read(checkpoint).started();
    try {
      return started.isEmpty() ? Optional.empty() : Optional.of(LocalDateTime.parse(started));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          checkpoint
              + ": its state says that the run started '"
              + started
              + "', expected a time like 2026-01-31T12:00:00; resume from another checkpoint",
          e);
    }
  }

  /** Writes a reference model that has moved, into the state of a run. */
  public static void writeReference(Path state, Parameters reference, Engine engine)
      throws IOException {
    StateTensors.write(state.resolve(REFERENCE), reference.tensors(), engine);
  }

  /** What {@link #writeReference} wrote. */
  public static void readReference(Path state, Parameters reference, Engine engine)
      throws IOException {
    StateTensors.read(state.resolve(REFERENCE), reference.tensors(), engine);
  }

  /** Where the state of the run stands in a checkpoint. */
  public static Path stateFolder(Path checkpoint) {
    return checkpoint.resolve(RunState.FOLDER);
  }

  /**
   * Makes a model that was loaded from {@code folder}, or the adapters on the model that the run
   * began with, and the optimizer, what they were when it was written.
   *
   * @param now the state that the run would have written, its counters aside
   * @param anyway whether changes that decide the run's numbers are told instead of refused
   * @return the saved state
   * @throws IllegalArgumentException if the run may not go on from it
   */
  public static Resumed read(
      Path folder, Decoder decoder, Optimizer optimizer, RunState now, boolean anyway)
      throws IOException {
    RunState saved = RunState.read(folder);
    List<String> notes = ResumeRules.check(saved, now, anyway);
    Engine engine = decoder.engine();
    StateTensors.read(folder.resolve(MOMENTS), moments(optimizer), engine);
    decoder.adapters().ifPresent(adapters -> AdapterFolder.read(folder, adapters));
    if (engine.numberBytes() > Float.BYTES) {
      StateTensors.read(folder.resolve(EXACT_WEIGHTS), decoder.trained().tensors(), engine);
    }
    optimizer.resume(saved.applied(), saved.skippedInARow());
    return new Resumed(saved, notes);
  }

  /**
   * A run that goes on.
   *
   * @param notes what is worth telling about it
   */
  public record Resumed(RunState state, List<String> notes) {}

  private static Map<String, Tensor> moments(Optimizer optimizer) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    prefixed("exp_avg.", optimizer.firstMoments(), all);
    prefixed(StateTensors.SQUARES, optimizer.secondMoments(), all);
    return all;
  }

  private static void prefixed(String prefix, Parameters parameters, Map<String, Tensor> into) {
    parameters.tensors().forEach((name, tensor) -> into.put(prefix + name, tensor));
  }

  private static void requireFinite(Decoder decoder) {
    for (Map.Entry<String, Tensor> weight : decoder.trained().tensors().entrySet()) {
      if (!Double.isFinite(decoder.engine().sumOfSquares(weight.getValue()))) {
        throw new NonFiniteException(
            weight.getKey()
                + " is not finite: the training has diverged (lower learning_rate). The model is"
                + " not saved, older checkpoints stand");
      }
    }
  }
}
