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
          "generation_batch_size "
              + completions
              + " (per_device_train_batch_size "
              + microBatch
              + " x steps_per_generation "
              + stepsPerGeneration
              + ") must be a multiple of num_generations "
              + groupSize
              + ", so that groups are whole: "
              + suggestions(microBatch, stepsPerGeneration, groupSize));
    }
    if (stepsPerGeneration % accumulation != 0) {
      problems.add(
          "steps_per_generation "
              + stepsPerGeneration
              + " must be a multiple of gradient_accumulation_steps "
              + accumulation
              + ", so that a generation makes whole updates: try steps_per_generation "
              + accumulation * Math.max(1, Math.round(stepsPerGeneration / (double) accumulation)));
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
            "generation_batch_size "
                + wanted
                + " must be a multiple of per_device_train_batch_size "
                + microBatch
                + ": try "
                + microBatch * Math.max(1, Math.round(wanted / (double) microBatch)));
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
    return String.format(
        Locale.ROOT,
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

  private static String suggestions(int microBatch, int steps, int groupSize) {
    int wholeSteps = steps;
    while (microBatch * wholeSteps % groupSize != 0) {
      wholeSteps++;
    }
    int wholeBatch = microBatch;
    while (wholeBatch * steps % groupSize != 0) {
      wholeBatch++;
    }
    return "try gradient_accumulation_steps "
        + wholeSteps
        + " or per_device_train_batch_size "
        + wholeBatch;
  }
}
