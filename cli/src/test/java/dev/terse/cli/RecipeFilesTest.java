package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recipe of configs/recipes runs: two updates of it, on fewer and shorter completions. */
class RecipeFilesTest {
  private static final Path ROOT = SharedData.projectRoot();

  @TempDir private static Path shared;
  @TempDir private Path folder;

  static List<String> recipes() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve("configs/recipes"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @BeforeAll
  static void problems() {
    for (String split : List.of("train", "valid")) {
      Cli made =
          Cli.run(
              "task",
              "word-problems",
              "--split=" + split,
              "--rows=" + (split.equals("train") ? "8" : "200"),
              "--format=problems",
              "--output=" + shared.resolve(split + ".jsonl"));
      assertThat(made.code()).as(made.err()).isZero();
    }
  }

  @Test
  void recipes_areThoseOfTheDocs() throws IOException {
    assertThat(recipes())
        .containsExactly(
            "dler.yaml",
            "guarded.yaml",
            "length-penalty.yaml",
            "on-policy-sft.yaml",
            "paper.yaml",
            "safe.yaml",
            "self-distillation.yaml",
            "thinkprune.yaml");
    String docs = Files.readString(ROOT.resolve("docs/shorter.md"));
    for (String recipe : recipes()) {
      assertThat(docs).contains("configs/recipes/" + recipe);
      assertThat(Files.readString(ROOT.resolve("configs/recipes/" + recipe)))
          .as(recipe)
          .contains(
              "java -jar trainer.jar grpo configs/recipes/" + recipe,
              "R1-Distill-Qwen-1.5B",
              "R1-Distill-Qwen-7B",
              "Qwen3-8B");
    }
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void recipe_twoUpdates_train(String recipe) throws IOException {
    String file = ROOT.resolve("configs/recipes/" + recipe).toString();
    boolean skips = List.of("paper.yaml", "safe.yaml").contains(recipe);
    String model =
        ROOT.resolve("checkpoints/" + (skips ? "arithmetic-skip" : "tiny-reasoner")).toString();
    Path data =
        skips
            ? ROOT.resolve("configs/arithmetic/problems-train.jsonl")
            : shared.resolve("train.jsonl");
    Cli run =
        Cli.run(
            "grpo",
            file,
            "--model_name_or_path=" + model,
            "--dataset_name=" + data,
            "--output_dir=" + folder,
            "--num_generations=2",
            "--per_device_train_batch_size=4",
            "--max_completion_length=12",
            "--max_completion_length_stages=" + (recipe.startsWith("think") ? "{1: 10}" : "{}"),
            "--max_steps=2",
            "--report_to=none",
            "--eval_steps=50",
            recipe.equals("guarded.yaml")
                ? "--eval_dataset=" + shared.resolve("valid.jsonl")
                : "--eval_strategy=no");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(folder.resolve("model.safetensors")).exists();
    long updates =
        Files.readAllLines(folder.resolve("metrics.jsonl")).stream()
            .map(RecipeFilesTest::json)
            .filter(row -> row.has("train/loss"))
            .peek(row -> assertThat(row.get("train/loss").isNumber()).as(recipe).isTrue())
            .count();
    assertThat(updates).isEqualTo(2);
  }

  private static JsonNode json(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
