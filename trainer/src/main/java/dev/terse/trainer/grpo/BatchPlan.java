package dev.terse.trainer.grpo;

import dev.terse.engine.SeedTree;
import dev.terse.trainer.config.ConfigValues;
import dev.terse.trainer.config.Rule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * TRL's batch arithmetic: what is counted is completions, not prompts.
 *
 * <pre>
 * generation_batch_size = per_device_train_batch_size · num_processes · steps_per_generation
 * prompts of a generation = generation_batch_size / num_generations
 * updates of a generation = steps_per_generation / gradient_accumulation_steps · num_iterations
 * </pre>
 *
 * <p>Where steps_per_generation is below gradient_accumulation_steps, TRL draws several generations
 * within one update, by the same weights. Here they are drawn at once, as the parts of one: what
 * TRL computes over a generation (the tokens that dapo divides by, the deviation of scale_rewards
 * batch) is computed over each part.
 *
 * @param microBatch completions of a micro-batch
 * @param accumulation micro-batches of an update, those of all processes
 * @param stepsPerGeneration micro-batches of a generation, those of all processes
 * @param groupSize completions of a prompt
 * @param iterations passes over a generation
 */
public record BatchPlan(
    int microBatch, int accumulation, int stepsPerGeneration, int groupSize, int iterations) {

  public BatchPlan {
    List<String> problems = new ArrayList<>();
    int completions = partBatch(microBatch, stepsPerGeneration);
    if (completions % groupSize != 0) {
      problems.add(
          sentence(
              "a generation of %d completions must be a multiple of num_generations %d, so that"
                  + " groups are whole",
              completions, groupSize));
    }
    if (stepsPerGeneration % accumulation != 0 && accumulation % stepsPerGeneration != 0) {
      problems.add(
          sentence(
              "a generation of %d micro-batches must be a multiple of the %d of an update, so that"
                  + " it makes whole updates, or divide it",
              stepsPerGeneration, accumulation));
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /**
   * That of a configuration.
   *
   * @throws IllegalArgumentException if it does not come out even
   */
  public static BatchPlan of(GrpoConfig config) {
    var training = config.training();
    var generation = config.generation();
    return new Given(
            training.perDeviceTrainBatchSize(),
            training.gradientAccumulationSteps(),
            training.numProcesses(),
            generation.numGenerations(),
            generation.generationBatchSize(),
            generation.stepsPerGeneration(),
            generation.numIterations())
        .plan();
  }

  /** Refuses a configuration whose batches do not come out even, with values that do. */
  public static final class Arithmetic implements Rule {
    private static final String[] KEYS = {
      "per_device_train_batch_size",
      "gradient_accumulation_steps",
      "num_processes",
      "num_generations",
      "generation_batch_size",
      "steps_per_generation",
      "num_iterations"
    };

    public Arithmetic() {}

    @Override
    public List<String> problems(ConfigValues values) {
      List<Optional<Integer>> given =
          Stream.of(KEYS).map(key -> values.of(key, Integer.class)).toList();
      boolean fit = given.subList(0, 4).stream().allMatch(Optional::isPresent);
      boolean twice = given.get(4).isPresent() && given.get(5).isPresent();
      if (!fit || twice || given.get(3).get() < 2 || given.get(6).isEmpty()) {
        return List.of(); // told by themselves
      }
      String where = values.places(KEYS);
      return new Given(
              given.get(0).get(),
              given.get(1).get(),
              given.get(2).get(),
              given.get(3).get(),
              given.get(4).orElse(null),
              given.get(5).orElse(null),
              given.get(6).get())
          .problems().stream().map(problem -> where + problem).toList();
    }
  }

  /**
   * The keys that the arithmetic is made of.
   *
   * @param generationBatch null where it follows from the others
   * @param steps null where it follows from the others
   */
  private record Given(
      int microBatch,
      int accumulation,
      int processes,
      int groupSize,
      Integer generationBatch,
      Integer steps,
      int iterations) {

    /**
     * @throws IllegalArgumentException if it does not come out even
     */
    BatchPlan plan() {
      List<String> problems = problems();
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", problems));
      }
      return new BatchPlan(
          microBatch, accumulation * processes, completions() / microBatch, groupSize, iterations);
    }

    /** Completions of a generation. */
    private int completions() {
      return generationBatch != null
          ? generationBatch
          : microBatch * processes * (steps == null ? accumulation : steps);
    }

    private int updateBatch() {
      return microBatch * processes * accumulation;
    }

    List<String> problems() {
      boolean groups = completions() % groupSize == 0;
      boolean updates = completions() % updateBatch() == 0 || updateBatch() % completions() == 0;
      if (groups && updates) {
        return completions() < updateBatch() && iterations > 1
            ? List.of(countedAgain())
            : List.of();
      }
      String batch =
          sentence(
              "per_device_train_batch_size %d%s",
              microBatch, processes == 1 ? "" : " x num_processes " + processes);
      List<String> rules = new ArrayList<>();
      if (!groups) {
        rules.add(sentence("of num_generations %d, so that groups are whole", groupSize));
      }
      if (!updates) {
        rules.add(
            sentence(
                "of %s x gradient_accumulation_steps %d = %d, so that a generation makes whole"
                    + " updates",
                batch, accumulation, updateBatch()));
      }
      return List.of(
          sentence(
              "generation_batch_size %d%s must be a multiple %s: try %s",
              completions(),
              generationBatch != null
                  ? ""
                  : sentence(
                      " (%s x %s %d)",
                      batch,
                      steps == null ? "gradient_accumulation_steps" : "steps_per_generation",
                      steps == null ? accumulation : steps),
              String.join(", and ", rules),
              advice()));
    }

    private String countedAgain() {
      return sentence(
          "num_iterations %d over generations of %d completions, fewer than the %d of an update,"
              + " would count the same completions again within one update: leave num_iterations 1,"
              + " or draw %d at a time",
          iterations, completions(), updateBatch(), updateBatch());
    }

    /** Values of one key that come out even where the others stay. */
    private String advice() {
      if (generationBatch != null) {
        int even = updateBatch() / gcd(updateBatch(), groupSize) * groupSize;
        return "generation_batch_size " + nearestMultiple(generationBatch, even);
      }
      int least = groupSize / gcd(groupSize, microBatch * processes);
      if (steps != null) {
        int even = least / gcd(least, accumulation) * accumulation;
        return "steps_per_generation " + nearestMultiple(steps, even);
      }
      int perGroup = groupSize / gcd(groupSize, processes * accumulation);
      int perProcesses = groupSize / gcd(groupSize, microBatch * accumulation);
      return sentence(
          "gradient_accumulation_steps %d, per_device_train_batch_size %d, or num_processes %d if"
              + " the recipe was written for so many devices",
          above(accumulation, least), above(microBatch, perGroup), above(processes, perProcesses));
    }

    private static int above(int value, int of) {
      return (value + of - 1) / of * of;
    }

    private static int gcd(int a, int b) {
      return b == 0 ? a : gcd(b, a % b);
    }

    private static long nearestMultiple(int value, int of) {
      return of * Math.max(1, Math.round(value / (double) of));
    }
  }

  /** Completions drawn at a time. */
  public int generationBatch() {
    return microBatch * Math.max(stepsPerGeneration, accumulation);
  }

  /** Completions of a part of a generation, TRL's generation_batch_size. */
  public int partBatch() {
    return partBatch(microBatch, stepsPerGeneration);
  }

  private static int partBatch(int microBatch, int stepsPerGeneration) {
    return microBatch * stepsPerGeneration;
  }

  /** Updates that a part of a generation makes, a share of one where several parts make one. */
  double updatesPerPart() {
    return stepsPerGeneration / (double) accumulation;
  }

  /** Prompts of a generation. */
  public int prompts() {
    return generationBatch() / groupSize;
  }

  /** Completions of an update. */
  public int updateBatch() {
    return microBatch * accumulation;
  }

  /** Updates that cover a generation once. */
  int updatesPerPass() {
    return Math.max(1, stepsPerGeneration / accumulation);
  }

  /** Updates that a generation is used for. */
  public int updatesPerGeneration() {
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
  public boolean isOnPolicy() {
    return updatesPerGeneration() == 1;
  }

  /** The arithmetic in one line. */
  public String describe() {
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

  private static String sentence(String form, Object... values) {
    return String.format(Locale.ROOT, form, values);
  }
}
