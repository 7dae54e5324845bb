package dev.terse.trainer.grpo;

import dev.terse.trainer.config.Cadence;
import dev.terse.trainer.config.CheckedBy;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.data.PromptConfig;
import dev.terse.trainer.data.mixture.MixtureRule;
import dev.terse.trainer.grpo.guard.AccuracyGuardConfig;
import dev.terse.trainer.grpo.guard.AccuracyGuardConfig.Target;
import dev.terse.trainer.grpo.sampling.DynamicSamplingConfig;
import dev.terse.trainer.grpo.state.ReferenceSync;
import dev.terse.trainer.loop.RunConfig;
import dev.terse.trainer.loop.TrainingConfig;
import dev.terse.trainer.loss.GrpoLoss;
import dev.terse.trainer.loss.GrpoLossConfig;
import dev.terse.trainer.loss.LossType;
import dev.terse.trainer.loss.advantage.AdvantageConfig;
import dev.terse.trainer.loss.advantage.AdvantageConfig.Kind;
import dev.terse.trainer.loss.advantage.GroupAdvantage.Aggregation;
import dev.terse.trainer.model.ModelArguments;
import java.util.ArrayList;
import java.util.List;

/**
 * Configuration of the grpo command: TRL's GRPOConfig, flat. docs/commands/grpo.md lists every key.
 *
 * @param learningRate peak learning rate
 * @param shuffleDataset whether prompts come in a drawn order
 * @param disableDropout whether adapters are trained without lora_dropout
 * @param logCompletions whether completions are printed to the console too; completions.jsonl and
 *     the event file have them in any case
 * @param numCompletionsToPrint of them; unset prints all that are shown
 * @param teacherPromptSuffix text after prompt_suffix that only the reference is asked with, such
 *     as "Be concise.": with advantage none the policy learns from itself (CRISP; ours)
 * @param numGenerationsEval completions of a prompt that an evaluation draws beside the greedy one;
 *     num_generations where unset, 0 for none (ours)
 */
@CheckedBy({BatchPlan.Arithmetic.class, MixtureRule.class})
public record GrpoConfig(
    ModelArguments model,
    TrainingConfig training,
    @Default("1e-6") @Range("[0, inf)") double learningRate,
    PromptConfig prompt,
    GenerationConfig generation,
    DynamicSamplingConfig dynamicSampling,
    AdvantageConfig advantage,
    AccuracyGuardConfig guard,
    GrpoLossConfig loss,
    ReferenceSync referenceSync,
    @Default(Default.UNSET) String teacherPromptSuffix,
    RewardConfig reward,
    @Default("true") boolean shuffleDataset,
    @Default("false") boolean disableDropout,
    @Default("false") boolean logCompletions,
    @Default(Default.UNSET) @Range("[1, inf)") Integer numCompletionsToPrint,
    @Default(Default.UNSET) @Range("[0, inf)") Integer numGenerationsEval)
    implements RunConfig {

  public GrpoConfig {
    if (referenceSync.syncRefModel() && loss.beta() == 0) {
      throw new IllegalArgumentException(
          "sync_ref_model needs beta above 0: without it there is no reference model");
    }
    if (teacherPromptSuffix != null && loss.beta() == 0) {
      throw new IllegalArgumentException(
          "teacher_prompt_suffix needs beta above 0: it is what the reference is asked with");
    }
    if (referenceSync.syncRefModel() && model.lora().usePeft() && teacherPromptSuffix == null) {
      throw new IllegalArgumentException(
          "sync_ref_model needs use_peft false: with adapters the reference is their own beginning"
              + " (TRL refuses it too)");
    }
    if (guard.isOn()) {
      requireGuarded(training, guard, generation, reward);
    }
    if (advantage.answerCutPenalty() != 0
        && loss.importanceSamplingLevel() == GrpoLoss.RatioLevel.SEQUENCE) {
      throw new IllegalArgumentException(
          "answer_cut_penalty is a penalty of tokens: give importance_sampling_level token");
    }
    if (loss.multiObjectiveAggregation() == Aggregation.NORMALIZE_THEN_SUM
        && reward.shaping().isOn()) {
      throw new IllegalArgumentException(
          "stop_properly_penalty_coef and length_penalty shape the sum of the rewards, which"
              + " multi_objective_aggregation normalize_then_sum does not use: leave out one of the"
              + " two");
    }
    if (advantage.advantage() == Kind.NONE && loss.beta() == 0 && !loss.entropyBonus().isOn()) {
      throw new IllegalArgumentException(
          "advantage none leaves nothing to learn from: give beta above 0, or an entropy_coef");
    }
    loss.objective();
  }

  /** What is minimised. */
  GrpoLoss.Objective objective() {
    return loss.objective().within(advantage.klBound());
  }

  private static void requireGuarded(
      TrainingConfig training,
      AccuracyGuardConfig guard,
      GenerationConfig generation,
      RewardConfig reward) {
    boolean evaluates = training.evaluation().evalStrategy() != Cadence.NO;
    boolean knows = training.evaluation().evalOnStart() || guard.accuracyGuardReference() != null;
    if (!evaluates || !knows) {
      throw new IllegalArgumentException(
          "accuracy_guard follows evaluations: give eval_dataset, eval_strategy steps or epoch, and"
              + " eval_on_start true or accuracy_guard_reference");
    }
    if (guard.accuracyGuard() == Target.LIMIT && generation.stages().limits().size() > 1) {
      throw new IllegalArgumentException(
          "accuracy_guard limit and max_completion_length_stages both move the limit: leave out one"
              + " of the two");
    }
    if (guard.accuracyGuard() == Target.WEIGHT && reward.lengthPenalty().isEmpty()) {
      throw new IllegalArgumentException(
          "accuracy_guard weight moves the strength of length_penalty: give its rules");
    }
  }

  /** What is allowed and is not what the papers did. */
  List<String> warnings() {
    List<String> warnings = new ArrayList<>(loss.warnings());
    if (advantage.advantage() == Kind.DRPO && loss.lossType() != LossType.GRPO) {
      warnings.add(
          "advantage drpo is the paper's with loss_type grpo, the mean of the completions' means");
    }
    if (advantage.klBound().isOn() && BatchPlan.of(this).isOnPolicy()) {
      warnings.add(
          "drpo_beta changes nothing where a generation makes one update: the policy is then the one"
              + " that drew it; give num_iterations or steps_per_generation for several");
    }
    return warnings;
  }

  @Override
  public String lengthKey() {
    return "max_completion_length";
  }

  /** Completions of a prompt that an evaluation draws beside the greedy one. */
  public int evaluatedGroup() {
    return numGenerationsEval == null ? generation.numGenerations() : numGenerationsEval;
  }

  /** The reference is that model too. */
  @Override
  public boolean readsStartAgain() {
    return model().lora().usePeft() || loss().beta() != 0;
  }

  /** Whether training leaves out inputs of the adapters. */
  public boolean dropsOut() {
    return model.lora().dropsOut() && !disableDropout;
  }
}
