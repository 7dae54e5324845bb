package dev.terse.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.doctor.Finding.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run without fault, and each fault that the cheap checks are there to find. */
class DoctorTest {
  @TempDir Path folder;

  private DoctorHarness doctor;

  @BeforeEach
  void harness() {
    doctor = new DoctorHarness(folder);
  }

  @Test
  void sft_withoutFault_hasNoProblem_andNothingIsWritten() throws IOException {
    Path data = doctor.sums("train.jsonl", 0, 100);
    doctor.write("run.yaml", "");
    Path eval = doctor.sums("eval.jsonl", 100, 120);
    Map<String, String> modelBefore = DoctorHarness.snapshot(DoctorHarness.MODEL);
    Set<String> before = DoctorHarness.snapshot(folder).keySet();
    List<Finding> verdicts = doctor.sft(data, "eval_dataset: " + eval);
    assertThat(verdicts).extracting(Finding::level).doesNotContain(Level.PROBLEM);
    assertThat(found(verdicts, "train rows").found()).contains("100 rows read, 100 used");
    assertThat(found(verdicts, "label mask").found())
        .startsWith("r0: ")
        .endsWith("tokens bear loss, its end among them");
    assertThat(found(verdicts, "label mask").details().get(0))
        .isEqualTo("‹<|user|>›0+1‹<|assistant|>›⟦<think>1</think> 1‹<|end|>›⟧");
    assertThat(found(verdicts, "prompt").details().get(0))
        .isEqualTo("‹<|user|>›0+1‹<|assistant|>›");
    assertThat(found(verdicts, "turn end").found())
        .isEqualTo("the chat template ends a turn with <|end|> (id 299), which ends a completion");
    assertThat(found(verdicts, "batch").found())
        .contains("1 micro-batches x 8 rows = 8", "an epoch = 13 updates", "the run = 39 updates");
    assertThat(found(verdicts, "memory").found()).contains("GB that the machine has for it");
    assertThat(DoctorHarness.snapshot(folder).keySet()).isEqualTo(before);
    assertThat(DoctorHarness.snapshot(DoctorHarness.MODEL)).isEqualTo(modelBefore);
  }

  @Test
  void grpo_withoutFault_hasNoProblem() throws IOException {
    Path data = doctor.problems("train.jsonl", 0, 64);
    List<Finding> verdicts =
        doctor.grpo(data, "max_completion_length: 64", "per_device_train_batch_size: 16");
    assertThat(verdicts).extracting(Finding::level).doesNotContain(Level.PROBLEM);
    assertThat(found(verdicts, "batch").found())
        .contains("2 prompts x 8 completions = 16", "visits 64 problems", "the run = 96 updates");
    assertThat(verdicts).extracting(Finding::subject).doesNotContain("label mask");
  }

  @Test
  void configuration_allItsProblemsAreTold_andModelAndDataAreLookedAtNevertheless()
      throws IOException {
    Path data = doctor.problems("train.jsonl", 0, 64);
    List<Finding> verdicts =
        doctor.grpo(
            data,
            "learning_rat: 1",
            "per_device_train_batch_size: 6",
            "beta: -1",
            "max_completion_length: 64");
    assertThat(problems(verdicts))
        .extracting(Finding::subject)
        .containsOnly("configuration")
        .hasSize(3);
    assertThat(problems(verdicts).toString())
        .contains("did you mean 'learning_rate'?")
        .contains("beta must be")
        .contains("generation_batch_size 6")
        .contains("try gradient_accumulation_steps 4, per_device_train_batch_size 8");
    assertThat(found(verdicts, "train rows").found()).contains("64 problems read");
    assertThat(verdicts).extracting(Finding::subject).doesNotContain("memory", "batch");
  }

  @Test
  void configuration_thatIsNotThere_isOneProblem() {
    Reading reading =
        Reading.of(Method.SFT, folder.resolve("no.yaml"), List.of(), c -> DoctorHarness.CPU);
    assertThat(reading.verdicts())
        .singleElement()
        .satisfies(
            verdict -> assertThat(verdict.line()).contains("there is no such configuration file"));
    assertThat(reading.run()).isEmpty();
  }

  @Test
  void files_allThatAreMissing_areToldAtOnceWithHowToGetThem() throws IOException {
    List<Finding> verdicts =
        doctor.examine(
            Method.GRPO,
            "model_name_or_path: Qwen/Qwen2.5-0.5B",
            "dataset_name: openai/gsm8k",
            "eval_dataset: " + folder.resolve("eval.jsonl"),
            "chat_template_path: none.jinja",
            "tokenizer_path: none",
            "output_dir: " + folder.resolve("out"));
    assertThat(problems(verdicts)).extracting(Finding::subject).containsOnly("files").hasSize(5);
    assertThat(problems(verdicts).toString())
        .contains("line 1: model_name_or_path: Qwen/Qwen2.5-0.5B is a name of the hub")
        .contains("hf download Qwen/Qwen2.5-0.5B --local-dir models/Qwen/Qwen2.5-0.5B")
        .contains("hf download openai/gsm8k --repo-type dataset --local-dir data/openai/gsm8k")
        .contains("eval_dataset: there is no file or folder " + folder.resolve("eval.jsonl"));
    assertThat(found(verdicts, "train rows").line())
        .isEqualTo("train rows: not looked at, for want of the model");
  }

