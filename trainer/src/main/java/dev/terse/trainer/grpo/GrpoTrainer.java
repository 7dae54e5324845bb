package dev.terse.trainer.grpo;

import dev.terse.io.DataFingerprint;
import dev.terse.model.folder.ModelFolder;
import dev.terse.reward.length.RewardShaping;
import dev.terse.rollout.Group;
import dev.terse.rollout.Rollouts;
import dev.terse.trainer.checkpoint.RunFiles;
import dev.terse.trainer.data.CompletionReading;
import dev.terse.trainer.data.EpochOrder;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.eval.Evaluator;
import dev.terse.trainer.grpo.episode.CompletionLog;
import dev.terse.trainer.grpo.episode.Episode;
import dev.terse.trainer.grpo.episode.Generation;
import dev.terse.trainer.grpo.episode.GenerationFile;
import dev.terse.trainer.grpo.episode.Judge;
import dev.terse.trainer.grpo.episode.RolloutMetrics;
import dev.terse.trainer.grpo.episode.ShapingMetrics;
import dev.terse.trainer.grpo.sampling.LengthStages;
import dev.terse.trainer.grpo.state.EntropyFile;
import dev.terse.trainer.loop.Learner;
import dev.terse.trainer.loop.Update;
import dev.terse.trainer.loss.EntropyControl;
import dev.terse.trainer.loss.UpdateLoss;
import dev.terse.trainer.memory.Workload;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.optim.Gradient;
import dev.terse.trainer.optim.LearningRate;
import dev.terse.trainer.optim.Optimizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Group-relative policy optimization (GRPO, arXiv 2402.03300) with TRL's keys: completions are
 * sampled in this process by the model that is trained. {@link #step} is the whole method.
 *
 * <p>Where this is not quite the paper's GRPO, and why:
 *
 * <ul>
 *   <li>The loss is the mean over the tokens of the update ({@code loss_type} dapo), not the mean
 *       of the completions' means, which gives a token of a long completion less weight; {@code
 *       grpo} is the paper's. beta is 0: no reference is held, nor its forward paid. Both as in
 *       TRL.
 *   <li>The reference is the model that the run began with, unless {@code sync_ref_model} lets it
 *       follow; the paper renews it from time to time.
 *   <li>With {@code use_dynamic_sampling} groups of equal reward are drawn again, of other prompts
 *       (DAPO); with {@code advantage: correct} the right completions are all that is learnt from.
 *   <li>A completion without a reward is absent: it moves neither its group's mean nor the policy.
 * </ul>
 *
 * <p>Where a generation makes one update, π is π_old: the ratio is exactly 1, nothing is clipped,
 * and no forward is spent on π_old (as in TRL).
 *
 * <p>Where it is not TRL's, and why:
 *
 * <ul>
 *   <li>Old log-probabilities are the trainer's own, never the sampler's. Both read the same
 *       weights in one process, so there is no correction for a sampler that differs, only a metric
 *       of it.
 *   <li>Completions of a prompt share the prompt's forward and backward. The gradient is the same.
 *   <li>Log-ratios are held in ±20 before the exponential, so that no number overflows.
 *   <li>Under dropout an episode has the same mask in all updates of its generation, so that the
 *       ratio moves with the weights alone.
 * </ul>
 *
 * <p>Of arXiv 2508.03346 this is the second stage. Its code rewards left-out steps in wrong answers
 * too; the reward preset {@code safe} pays for them in right answers only.
 */
final class GrpoTrainer implements Learner<GrpoTrainer.State> {
  private static final Logger LOG = LoggerFactory.getLogger(GrpoTrainer.class);

  private final ModelFolder policy;
  private final Optional<ReferenceModel> reference;
  private final GrpoConfig config;
  private final GrpoProblems problems;
  private final Phases phases;
  private final CompletionLog log;
  private final BatchPlan plan;
  private final EpochOrder order;
  private final LearningRate learningRate;
  private final Judge judge;
  private final Rollouts rollouts;
  private final Advantages advantages;
  private final GroupDraws draws;
  private final LengthStages stages;
  private final RewardShaping shaping;
  private final FrozenPolicies frozen;
  private final PolicyGradient policyGradient;
  private final GroupEvaluation groups;

  /**
   * What an update leaves to the next.
   *
   * @param generation that it learnt from
   * @param entropy the weight of the entropy bonus
   */
  record State(Generation generation, EntropyControl entropy) {}

