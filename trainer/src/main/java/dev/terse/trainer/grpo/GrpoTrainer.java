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
import dev.terse.trainer.eval.Evaluation;
import dev.terse.trainer.eval.Evaluator;
import dev.terse.trainer.grpo.episode.AnswerTail;
import dev.terse.trainer.grpo.episode.CompletionLog;
import dev.terse.trainer.grpo.episode.Episode;
import dev.terse.trainer.grpo.episode.Generation;
import dev.terse.trainer.grpo.episode.GenerationFile;
import dev.terse.trainer.grpo.episode.Judge;
import dev.terse.trainer.grpo.episode.RolloutMetrics;
import dev.terse.trainer.grpo.episode.ShapingMetrics;
import dev.terse.trainer.grpo.guard.AccuracyGuard;
import dev.terse.trainer.grpo.guard.AccuracyGuardConfig.Target;
import dev.terse.trainer.grpo.guard.AccuracyGuardFile;
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
import java.util.Set;
import java.util.stream.Collectors;
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
  private static final String GUARD_FLOOR = "accuracy_guard/floor";

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
   * @param guard how hard length is pressed on
   */
  record State(Generation generation, EntropyControl entropy, AccuracyGuard guard) {}

  /**
   * What is asked.
   *
   * @param train problems to train on
   * @param eval problems to evaluate on; may be empty
   * @param teacher the former as the reference is asked them, by their index; empty where it is
   *     asked as the policy is
   */
  record GrpoProblems(List<Problem> train, List<Problem> eval, Map<Integer, Problem> teacher) {
    GrpoProblems(List<Problem> train, List<Problem> eval) {
      this(train, eval, Map.of());
    }
  }

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
            problems.teacher(),
            config.generation().temperature(),
            passes,
            phases);
    this.policyGradient = new PolicyGradient(policy.decoder(), config, plan, passes, phases);
    this.groups = groupEvaluation(passes.forEvaluation(config));
    if (config.guard().isOn()) {
      requireHeldOut(problems);
    }
    LOG.info("{}", plan.describe());
    config.warnings().forEach(LOG::warn);
  }

  private static void requireHeldOut(GrpoProblems problems) {
    if (problems.eval().size() < AccuracyGuard.LEAST_PROBLEMS) {
      throw new IllegalArgumentException(
          "accuracy_guard needs "
              + AccuracyGuard.LEAST_PROBLEMS
              + " problems or more in eval_dataset, found "
              + problems.eval().size()
              + ": fewer tell accuracies by luck");
    }
    Set<String> trained =
        problems.train().stream().map(Problem::question).collect(Collectors.toSet());
    long shared =
        problems.eval().stream().filter(each -> trained.contains(each.question())).count();
    if (shared > 0) {
      throw new IllegalArgumentException(
          "accuracy_guard must measure on problems that are not trained on: "
              + shared
              + " of the "
              + problems.eval().size()
              + " in eval_dataset are in the training set too");
    }
  }

  private GroupEvaluation groupEvaluation(GrpoPasses passes) {
    double temperature = config.generation().temperature();
    return new GroupEvaluation(
        config,
        config.evaluatedGroup(),
        judge,
        advantages,
        rollouts,
        new FrozenPolicies(
            policy.decoder(), true, reference, Map.of(), temperature, passes, phases),
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
    double flops = 0;
    if (plan.beginsGeneration(update)) {
      int number = plan.generation(update);
      int limit = before.guard().limit(config.guard(), stages.at(update));
      double strength = before.guard().strength(config.guard());
      GroupDraws.Drawn drawn = // prompts [P], completions [P][G], rewards [P·G]
          draws.of(number, limit, shaping.at(update).times(strength));
      double[] advantages = advantages(drawn.completions(), drawn.rewards()); // [P·G]
      List<Episode> episodes =
          cut(Episode.of(drawn.prompts(), drawn.completions(), drawn.rewards(), advantages));
      generation = frozen.scored(number, episodes); // with ℓ° and ln π_ref, [P·G][ids]
      metrics.putAll(rolloutMetrics(drawn.seconds(), episodes));
      metrics.putAll(drawn.metrics());
      flops += drawn.flops() + frozen.forwards() * rollouts.flops(drawn.completions());
      metrics.put("completions/limit", (double) limit);
      if (shaping.isOn()) {
        metrics.put("length_penalty/strength", strength);
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
      State state = new State(generation, entropy, before.guard());
      flops += found.flops();
      return new Update<>(loss.value(), metrics, outcome, numTokens, flops, state);
    }
  }

  /** Of each part of the generation by itself, [P·G]. */
  private double[] advantages(List<Group> completions, List<Judge.Reward> rewards) {
    return advantages.of(completions, rewards, plan.partBatch());
  }

  /** Episodes that know which of their tokens come after the answer. */
  private List<Episode> cut(List<Episode> episodes) {
    double penalty = config.advantage().answerCutPenalty();
    return penalty == 0
        ? episodes
        : episodes.stream()
            .map(
                e ->
                    e.withTail(
                        AnswerTail.of(e.reading(), e.problem().gold(), policy.tokenizer()),
                        penalty))
            .toList();
  }

  private Map<String, Double> rolloutMetrics(double seconds, List<Episode> episodes) {
    Map<String, Double> metrics =
        RolloutMetrics.of(seconds, episodes, plan.groupSize(), judge.rubric().names());
    if (shaping.isOn()) {
      metrics.putAll(ShapingMetrics.of(episodes));
    }
    if (config.advantage().answerCutPenalty() != 0) {
      metrics.put(
          "compression/tail_tokens",
          episodes.stream().mapToInt(e -> e.tail().count()).average().orElse(0));
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
  public Map<String, Double> evaluate(int updates, long numTokens) throws IOException {
    long begun = System.nanoTime();
    Evaluator evaluator =
        new Evaluator(policy, judge.reader(), config.generation().maxLive(), phases)
            .endingBy(config.generation().stop(policy.tokenizer()));
    Evaluation evaluation =
        evaluator.run(problems.eval(), config.generation().maxCompletionLength());
    log.writeEvaluation(updates, evaluation.records());
    Map<String, Double> metrics = new LinkedHashMap<>(evaluation.metrics());
    evaluation
        .rightLength(0.95)
        .ifPresent(length -> metrics.put("completions/right_p95_length", length));
    if (config.guard().accuracyGuard() == Target.LIMIT) {
      evaluation
          .rightLength(config.guard().accuracyGuardQuantile())
          .ifPresent(length -> metrics.put(GUARD_FLOOR, length));
    }
    if (groups.groupSize() > 0) {
      metrics.putAll(groups.of(problems.eval()));
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    metrics.put("num_tokens", (double) numTokens);
    metrics.put("runtime", seconds);
    metrics.put("samples_per_second", problems.eval().size() / seconds);
    return metrics;
  }

  @Override
  public State evaluated(State state, Map<String, Double> metrics) {
    if (!config.guard().isOn()) {
      return state;
    }
    AccuracyGuard next =
        state
            .guard()
            .after(
                metrics.get("accuracy"),
                metrics.getOrDefault(GUARD_FLOOR, Double.NaN),
                config.guard(),
                config.generation().maxCompletionLength());
    LOG.info("accuracy_guard: {} -> {}", state.guard(), next);
    return new State(state.generation(), state.entropy(), next);
  }

  /** Of what tokenizer, template and date made of the prompts, and of the user's rewards. */
  @Override
  public Map<String, String> fingerprints() throws IOException {
    Map<String, String> fingerprints = new LinkedHashMap<>();
    fingerprints.put(
        "the token ids of the prompts",
        DataFingerprint.ofIds(problems.train().stream().map(problem -> problem.prompt().ids())));
    if (config.guard().isOn()) {
      fingerprints.put(
          "the problems that accuracy_guard measures on",
          DataFingerprint.ofIds(problems.eval().stream().map(problem -> problem.prompt().ids())));
    }
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
    return new State(
        Generation.NONE,
        EntropyControl.start(config.loss().entropyBonus()),
        AccuracyGuard.start(config.guard(), config.generation().maxCompletionLength()));
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
    if (config.guard().isOn()) {
      AccuracyGuardFile.write(folder, state.guard());
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
    AccuracyGuard guard = config.guard().isOn() ? AccuracyGuardFile.read(folder) : start().guard();
    if (plan.isOnPolicy()) {
      return new State(Generation.NONE, entropy, guard);
    }
    GenerationFile saved = GenerationFile.read(folder, problems.train(), plan.groupSize());
    List<Judge.Reward> rewards = rewards(saved);
    Generation generation =
        new Generation(
            plan.generation(updates - 1),
            cut(
                Episode.of(
                    saved.problems(),
                    saved.groups(),
                    rewards,
                    advantages(saved.groups(), rewards))),
            saved.oldLogProbs(),
            saved.referenceLogProbs());
    return new State(generation, entropy, guard);
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
