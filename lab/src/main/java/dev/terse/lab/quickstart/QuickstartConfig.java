package dev.terse.lab.quickstart;

import dev.terse.io.hub.InputKind;
import dev.terse.lab.tasks.ProblemSource;
import dev.terse.lab.tasks.Split;
import dev.terse.lab.tasks.TaskKind;
import dev.terse.traces.prune.Pruner;
import dev.terse.traces.score.StepScore;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.config.places.Reads;
import dev.terse.trainer.config.places.Writes;
import dev.terse.trainer.model.EngineConfig;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Configuration of the quickstart command. docs/commands/quickstart.md lists every key.
 *
 * @param modelNameOrPath the base: a Hugging Face folder or a GGUF file
 * @param outputDir folder of everything that the run writes
 * @param seed of everything random
 * @param task generator of the problems
 * @param minOperations least operations of a problem; the task's own where unset
 * @param maxOperations most operations of a problem; the task's own where unset
 * @param traceProblems training problems that the base reasons about
 * @param traceSamples chains drawn of each of them
 * @param temperature that these chains are drawn at
 * @param score what steps are ranked by
 * @param kappa share that is pruned
 * @param protectFirst steps at the beginning that stay
 * @param protectLast steps at the end that stay
 * @param sftConfig file with the settings of SFT; model, data, output_dir and seed are the run's
 *     own
 * @param sftSettings keys of it that get another value here
 * @param grpoConfig file with the settings of GRPO, likewise
 * @param grpoSettings keys of it that get another value here
 * @param grpoProblems training problems of GRPO; none of them is among trace_problems
 * @param split which problems judge: test; valid while settings are being chosen
 * @param problems of that split, greedily answered by every model
 * @param maxCompletionLength most tokens of a completion, drawn or judged
 * @param maxLive sequences decoded together
 * @param controls at equal numbers of what low, random and high order are compared; empty for none
 * @param controlSettings keys of sft_config that get another value for the controls, all of them
 *     alike
 * @param chains problems whose completions stand side by side in the report
 */
public record QuickstartConfig(
    @Default("checkpoints/tiny-reasoner") @Reads(InputKind.MODEL) String modelNameOrPath,
    @Default("runs/quickstart") @Writes(Writes.Kind.FOLDER) String outputDir,
    @Default("42") long seed,
    EngineConfig engine,
    @Default("word-problems") TaskKind task,
    @Default(Default.UNSET) @Range("[1, inf)") Integer minOperations,
    @Default(Default.UNSET) @Range("[1, inf)") Integer maxOperations,
    @Default("400") @Range("[1, inf)") int traceProblems,
    @Default("2") @Range("[1, inf)") int traceSamples,
    @Default("0.7") @Range("[0, inf)") double temperature,
    @Default("entropy_mean") StepScore score,
    @Default("0.5") @Range("[0, 1]") double kappa,
    @Default("0") @Range("[0, inf)") int protectFirst,
    @Default("0") @Range("[0, inf)") int protectLast,
    @Default("configs/quickstart-sft.yaml") @Reads(InputKind.FILE) String sftConfig,
    @Default(Default.UNSET) Map<String, String> sftSettings,
    @Default("configs/quickstart-grpo.yaml") @Reads(InputKind.FILE) String grpoConfig,
    @Default(Default.UNSET) Map<String, String> grpoSettings,
    @Default("256") @Range("[1, inf)") int grpoProblems,
    @Default("test") Split split,
    @Default("500") @Range("[1, inf)") int problems,
    @Default("256") @Range("[1, inf)") int maxCompletionLength,
    @Default("64") @Range("[1, inf)") int maxLive,
    @Default("steps") List<Pruner.Budget> controls,
    @Default(Default.UNSET) Map<String, String> controlSettings,
    @Default("12") @Range("[0, inf)") int chains) {

  public QuickstartConfig {
    task.source(seed, minOperations, maxOperations); // refuses bounds that are none
    if (chains > problems) {
      throw new IllegalArgumentException(
          "chains are some of the problems: expected at most " + problems + ", found " + chains);
    }
  }

  /** Where the base is. */
  Path base() {
    return InputKind.MODEL.place(modelNameOrPath);
  }

  /** The problems. */
  public ProblemSource source() {
    return task.source(seed, minOperations, maxOperations);
  }

  /** Chooses the steps that go, in an order and by a budget. */
  public Pruner pruner(Pruner.Order order, Pruner.Budget budget) {
    return new Pruner(BigDecimal.valueOf(kappa), budget, order, protectFirst, protectLast, seed);
  }
}