  /** Problems to train on, and to evaluate on (may be empty). */
  record GrpoProblems(List<Problem> train, List<Problem> eval) {}

  /**
   * @param reference none where beta is 0; owned
   */
  GrpoTrainer(
      ModelFolder policy,
      Optional<ReferenceModel> reference,
      GrpoConfig config,
      GrpoProblems problems,
      Judge judge,
      CompletionLog log,
      Phases phases) {
    this.policy = policy;
    this.reference = reference;
    this.config = config;
    this.problems = problems;
    this.log = log;
    this.phases = phases;
    this.plan = BatchPlan.of(config);
    this.order = GrpoRun.order(config, problems.train().size());
    this.learningRate = config.schedule(updatesPerEpoch());
    this.judge = judge;
    this.rollouts =
        new Rollouts(
            policy.decoder(),
            config.generation().stop(policy.tokenizer()),
            config.generation().maxLive());
    this.stages = config.generation().stages();
    this.shaping = config.reward().shaping();
    this.advantages = new Advantages(config, judge);
    this.draws =
        new GroupDraws(config, plan, order, problems.train(), judge, advantages, rollouts, phases);
    GrpoPasses passes = GrpoPasses.of(config, policy.decoder().config().rope());
    this.frozen =
        new FrozenPolicies(
            policy.decoder(),
            plan.isOnPolicy(),
            reference,
            config.generation().temperature(),
            passes,
            phases);
    this.policyGradient = new PolicyGradient(policy.decoder(), config, plan, passes, phases);
    this.groups = groupEvaluation(passes.forEvaluation(config));
    LOG.info("{}", plan.describe());
    config.warnings().forEach(LOG::warn);
  }

  private GroupEvaluation groupEvaluation(GrpoPasses passes) {
    double temperature = config.generation().temperature();
    return new GroupEvaluation(
        config,
        config.evaluatedGroup(),
        judge,
        advantages,
        rollouts,
        new FrozenPolicies(policy.decoder(), true, reference, temperature, passes, phases),
        new PolicyGradient(policy.decoder(), config, plan, passes, phases),
        phases);
  }

  @Override
  public int updatesPerEpoch() {
    return order.updatesPerEpoch() * plan.updatesPerGeneration();
  }

