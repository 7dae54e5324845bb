package dev.terse.trainer.grpo;

import dev.terse.engine.SeedTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * TRL's batch arithmetic: what is counted is completions, not prompts.
 *
 * <pre>
 * generation_batch_size = per_device_train_batch_size · steps_per_generation
 * prompts of a generation = generation_batch_size / num_generations
 * updates of a generation = steps_per_generation / gradient_accumulation_steps · num_iterations
 * </pre>
 *
 * @param microBatch completions of a micro-batch
 * @param accumulation micro-batches of an update
 * @param stepsPerGeneration micro-batches of a generation
 * @param groupSize completions of a prompt
 * @param iterations passes over a generation
 */
record BatchPlan(
    int microBatch, int accumulation, int stepsPerGeneration, int groupSize, int iterations) {

  BatchPlan {
    List<String> problems = new ArrayList<>();
    int completions = microBatch * stepsPerGeneration;
    if (completions % groupSize != 0) {
      problems.add(
          sentence(
              "generation_batch_size %d (per_device_train_batch_size %d x steps_per_generation %d)"
                  + " must be a multiple of num_generations %d, so that groups are whole: try"
                  + " gradient_accumulation_steps %d or per_device_train_batch_size %d",
              completions,
              microBatch,
              stepsPerGeneration,
              groupSize,
              leastWhole(stepsPerGeneration, microBatch, groupSize),
              leastWhole(microBatch, stepsPerGeneration, groupSize)));
    }
    if (stepsPerGeneration % accumulation != 0) {
      problems.add(
          sentence(
              "steps_per_generation %d must be a multiple of gradient_accumulation_steps %d, so that"
                  + " a generation makes whole updates: try steps_per_generation %d",
              stepsPerGeneration, accumulation, nearestMultiple(stepsPerGeneration, accumulation)));
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  static BatchPlan of(GrpoConfig config) {
    var training = config.training();
    var generation = config.generation();
    int microBatch = training.perDeviceTrainBatchSize();
    int accumulation = training.gradientAccumulationSteps();
    int steps = accumulation;
    if (generation.stepsPerGeneration() != null) {
      steps = generation.stepsPerGeneration();
    } else if (generation.generationBatchSize() != null) {
      int wanted = generation.generationBatchSize();
      if (wanted % microBatch != 0) {
        throw new IllegalArgumentException(
            sentence(
                "generation_batch_size %d must be a multiple of per_device_train_batch_size %d: try"
                    + " %d",
                wanted, microBatch, nearestMultiple(wanted, microBatch)));
      }
      steps = wanted / microBatch;
    }
    return new BatchPlan(
        microBatch, accumulation, steps, generation.numGenerations(), generation.numIterations());
  }

  /** Completions drawn at a time. */
  int generationBatch() {
    return microBatch * stepsPerGeneration;
  }

  /** Prompts of a generation. */
  int prompts() {
    return generationBatch() / groupSize;
  }

  /** Completions of an update. */
  int updateBatch() {
    return microBatch * accumulation;
  }

  /** Updates that cover a generation once. */
  int updatesPerPass() {
    return stepsPerGeneration / accumulation;
  }

  /** Updates that a generation is used for. */
  int updatesPerGeneration() {
    return updatesPerPass() * iterations;
  }

  /** The generation that update {@code update} uses. */
  int generation(int update) {
    return update / updatesPerGeneration();
  }

  /** Whether update {@code update} is the first of its generation. */
  boolean beginsGeneration(int update) {
    return update % updatesPerGeneration() == 0;
  }

  /**
   * The episodes of update {@code update}: all of its generation, or a drawn part of it.
   *
   * @param seed of the run
   * @return their rows in the generation, [B]
   */
  int[] rows(int update, long seed) {
    int pass = update % updatesPerPass();
    int[] order =
        updatesPerPass() == 1
            ? IntStream.range(0, generationBatch()).toArray()
            : SeedTree.permutation(
                SeedTree.at(seed, "minibatch", generation(update)), generationBatch());
    return Arrays.copyOfRange(order, pass * updateBatch(), (pass + 1) * updateBatch());
  }

  /** Whether every update sees completions of the policy that it changes. */
  boolean isOnPolicy() {
    return updatesPerGeneration() == 1;
  }

  /** The arithmetic in one line. */
  String describe() {
    return sentence(
        "an update = %d micro-batches x %d completions = %d completions; a generation = %d prompts"
            + " x %d completions = %d, used for %d update(s)",
        accumulation,
        microBatch,
        updateBatch(),
        prompts(),
        groupSize,
        generationBatch(),
        updatesPerGeneration());
  }

  /** The least {@code count} or more that makes whole groups, times {@code each}. */
  private static int leastWhole(int count, int each, int groupSize) {
    return IntStream.iterate(count, c -> c + 1)
        .filter(c -> c * each % groupSize == 0)
        .findFirst()
        .orElseThrow();
  }

  private static long nearestMultiple(int value, int of) {
    return of * Math.max(1, Math.round(value / (double) of));
  }

  private static String sentence(String form, Object... values) {
    return String.format(Locale.ROOT, form, values);
  }
}
