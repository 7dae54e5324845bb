package dev.terse.bench;

import dev.terse.engine.Engine;
import dev.terse.engine.cuda.CudaEngine;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.model.weights.WeightUse;
import dev.terse.trainer.memory.ProcessMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import picocli.CommandLine.Option;

/** What is run, and in which compute type. */
final class ModelOptions {
  private static final int MOST_CHARACTERS_PER_TOKEN = 12;

  @Option(names = "--model", required = true, description = "Hugging Face folder.")
  private Path model;

  @Option(names = "--bf16", description = "Matmuls in bf16 instead of fp32.")
  private boolean bf16;

  @Option(names = "--cuda", description = "On an NVIDIA GPU instead of the CPU.")
  private boolean cuda;

  /** A new engine; belongs to the caller. */
  Engine open() {
    return cuda ? new CudaEngine(dtype().matmuls()) : dtype().open();
  }

  /**
   * A new engine whose operations are done when they return, so that each can be timed.
   *
   * @throws IllegalArgumentException on a GPU, which works on after a call has returned
   */
  Engine openTimeable() {
    if (cuda) {
      throw new IllegalArgumentException("profiles are of CPUs: a GPU works on after the calls");
    }
    return open();
  }

  /** The most memory that was taken, in GB of 10^9 bytes: of the GPU, or of this process. */
  double peakGb(Engine engine) {
    long bytes =
        engine instanceof CudaEngine gpu ? gpu.peakBytes() : ProcessMemory.peak().orElse(0);
    return bytes / 1e9;
  }

  ComputeType dtype() {
    return bf16 ? ComputeType.BF16 : ComputeType.FP32;
  }

  /** The model on {@code engine}; belongs to the caller. */
  ModelFolder load(Engine engine, WeightUse use) throws IOException {
    return ModelFolder.load(model, engine, use);
  }

  /**
   * The first tokens of a text, as many as asked for.
   *
   * @throws IllegalArgumentException if the text is shorter
   */
  static int[] firstTokens(Tokenizer tokenizer, Path text, int tokens) throws IOException {
    String head = Files.readString(text);
    int[] ids =
        tokenizer.encode(
            head.substring(0, Math.min(head.length(), MOST_CHARACTERS_PER_TOKEN * tokens)));
    if (ids.length < tokens) {
      throw new IllegalArgumentException(
          text + " holds " + ids.length + " tokens, expected " + tokens + ": give a longer text");
    }
    return Arrays.copyOf(ids, tokens);
  }
}
