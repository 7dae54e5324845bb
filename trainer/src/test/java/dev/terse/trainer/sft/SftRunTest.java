package dev.terse.trainer.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.engine.Engine;
import dev.terse.engine.reference.ReferenceEngine;
import dev.terse.model.folder.ModelFolder;
import dev.terse.testkit.TinyModels;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.fixtures.MemorySink;
import dev.terse.trainer.loop.StopSignal;
import dev.terse.trainer.metrics.Phases;
import dev.terse.trainer.optim.NonFiniteException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SftRunTest {
  @TempDir private Path folder;
  private MemorySink sink = new MemorySink();

  private Path data(int rows) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      lines
          .append("{\"prompt\":[{\"role\":\"user\",\"content\":\"")
          .append(i)
          .append("+1\"}],\"completion\":[{\"role\":\"assistant\",\"content\":\"ab\\n\\n[SKIP]")
          .append("</think>")
          .append(i + 1)
          .append("\"}]}\n");
    }
    return Files.writeString(folder.resolve("data.jsonl"), lines);
  }

  private int run(String name, StopSignal stop, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model_name_or_path=" + TinyModels.folder("qwen2"),
                "--dataset_name=" + folder.resolve("data.jsonl"),
                "--output_dir=" + folder.resolve(name),
                "--per_device_train_batch_size=2",
                "--gradient_accumulation_steps=2",
                "--learning_rate=1e-2",
                "--warmup_steps=2",
                "--logging_steps=1",
                "--max_steps=6"));
    arguments.addAll(List.of(more));
    try (Engine engine = new ReferenceEngine()) {
      return new SftRun(
              ConfigReader.read(null, arguments, SftConfig.class), engine, sink, Phases.QUIET)
          .run(stop);
    }
  }

  @Test
  void run_onATinyModel_learnsAndLeavesAModelFolder() throws IOException {
    data(5);
    assertThat(
            run(
                "out",
                new StopSignal(),
                "--max_steps=12",
                "--eval_dataset=" + folder.resolve("data.jsonl"),
                "--eval_strategy=steps",
                "--eval_steps=6"))
        .isEqualTo(12);
    List<Double> losses = sink.values("train/loss");
    assertThat(losses).hasSize(12);
    assertThat(losses.get(11)).isLessThan(losses.get(0) * 0.8);
    assertThat(sink.names(12))
        .contains(
            "train/loss",
            "train/grad_norm",
            "train/learning_rate",
            "train/epoch",
            "train/num_tokens",
            "train/mean_token_accuracy",
            "train/entropy",
            "eval/loss",
            "eval/mean_token_accuracy");
    try (Engine engine = new ReferenceEngine();
        ModelFolder model = ModelFolder.load(folder.resolve("out"), engine)) {
      assertThat(model.tokenizer().id("[SKIP]")).isPresent();
    }
  }

  /** A mixture trains and is evaluated on its test split; its files are part of the run. */
  @Test
  void run_onAMixture_resumesWithTheSameFilesOnly() throws IOException {
    Path first = data(8);
    Path second = Files.copy(first, folder.resolve("second.jsonl"));
    Files.writeString(second, Files.readAllLines(first).get(3) + "\n", StandardOpenOption.APPEND);
    String[] mixture = {
      "--dataset_name=null",
      "--datasets=[{path: " + first + "}, {path: " + second + "}]",
      "--test_split_size=5",
      "--eval_strategy=steps",
      "--eval_steps=3",
      "--save_steps=3"
    };
    assertThat(run("out", new StopSignal(), mixture)).isEqualTo(6);
    assertThat(sink.values("eval/loss")).hasSize(2).allMatch(Double::isFinite);
    List<Double> losses = sink.values("train/loss");
    sink = new MemorySink();
    List<String> again = new ArrayList<>(List.of(mixture));
    again.add("--resume_from_checkpoint=" + folder.resolve("out/checkpoint-3"));
    assertThat(run("again", new StopSignal(), again.toArray(String[]::new))).isEqualTo(6);
    assertThat(sink.values("train/loss")).isEqualTo(losses.subList(3, 6));
    Files.writeString(second, Files.readAllLines(first).get(4) + "\n", StandardOpenOption.APPEND);
    assertThatThrownBy(() -> run("other", new StopSignal(), again.toArray(String[]::new)))
        .hasMessageContaining("the data set has another content");
  }

  /** The line that is being gathered when a run ends is logged, with the share that was skipped. */
  @Test
  void run_thatEndsByNonFiniteUpdates_logsThem() throws IOException {
    data(5);
    assertThatThrownBy(
            () ->
                run(
                    "out",
                    new StopSignal(),
                    "--max_steps=40",
                    "--learning_rate=1e200",
                    "--lr_scheduler_type=constant",
                    "--warmup_steps=0",
                    "--max_grad_norm=0",
                    "--logging_steps=10"))
        .isInstanceOf(NonFiniteException.class);
    assertThat(sink.values("train/skipped_updates")).isNotEmpty().allMatch(share -> share > 0);
    assertThat(sink.values("train/loss")).anyMatch(loss -> loss.isNaN());
    assertThat(folder.resolve("out/model.safetensors")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30})
  void run_otherPasses_hasTheSameLossAndGradient(int most) throws IOException {
    data(5);
    MemorySink whole = firstUpdate(0);
    MemorySink passes = firstUpdate(most);
    for (String name : List.of("train/loss", "train/grad_norm", "eval/loss")) {
      double expected = whole.values(name).get(0);
      assertThat(passes.values(name).get(0)).isCloseTo(expected, withinPercentage(1e-10));
    }
  }

  /** With adapters and their dropout, after an evaluation. */
  private MemorySink firstUpdate(int tokensPerPass) throws IOException {
    sink = new MemorySink();
    run(
        "passes-" + tokensPerPass,
        new StopSignal(),
        "--max_tokens_per_pass=" + tokensPerPass,
        "--max_steps=1",
        "--warmup_steps=0",
        "--use_peft=true",
        "--lora_dropout=0.3",
        "--eval_dataset=" + folder.resolve("data.jsonl"),
        "--eval_on_start=true");
    return sink;
  }

  @ParameterizedTest
  @ValueSource(strings = {"adamw_torch", "adamw_bf16", "adamw_8bit"})
  void resume_stoppedAfterEachStep_endsWithTheSameBits(String optim) throws IOException {
    data(5);
    run("whole", new StopSignal(), "--save_steps=1", "--optim=" + optim);
    byte[] expected =
        Files.readAllBytes(folder.resolve("whole/checkpoint-6/trainer_state/weights.safetensors"));
    byte[] moments =
        Files.readAllBytes(
            folder.resolve("whole/checkpoint-6/trainer_state/optimizer.safetensors"));
    for (int stopAt = 1; stopAt < 6; stopAt++) {
      String name = "from" + stopAt;
      run(
          name,
          new StopSignal(),
          "--optim=" + optim,
          "--save_strategy=no",
          "--resume_from_checkpoint=" + folder.resolve("whole/checkpoint-" + stopAt),
          "--save_strategy=steps",
          "--save_steps=6");
      Path state = folder.resolve(name + "/checkpoint-6/trainer_state");
      assertThat(Files.readAllBytes(state.resolve("weights.safetensors"))).isEqualTo(expected);
      assertThat(Files.readAllBytes(state.resolve("optimizer.safetensors"))).isEqualTo(moments);
      assertThat(Files.readAllBytes(folder.resolve(name + "/model.safetensors")))
          .isEqualTo(Files.readAllBytes(folder.resolve("whole/model.safetensors")));
    }
  }

  /** The date of a template is that of the run's start, tomorrow too. */
  @Test
  void resume_templateWithADate_hasTheDateOfTheStart() throws Exception {
    data(5);
    String template =
        "--chat_template={% for m in messages %}{{ m.content }}{% endfor %}"
            + "{{ 'a' * (strftime_now('%S') | int) }}";
    run("whole", new StopSignal(), template, "--save_steps=1", "--max_steps=2");
    Thread.sleep(1100); // the next second
    run(
        "resumed",
        new StopSignal(),
        template,
        "--save_steps=1",
        "--max_steps=2",
        "--resume_from_checkpoint=" + folder.resolve("whole/checkpoint-1"));
    assertThat(Files.readAllBytes(folder.resolve("resumed/model.safetensors")))
        .isEqualTo(Files.readAllBytes(folder.resolve("whole/model.safetensors")));
    assertThat(started("resumed")).isEqualTo(started("whole")).startsWith("20");
  }

  private String started(String name) throws IOException {
    Path state = folder.resolve(name + "/checkpoint-2/trainer_state/state.json");
    return new ObjectMapper().readTree(state.toFile()).path("started").asText();
  }

  @Test
  void stop_requested_savesAndTheResumedRunEndsWithTheSameBits() throws IOException {
    data(5);
    run("whole", new StopSignal());
    StopSignal stop = new StopSignal();
    MemorySink stopping =
        new MemorySink() {
          @Override
          public void scalars(long step, java.util.Map<String, Double> values) {
            if (step == 3) {
              stop.request();
            }
          }
        };
    List<String> arguments =
        List.of(
            "--model_name_or_path=" + TinyModels.folder("qwen2"),
            "--dataset_name=" + folder.resolve("data.jsonl"),
            "--output_dir=" + folder.resolve("parts"),
            "--per_device_train_batch_size=2",
            "--gradient_accumulation_steps=2",
            "--learning_rate=1e-2",
            "--warmup_steps=2",
            "--logging_steps=1",
            "--max_steps=6");
    try (Engine engine = new ReferenceEngine()) {
      int reached =
          new SftRun(
                  ConfigReader.read(null, arguments, SftConfig.class),
                  engine,
                  stopping,
                  Phases.QUIET)
              .run(stop);
      assertThat(reached).isEqualTo(3);
    }
    assertThat(folder.resolve("parts/checkpoint-3")).isDirectory();
    assertThat(folder.resolve("parts/model.safetensors")).doesNotExist();
    run("parts", new StopSignal(), "--resume_from_checkpoint=true");
    assertThat(Files.readAllBytes(folder.resolve("parts/model.safetensors")))
        .isEqualTo(Files.readAllBytes(folder.resolve("whole/model.safetensors")));
  }

  @Test
  void resume_withAnotherLearningRate_isRefused() throws IOException {
    data(5);
    run("out", new StopSignal(), "--save_steps=3");
    assertThatThrownBy(
            () ->
                run(
                    "out",
                    new StopSignal(),
                    "--learning_rate=1e-3",
                    "--resume_from_checkpoint=true"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("learning_rate was 1e-2, is 1e-3");
    // The sums of another split have other bits.
    assertThatThrownBy(
            () ->
                run(
                    "out",
                    new StopSignal(),
                    "--max_tokens_per_pass=0",
                    "--resume_from_checkpoint=true"))
        .hasMessageContaining("max_tokens_per_pass was 1024, is 0");
    data(4);
    assertThatThrownBy(() -> run("out", new StopSignal(), "--resume_from_checkpoint=true"))
        .hasMessageContaining("the data set has another content");
  }

  @Test
  void resume_withMoreSteps_trainsOn() throws IOException {
    data(5);
    run("out", new StopSignal(), "--save_steps=3");
    int reached =
        run(
            "out",
            new StopSignal(),
            "--max_steps=8",
            "--learning_rate=0.01",
            "--resume_from_checkpoint=true");
    assertThat(reached).isEqualTo(8);
  }

  /** Streamed, in one block the order of rows that are held: the same bits, and after a resume. */
  @Test
  void run_streamed_endsWithTheSameBits_alsoAfterAResume() throws IOException {
    data(5);
    run("held", new StopSignal(), "--save_strategy=no");
    run("streamed", new StopSignal(), "--save_steps=2", "--dataset_streaming=true");
    run(
        "resumed",
        new StopSignal(),
        "--save_strategy=no",
        "--dataset_streaming=true",
        "--resume_from_checkpoint=" + folder.resolve("streamed/checkpoint-4"));
    byte[] expected = Files.readAllBytes(folder.resolve("held/model.safetensors"));
    assertThat(Files.readAllBytes(folder.resolve("streamed/model.safetensors")))
        .isEqualTo(expected);
    assertThat(Files.readAllBytes(folder.resolve("resumed/model.safetensors"))).isEqualTo(expected);
    assertThatThrownBy(
            () -> run("x", new StopSignal(), "--dataset_streaming=true", "--packing=true"))
        .hasMessageContaining("packing and group_by_length need all rows at once");
  }

  @Test
  void run_labelSmoothing_isReadAndRefusedWhereItHasNoSay() throws IOException {
    data(5);
    run("plain", new StopSignal(), "--save_strategy=no");
    run("smooth", new StopSignal(), "--save_strategy=no", "--label_smoothing_factor=0.2");
    assertThat(Files.readAllBytes(folder.resolve("smooth/model.safetensors")))
        .isNotEqualTo(Files.readAllBytes(folder.resolve("plain/model.safetensors")));
    assertThatThrownBy(
            () -> run("x", new StopSignal(), "--label_smoothing_factor=0.2", "--loss_type=dft"))
        .hasMessageContaining("label_smoothing_factor needs loss_type nll");
    assertThatThrownBy(() -> run("x", new StopSignal(), "--label_smoothing_factor=1.5"))
        .hasMessageContaining("label_smoothing_factor");
  }

  @Test
  void data_emptyOrTooLong_isToldWithCounts() throws IOException {
    Files.writeString(folder.resolve("data.jsonl"), "\n");
    assertThatThrownBy(() -> run("out", new StopSignal()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("data.jsonl holds no row to train on: 0 rows read, 0 used");
    data(3);
    assertThatThrownBy(() -> run("out", new StopSignal(), "--max_length=4"))
        .hasMessageContaining(
            "3 rows read, 0 used, 3 dropped because they are longer than max_length 4");
    Files.writeString(folder.resolve("data.jsonl"), "{\"question\":\"x\"}\n");
    assertThatThrownBy(() -> run("out", new StopSignal()))
        .hasMessageContaining(
            "line 1: expected prompt and completion, messages, conversations, input_ids,")
        .hasMessageContaining("or text, found the keys [question]");
  }

  /** T9: neither run loses a checkpoint, and no key deletes any before the run begins. */
  @Test
  void run_inAFolderOfAnotherRun_isRefusedBeforeAnythingIsComputed() throws IOException {
    data(5);
    String[] keeping = {"--save_steps=1", "--save_total_limit=2"};
    run("out", new StopSignal(), keeping);
    assertThatThrownBy(() -> run("out", new StopSignal(), "--max_steps=4", "--seed=99"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("out holds another run (checkpoint-6, checkpoint-5, config.json");
    assertThatThrownBy(
            () -> run("out", new StopSignal(), "--overwrite_output_dir", "--max_length=4"))
        .as("nothing is deleted for a run that does not begin")
        .hasMessageContaining("0 used");
    assertThat(folder.resolve("out/checkpoint-6")).isDirectory();
    run(
        "out",
        new StopSignal(),
        "--max_steps=4",
        "--seed=99",
        "--overwrite_output_dir",
        "--save_steps=1",
        "--save_total_limit=2");
    assertThat(folder.resolve("out"))
        .isDirectoryContaining("glob:**/checkpoint-3")
        .isDirectoryContaining("glob:**/checkpoint-4")
        .isDirectoryNotContaining("glob:**/checkpoint-[56]");
  }

  @Test
  void run_ofWhichNothingIsSavedOnTheWay_hasACheckpointAtItsEnd() throws IOException {
    data(5);
    run("out", new StopSignal(), "--save_steps=500");
    assertThat(folder.resolve("out/checkpoint-6")).isDirectory();
    run("none", new StopSignal(), "--save_strategy=no");
    assertThat(folder.resolve("none")).isDirectoryNotContaining("glob:**/checkpoint-*");
  }

  /** T8: the disk is full when the model is to be written; the same command writes it later. */
  @Test
  void finalModel_thatCannotBeWritten_isWrittenByResuming() throws IOException {
    data(5);
    run("whole", new StopSignal());
    Path taken = Files.createDirectories(folder.resolve("out/model.safetensors.part/x"));
    assertThatThrownBy(() -> run("out", new StopSignal()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the model was not written into " + folder.resolve("out"))
        .hasMessageContaining("All updates are done and saved: make room and give the same command")
        .hasMessageContaining("--resume_from_checkpoint true");
    assertThat(folder.resolve("out/config.json")).as("no model without weights").doesNotExist();
    Files.delete(taken);
    Files.delete(taken.getParent());
    sink = new MemorySink();
    assertThat(run("out", new StopSignal(), "--resume_from_checkpoint=true")).isEqualTo(6);
    assertThat(sink.values("train/loss")).as("nothing is trained again").isEmpty();
    assertThat(folder.resolve("out/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("whole/model.safetensors"));
  }

  /** Where no checkpoint holds the last update, the run waits for room instead of ending. */
  @Test
  void finalModel_thatStandsInNoCheckpoint_isWaitedFor() throws Exception {
    data(5);
    Path taken = Files.createDirectories(folder.resolve("out/model.safetensors.part/x"));
    CompletableFuture<Integer> run =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return run("out", new StopSignal(), "--save_strategy=no");
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    assertThatThrownBy(() -> run.get(2, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
    Files.delete(taken);
    Files.delete(taken.getParent());
    assertThat(run.get(60, TimeUnit.SECONDS)).isEqualTo(6);
    assertThat(folder.resolve("out/model.safetensors")).exists();
  }

  /** T17: the frozen model is not in a checkpoint of adapters. */
  @Test
  void resume_onAnotherBaseModel_isRefusedByItsName() throws IOException {
    data(5);
    Path base = folder.resolve("base");
    try (Engine engine = new ReferenceEngine();
        ModelFolder model = ModelFolder.load(TinyModels.folder("qwen2"), engine)) {
      model.save(base);
    }
    String[] adapters = {"--model_name_or_path=" + base, "--use_peft"};
    run("out", new StopSignal(), adapters[0], adapters[1], "--save_steps=3");
    Path weights = base.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 2] ^= 0x10;
    Files.write(weights, bytes);
    assertThatThrownBy(
            () ->
                run(
                    "out",
                    new StopSignal(),
                    adapters[0],
                    adapters[1],
                    "--resume_from_checkpoint=true"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the model of model_name_or_path changed (CRC ")
        .hasMessageContaining("or set resume_anyway to go on all the same");
    assertThat(
            run(
                "out",
                new StopSignal(),
                adapters[0],
                adapters[1],
                "--resume_anyway",
                "--resume_from_checkpoint=true"))
        .isEqualTo(6);
  }

  @Test
  void resume_withAnotherSkipToken_isRefusedByItsName() throws IOException {
    data(5);
    run("out", new StopSignal(), "--save_steps=3");
    assertThatThrownBy(
            () -> run("out", new StopSignal(), "--skip_token=<s>", "--resume_from_checkpoint=true"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("skip_token was [SKIP], is <s>");
  }

  @Test
  void resume_withoutCheckpoint_isToldInOneSentence() throws IOException {
    data(3);
    assertThatThrownBy(() -> run("none", new StopSignal(), "--resume_from_checkpoint=true"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("holds no valid checkpoint");
  }
}
