package dev.terse.trainer.grpo;

import dev.terse.engine.SeedTree;
import dev.terse.model.ModelFolder;
import dev.terse.reward.Rubric;
import dev.terse.rollout.Group;
import dev.terse.rollout.Rollouts;
import dev.terse.trainer.data.EpochOrder;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.eval.Evaluator;
import dev.terse.trainer.loop.Learner;
import dev.terse.trainer.loss.GroupAdvantage;
import dev.terse.trainer.memory.Workload;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.optim.LearningRate;
import dev.terse.trainer.optim.Optimizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Group-relative policy optimization (arXiv 2402.03300) with TRL's keys: completions are sampled in
 * this process by the model that is trained.
 */
final class GrpoTrainer implements Learner {
  private static final Logger LOG = LoggerFactory.getLogger(GrpoTrainer.class);

  private final ModelFolder policy;
  private final ReferenceModel reference;
  private final Optimizer optimizer;
  private final GrpoConfig config;
  private final GrpoProblems problems;
  private final Phases phases;
  private final CompletionLog log;
  private final BatchPlan plan;
  private final EpochOrder order;
  private final LearningRate learningRate;
  private final Judge judge;
  private final Rollouts rollouts;
  private final GroupAdvantage.Scale scale;
  private final PolicyGradient gradient;
  private final HealthWatch health = new HealthWatch();
  private List<Episode> generation = List.of();
  private long numTokens;

  /** Problems to train on, and to evaluate on (may be empty). */
  record GrpoProblems(List<Problem> train, List<Problem> eval) {}

  /**
   * @param reference null where beta is 0; owned
   */
  GrpoTrainer(
      ModelFolder policy,
      ReferenceModel reference,
      Optimizer optimizer,
      GrpoConfig config,
      GrpoProblems problems,
      Rubric rubric,
      CompletionLog log,
      Phases phases) {
    this.policy = policy;
    this.reference = reference;
    this.optimizer = optimizer;
    this.config = config;
    this.problems = problems;
    this.log = log;
    this.phases = phases;
    this.plan = BatchPlan.of(config);
    this.order =
        new EpochOrder(
            config.training().orderSeed(),
            problems.train().size(),
            plan.prompts(),
            config.shuffleDataset() ? EpochOrder.Order.SHUFFLED : EpochOrder.Order.AS_GIVEN,
            EpochOrder.LastUpdate.DROPPED);
    this.learningRate =
        LearningRate.of(
            config.training().optimizer(),
            config.learningRate(),
            config.training().updates(updatesPerEpoch()));
    this.judge = new Judge(policy.tokenizer(), config.model().skipMark(), rubric);
    this.rollouts =
        new Rollouts(
            policy.decoder(),
            Set.copyOf(policy.tokenizer().stopIds()),
            config.generation().maxLive());
    this.scale = config.loss().scaleRewards().scale();
    this.gradient = new PolicyGradient(policy.decoder(), reference, config, plan, phases);
    LOG.info("{}", plan.describe());
  }

  @Override
  public int updatesPerEpoch() {
    return order.updatesPerEpoch() * plan.updatesPerGeneration();
  }

  /** Prompts → completions → rewards → advantages → loss → gradients → AdamW. */
  @Override
  public Map<String, Double> step(int update) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    if (plan.beginsGeneration(update)) {
      List<Problem> prompts = prompts(plan.generation(update));
      long begun = System.nanoTime();
      List<Group> groups = sample(prompts, plan.generation(update));
      metrics.put("rollout_time", (System.nanoTime() - begun) / 1e9);
      List<Episode> scored = judge.score(prompts, groups);
      double[] advantages = GroupAdvantage.of(Episode.rewards(scored), plan.groupSize(), scale);
      generation = gradient.prepared(Episode.compared(scored, advantages), plan.generation(update));
      metrics.putAll(RolloutMetrics.of(generation, plan.groupSize(), judge.termNames()));
      health.look(generation);
      log.write(update + 1, generation);
    }
    PolicyGradient.Result result =
        gradient.add(episodes(update), plan.generation(update), optimizer.gradients());
    double rate = learningRate.at(update);
    Optimizer.Outcome outcome = optimizer.update(result.loss(), rate);
    if (!outcome.applied()) {
      LOG.warn(
          "update {} changed nothing: loss {}, gradient norm {}; its problems: {}",
          update + 1,
          result.loss(),
          outcome.gradientNorm(),
          generation.stream().map(episode -> episode.problem().id()).distinct().toList());
    }
    metrics.putAll(result.metrics());
    metrics.put("grad_norm", outcome.gradientNorm());
    metrics.put("learning_rate", rate);
    metrics.put("num_tokens", (double) numTokens);
    metrics.put("skipped_updates", outcome.applied() ? 0.0 : 1.0);
    return metrics;
  }

  private List<Problem> prompts(int generation) {
    return Arrays.stream(order.rows(generation)).mapToObj(problems.train()::get).toList();
  }

  private List<Group> sample(List<Problem> prompts, int generation) {
    long most = (long) plan.generationBatch() * config.generation().maxCompletionLength();
    try (var phase = phases.start("rollout " + (generation + 1), "tokens", most)) {
      List<Group> groups =
          rollouts.generate(
              prompts.stream().map(Problem::prompt).toList(),
              plan.groupSize(),
              config.generation().sampling(),
              SeedTree.at(config.training().seed(), "rollout", generation),
              phase);
      for (Group group : groups) {
        numTokens += (long) group.prompt().ids().length * plan.groupSize();
        numTokens += group.completions().stream().mapToLong(c -> c.ids().length).sum();
      }
      return groups;
    }
  }

  /** The completions of update {@code update}: all of the generation, or a drawn part of it. */
  private List<Episode> episodes(int update) {
    if (generation.isEmpty()) {
      throw new IllegalStateException("update " + update + " has no completions to learn from");
    }
    if (plan.updatesPerPass() == 1) {
      return generation;
    }
    long seed = SeedTree.at(config.training().seed(), "minibatch", plan.generation(update));
    int[] order = SeedTree.permutation(seed, generation.size());
    int from = update % plan.updatesPerPass() * plan.updateBatch();
    return Arrays.stream(order, from, from + plan.updateBatch()).mapToObj(generation::get).toList();
  }

  @Override
  public Map<String, Double> evaluate(int updates) throws IOException {
    Evaluator evaluator =
        new Evaluator(policy, config.model().skipMark(), config.generation().maxLive(), phases);
    return evaluator.run(problems.eval(), config.generation().maxCompletionLength()).metrics();
  }

  @Override
  public Optional<Workload> workload() {
    return Optional.of(GrpoWorkload.of(policy.decoder().config(), config, plan, order, problems));
  }

  @Override
  public long numTokens() {
    return numTokens;
  }

  /** The completions that later updates still need. */
  @Override
  public void writeState(Path folder) throws IOException {
    if (!plan.isOnPolicy()) {
      GenerationFile.write(folder, generation);
    }
  }

  @Override
  public void resume(long numTokens, Path folder) throws IOException {
    this.numTokens = numTokens;
    if (!plan.isOnPolicy()) {
      generation = GenerationFile.read(folder, problems.train(), judge, plan.groupSize(), scale);
    }
  }

  @Override
  public void close() {
    if (reference != null) {
      reference.close();
    }
  }
}
