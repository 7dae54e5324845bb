package dev.terse.trainer.eval;

import dev.terse.io.hub.InputKind;
import dev.terse.rollout.SamplingParams;
import dev.terse.traces.segment.ThinkingEnd;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.Range;
import dev.terse.trainer.config.places.Reads;
import dev.terse.trainer.config.places.Writes;
import dev.terse.trainer.data.PromptConfig;
import dev.terse.trainer.model.EngineConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Configuration of the eval command. docs/commands/eval.md lists every key.
 *
 * @param modelNameOrPath a Hugging Face folder, a GGUF file, or the folder of a PEFT adapter
 * @param datasetName file of problems, or the folder of a data set, of which test is read
 * @param datasetConfig the folder of a configuration within the data set
 * @param output file of the records; unset writes none
 * @param overwrite whether a file that stands there is replaced
 * @param baseline records of another model on the same problems, to compare with
 * @param maxSamples problems from the beginning of the file; unset takes all
 * @param maxCompletionLength most tokens of a completion; one that is longer is wrong
 * @param maxPromptLength longest prompt; unset takes what max_completion_length leaves
 * @param temperature 0 takes the likeliest token
 * @param skipToken what counts as a skip
 * @param maxLive sequences decoded together
 * @param answerPolicy where the answer may stand and who compares it, see docs/answers.md
 * @param thinking where thinking ends and the answer begins, in all completions alike: auto, marks,
 *     before_last_paragraph or before_answer
 * @param chatTemplateKwargs variables for the chat template, such as enable_thinking
 */
public record EvalConfig(
    @Reads(InputKind.MODEL) String modelNameOrPath,
    @Reads(InputKind.DATA) String datasetName,
    @Default(Default.UNSET) String datasetConfig,
    EngineConfig engine,
    @Default(Default.UNSET) @Writes(Writes.Kind.FILE) String output,
    @Default("false") boolean overwrite,
    @Default(Default.UNSET) @Reads(InputKind.FILE) String baseline,
    @Default(Default.UNSET) @Range("[1, inf)") Integer maxSamples,
    @Default("2048") @Range("[1, inf)") int maxCompletionLength,
    @Default(Default.UNSET) @Range("[1, inf)") Integer maxPromptLength,
    @Default("0") @Range("[0, inf)") double temperature,
    @Default("1.0") @Range("(0, 1]") double topP,
    @Default("0") @Range("[0, inf)") int topK,
    @Default("0.0") @Range("[0, 1)") double minP,
    @Default("42") long seed,
    @Default("[SKIP]") String skipToken,
    @Default("32") @Range("[1, inf)") int maxLive,
    @Default("lenient") String answerPolicy,
    @Default("auto") ThinkingEnd thinking,
    @Default(Default.UNSET) Map<String, Object> chatTemplateKwargs,
    PromptConfig prompt) {

  /** Files and folders that are read. */
  public List<Path> inputs() {
    return Stream.of(
            InputKind.MODEL.place(modelNameOrPath),
            InputKind.DATA.place(datasetName),
            baseline == null ? null : InputKind.FILE.place(baseline))
        .filter(Objects::nonNull)
        .toList();
  }

  /** The sampler's part. */
  public SamplingParams sampling() {
    return new SamplingParams(temperature, topK, topP, minP, maxCompletionLength);
  }
}
