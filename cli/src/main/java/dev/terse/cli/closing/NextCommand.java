package dev.terse.cli.closing;

import dev.terse.traces.segment.SkipCounts;
import dev.terse.trainer.data.PromptConfig;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.loop.TrainingConfig;
import dev.terse.trainer.model.EngineConfig;
import dev.terse.trainer.model.ModelArguments;
import dev.terse.trainer.sft.SftConfig;
import java.io.File;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/** The command that judges what a run has made, ready to be typed. */
final class NextCommand {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=@%+,-]+");

  /** Stands for a file of problems where the run knows none that it has not learnt from. */
  static final String UNKNOWN = "PROBLEMS.jsonl";

  private final StringBuilder text;

  private NextCommand(TrainingConfig training, String problems, ModelArguments model) {
    text = new StringBuilder(program()).append(" eval");
    add("model_name_or_path", training.outputDir());
    add("dataset_name", problems);
    add("output", Path.of(training.outputDir(), "eval.jsonl").toString());
    EngineConfig engine = model.engine();
    if (engine.engine() != EngineConfig.EngineKind.ND4J) {
      add("engine", engine.engine().name().toLowerCase(Locale.ROOT));
    }
    if (engine.bf16()) {
      add("bf16", "true");
    }
    if (model.skipToken() != null && !model.skipToken().equals(SkipCounts.SKIP)) {
      add("skip_token", model.skipToken());
    }
  }

  /** Of SFT, which knows rows and no problems. */
  static String after(SftConfig config) {
    return new NextCommand(config.training(), UNKNOWN, config.model()).text.toString();
  }

  /** Of GRPO: the held-out problems, asked as in training. */
  static String after(GrpoConfig config) {
    TrainingConfig training = config.training();
    String heldOut = training.evaluation().evalDataset();
    NextCommand command =
        new NextCommand(training, heldOut == null ? UNKNOWN : heldOut, config.model());
    command.add("max_completion_length", String.valueOf(config.generation().maxCompletionLength()));
    command.prompt(config.prompt());
    return command.text.toString();
  }

  private void prompt(PromptConfig prompt) {
    if (prompt.systemPrompt() != null) {
      add("system_prompt", prompt.systemPrompt());
    }
    if (!prompt.promptSuffix().isEmpty()) {
      add("prompt_suffix", prompt.promptSuffix());
    }
    if (prompt.datasetPromptColumn() != null) {
      add("dataset_prompt_column", prompt.datasetPromptColumn());
    }
  }

  private void add(String key, String value) {
    text.append(" --").append(key).append(' ').append(quoted(value));
  }

  /** As a shell takes it for one word. */
  static String quoted(String value) {
    return PLAIN.matcher(value).matches() ? value : "'" + value.replace("'", "'\\''") + "'";
  }

  /** How this program was started. */
  private static String program() {
    String path = System.getProperty("java.class.path", "");
    boolean isJar = path.endsWith(".jar") && !path.contains(File.pathSeparator);
    return "java -jar " + (isJar ? quoted(path) : "trainer.jar");
  }
}
