package dev.terse.trainer.grpo;

import dev.terse.engine.Segments;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.trainer.config.Cadence;
import dev.terse.trainer.data.EpochOrder;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.memory.MemorySettings;
import dev.terse.trainer.memory.RunShape;
import dev.terse.trainer.memory.RunShape.Pass;
import dev.terse.trainer.memory.RunShape.Rollout;
import dev.terse.trainer.memory.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The batches and rollouts of a GRPO run whose completions are all as long as they may be.
 *
 * @param prompts of the problems in the order of the training file, in tokens
 * @param teacherPrompts the same of what the reference is asked with
 * @param evalPrompts the same of the evaluation; may be empty
 */
record GrpoWorkload(
    DecoderConfig model,
    GrpoConfig config,
    BatchPlan plan,
    EpochOrder order,
    int[] prompts,
    int[] teacherPrompts,
    int[] evalPrompts)
    implements Workload {

  static GrpoWorkload of(
      DecoderConfig model,
      GrpoConfig config,
      BatchPlan plan,
      EpochOrder order,
      GrpoTrainer.GrpoProblems problems) {
    List<Problem> asked =
        problems.train().stream()
            .map(each -> problems.teacher().getOrDefault(each.prompt().index(), each))
            .toList();
    return new GrpoWorkload(
        model,
        config,
        plan,
        order,
        lengths(problems.train()),
        lengths(asked),
        lengths(problems.eval()));
  }

  private static int[] lengths(List<Problem> problems) {
    return problems.stream().mapToInt(problem -> problem.prompt().ids().length).toArray();
  }

  @Override
  public MemorySettings settings() {
    return config
        .training()
        .memory(
            config.model().lora(),
            config.generation().maxLive(),
            config.lengthKey(),
            config.generation().maxCompletionLength());
  }

  @Override
  public RunShape shape(MemorySettings settings) {
    int[] longest = longestGeneration(prompts);
    Pass pass = pass(longest, settings);
    boolean hasReference = config.loss().beta() != 0;
    // Without its adapters a policy is its own reference.
    boolean hasCopy = hasReference && settings.lora() == null;
    List<Rollout> rollouts = new ArrayList<>();
    rollouts.add(rollout(longest, plan.groupSize(), settings));
    List<Pass> forwards = new ArrayList<>();
    if (!plan.isOnPolicy()) {
      forwards.add(pass);
    }
    if (hasReference) {
      forwards.add(pass(longestGeneration(teacherPrompts), settings));
    }
    var evaluation = config.training().evaluation();
    if (evaluation.evalOnStart() || evaluation.evalStrategy() != Cadence.NO) {
      int[] longestFirst = falling(evalPrompts);
      rollouts.add(rollout(longestFirst, Math.max(1, config.evaluatedGroup()), settings));
      if (config.evaluatedGroup() > 0 && longestFirst.length > 0) {
        forwards.add(pass(longestFirst, settings));
      }
    }
    RunShape run =
        RunShape.of(model, settings).withPasses(List.of(pass), forwards).withRollouts(rollouts);
    return hasCopy ? run.withReference() : run;
  }

  /** Those of the generation with the most tokens of {@code prompts}, longest first. */
  private int[] longestGeneration(int[] prompts) {
    if (config.dynamicSampling().useDynamicSampling()) { // any prompts may come together
      return Arrays.copyOf(falling(prompts), plan.prompts());
    }
    int generations =
        1
            + plan.generation(
                config.training().updates(order.updatesPerEpoch() * plan.updatesPerGeneration())
                    - 1);
    return IntStream.range(0, generations)
        .mapToObj(order::rows)
        .map(rows -> falling(Arrays.stream(rows).map(row -> prompts[row]).toArray()))
        .max(Comparator.comparingInt(lengths -> Arrays.stream(lengths).sum()))
        .orElseThrow();
  }

  private static int[] falling(int[] lengths) {
    int[] sorted = Arrays.stream(lengths).sorted().toArray();
    return IntStream.range(0, sorted.length).map(i -> sorted[sorted.length - 1 - i]).toArray();
  }

  /**
   * The largest pass: a micro-batch of the longest prompts, as far as a pass takes it. Completions
   * that end early leave their tokens to others, so it is filled to the last token.
   */
  private Pass pass(int[] longest, MemorySettings settings) {
    int most = settings.tokensPerPass() == 0 ? Integer.MAX_VALUE : settings.tokensPerPass();
    int capacity = Math.max(most, longest[0] + settings.length());
    List<Integer> lengths = new ArrayList<>();
    List<Integer> prefixes = new ArrayList<>();
    int completions = 0;
    for (int g = 0; capacity > 0 && completions < plan.microBatch(); g++) {
      int prompt = longest[Math.min(longest.length - 1, g)];
      int last = Math.min(plan.microBatch(), completions + plan.groupSize());
      int own = prompt; // tokens of the prompt that each completion has for itself
      int prefix = Segments.NONE;
      if (sharesPrompts(settings) && prompt > 1 && capacity >= prompt) {
        own = 1;
        prefix = lengths.size();
        prefixes.add(Segments.NONE);
        lengths.add(prompt - 1);
        capacity -= prompt - 1;
      }
      for (; capacity > 0 && completions < last; completions++) {
        int tokens = Math.min(capacity, own + settings.length());
        prefixes.add(prefix);
        lengths.add(tokens);
        capacity -= tokens;
      }
    }
    return new Pass(
        Segments.continuing(ints(lengths), ints(prefixes)), completions * settings.length());
  }

  private boolean sharesPrompts(MemorySettings settings) {
    boolean dropsOut = settings.lora() != null && config.dropsOut();
    return !dropsOut && !model.rope().followsLength();
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  /** A turn: whole groups, or a part of one. */
  private static Rollout rollout(int[] longest, int groupSize, MemorySettings settings) {
    int sequences = Math.min(groupSize, settings.maxLive());
    int groups = Math.min(longest.length, settings.maxLive() / sequences);
    return new Rollout(Arrays.copyOf(longest, groups), sequences, settings.length());
  }
}