  @Test
  void files_ofAModelThatWasFetchedInPart_areTold() throws IOException {
    Path part = Files.createDirectories(folder.resolve("part"));
    Files.copy(DoctorHarness.MODEL.resolve("config.json"), part.resolve("config.json"));
    List<Finding> verdicts =
        doctor.sft(doctor.sums("train.jsonl", 0, 20), "model_name_or_path: " + part);
    assertThat(problems(verdicts)).extracting(Finding::subject).containsExactly("model", "model");
    assertThat(problems(verdicts).toString())
        .contains("holds no weights: expected model.safetensors", "has no tokenizer.json");
  }

  @Test
  void outputDir_ofAnotherRun_isAProblem_andOverwriteIsNone() throws IOException {
    Path data = doctor.sums("train.jsonl", 0, 20);
    Path out = Files.createDirectories(folder.resolve("out"));
    Files.writeString(out.resolve("config.json"), "{}");
    assertThat(found(doctor.sft(data), "output_dir").line())
        .contains("holds another run (config.json)", "overwrite_output_dir true deletes it");
    Finding allowed = found(doctor.sft(data, "overwrite_output_dir: true"), "output_dir");
    assertThat(allowed.line()).endsWith("may be written over");
    assertThat(out.resolve("config.json")).exists();
    assertThat(out).isDirectoryNotContaining("glob:**lock*");
    assertThat(found(doctor.sft(data, "output_dir: " + data), "output_dir").level())
        .isEqualTo(Level.PROBLEM);
    assertThat(found(doctor.sft(data, "resume_from_checkpoint: true"), "output_dir").line())
        .contains("holds no valid checkpoint");
  }

  @Test
  void rows_thatAreTooLong_areCounted_andTooManyAreAProblem() throws IOException {
    Path data = doctor.sums("train.jsonl", 0, 60);
    String longRow =
        "{\"id\": \"long\", \"prompt\": \"1\", \"completion\": \"" + "1 ".repeat(300) + "\"}";
    Files.writeString(data, "\n" + longRow, java.nio.file.StandardOpenOption.APPEND);
    Finding lost = found(doctor.sft(data, "max_length: 200"), "train rows");
    assertThat(lost.level()).isEqualTo(Level.NOTE);
    assertThat(lost.found()).contains("61 rows read, 60 used, 1 dropped");
    assertThat(lost.details().get(1)).matches("longest of all: \\d{3} tokens, max_length 200");
    Finding refused = found(doctor.sft(data, "max_length: 5"), "train rows");
    assertThat(refused.level()).isEqualTo(Level.PROBLEM);
    assertThat(refused.found()).contains("holds no row to train on", "truncation_mode");
    Finding broken = found(doctor.sft(doctor.write("b.jsonl", "{\"a\": 1}")), "train rows");
    assertThat(broken.line()).contains("b.jsonl line 1", "expected prompt and completion");
  }

  @Test
  void prompt_thatBeginsTwice_isAProblem() throws IOException {
    Path data =
        doctor.write(
            "p.jsonl",
            "{\"prompt\": \"<|user|><|user|>1+1<|assistant|>\", \"answer\": \"2\"}\n".repeat(8));
    Finding verdict = found(doctor.grpo(data, "max_completion_length: 64"), "prompt");
    assertThat(verdict.level()).isEqualTo(Level.PROBLEM);
    assertThat(verdict.found()).endsWith("begins with <|user|> twice");
    assertThat(verdict.details().get(0)).startsWith("‹<|user|>›‹<|user|>›1+1");
  }

  @Test
  void mask_ofARowThatWasCut_hasNoEnd() throws IOException {
    Path data = doctor.sums("train.jsonl", 0, 20);
    Finding verdict =
        found(doctor.sft(data, "max_length: 9", "truncation_mode: keep_start"), "label mask");
    assertThat(verdict.level()).isEqualTo(Level.NOTE);
    assertThat(verdict.line()).contains("the last of them is no end token", "was it cut");
  }

