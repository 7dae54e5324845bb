package dev.terse.doctor.measure;

import dev.terse.doctor.PlannedGrpo;
import dev.terse.doctor.measure.TrainingTime.Measured;
import dev.terse.engine.SeedTree;
import dev.terse.model.transformer.Decoder;
import dev.terse.rollout.Prompt;
import dev.terse.rollout.Rollouts;
import dev.terse.rollout.SamplingParams;
import dev.terse.trainer.data.Problem;
import dev.terse.trainer.grpo.BatchPlan;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.grpo.GrpoRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The time of an update of GRPO: some steps of decoding with all slots full, and a pass over
 * prompts with completions of the mean length, scaled by tokens. Rewards are not counted.
 */
final class GrpoStepTime {
  /** Steps of decoding that are timed, after the prompts were read. */
  private static final int STEPS = 16;

  private final PlannedGrpo run;
  private final GrpoConfig config;
  private final BatchPlan plan;
  private final Decoder decoder;
  private final List<Problem> problems;

  private GrpoStepTime(PlannedGrpo run) {
    this.run = run;
    this.config = run.config();
    this.plan = run.plan();
    this.decoder = run.model().decoder();
    List<Problem> all = run.problems().problems();
    this.problems =
        Arrays.stream(GrpoRun.order(config, all.size()).rows(0)).mapToObj(all::get).toList();
  }

  /**
   * Measures.
   *
   * @param samples whose lengths are taken; without them every completion is as long as it may be
   */
  static StepTime of(PlannedGrpo run, Optional<Samples> samples) {
    return new GrpoStepTime(run).measured(samples);
  }

  private StepTime measured(Optional<Samples> samples) {
    double length =
        samples
            .map(drawn -> drawn.tokens() / (double) drawn.count())
            .orElse((double) config.generation().maxCompletionLength());
    List<String> parts = new ArrayList<>();
    double rollout = rollout(length, parts);
    double update = update(length, parts);
    if (samples.isEmpty()) {
      parts.add("without samples every completion counts as long as max_completion_length");
    }
    return new StepTime(rollout / plan.updatesPerGeneration() + update, parts);
  }

  /** Seconds of a generation. */
  private double rollout(double length, List<String> parts) {
    int live = Math.min(config.generation().maxLive(), plan.generationBatch());
    int groupSize = Math.min(plan.groupSize(), live);
    List<Prompt> prompts = problems.stream().limit(live / groupSize).map(Problem::prompt).toList();
    int sequences = prompts.size() * groupSize;
    int room = decoder.config().maxPositions() - longest(prompts);
    int steps = Math.max(1, Math.min(STEPS, room - 1));
    double more = TrainingTime.least(() -> decode(prompts, groupSize, sequences, 1 + steps));
    double reading = TrainingTime.least(() -> decode(prompts, groupSize, sequences, 1));
    double rate = sequences * steps / Math.max(1e-9, more - reading);
    double turns = plan.generationBatch() / (double) sequences;
    double seconds = turns * reading + plan.generationBatch() * length / rate;
    parts.add(
        String.format(
            Locale.ROOT,
            "rollout %.3g s: %d completions of %.0f tokens at %.0f tokens/s, measured on %d steps of"
                + " %d sequences; used for %d update(s)",
            seconds,
            plan.generationBatch(),
            length,
            rate,
            steps,
            sequences,
            plan.updatesPerGeneration()));
    return seconds;
  }

  private static int longest(List<Prompt> prompts) {
    return prompts.stream().mapToInt(prompt -> prompt.ids().length).max().orElse(0);
  }

  private double decode(List<Prompt> prompts, int groupSize, int live, int tokens) {
    Rollouts rollouts = new Rollouts(decoder, Set.of(), live);
    SamplingParams run = config.generation().sampling();
    SamplingParams some =
        new SamplingParams(
            run.temperature(), run.topK(), run.topP(), run.minP(), run.repetitionPenalty(), tokens);
    long seed = SeedTree.at(config.training().seed(), "doctor", 0);
    return TrainingTime.seconds(
        () -> rollouts.generate(prompts, groupSize, some, seed, done -> {}));
  }

  /** Seconds of an update, and its share of what is scored once for a generation. */
  private double update(double length, List<String> parts) {
    boolean scores = !plan.isOnPolicy() || config.loss().beta() != 0;
    List<int[]> sequences = new ArrayList<>();
    List<Integer> from = new ArrayList<>();
    int most = Math.max(1, config.training().maxTokensPerPass());
    int tokens = 0;
    for (Problem problem : problems) {
      int[] ids = sequence(problem.prompt().ids(), (int) Math.max(1, Math.round(length)));
      if (!sequences.isEmpty() && tokens + ids.length > most) {
        break;
      }
      sequences.add(ids);
      from.add(problem.prompt().ids().length);
      tokens += ids.length;
    }
    Measured measured =
        new TrainingTime(decoder, config.training()).measure(sequences, from, scores);
    double ofUpdate = tokens(length, plan.updateBatch());
    double backward = measured.backwardOf(ofUpdate);
    parts.add(
        String.format(
            Locale.ROOT,
            "forward and backward %.3g s: %.0f tokens of an update at %.0f tokens/s, measured on %d"
                + " tokens",
            backward,
            ofUpdate,
            measured.tokens() / measured.backward(),
            measured.tokens()));
    parts.add(String.format(Locale.ROOT, "optimizer %.3g s, measured", measured.optimizer()));
    double scored = 0;
    if (scores) {
      int policies = (plan.isOnPolicy() ? 0 : 1) + (config.loss().beta() != 0 ? 1 : 0);
      scored =
          policies
              * measured.forwardOf(tokens(length, plan.generationBatch()))
              / plan.updatesPerGeneration();
      parts.add(
          String.format(
              Locale.ROOT,
              "forward of %d frozen %s %.3g s an update",
              policies,
              policies == 1 ? "policy" : "policies",
              scored));
    }
    return backward + measured.optimizer() + scored;
  }

  /** A prompt with something behind it, as long as the model's positions allow. */
  private int[] sequence(int[] prompt, int length) {
    int tokens = Math.min(decoder.config().maxPositions(), prompt.length + length);
    int[] ids = new int[Math.max(2, tokens)];
    for (int t = 0; t < ids.length; t++) {
      ids[t] = prompt[t % prompt.length];
    }
    return ids;
  }

  /** Tokens that are computed for so many completions: those of a group share their prompt. */
  private double tokens(double length, int completions) {
    double prompt = run.train().tokens() / (double) run.train().used().size();
    boolean shares = !config.dropsOut() && !decoder.config().rope().followsLength();
    double prompts = shares ? completions / (double) plan.groupSize() : completions;
    return prompts * prompt + completions * length;
  }
}
