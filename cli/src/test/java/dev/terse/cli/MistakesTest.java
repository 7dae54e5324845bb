package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.cli.command.ExitCodes;
import dev.terse.io.Folders;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Mistakes of a newcomer: each is answered by what was expected, what was found, where, and what to
 * do; the exit code is 2, and nothing is left behind.
 */
class MistakesTest {
  private static final Path MODEL = SharedData.projectRoot().resolve("checkpoints/arithmetic-base");
  private static final String HUB = "Qwen/Qwen2.5-0.5B-Instruct";

  @TempDir Path folder;

  /**
   * A mistake.
   *
   * @param line the command line; {@code M} in it is a sound model, {@code @} the folder of files
   * @param answers parts of what is said
   */
  record Mistake(String name, String line, String... answers) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Mistake> mistakes() {
    String sft = "sft --output_dir=@/new/out --model_name_or_path=M --dataset_name=@/";
    String grpo =
        "grpo --output_dir=@/new/out --model_name_or_path=M --max_completion_length=32"
            + " --num_generations=4 --dataset_name=@/";
    String generate =
        "generate --output=@/new/out.jsonl --model_name_or_path=M --max_completion_length=32"
            + " --dataset_name=@/";
    String eval = generate.replace("generate", "eval");
    String compress = "compress --output=@/new/out.jsonl --model=M --input=@/";
    return Stream.of(
        new Mistake(
            "names of the hub, and a missing file: all at once",
            "sft --output_dir=@/new/out --eval_dataset=@/none.jsonl --dataset_name=openai/gsm8k"
                + " --model_name_or_path="
                + HUB,
            "3 problems",
            "'hf download " + HUB + " --local-dir models/" + HUB + "'",
            "'hf download openai/gsm8k --repo-type dataset --local-dir data/openai/gsm8k'",
            "eval_dataset: there is no file or folder @/none.jsonl"),
        new Mistake(
            "a name of the hub for compress",
            compress.replace("=M", "=" + HUB) + "plain.jsonl",
            "run 'hf download " + HUB),
        new Mistake("gpt2", sft.replace("=M", "=gpt2") + "sft.jsonl", "gpt2 is a name of the hub"),
        new Mistake(
            "a path of Windows",
            sft.replace("=M", "=C:\\models\\qwen") + "sft.jsonl",
            "C:\\models\\qwen: that is a path of Windows"),
        new Mistake(
            "a path from home that is not there",
            eval.replace("=M", "=~/none/qwen") + "qa.jsonl",
            "there is no folder or GGUF file ~/none/qwen: check the path"),
        new Mistake(
            "weights of PyTorch alone",
            sft.replace("=M", "=@/bin") + "sft.jsonl",
            "@/bin holds no weights: expected model.safetensors",
            "pytorch_model.bin is not read: it can run code; save as safetensors first"),
        new Mistake(
            "a model without its tokenizer",
            sft.replace("=M", "=@/part") + "sft.jsonl",
            "@/part is no whole model: tokenizer.json is missing; download"),
        new Mistake(
            "an adapter without its base",
            eval.replace("=M", "=@/adapter") + "qa.jsonl",
            "@/adapter is an adapter for 'Qwen/Qwen2.5-0.5B'",
            "run 'hf download Qwen/Qwen2.5-0.5B --local-dir models/Qwen/Qwen2.5-0.5B'"),
        new Mistake(
            "data as a model",
            sft.replace("=M", "=@/sft.jsonl") + "sft.jsonl",
            "model_name_or_path: @/sft.jsonl is not a sound GGUF file"),
        new Mistake(
            "a GGUF file as a run's folder",
            sft.replace("@/new/out", "@/new/model.gguf") + "sft.jsonl",
            "output_dir: expected the name of a folder, found @/new/model.gguf",
            "export --output_dir FOLDER writes"),
        new Mistake(
            "more rows of a task than it has",
            "task arithmetic --rows=1000001 --output=@/new/rows.jsonl",
            "rows",
            "[1, 1000000]",
            "1000001"),
        new Mistake(
            "a GGUF file as convert's folder",
            "convert --model_name_or_path=M --output_dir=@/new/model.gguf",
            "expected the name of a folder, found @/new/model.gguf"),
        new Mistake(
            "a file of weights as convert's folder",
            "convert --model_name_or_path=M --output_dir=@/new/model.safetensors",
            "found @/new/model.safetensors",
            "name it without the ending"),
        new Mistake(
            "a folder of another run",
            sft.replace("@/new/out", "@/used") + "sft.jsonl",
            "@/used holds another run (checkpoint-2, config.json): resume_from_checkpoint true"),
        new Mistake("an empty file", sft + "empty.jsonl", "@/empty.jsonl"),
        new Mistake("an empty file of prompts", generate + "empty.jsonl", "@/empty.jsonl"),
        new Mistake(
            "columns of other names",
            sft + "odd.jsonl",
            "@/odd.jsonl line 1: expected prompt and completion, messages"),
        new Mistake(
            "a CSV with other columns",
            sft + "rows.csv",
            "@/rows.csv row 1: expected prompt and completion, messages"),
        new Mistake(
            "problems without a question",
            grpo + "odd.jsonl",
            "@/odd.jsonl line 1: expected a question: prompt (text or messages), question or"),
        new Mistake(
            "problems without an answer",
            grpo + "questions.jsonl",
            "@/questions.jsonl line 1: expected the right answer (gold, answer"),
        new Mistake(
            "an evaluation without answers",
            eval + "questions.jsonl",
            "@/questions.jsonl line 1: expected the right answer (gold, answer"),
        new Mistake(
            "a CSV where traces are read",
            compress + "rows.csv",
            "@/rows.csv: expected JSON lines, one object a line (.jsonl), found a .csv file"),
        new Mistake(
            "gzip where traces are read",
            compress + "rows.jsonl.gz",
            "@/rows.jsonl.gz: expected JSON lines",
            "found a .gz file: unpack it"),
        new Mistake(
            "a JSON array where traces are read",
            compress + "rows.json",
            "@/rows.json line 1: expected one JSON object, found a JSON array: write a row a line"),
        new Mistake(
            "chains without thinking marks",
            compress + "plain.jsonl",
            "@/plain.jsonl: expected a usable trace, found none in 1 rows",
            "give thinking: before_answer"),
        new Mistake(
            "rows of sft for compress",
            compress + "sft.jsonl",
            "@/sft.jsonl line 1: expected a text in field 'question'"),
        new Mistake(
            "batch and group that do not divide",
            grpo + "qa.jsonl --per_device_train_batch_size=6",
            "must be a multiple of num_generations 4",
            "try gradient_accumulation_steps 2"),
        new Mistake(
            "a key of another command",
            sft + "sft.jsonl --num_generations=4",
            "unknown key 'num_generations': a key of"),
        new Mistake(
            "a value that is misspelt",
            sft + "sft.jsonl --lr_scheduler_type=cosin",
            "lr_scheduler_type must be one of linear, cosine,",
            "was 'cosin'"),
        new Mistake(
            "a number with a comma",
            sft + "sft.jsonl --learning_rate=1e-5,",
            "learning_rate must be a number, was '1e-5,'"),
        new Mistake("a command that is misspelt", "scor", "'scor'", "Did you mean", "score"),
        new Mistake(
            "tabs in YAML",
            "sft @/tabs.yaml",
            "problems in @/tabs.yaml",
            "line 2: found character '\\t(TAB)'",
            "Do not use \\t(TAB) for indentation"),
        new Mistake(
            "a configuration that is not there",
            "sft @/none.yaml",
            "@/none.yaml: there is no such configuration file; check the path"),
        new Mistake(
            "a quickstart of a model that is not there",
            "quickstart @/quickstart.yaml --model=@/none --output=@/new/run",
            "model_name_or_path: there is no folder or GGUF file @/none"),
        new Mistake(
            "a quickstart with a wrong key for its training",
            "quickstart @/quickstart.yaml --model=M --output=@/new/run",
            "unknown key 'learning_rat' (did you mean 'learning_rate'?)"));
  }