  @Test
  void turnEnd_thatEndsNoCompletion_isAProblem() throws IOException {
    Path data = doctor.problems("train.jsonl", 0, 64);
    String template =
        "chat_template: \"{% for m in messages %}{{ m.content }}<|user|>{% endfor %}\"";
    Finding verdict = found(doctor.grpo(data, "max_completion_length: 64", template), "turn end");
    assertThat(verdict.level()).isEqualTo(Level.PROBLEM);
    assertThat(verdict.line())
        .contains("ends a turn with <|user|> (id 301)", "completions end with <|end|> (id 299)")
        .endsWith("do: eos_token: \"<|user|>\"");
  }

  @Test
  void duplicates_inTrain_andLeaksIntoEval_areFound() throws IOException {
    Path data = doctor.problems("train.jsonl", 0, 64);
    Files.writeString(
        data,
        "\n{\"id\": \"again\", \"question\": \" 3+1\\n\", \"answer\": \"4\"}",
        java.nio.file.StandardOpenOption.APPEND);
    Path eval = doctor.problems("eval.jsonl", 60, 70);
    List<Finding> verdicts =
        doctor.grpo(data, "eval_dataset: " + eval, "max_completion_length: 64").stream()
            .filter(verdict -> verdict.subject().equals("duplicates"))
            .toList();
    assertThat(verdicts.get(0).level()).isEqualTo(Level.NOTE);
    assertThat(verdicts.get(0).found())
        .isEqualTo("1 of 65 questions to train on stand there before: row 65 as row 4");
    assertThat(verdicts.get(1).level()).isEqualTo(Level.PROBLEM);
    assertThat(verdicts.get(1).found())
        .startsWith("4 of 10 questions to evaluate on are trained on: eval row 1 is train row 61");
  }

  @Test
  void licence_isThatOfTheCardOrAKnownName_andElseUnknown() throws IOException {
    Path gsm8k = Files.createDirectories(folder.resolve("gsm8k")).resolve("train.jsonl");
    Files.copy(doctor.problems("problems.jsonl", 0, 64), gsm8k);
    List<Finding> known = doctor.grpo(gsm8k, "max_completion_length: 64");
    assertThat(known)
        .extracting(Finding::line)
        .contains("licence: " + gsm8k + ": MIT (by the name 'gsm8k' alone)")
        .contains(
            "licence: "
                + DoctorHarness.MODEL
                + ": unknown; do: look it up where it comes from before you publish what is trained"
                + " on it");
    Path card = gsm8k.resolveSibling("README.md");
    Files.writeString(card, "---\nlanguage: en\nlicense:\n- cc-by-4.0\n---\n# A card\n");
    assertThat(doctor.grpo(gsm8k, "max_completion_length: 64"))
        .extracting(Finding::line)
        .contains("licence: " + gsm8k + ": cc-by-4.0 (by " + card + ")");
  }

  @Test
  void memory_thatIsNotThere_isAProblemWithWhatWouldFit() throws IOException {
    Path config =
        doctor.write(
            "huge.json",
            """
            {"model_type": "llama", "vocab_size": 303, "hidden_size": 16384,
             "intermediate_size": 53248, "num_hidden_layers": 8, "num_attention_heads": 128,
             "num_key_value_heads": 8, "max_position_embeddings": 512, "rms_norm_eps": 1e-5}
            """);
    List<Finding> verdicts =
        doctor.examine(
            Method.SFT,
            "model_init: " + config,
            "tokenizer_path: " + DoctorHarness.MODEL,
            "dataset_name: " + doctor.sums("train.jsonl", 0, 100),
            "output_dir: " + folder.resolve("out"));
    Finding verdict = found(verdicts, "memory");
    assertThat(verdict.level()).isEqualTo(Level.PROBLEM);
    assertThat(verdict.line()).contains("more than the", "GB that the machine has for it");
  }

  @Test
  void batch_ofFewUpdates_isNoted() throws IOException {
    List<Finding> verdicts = doctor.sft(doctor.sums("train.jsonl", 0, 8));
    assertThat(verdicts)
        .extracting(Finding::line)
        .anySatisfy(line -> assertThat(line).startsWith("batch: the whole run is 3 updates"));
  }

  @Test
  void method_isToldByTheKeys() {
    assertThat(Method.of(Set.of("dataset_name", "num_generations"))).contains(Method.GRPO);
    assertThat(Method.of(Set.of("dataset_name", "packing"))).contains(Method.SFT);
    assertThat(Method.of(Set.of("dataset_name", "learning_rate"))).isEmpty();
  }

  private static Finding found(List<Finding> verdicts, String subject) {
    return verdicts.stream()
        .filter(verdict -> verdict.subject().equals(subject))
        .findFirst()
        .orElseThrow(() -> new AssertionError(subject + " is not among " + verdicts));
  }

  private static List<Finding> problems(List<Finding> verdicts) {
    return verdicts.stream().filter(verdict -> verdict.level() == Level.PROBLEM).toList();
  }
}