  /**
   * Prompts → completions → rewards → advantages → loss → gradient → update. P prompts, G
   * completions of each, B completions of the update; ids are as many as a completion has tokens.
   */
  @Override
  public Update<State> step(int update, State before, Optimizer optimizer) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    Generation generation = before.generation();
    if (plan.beginsGeneration(update)) {
      int number = plan.generation(update);
      int limit = stages.at(update);
      GroupDraws.Drawn drawn = // prompts [P], completions [P][G], rewards [P·G]
          draws.of(number, limit, shaping);
      double[] advantages = advantages(drawn.completions(), drawn.rewards()); // [P·G]
      List<Episode> episodes =
          Episode.of(drawn.prompts(), drawn.completions(), drawn.rewards(), advantages);
      generation = frozen.scored(number, episodes); // with ℓ° and ln π_ref, [P·G][ids]
      metrics.putAll(rolloutMetrics(drawn.seconds(), episodes));
      metrics.putAll(drawn.metrics());
      if (stages.limits().size() > 1) {
        metrics.put("completions/limit", (double) limit);
      }
      log.write(update + 1, episodes);
    }
    int[] rows = plan.rows(update, config.training().seed()); // [B], of the P·G episodes
    var bonus = config.loss().entropyBonus();
    try (Gradient gradient = optimizer.zeroGradient()) { // [trained]
      PolicyGradient.Outcome found = // Σ w · (l(ρ, A) + β · k3) - Σ u · H
          policyGradient.addTo(gradient, generation, rows, before.entropy().applied(bonus));
      UpdateLoss loss = found.loss();
      Optimizer.Outcome outcome =
          optimizer.update(gradient, loss.value(), learningRate.at(update)); // AdamW
      if (config.referenceSync().isDue(update + 1)) {
        reference
            .orElseThrow()
            .follow(policy.decoder(), config.referenceSync().refModelMixupAlpha());
      }
      metrics.putAll(loss.metrics());
      EntropyControl entropy = before.entropy().after(found.entropy(), bonus);
      if (bonus.isOn()) {
        metrics.put("entropy_coef", entropy.coef());
      }
      long numTokens = plan.beginsGeneration(update) ? generation.tokens() : 0;
      State state = new State(generation, entropy);
      return new Update<>(loss.value(), metrics, outcome, numTokens, state);
    }
  }

  /** Of each part of the generation by itself, [P·G]. */
  private double[] advantages(List<Group> completions, List<Judge.Reward> rewards) {
    return advantages.of(completions, rewards, plan.partBatch());
  }

  private Map<String, Double> rolloutMetrics(double seconds, List<Episode> episodes) {
    Map<String, Double> metrics =
        RolloutMetrics.of(seconds, episodes, plan.groupSize(), judge.rubric().names());
    if (shaping.isOn()) {
      metrics.putAll(ShapingMetrics.of(episodes));
    }
    return metrics;
  }

  @Override
  public String examples(int update, State state) {
    return "problems: "
        + state.generation().episodes().stream().map(e -> e.problem().id()).distinct().toList();
  }

  /** Accuracy and lengths of greedy completions, and TRL's metrics of groups that are drawn. */
  @Override
  public Map<String, Double> evaluate(long numTokens) throws IOException {
    long begun = System.nanoTime();
    Evaluator evaluator =
        new Evaluator(policy, judge.reader(), config.generation().maxLive(), phases)
            .endingBy(config.generation().stop(policy.tokenizer()));
    Map<String, Double> metrics =
        new LinkedHashMap<>(
            evaluator.run(problems.eval(), config.generation().maxCompletionLength()).metrics());
    if (groups.groupSize() > 0) {
      metrics.putAll(groups.of(problems.eval()));
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    metrics.put("num_tokens", (double) numTokens);
    metrics.put("runtime", seconds);
    metrics.put("samples_per_second", problems.eval().size() / seconds);
    return metrics;
  }

  /** Of what tokenizer, template and date made of the prompts, and of the user's rewards. */
  @Override
  public Map<String, String> fingerprints() throws IOException {
    Map<String, String> fingerprints = new LinkedHashMap<>();
    fingerprints.put(
        "the token ids of the prompts",
        DataFingerprint.ofIds(problems.train().stream().map(problem -> problem.prompt().ids())));
    List<Path> classes = config.reward().classFiles();
    if (!classes.isEmpty()) {
      fingerprints.put("the classes and commands of reward_funcs", DataFingerprint.ofAll(classes));
    }
    return fingerprints;
  }

  @Override
  public Workload workload() {
    return GrpoWorkload.of(policy.decoder().config(), config, plan, order, problems);
  }

  @Override
  public State start() {
    return new State(Generation.NONE, EntropyControl.start(config.loss().entropyBonus()));
  }

  /** The completions that later updates still need, and the weight of an entropy bonus. */
  @Override
  public void write(State state, Path folder) throws IOException {
    if (!plan.isOnPolicy()) {
      GenerationFile.write(folder, state.generation());
    }
    if (config.loss().entropyBonus().useAdaptiveEntropy()) {
      EntropyFile.write(folder, state.entropy());
    }
    if (config.referenceSync().syncRefModel()) {
      RunFiles.writeReference(folder, reference.orElseThrow().weights(), policy.decoder().engine());
    }
  }

  @Override
  public State read(int updates, Path folder) throws IOException {
    EntropyControl entropy =
        config.loss().entropyBonus().useAdaptiveEntropy()
            ? EntropyFile.read(folder)
            : start().entropy();
    if (config.referenceSync().syncRefModel()) {
      RunFiles.readReference(folder, reference.orElseThrow().weights(), policy.decoder().engine());
    }
    if (plan.isOnPolicy()) {
      return new State(Generation.NONE, entropy);
    }
    GenerationFile saved = GenerationFile.read(folder, problems.train(), plan.groupSize());
    List<Judge.Reward> rewards = rewards(saved);
    Generation generation =
        new Generation(
            plan.generation(updates - 1),
            Episode.of(
                saved.problems(), saved.groups(), rewards, advantages(saved.groups(), rewards)),
            saved.oldLogProbs(),
            saved.referenceLogProbs());
    return new State(generation, entropy);
  }

  private List<Judge.Reward> rewards(GenerationFile saved) {
    if (saved.scores().isEmpty()) {
      return judge.rewards(saved.problems(), saved.groups());
    }
    List<CompletionReading> readings = judge.readings(saved.groups());
    return IntStream.range(0, readings.size())
        .mapToObj(i -> new Judge.Reward(readings.get(i), saved.scores().get().get(i)))
        .toList();
  }

  @Override
  public void close() {
    reference.ifPresent(ReferenceModel::close);
  }
}