  @BeforeEach
  void files() throws IOException {
    write("sft.jsonl", "{\"prompt\": \"1+2\", \"completion\": \"3\"}\n");
    write("questions.jsonl", "{\"question\": \"1+2\"}\n");
    write("qa.jsonl", "{\"question\": \"1+2\", \"answer\": \"3\"}\n");
    write("odd.jsonl", "{\"q\": \"1+2\", \"a\": \"3\"}\n");
    write("plain.jsonl", "{\"question\": \"1+2\", \"response\": \"It is 3.\"}\n");
    write("rows.csv", "q,a\n1+2,3\n");
    write("rows.json", "[{\"question\": \"1+2\", \"response\": \"3\"}]\n");
    write("empty.jsonl", "");
    write("tabs.yaml", "model_name_or_path: m\n\tdataset_name: d\n");
    write("train.yaml", "learning_rat: 1\n");
    write(
        "quickstart.yaml",
        "sft_config: "
            + folder.resolve("train.yaml")
            + "\ngrpo_config: "
            + folder
            + "/train.yaml\n");
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("rows.jsonl.gz")))) {
      out.write(Files.readAllBytes(folder.resolve("qa.jsonl")));
    }
    for (String file : List.of("config.json", "tokenizer.json")) {
      Files.createDirectories(folder.resolve("bin"));
      Files.copy(MODEL.resolve(file), folder.resolve("bin").resolve(file));
    }
    write("bin/pytorch_model.bin", "x");
    write("part/config.json", Files.readString(MODEL.resolve("config.json")));
    write("part/model.safetensors", "x");
    write(
        "adapter/adapter_config.json",
        """
        {"peft_type": "LORA", "base_model_name_or_path": "Qwen/Qwen2.5-0.5B", "r": 8,
         "lora_alpha": 16, "target_modules": ["q_proj"], "task_type": "CAUSAL_LM"}
        """);
    write("adapter/adapter_model.safetensors", "x");
    write("used/checkpoint-2/config.json", "{}");
    write("used/config.json", "{}");
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mistakes")
  void mistake_isAnswered_andLeavesNothing(Mistake mistake) throws IOException {
    List<Path> before = Folders.contents(folder);
    String line = mistake.line().replace("=M ", "=" + MODEL + " ").replace("@", folder.toString());
    Cli run = Cli.run(line.split(" "));
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.USAGE);
    assertThat(run.err()).doesNotContain("\tat ").doesNotContain("a fault of the program");
    for (String answer : mistake.answers()) {
      assertThat(run.err()).contains(answer.replace("@", folder.toString()));
    }
    assertThat(Folders.contents(folder)).isEqualTo(before);
  }
}
