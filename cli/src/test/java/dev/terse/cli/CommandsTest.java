package dev.terse.cli;

import static dev.terse.cli.Cli.ok;
import static dev.terse.cli.Cli.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.cli.command.ExitCodes;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Every command once as a user runs it, on a small model that comes with Terse: what it writes, and
 * its exit codes. 0 is done, 1 failed, 2 is asked for wrongly.
 */
class CommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path ROOT = SharedData.projectRoot();

  /** 630,000 weights; works out sums and products in steps. */
  private static final Path MODEL = ROOT.resolve("checkpoints/arithmetic-base");

  @TempDir Path folder;

  @Test
  void commands_allOfThem_areRun() {
    Set<String> tested = new HashSet<>();
    for (Class<?> tests :
        List.of(
            CommandsTest.class,
            ReportCommandTest.class,
            CurveCommandTest.class,
            ExportCommandTest.class,
            ServeCommandTest.class)) {
      for (Method method : tests.getDeclaredMethods()) {
        tested.add(method.getName().replaceFirst("_.*", ""));
      }
    }
    assertThat(tested).containsAll(new CommandLine(new Terse()).getSubcommands().keySet());
  }

  @Test
  void task_sameSeed_writesTheSameRowsOfEachFormat() throws IOException {
    List<JsonNode> problems = rows(task("word-problems", "problems", 3, "a.jsonl"));
    assertThat(problems)
        .hasSize(3)
        .allSatisfy(row -> assertFields(row, "id", "question", "answer"));
    assertThat(rows(task("word-problems", "problems", 3, "b.jsonl"))).isEqualTo(problems);
    assertThat(rows(task("arithmetic", "traces", 2, "c.jsonl")))
        .allSatisfy(row -> assertFields(row, "id", "question", "response", "gold"));
    assertThat(rows(task("arithmetic", "sft", 2, "d.jsonl")))
        .allSatisfy(row -> assertThat(answer(row)).contains("\\boxed{"));

    assertThat(Cli.run("task", "geometry", "--rows=1", "--output=x").code())
        .isEqualTo(ExitCodes.USAGE);
    assertFailsOnAFullDisk("task", "arithmetic", "--rows=1");
  }

  @Test
  void tokenize_texts_becomeIds() throws IOException {
    Path texts = write("texts.jsonl", "{\"id\": 7, \"text\": \"<|user|>1+2<|end|>\"}");
    Path ids = folder.resolve("ids.jsonl");
    ok("tokenize", "--model=" + MODEL, "--input=" + texts, "--output=" + ids);
    JsonNode row = rows(ids).get(0);
    assertThat(row.get("id").intValue()).isEqualTo(7);
    assertThat(row.get("ids")).hasToString("[301,16,10,17,299]");

    refused(
        "there is no file or folder none", "tokenize", "--model=" + MODEL, "--input=none", other());
    assertFailsOnAFullDisk("tokenize", "--model=" + MODEL, "--input=" + texts);
  }

  @Test
  void convert_toHalfTheBytes_writesAModelThatCanBeRead() throws IOException {
    Path half = folder.resolve("half");
    ok("convert", "--model=" + MODEL, "--output=" + half, "--dtype=bfloat16");
    assertThat(half).isDirectoryContaining("glob:**/{config,tokenizer,tokenizer_config}.json");
    assertThat(JSON.readTree(half.resolve("config.json").toFile()).findValuesAsText("torch_dtype"))
        .containsAnyOf("bfloat16");
    long bytes = Files.size(half.resolve("model.safetensors"));
    assertThat(bytes).isBetween(Files.size(MODEL.resolve("model.safetensors")) / 2, 1_400_000L);
    ok("convert", "--model=" + half, "--output=" + folder.resolve("again"), "--dtype=bfloat16");
    assertThat(folder.resolve("again/model.safetensors"))
        .hasSameBinaryContentAs(half.resolve("model.safetensors"));

    Cli kept = ok("convert", "--model=" + half, "--output=" + folder.resolve("kept"));
    assertThat(kept.out()).contains("as bfloat16, as most of it is stored, to");
    assertThat(folder.resolve("kept/model.safetensors"))
        .hasSameBinaryContentAs(half.resolve("model.safetensors"));
    ok("convert", "--model=" + MODEL, "--output=" + folder.resolve("whole"));
    assertThat(folder.resolve("whole/model.safetensors"))
        .hasSize(Files.size(MODEL.resolve("model.safetensors")));

    refused("none", "convert", "--model=" + folder.resolve("none"), other());
  }

  @Test
  void generate_sameSeed_drawsTheSameCompletions() throws IOException {
    Path problems = task("arithmetic", "problems", 2, "problems.jsonl");
    Path one = folder.resolve("one.jsonl");
    Path two = folder.resolve("two.jsonl");
    List<String> draw =
        List.of("generate", "--model=" + MODEL, "--input=" + problems, "--group-size=2");
    ok(with(draw, "--max-new-tokens=24", "--output=" + one));
    ok(with(draw, "--max-new-tokens=24", "--output=" + two, "--max-live=1"));
    assertThat(rows(one))
        .hasSize(4)
        .allSatisfy(
            row -> {
              assertFields(row, "id", "sample", "prompt", "completion", "tokens", "finish");
              assertThat(row.get("tokens").intValue()).isBetween(1, 24);
            })
        .extracting(row -> row.get("sample").intValue())
        .containsExactly(0, 1, 0, 1);
    assertThat(rows(two)).isEqualTo(rows(one));

    Cli printed = ok("generate", "--model=" + MODEL, "--prompt=1+2", "--max-new-tokens=5");
    assertThat(printed.out()).isNotBlank();
    refused(
        "max_completion_length must be",
        "generate",
        "--model=" + MODEL,
        "--prompt=1",
        "--max-new-tokens=x");
    refused("positions", "generate", "--model=" + MODEL, "--prompt=1", "--max-new-tokens=9999");
  }

  @Test
  void model_whoseWeightsAreAPointer_isRefusedWithWhatToDo() throws IOException {
    Path model = Files.createDirectories(folder.resolve("pointer"));
    for (String file : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
      Files.write(model.resolve(file), Files.readAllBytes(MODEL.resolve(file)));
    }
    Files.writeString(
        model.resolve("model.safetensors"),
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n");
    refused("is a Git LFS pointer", "generate", "--model=" + model, "--prompt=1+2");
  }

  @Test
  void score_texts_becomeLogProbabilities() throws IOException {
    Path texts = write("texts.jsonl", "{\"id\": 1, \"text\": \"<|user|>1+2\"}");
    Path scores = folder.resolve("scores.jsonl");
    ok("score", "--model=" + MODEL, "--input=" + texts, "--output=" + scores);
    JsonNode row = rows(scores).get(0);
    assertThat(row.get("ids")).hasToString("[301,16,10,17]");
    assertThat(row.get("logprobs"))
        .hasSize(3)
        .allSatisfy(logProb -> assertThat(logProb.doubleValue()).isNegative());
    assertThat(row.get("entropies"))
        .hasSize(4)
        .allSatisfy(entropy -> assertThat(entropy.doubleValue()).isBetween(0.0, Math.log(303)));

    refused(
        "there is no file or folder none", "score", "--model=" + MODEL, "--input=none", other());
  }

  @Test
  void compress_traces_becomeRowsWithSkips() throws IOException {
    Path traces = task("arithmetic", "traces", 3, "traces.jsonl");
    Path rows = folder.resolve("sft.jsonl");
    Path steps = folder.resolve("steps.jsonl");
    Cli run = ok(compress(traces, "0.5", "--output=" + rows, "--steps=" + steps));
    assertThat(run.out()).contains("3");
    assertThat(rows(rows))
        .hasSize(3)
        .allSatisfy(row -> assertThat(answer(row)).contains("[SKIP]", "\\boxed{"));
    assertThat(rows(steps)).hasSize(3);

    refused("kappa", compress(traces, "1.5", other()));
    Path broken = write("broken.jsonl", "{\"question\": 1}");
    refused("broken.jsonl line 1", compress(broken, "0.5", other()));
    assertFailsOnAFullDisk(compress(traces, "0.5"));
  }

  /** {@link TracesCommandTest} has the rest. */
  @Test
  void traces_ofProblems_areTheRightChains() throws IOException {
    Path problems = task("arithmetic", "problems", 2, "problems.jsonl");
    List<String> traces =
        List.of("traces", "--model_name_or_path=" + MODEL, "--dataset_name=" + problems);
    Path chains = folder.resolve("chains.jsonl");
    Cli run = ok(with(traces, "--max_completion_length=120", "--output=" + chains));
    assertThat(run.out()).contains("8 chains of 2 problems");
    assertThat(rows(chains))
        .allSatisfy(row -> assertFields(row, "id", "question", "response", "gold", "seed"));

    refused("max_completion_length", with(traces, "--max_completion_length=x", other()));
    assertFailsOnAFullDisk(with(traces, "--max_completion_length=2"));
  }

  @Test
  void sft_twoUpdates_writesModelMetricsAndCheckpoint() throws IOException {
    Path data = task("arithmetic", "sft", 8, "data.jsonl");
    Path out = folder.resolve("sft");
    List<String> sft = training(data, "sft");
    Cli run = ok(with(sft, "--output_dir=" + out, "--save_steps=1"));
    assertThat(run.out()).contains("loss");
    assertTrained(out, "loss", "grad_norm", "mean_token_accuracy");
    Path tensors = out.resolve("model.safetensors");
    byte[] uninterrupted = Files.readAllBytes(tensors);
    assertThat(uninterrupted)
        .isNotEqualTo(Files.readAllBytes(MODEL.resolve(tensors.getFileName())));

    String back = "--resume_from_checkpoint=" + out.resolve("checkpoint-1");
    refused("holds another run (checkpoint-2", with(sft, "--output_dir=" + out));
    refused("would do anew (checkpoint-2", with(sft, "--output_dir=" + out, back));
    ok(with(sft, "--output_dir=" + out, back, "--overwrite_output_dir"));
    assertThat(tensors).hasBinaryContent(uninterrupted);
    refused("which the run reads", with(sft, "--output_dir=" + MODEL, "--overwrite_output_dir"));

    refused("did you mean 'learning_rate'?", with(sft, "--output_dir=x", "--learning_rat=1"));
    Path file = write("file", "");
    Cli failed = Cli.run(with(sft, "--output_dir=" + file.resolve("below")));
    assertThat(failed.code()).as(failed.err()).isEqualTo(ExitCodes.FAILED);
  }

  @Test
  void grpo_twoUpdates_writesModelMetricsAndCompletions() throws IOException {
    Path data = task("arithmetic", "problems", 4, "data.jsonl");
    Path out = folder.resolve("grpo");
    List<String> grpo =
        training(
            data,
            "grpo",
            ROOT.resolve("configs/grpo.yaml").toString(),
            "--eval_strategy=no",
            "--eval_dataset=" + data);
    List<String> groups =
        List.of("--num_generations=4", "--max_completion_length=40", "--log_completions=true");
    ok(with(grpo, with(groups, "--output_dir=" + out)));
    assertTrained(out, "reward", "completions/mean_length", "grad_norm");
    List<JsonNode> drawn = rows(out.resolve("completions/completions_00001.jsonl"));
    assertThat(drawn).isNotEmpty();

    refused("num_generations", with(grpo, "--output_dir=x", "--num_generations=1"));
  }

  @Test
  void eval_twoModels_areJudgedAndCompared() throws IOException {
    Path problems = task("arithmetic", "problems", 6, "problems.jsonl");
    Path before = folder.resolve("before.jsonl");
    Path after = folder.resolve("after.jsonl");
    List<String> eval =
        List.of("eval", "--dataset_name=" + problems, "--max_completion_length=120");
    Cli run = ok(with(eval, "--model_name_or_path=" + MODEL, "--output=" + before));
    assertThat(run.out()).contains("accuracy", "completions/mean_length");
    assertThat(rows(before))
        .hasSize(6)
        .allSatisfy(
            row -> {
              assertFields(row, "id", "status", "correct", "answer", "gold", "tokens");
              assertThat(row.get("status").textValue()).isIn("ok", "truncated", "no_answer");
            });
    Path skips = ROOT.resolve("checkpoints/arithmetic-skip");
    Cli paired =
        ok(
            with(
                eval,
                "--model_name_or_path=" + skips,
                "--output=" + after,
                "--baseline=" + before));
    assertThat(paired.out()).contains("McNemar");

    Cli compared = ok("eval", "--compare", before.toString(), after.toString());
    assertThat(paired.out()).endsWith(compared.out());
    refused("no such file", "eval", "--compare", before.toString(), "none.jsonl");
    refused("dataset_name", "eval", "--model_name_or_path=" + MODEL);
  }

  @Test
  void grade_predictions_getVerdicts() throws IOException {
    Path input = write("in.jsonl", "{\"id\": 1, \"gold\": \"1/2\", \"prediction\": \"0.5\"}");
    Path output = folder.resolve("out.jsonl");
    Cli run = ok("grade", "--input=" + input, "--output=" + output);
    assertThat(run.out()).contains("equal");
    assertThat(rows(output).get(0).get("verdict").textValue()).isEqualTo("equal");

    refused("there is no file or folder none", "grade", "--input=none", other());
    assertFailsOnAFullDisk("grade", "--input=" + input);
  }

  @Test
  void doctor_ofARun_saysWhatWouldGoWrong_andWritesNothing() throws IOException {
    Path data = task("arithmetic", "problems", 70, "data.jsonl");
    Path yaml =
        write("run.yaml", "model_name_or_path: " + MODEL + "\ndataset_name: " + data + "\n");
    List<String> doctor = List.of("doctor", "grpo", yaml.toString(), "--num_generations=4");
    String out = "--output_dir=" + folder.resolve("out");
    Cli run = ok(with(doctor, out, "--max_completion_length=40", "--samples=0", "--time=false"));
    assertThat(run.out())
        .contains("ok       train rows: " + data + ": 70 problems read", "note     licence: ")
        .contains("doctor grpo: 0 problems");
    assertThat(folder.resolve("out")).doesNotExist();

    Cli sick = Cli.run(with(doctor, out, "--max_completion_length=9999", "--eval_dataset=none"));
    assertThat(sick.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(sick.out())
        .contains("problem  files: command line: eval_dataset: there is no file or folder none")
        .contains("max_completion_length 9999 leaves no room for a prompt");
    assertThat(sick.err()).doesNotContain("\tat ");

    String rows = "--dataset_name=" + task("arithmetic", "sft", 8, "sft.jsonl");
    assertThat(ok("doctor", yaml.toString(), out, rows, "--packing", "--max_steps=12").out())
        .contains("ok       time: an update takes about", "doctor sft: 0 problems");
    refused("say which, doctor sft", "doctor", yaml.toString());
    refused("name a run to look at", "doctor");
  }

  @Test
  void selftest_ofTheSmallModel_holds_andAFaultIsAFailure() throws IOException {
    Cli run = ok("selftest", "--model_name_or_path=" + MODEL);
    assertThat(run.out()).contains("ok       gradient: along 3 directions", "selftest: 0 problems");

    Path lossy = Files.createDirectories(folder.resolve("lossy"));
    for (String file : List.of("config.json", "tokenizer_config.json", "model.safetensors")) {
      Files.copy(MODEL.resolve(file), lossy.resolve(file));
    }
    String tokenizer = Files.readString(MODEL.resolve("tokenizer.json"));
    Files.writeString(
        lossy.resolve("tokenizer.json"),
        tokenizer.replaceFirst(
            "\"normalizer\": *null", "\"normalizer\": {\"type\": \"Lowercase\"}"));
    Cli failed = Cli.run("selftest", "--model=" + lossy);
    assertThat(failed.code()).isEqualTo(ExitCodes.FAILED);
    assertThat(failed.out()).contains("problem  tokens: ", "texts do not come back");
    refused("there is no folder or GGUF file none", "selftest", "--model_name_or_path=none");
  }

  @Test
  void catalogue_models_areListedWithTheirMemory() {
    Cli run = ok("catalogue", "--tokens=64");
    assertThat(run.out())
        .contains("licence", "Qwen", "GB", "passes of 64 tokens")
        .contains("  hf download Qwen/Qwen3-8B --local-dir models/Qwen/Qwen3-8B\n")
        .contains("hf download HuggingFaceTB/SmolLM2-135M-Instruct --local-dir");
    refused("max_tokens_per_pass must be a whole number", "catalogue", "--tokens=many");
  }

  @Test
  void quickstart_inMiniature_writesTableAndPage() {
    Path out = folder.resolve("quickstart");
    String[] quickstart = {
      "quickstart",
      ROOT.resolve("configs/quickstart-fast.yaml").toString(),
      "--sft_config=" + ROOT.resolve("configs/quickstart-sft.yaml"),
      "--grpo_config=" + ROOT.resolve("configs/quickstart-grpo.yaml"),
      "--model=" + MODEL,
      "--task=arithmetic",
      "--output=" + out,
      "--trace_problems=12",
      "--trace_samples=1",
      "--grpo_problems=4",
      "--problems=6",
      "--chains=1",
      "--max_completion_length=120",
      "--sft_settings={max_steps: 1, per_device_train_batch_size: 4, report_to: none}",
      "--grpo_settings={max_steps: 1, num_generations: 4, per_device_train_batch_size: 8,"
          + " max_completion_length: 60, report_to: none}",
      "--controls=[]"
    };
    Cli run = ok(quickstart);
    assertThat(run.out()).contains("McNemar p", "report: " + out.resolve("report.html"));
    assertThat(out.resolve("table.txt")).content().contains("base", "SFT+GRPO");
    assertThat(out.resolve("report.html")).content().contains("</html>");
    assertThat(out.resolve("charts")).isDirectoryContaining("glob:**.png");

    refused("did you mean 'kappa'?", quickstart[0], quickstart[1], "--kapa=0.3");
  }

  /** The rule of docs/outputs.md, for every command that writes a file. */
  @Test
  void outputs_ofEveryCommand_areNeverInputsAndNeverReplacedUnasked() throws IOException {
    Path texts = write("texts.jsonl", "{\"id\": 1, \"text\": \"1+2\"}");
    Path pairs = write("pairs.jsonl", "{\"id\": 1, \"gold\": \"2\", \"prediction\": \"2\"}");
    Path problems = task("arithmetic", "problems", 1, "problems.jsonl");
    Path traces = task("arithmetic", "traces", 1, "traces.jsonl");
    String model = "--model=" + MODEL;
    List<List<String>> commands =
        List.of(
            List.of("task", "arithmetic", "--rows=1"),
            List.of("tokenize", model, "--input=" + texts),
            List.of("score", model, "--input=" + texts),
            List.of("generate", model, "--input=" + problems, "--max-new-tokens=2"),
            List.of("grade", "--input=" + pairs),
            List.of("compress", model, "--input=" + traces, "--kappa=0.5"),
            List.of(
                "traces",
                "--model_name_or_path=" + MODEL,
                "--dataset_name=" + problems,
                "--max_completion_length=120"),
            List.of(
                "eval",
                "--model_name_or_path=" + MODEL,
                "--dataset_name=" + problems,
                "--max_completion_length=2"));
    List<Path> inputs = List.of(texts, texts, texts, problems, pairs, traces, problems, problems);
    for (int i = 0; i < commands.size(); i++) {
      List<String> command = commands.get(i);
      Path taken = write("taken.jsonl", "precious");
      refused(taken + " exists: --overwrite replaces it", with(command, "--output=" + taken));
      assertThat(taken).content().isEqualTo("precious\n");
      ok(with(command, "--output=" + taken, "--overwrite"));
      assertThat(taken).content().startsWith("{");

      Path input = inputs.get(i);
      if (i > 0) {
        byte[] before = Files.readAllBytes(input);
        Path link = Files.createSymbolicLink(folder.resolve("link" + i), input);
        for (Path spelling : List.of(input, link)) {
          String[] asked = with(command, "--output=" + spelling, "--overwrite");
          refused("is what the command reads; name another output", asked);
        }
        assertThat(input).hasBinaryContent(before);
      }
    }
    refused("a file of " + MODEL, with(commands.get(1), tokenizer(), "--overwrite"));
    refused("two outputs have one name", compress(traces, "0.5", "--steps=same", "--output=same"));
    refused("found a device", with(commands.get(0), "--output=/dev/null", "--overwrite"));
    refused("is what the command reads", "convert", model, "--output=" + MODEL, "--overwrite");
    refused("holds files: --overwrite", "convert", model, "--output=" + folder);
  }

  private static String tokenizer() {
    return "--output=" + MODEL.resolve("tokenizer.json");
  }

  /** An output that is not there yet. */
  private String other() {
    return "--output=" + folder.resolve("other");
  }

  /** An output whose folder is a file is no mistake of the user's words: the disk says no. */
  private void assertFailsOnAFullDisk(String... arguments) throws IOException {
    Path output = write("not-a-folder", "").resolve("out.jsonl");
    Cli run = Cli.run(with(List.of(arguments), "--output=" + output));
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.FAILED);
    assertThat(run.err()).containsPattern("(?m)^error: ").contains("not-a-folder");
  }

  private static void assertTrained(Path out, String... metrics) throws IOException {
    assertThat(out)
        .isDirectoryContaining("glob:**/config.json")
        .isDirectoryContaining("glob:**/model.safetensors")
        .isDirectoryContaining("glob:**/tokenizer.json")
        .isDirectoryContaining("glob:**/checkpoint-2");
    List<JsonNode> logged = rows(out.resolve("metrics.jsonl"));
    for (String metric : metrics) {
      assertThat(logged).anySatisfy(row -> assertThat(row.toString()).contains(metric));
    }
  }

  private Path task(String task, String format, int rows, String name) {
    Path output = folder.resolve(name);
    ok("task", task, "--format=" + format, "--rows=" + rows, "--output=" + output);
    return output;
  }

  private static String[] compress(Path traces, String kappa, String... more) {
    return with(
        List.of("compress", "--model=" + MODEL, "--input=" + traces, "--kappa=" + kappa), more);
  }

  private static List<String> training(Path data, String... command) {
    String[] keys = {
      "--model_name_or_path=" + MODEL,
      "--dataset_name=" + data,
      "--max_steps=2",
      "--per_device_train_batch_size=4",
      "--logging_steps=1",
      "--save_strategy=steps",
      "--save_steps=2",
      "--report_to=none"
    };
    return List.of(with(List.of(command), keys));
  }

  private static String[] with(List<String> arguments, String... more) {
    return Stream.concat(arguments.stream(), Arrays.stream(more)).toArray(String[]::new);
  }

  private Path write(String name, String line) throws IOException {
    return Files.writeString(folder.resolve(name), line + "\n");
  }

  private static List<JsonNode> rows(Path file) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      rows.add(JSON.readTree(line));
    }
    return rows;
  }

  private static String answer(JsonNode row) {
    return row.at("/completion/0/content").textValue();
  }

  private static void assertFields(JsonNode row, String... fields) {
    for (String field : fields) {
      assertThat(row.has(field)).as(field + " in " + row).isTrue();
    }
  }
}
