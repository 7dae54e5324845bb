package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.cli.command.ExitCodes;
import dev.terse.testkit.SharedData;
import dev.terse.trainer.config.ConfigException;
import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.loop.RunConfig;
import dev.terse.trainer.model.ModelRule;
import dev.terse.trainer.sft.SftConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Published recipes, read with a model, data and an output folder of our own and nothing else
 * changed; docs/recipes.md lists them. {@code recipes.jsonl} has the keys and values of each; chat
 * templates and system prompts are stand-ins.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecipesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path ROOT = SharedData.projectRoot();
  private static final Set<String> UNSUPPORTED = Set.of("gemma", "gpt2", "starcoder2");
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./+-]+");

  /** Enough for every recipe; the small model itself has 512. */
  private static final int POSITIONS = 131_072;

  @TempDir static Path folder;

  /**
   * A recipe.
   *
   * @param keys of its YAML file; empty for none
   * @param line its command line, with what its launcher is given
   * @param refusedByTrl whether TRL 1.16 refuses it too, for its batch arithmetic
   */
  record Recipe(
      String name,
      String source,
      String command,
      String architecture,
      Map<String, JsonNode> keys,
      List<String> line,
      boolean refusedByTrl) {

    boolean isSupported() {
      return !UNSUPPORTED.contains(architecture);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeAll
  void model() throws IOException {
    Path small = ROOT.resolve("checkpoints/tiny-reasoner");
    Files.createDirectories(folder.resolve("model"));
    try (Stream<Path> files = Files.list(small)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve("model").resolve(file.getFileName()));
      }
    }
    for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
      Path tokenizer = folder.resolve("model").resolve(file);
      String ends = Files.readString(tokenizer).replace("<|end|>", "<|im_end|>");
      Files.writeString(tokenizer, ends); // the end token of the models that recipes name
    }
    Path config = folder.resolve("model/config.json");
    ObjectNode json = (ObjectNode) JSON.readTree(config.toFile());
    JSON.writeValue(config.toFile(), json.put("max_position_embeddings", POSITIONS));
    String problem =
        "{\"problem\": \"1 + %d\", \"solution\": \"\\\\\\\\boxed{%d}\", \"problem_statement\": \"1 + %d\"}\n";
    String turns =
        "{\"messages\": [{\"role\": \"user\", \"content\": \"1 + %d\"}, {\"role\":"
            + " \"assistant\", \"content\": \"It is %d.\"}]}\n";
    StringBuilder problems = new StringBuilder();
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 64; i++) {
      problems.append(problem.formatted(i, 1 + i, i));
      rows.append(turns.formatted(i, 1 + i));
    }
    Files.writeString(folder.resolve("grpo.jsonl"), problems);
    Files.writeString(folder.resolve("sft.jsonl"), rows);
  }

  static List<Recipe> recipes() throws IOException {
    List<Recipe> recipes = new ArrayList<>();
    try (var in =
        new BufferedReader(
            new InputStreamReader(
                RecipesTest.class.getResourceAsStream("/recipes.jsonl"), StandardCharsets.UTF_8))) {
      for (String text = in.readLine(); text != null; text = in.readLine()) {
        JsonNode row = JSON.readTree(text);
        Map<String, JsonNode> keys = new TreeMap<>();
        row.path("keys").properties().forEach(e -> keys.put(e.getKey(), e.getValue()));
        List<String> line = new ArrayList<>();
        row.path("launch").forEach(word -> line.add(word.asText()));
        row.path("arguments").forEach(word -> line.add(word.asText()));
        recipes.add(
            new Recipe(
                row.get("name").asText(),
                row.get("source").asText(),
                row.get("command").asText(),
                row.get("architecture").asText(),
                keys,
                line,
                row.path("trl").asText().equals("refuses")));
      }
    }
    return recipes;
  }

  /** The recipe's own command line, with model, data and output named anew. */
  private static List<String> line(Recipe recipe) {
    List<String> line = new ArrayList<>(recipe.line());
    Path data = folder.resolve(recipe.command() + ".jsonl");
    line.addAll(List.of("--model_name_or_path", folder.resolve("model").toString()));
    line.addAll(List.of("--dataset_name", data.toString(), "--eval_dataset", data.toString()));
    line.addAll(List.of("--output_dir", folder.resolve("out").toString()));
    return line;
  }

  /** The recipe's file; null where it is a command line. */
  private static Path file(Recipe recipe) throws IOException {
    if (recipe.keys().isEmpty()) {
      return null;
    }
    StringBuilder yaml = new StringBuilder();
    recipe.keys().forEach((key, value) -> yaml.append(key + ": " + yaml(value) + "\n"));
    return Files.writeString(folder.resolve("recipe.yaml"), yaml);
  }

  /** Texts as people write them: without quotes where YAML needs none. */
  private static String yaml(JsonNode value) {
    return value.isTextual() && PLAIN.matcher(value.asText()).matches()
        ? value.asText()
        : value.toString();
  }

  /** What is wrong with it; none if it is read. */
  private static List<String> problems(Recipe recipe) throws IOException {
    Class<? extends RunConfig> type =
        recipe.command().equals("sft") ? SftConfig.class : GrpoConfig.class;
    try {
      ConfigReader.read(file(recipe), line(recipe), type, List.of(new ModelRule()));
      return List.of();
    } catch (ConfigException e) {
      return e.problems();
    }
  }

  /** Nine of ten are read as they stand; each of the others is listed with its reason. */
  @Test
  void recipes_published_areReadUnchangedOrListed() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/recipes.md"));
    List<String> told = new ArrayList<>();
    List<String> unlisted = new ArrayList<>();
    int[] all = new int[2]; // those with a supported model: how many, how many are read
    int[] trls = new int[2]; // of them, those that TRL itself takes
    for (Recipe recipe : recipes()) {
      assertThat(page).as("docs/recipes.md lists " + recipe).contains("| " + recipe + " |");
      if (!recipe.isSupported()) {
        continue;
      }
      List<String> problems = problems(recipe);
      for (int[] count : recipe.refusedByTrl() ? List.of(all) : List.of(all, trls)) {
        count[0]++;
        count[1] += problems.isEmpty() ? 1 : 0;
      }
      if (!problems.isEmpty()) {
        told.add(recipe + ": " + problems);
        if (!page.contains("| " + recipe + " | refused")) {
          unlisted.add(recipe + ": " + problems);
        }
      }
    }
    System.out.println(String.join("\n", told));
    System.out.println(
        all[1]
            + " of "
            + all[0]
            + " are read unchanged, "
            + trls[1]
            + " of "
            + trls[0]
            + " of TRL's");
    assertThat(unlisted).isEmpty();
    assertThat(trls[0]).isGreaterThanOrEqualTo(60);
    assertThat(trls[1]).isGreaterThanOrEqualTo((9 * trls[0] + 9) / 10);
  }

  static List<Recipe> representative() throws IOException {
    Set<String> names =
        Set.of(
            "open-r1 OpenR1-Distill-7B config_distill",
            "trl sft.py LoRA",
            "X-R1 examples/medical_zero_3B_config");
    return recipes().stream().filter(recipe -> names.contains(recipe.name())).toList();
  }

  @ParameterizedTest
  @MethodSource("representative")
  void recipe_representative_makesAFirstUpdate(Recipe recipe) throws IOException {
    update(recipe);
  }

  /** Every recipe that is read, in the slow suites. */
  @Tag("soak")
  @ParameterizedTest
  @MethodSource("recipes")
  void recipe_thatIsRead_makesAFirstUpdate(Recipe recipe) throws IOException {
    if (problems(recipe).isEmpty()) {
      update(recipe);
    }
  }

  private static void update(Recipe recipe) throws IOException {
    List<String> line = new ArrayList<>(List.of(recipe.command()));
    Path file = file(recipe);
    if (file != null) {
      line.addAll(List.of("--config", file.toString()));
    }
    line.addAll(line(recipe));
    line.addAll(List.of("--max_steps", "1"));
    line.addAll(List.of("--overwrite_output_dir", "true")); // of the recipe before
    if (recipe.command().equals("grpo")) {
      line.addAll(List.of("--max_completion_length", "16"));
    }
    Path out = Files.createTempDirectory(folder, "run");
    line.addAll(List.of("--output_dir", out.toString()));
    Cli run = Cli.run(line.toArray(String[]::new));
    assertThat(run.code()).as(run.err() + run.out()).isEqualTo(ExitCodes.OK);
    assertThat(out.resolve("metrics.jsonl")).content().contains("train/loss");
  }
}
