package dev.terse.lab.sampling;

import dev.terse.io.hub.InputKind;
import dev.terse.rollout.SamplingParams;
import dev.terse.traces.segment.ThinkingEnd;
import dev.terse.trainer.config.CheckedBy;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.config.places.Reads;
import dev.terse.trainer.config.places.Writes;
import dev.terse.trainer.data.PromptConfig;
import dev.terse.trainer.model.EngineConfig;
import dev.terse.trainer.model.ModelRule;
import java.nio.file.Path;
import java.util.List;

/**
 * Configuration of the traces command. docs/commands/traces.md lists every key.
 *
 * @param modelNameOrPath a Hugging Face folder, a GGUF file, or the folder of a PEFT adapter
 * @param datasetName file of problems, or the folder of a data set
 * @param datasetConfig the folder of a configuration within the data set
 * @param datasetTrainSplit split that is read of a folder
 * @param output file of the right chains
 * @param allOutput file of all chains with what became of each; unset writes none
 * @param overwrite whether files that stand there are replaced
 * @param numGenerations chains of a problem
 * @param temperature 0 takes the likeliest token
 * @param maxCompletionLength most tokens of a chain; one that is longer is cut off and left out
 * @param maxPromptLength longest prompt; unset takes what max_completion_length leaves
 * @param seed the random number of a draw is a function of it, the problem's place, the sample and
 *     the position
 * @param maxSamples problems from the beginning; unset takes all
 * @param maxLive sequences decoded together
 * @param answerPolicy where the answer may stand and who compares it, see docs/answers.md
 * @param thinking where thinking ends and the answer begins, in all chains alike: auto, marks,
 *     before_last_paragraph or before_answer
 * @param form of the chains: as_is, or r1 with marks around the thinking
 * @param keepPerProblem right chains of a problem that are written: all, shortest, or how many of
 *     the shortest
 * @param teacherPromptSuffix text after prompt_suffix that the chains are sampled with and written
 *     without, so that a model learns to do unasked what it was asked for (context distillation);
 *     unset samples with what is written
 */
@CheckedBy(ModelRule.class)
public record TracesConfig(
    @Reads(InputKind.MODEL) String modelNameOrPath,
    @Reads(InputKind.DATA) String datasetName,
    @Default(Default.UNSET) String datasetConfig,
    @Default("train") String datasetTrainSplit,
    EngineConfig engine,
    @Writes(Writes.Kind.FILE) String output,
    @Default(Default.UNSET) @Writes(Writes.Kind.FILE) String allOutput,
    @Default("false") boolean overwrite,
    @Default("4") @Range("[1, inf)") int numGenerations,
    @Default("0.6") @Range("[0, inf)") double temperature,
    @Default("0.95") @Range("(0, 1]") double topP,
    @Default("0") @Range("[0, inf)") int topK,
    @Default("0") @Range("[0, 1)") double minP,
    @Default("1.0") @Range("(0, inf)") double repetitionPenalty,
    @Default("512") @Range("[1, inf)") int maxCompletionLength,
    @Default(Default.UNSET) @Range("[1, inf)") Integer maxPromptLength,
    @Default("42") long seed,
    @Default(Default.UNSET) @Range("[1, inf)") Integer maxSamples,
    @Default("32") @Range("[1, inf)") int maxLive,
    @Default("lenient") String answerPolicy,
    @Default("auto") ThinkingEnd thinking,
    @Default("as_is") TraceForm form,
    @Default("all") String keepPerProblem,
    PromptConfig prompt,
    @Default(Default.UNSET) String teacherPromptSuffix) {

  public TracesConfig {
    if (temperature == 0 && numGenerations > 1) {
      throw new IllegalArgumentException(
          "temperature 0 takes the likeliest token, so that all num_generations "
              + numGenerations
              + " chains of a problem are the same: take 1, or a temperature above 0");
    }
    if (!keepPerProblem.matches("all|shortest|[1-9][0-9]{0,8}")) {
      throw new IllegalArgumentException(
          "keep_per_problem must be all, shortest or a whole number from 1 (so many of the"
              + " shortest), was '"
              + keepPerProblem
              + "'");
    }
  }

  /** How the model is asked. */
  PromptConfig asked() {
    return prompt.teacher(teacherPromptSuffix);
  }

  /** Most chains of a problem that are written. */
  int most() {
    return switch (keepPerProblem) {
      case "all" -> Integer.MAX_VALUE;
      case "shortest" -> 1;
      default -> Integer.parseInt(keepPerProblem);
    };
  }

  /** Files and folders that are read. */
  public List<Path> inputs() {
    return List.of(InputKind.MODEL.place(modelNameOrPath), InputKind.DATA.place(datasetName));
  }

  /** File of the counts, beside the output. */
  public Path counts() {
    Path file = Path.of(output);
    String name = file.getFileName().toString().replaceFirst("\\.jsonl$", "");
    return file.resolveSibling(name + ".counts.json");
  }

  /** The sampler's part. */
  SamplingParams sampling() {
    return new SamplingParams(
        temperature, topK, topP, minP, repetitionPenalty, maxCompletionLength);
  }
}
