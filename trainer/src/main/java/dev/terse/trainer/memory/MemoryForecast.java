package dev.terse.trainer.memory;

import dev.terse.engine.HeadRows;
import dev.terse.engine.MeasuredEngine;
import dev.terse.engine.Segments;
import dev.terse.engine.Tensor;
import dev.terse.model.transformer.Decoder;
import dev.terse.model.transformer.Decoding;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.model.weights.PackedBatch;
import dev.terse.model.weights.Parameters;
import dev.terse.trainer.memory.RunShape.Pass;
import dev.terse.trainer.memory.RunShape.Rollout;
import dev.terse.trainer.optim.Optim;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The most memory that a run will hold, in bytes. It is not computed from formulas: the run's own
 * decoder goes through its largest batches on an engine that only counts ({@link
 * MeasuredEngine#counting}).
 *
 * @param process the Java machine, its libraries and heap
 * @param weights of the model with its adapters, of a reference beside it, and their bfloat16
 *     copies
 * @param gradients of what is trained
 * @param moments AdamW's two
 * @param activations the decoder's pool and the engine's scratch after a forward and backward
 * @param decoding what drawing completions, or reading without a backward, needs beyond that
 */
public record MemoryForecast(
    long process, long weights, long gradients, long moments, long activations, long decoding) {
  /** Decoding steps that are done: more than it takes until weights are packed for them. */
  private static final int STEPS = 8;

  /** Room that a key-value cache makes for a token, in tokens: its pages grow by steps. */
  private static final double CAPACITY = 1.1;

  /**
   * The forecast.
   *
   * @param like an engine of the kind that the run computes on; it is not used
   * @param process bytes of the process without the engine's memory
   */
  public static MemoryForecast of(RunShape run, MeasuredEngine like, long process) {
    try (MeasuredEngine engine = like.counting();
        Decoder decoder = Decoder.blank(engine, run.model(), run.lora());
        Decoder reference = run.reference() ? Decoder.blank(engine, run.model(), null) : null;
        State state = run.optim() == null ? State.NONE : State.of(decoder, run.optim())) {
      List<Decoder> models = reference == null ? List.of(decoder) : List.of(decoder, reference);
      long gradients = bytes(state.gradients);
      long moments = bytes(state.first) + bytes(state.second);
      // A single token leaves the weights' bfloat16 copies; its activations are pooled.
      models.forEach(model -> score(model, new Pass(Segments.ofLengths(1), 1)));
      long weights = engine.heldBytes() - engine.pooledBytes() - gradients - moments;
      run.trained().forEach(pass -> train(decoder, state.gradients, run.recompute(), pass));
      run.scored().forEach(pass -> models.forEach(model -> score(model, pass)));
      long passes = engine.peakBytes();
      long peak = passes;
      for (Rollout rollout : run.rollouts()) {
        peak = Math.max(peak, decode(decoder, engine, rollout));
      }
      long activations = passes - weights - gradients - moments;
      long decoding = peak - passes;
      return new MemoryForecast(process, weights, gradients, moments, activations, decoding);
    }
  }

  /** What an {@link dev.terse.trainer.optim.Optimizer} holds. */
  private record State(Parameters gradients, Parameters first, Parameters second)
      implements AutoCloseable {
    static final State NONE = new State(none(), none(), none());

    static State of(Decoder decoder, Optim optim) {
      Parameters trained = decoder.trained();
      return new State(
          trained.zerosLike(decoder.engine()),
          trained.zerosLike(decoder.engine(), optim::first),
          trained.zerosLike(decoder.engine(), optim::second));
    }

    private static Parameters none() {
      return new Parameters(Map.of());
    }

    @Override
    public void close() {
      gradients.close();
      first.close();
      second.close();
    }
  }

  private static void train(Decoder decoder, Parameters gradients, boolean recompute, Pass pass) {
    PackedBatch batch = batch(pass);
    if (decoder.adapters().isPresent() && !pass.segments().sharesPrefixes()) {
      batch = batch.withDropout(0, new int[pass.segments().count()]);
    }
    decoder.accumulate(batch, rows(pass), 1, (row, logProb) -> 0, gradients, recompute);
  }

  private static void score(Decoder decoder, Pass pass) {
    decoder.score(batch(pass), rows(pass), 1);
  }

  /**
   * The bytes that are held when every sequence has its last token. Only the first steps are done;
   * what the others add are keys and values.
   */
  private static long decode(Decoder decoder, MeasuredEngine engine, Rollout rollout) {
    int[] promptOf =
        IntStream.range(0, rollout.prompts().length)
            .flatMap(prompt -> IntStream.generate(() -> prompt).limit(rollout.sequences()))
            .toArray();
    List<int[]> prompts = Arrays.stream(rollout.prompts()).mapToObj(int[]::new).toList();
    try (Decoding decoding = decoder.decode(rollout.newTokens())) {
      decoding.join(prompts, promptOf);
      for (int step = 0; step < Math.min(STEPS, rollout.newTokens() - 1); step++) {
        decoding.step(new int[promptOf.length]);
      }
      return engine.heldBytes() + keysAndValues(decoder.config(), promptOf.length, rollout);
    }
  }

  private static long keysAndValues(DecoderConfig model, int sequences, Rollout rollout) {
    long ofToken = 2L * model.layers() * model.keyChannels() * Float.BYTES;
    int more = Math.max(0, rollout.newTokens() - STEPS);
    return (long) (sequences * more * ofToken * CAPACITY);
  }

  private static PackedBatch batch(Pass pass) {
    return new PackedBatch(new int[pass.segments().tokens()], pass.segments());
  }

  private static HeadRows rows(Pass pass) {
    int targets = Math.min(pass.segments().tokens(), pass.targets());
    return new HeadRows(IntStream.range(0, targets).toArray(), new int[targets]);
  }

  private static long bytes(Parameters parameters) {
    return parameters.tensors().values().stream().mapToLong(Tensor::byteSize).sum();
  }

  /** The same with so much process that the total is no less than {@code bytes}. */
  MemoryForecast atLeast(long bytes) {
    long more = Math.max(0, bytes - total());
    return new MemoryForecast(process + more, weights, gradients, moments, activations, decoding);
  }

  /** Bytes in all. */
  public long total() {
    return process + tensors();
  }

  /** Bytes in the engine's memory. */
  public long tensors() {
    return weights + gradients + moments + activations + decoding;
  }

  /** The total and its parts in GB. */
  public String describe() {
    List<String> parts = new ArrayList<>();
    add(parts, "weights", weights);
    add(parts, "gradients", gradients);
    add(parts, "moments", moments);
    add(parts, "activations", activations);
    add(parts, "decoding", decoding);
    add(parts, "process", process);
    return gigabytes(total()) + " GB (" + String.join(", ", parts) + ")";
  }

  private static void add(List<String> parts, String name, long bytes) {
    if (bytes >= 5_000_000) {
      parts.add(name + " " + gigabytes(bytes));
    }
  }

  /** Two digits after the point, of 10^9 bytes. */
  public static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.2f", bytes / 1e9);
  }
}
