package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.testkit.SharedData;
import dev.terse.testkit.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Commands that are disturbed, on models of 100 KB, with the files that they read. */
final class FaultedCommands {
  private final Map<Name, FaultedCommand> commands = new EnumMap<>(Name.class);

  /** Which there are. */
  enum Name {
    SFT,
    /** Over the folder of another run. */
    OVERWRITE,
    /** Evaluated, and the best model at the end. */
    BEST,
    GRPO,
    COMPRESS,
    TRACES,
    EXPORT,
    QUICKSTART
  }

  private FaultedCommands() {}

  FaultedCommand of(Name name) {
    return commands.get(name);
  }

  /**
   * Makes the inputs.
   *
   * @param root of the disk that will be watched; commands write into {@code root/out}
   */
  static FaultedCommands prepare(Path root) throws IOException {
    FaultedCommands all = new FaultedCommands();
    Path in = Files.createDirectory(root.resolve("in"));
    Path rows = Files.writeString(in.resolve("sft.jsonl"), rows());
    all.commands.put(Name.SFT, FaultedCommand.training(root, sft(root, rows, List.of())));
    all.commands.put(Name.OVERWRITE, overwrite(root, in, rows));
    all.commands.put(Name.BEST, FaultedCommand.training(root, sft(root, rows, best(rows))));
    all.commands.put(Name.GRPO, grpo(root, in));
    all.commands.put(Name.COMPRESS, compress(root, in));
    all.commands.put(Name.TRACES, traces(root, in));
    all.commands.put(Name.EXPORT, export(root));
    all.commands.put(Name.QUICKSTART, quickstart(root));
    return all;
  }

  private static String rows() {
    StringBuilder rows = new StringBuilder();
    for (String completion : List.of("abbea", "eabab", "b", "aebea", "bae")) {
      rows.append("{\"prompt\":\"1+1=\",\"completion\":\"").append(completion).append("\"}\n");
    }
    return rows.toString();
  }

  private static List<String> sft(Path root, Path rows, List<String> more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "sft",
                "--engine=reference",
                "--model_name_or_path=" + TinyModels.folder("qwen2"),
                "--dataset_name=" + rows,
                "--output_dir=" + root.resolve("out"),
                "--per_device_train_batch_size=2",
                "--lr_scheduler_type=constant",
                "--report_to=tensorboard",
                "--logging_steps=1",
                "--save_steps=1",
                "--save_total_limit=2",
                "--max_steps=4"));
    arguments.addAll(more);
    return arguments;
  }

  private static List<String> best(Path rows) {
    return List.of(
        "--eval_dataset=" + rows,
        "--eval_strategy=steps",
        "--eval_steps=1",
        "--load_best_model_at_end",
        "--learning_rate=2e-2");
  }

  private static FaultedCommand overwrite(Path root, Path in, Path rows) {
    List<String> other = new ArrayList<>(sft(root, rows, List.of("--seed=2", "--max_steps=2")));
    Path folder = in.resolve("other");
    other.replaceAll(each -> each.startsWith("--output_dir=") ? "--output_dir=" + folder : each);
    ok(other.toArray(String[]::new));
    return FaultedCommand.overwriting(
        root, sft(root, rows, List.of("--overwrite_output_dir=true")), folder);
  }

  /** Of a policy whose completions end: those of a random one never do. */
  private static FaultedCommand grpo(Path root, Path in) throws IOException {
    StringBuilder rows = new StringBuilder();
    for (String completion : List.of("abbea", "eabab", "b", "aebea", "bae")) {
      rows.append("{\"prompt\":[{\"role\":\"user\",\"content\":\"1+1\"}],\"completion\":\"")
          .append(completion)
          .append("\"}\n");
    }
    Path data = Files.writeString(in.resolve("policy.jsonl"), rows);
    ok(
        "sft",
        "--engine=reference",
        "--model_name_or_path=" + TinyModels.folder("llama"),
        "--dataset_name=" + data,
        "--output_dir=" + in.resolve("policy"),
        "--skip_token=e",
        "--learning_rate=2e-2",
        "--max_steps=12",
        "--save_strategy=no");
    StringBuilder problems = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      problems.append("{\"question\":\"").append(i).append("+1\",\"answer\":\"so\\n#### ");
      problems.append(i + 1).append("\"}\n");
    }
    Path questions = Files.writeString(in.resolve("questions.jsonl"), problems);
    return FaultedCommand.training(
        root,
        List.of(
            "grpo",
            "--engine=reference",
            "--model_name_or_path=" + in.resolve("policy"),
            "--dataset_name=" + questions,
            "--output_dir=" + root.resolve("out"),
            "--per_device_train_batch_size=2",
            "--gradient_accumulation_steps=2",
            "--steps_per_generation=4",
            "--num_generations=4",
            "--max_completion_length=8",
            "--skip_token=e",
            "--learning_rate=1e-2",
            "--lr_scheduler_type=constant",
            "--reward_funcs=[token_saving, accuracy]",
            "--reward_settings={tau_length: 10}",
            "--log_completions=true",
            "--logging_steps=1",
            "--save_steps=1",
            "--save_total_limit=2",
            "--max_steps=3"));
  }

  private static FaultedCommand compress(Path root, Path in) {
    Path traces = in.resolve("traces.jsonl");
    ok("task", "arithmetic", "--format=traces", "--rows=3", "--output=" + traces);
    return FaultedCommand.output(
        root,
        List.of(
            "compress",
            "--engine=reference",
            "--model_name_or_path="
                + SharedData.projectRoot().resolve("checkpoints/arithmetic-base"),
            "--dataset_name=" + traces,
            "--kappa=0.5",
            "--output=" + root.resolve("out/rows.jsonl"),
            "--steps=" + root.resolve("out/steps.jsonl")));
  }

  private static FaultedCommand export(Path root) {
    return FaultedCommand.output(
        root,
        List.of(
            "export",
            "--model_name_or_path="
                + SharedData.projectRoot().resolve("checkpoints/arithmetic-base"),
            "--output_dir=" + root.resolve("out"),
            "--dtype=q4_0",
            "--overwrite=true"));
  }

  private static FaultedCommand traces(Path root, Path in) {
    Path problems = in.resolve("problems.jsonl");
    ok("task", "arithmetic", "--format=problems", "--rows=2", "--output=" + problems);
    return FaultedCommand.output(
        root,
        List.of(
            "traces",
            "--model_name_or_path="
                + SharedData.projectRoot().resolve("checkpoints/arithmetic-base"),
            "--dataset_name=" + problems,
            "--output=" + root.resolve("out/chains.jsonl"),
            "--all_output=" + root.resolve("out/all.jsonl"),
            "--num_generations=2",
            "--max_completion_length=130"));
  }

  private static FaultedCommand quickstart(Path root) {
    Path project = SharedData.projectRoot();
    return FaultedCommand.output(
        root,
        List.of(
            "quickstart",
            project.resolve("configs/quickstart-fast.yaml").toString(),
            "--sft_config=" + project.resolve("configs/quickstart-sft.yaml"),
            "--grpo_config=" + project.resolve("configs/quickstart-grpo.yaml"),
            "--model=" + project.resolve("checkpoints/arithmetic-base"),
            "--task=arithmetic",
            "--output=" + root.resolve("out"),
            "--trace_problems=12",
            "--trace_samples=1",
            "--grpo_problems=4",
            "--problems=2",
            "--chains=1",
            "--max_completion_length=120",
            "--sft_settings={max_steps: 1, per_device_train_batch_size: 4, report_to: none}",
            "--grpo_settings={max_steps: 1, num_generations: 4, per_device_train_batch_size: 8,"
                + " max_completion_length: 60, report_to: none}",
            "--controls=[]"));
  }

  private static void ok(String... arguments) {
    Cli run = Cli.run(arguments);
    assertThat(run.code()).as(run.err() + run.out()).isZero();
  }
}
