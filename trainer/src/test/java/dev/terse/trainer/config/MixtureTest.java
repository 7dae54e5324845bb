package dev.terse.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.io.DataFingerprint;
import dev.terse.io.DataRows;
import dev.terse.io.rows.RowSource;
import dev.terse.trainer.data.mixture.RunRows;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.loop.TrainingConfig;
import dev.terse.trainer.sft.SftConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several data sets as one: {@code dataset_name} as a list, datasets, dataset_mixture. */
class MixtureTest {
  private static final String MODEL = "model_name_or_path: m\n";

  @TempDir private Path folder;

  @BeforeEach
  void files() throws IOException {
    rows("a.jsonl", "a", 10);
    rows("b.jsonl", "b", 40);
    Files.createDirectories(folder.resolve("set/data"));
    rows("set/data/train-00000.jsonl", "s", 6);
    rows("set/data/test-00000.jsonl", "t", 3);
  }

  private void rows(String file, String name, int count) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append("{\"text\": \"" + name + i + "\", \"other\": 1}\n");
    }
    Files.writeString(folder.resolve(file), lines);
  }

  private static TrainingConfig sft(String yaml) {
    return ConfigReader.parse("sft.yaml", MODEL + yaml, List.of(), SftConfig.class)
        .config()
        .training();
  }

  /** One data set a word: its path in the folder and the rest of its map. */
  private String mixture(String more, String... sets) {
    StringBuilder yaml = new StringBuilder("dataset_mixture:\n  datasets:\n");
    for (String set : sets) {
      yaml.append("    - {path: " + folder + "/" + set + "}\n");
    }
    return yaml + more;
  }

  private static List<String> texts(RowSource source) throws IOException {
    List<String> texts = new ArrayList<>();
    try (DataRows rows = source.open(Set.of())) {
      for (JsonNode row = rows.next(); row != null; row = rows.next()) {
        texts.add(row.get("text").asText());
      }
    }
    return texts;
  }

  private static long of(List<String> texts, String name) {
    return texts.stream().filter(text -> text.startsWith(name)).count();
  }

  @Test
  void datasetName_aList_isReadInItsOrder() throws IOException {
    TrainingConfig config =
        sft("dataset_name: [" + folder + "/b.jsonl, " + folder + "/a.jsonl, " + folder + "/set]\n");
    List<String> texts = texts(config.rows().train());
    assertThat(texts).hasSize(56).startsWith("b0").endsWith("s5");
    assertThat(texts.get(40)).isEqualTo("a0");
  }

  @Test
  void fingerprint_ofSeveralFiles_dependsOnEachAndTheirOrder() throws IOException {
    String a = folder + "/a.jsonl";
    String b = folder + "/b.jsonl";
    String before = DataFingerprint.of(sft("dataset_name: [" + a + ", " + b + "]\n").trainFiles());
    assertThat(DataFingerprint.of(sft("dataset_name: [" + b + ", " + a + "]\n").trainFiles()))
        .isNotEqualTo(before);
    assertThat(DataFingerprint.of(sft(mixture("", "a.jsonl", "b.jsonl")).trainFiles()))
        .isEqualTo(before);
    rows("b.jsonl", "c", 40);
    assertThat(DataFingerprint.of(sft("dataset_name: [" + a + ", " + b + "]\n").trainFiles()))
        .isNotEqualTo(before);
  }

  @Test
  void mixture_ofWeights_drawsThatShareByItsSeed() throws IOException {
    String[] sets = {"a.jsonl", "b.jsonl, weight: 0.25, columns: [text]"};
    List<String> texts = texts(sft(mixture("  seed: 1\n", sets)).rows().train());
    assertThat(of(texts, "a")).isEqualTo(10);
    assertThat(of(texts, "b")).isEqualTo(10);
    assertThat(texts).doesNotHaveDuplicates();
    assertThat(texts(sft(mixture("  seed: 1\n", sets)).rows().train())).isEqualTo(texts);
    assertThat(texts(sft(mixture("  seed: 2\n", sets)).rows().train())).isNotEqualTo(texts);
    assertThat(texts(sft(mixture("", sets) + "seed: 2\n").rows().train()))
        .isEqualTo(texts(sft(mixture("  seed: 2\n", sets)).rows().train()));
  }

  /** TRL: shares 3 and 1 of 10 and 40 rows make 13.3 rows in all, the first 10 and 3. */
  @Test
  void datasets_withFractions_takeTheFirstRowsOfEach() throws IOException {
    List<String> texts =
        texts(
            sft("datasets:\n- {path: %s/a.jsonl, fraction: 3}\n- {path: %s/b.jsonl, fraction: 1}\n"
                    .formatted(folder, folder))
                .rows()
                .train());
    assertThat(texts).hasSize(13).startsWith("a0").endsWith("b0", "b1", "b2");
  }

  @ParameterizedTest
  @CsvSource({"0.1, 5", "7, 7", "0.11, 6"})
  void testSplitSize_holdsRowsOut(String size, int count) throws IOException {
    RunRows rows =
        sft(mixture("  test_split_size: " + size + "\n", "a.jsonl", "b.jsonl")
                + "eval_strategy: epoch\n")
            .rows();
    List<String> train = texts(rows.train());
    List<String> test = texts(rows.eval().orElseThrow());
    assertThat(test).hasSize(count).doesNotContainAnyElementsOf(train);
    assertThat(train).hasSize(50 - count);
    assertThat(rows.eval().get().name()).startsWith("test split of ");
  }

  @Test
  void columns_areTheOnesThatAreLeft() throws IOException {
    RowSource source = sft(mixture("", "a.jsonl, columns: [text]", "b.jsonl")).rows().train();
    try (DataRows rows = source.open(Set.of())) {
      assertThat(rows.next().toString()).isEqualTo("{\"text\":\"a0\"}");
      assertThat(rows.place()).isEqualTo("data set 1 line 1");
    }
  }

  @Test
  void files_bySplitDataFilesAndFolder_areFound() throws IOException {
    List<String> texts =
        texts(
            sft(mixture(
                    "    - {id: json, data_files: %s/a.jsonl}\n".formatted(folder),
                    "set, split: test, config: default",
                    "set, data_dir: data, data_files: [train-00000.jsonl]"))
                .rows()
                .train());
    assertThat(texts).hasSize(19).startsWith("t0").endsWith("a9");
    assertThat(texts.get(3)).isEqualTo("s0");
  }

  @Test
  void grpo_readsAMixtureToo() throws IOException {
    assertThat(
            texts(
                ConfigReader.parse(
                        "grpo.yaml",
                        MODEL + mixture("", "a.jsonl", "b.jsonl") + "reward_funcs: accuracy\n",
                        List.of(),
                        GrpoConfig.class)
                    .config()
                    .training()
                    .rows()
                    .train()))
        .hasSize(50);
  }

  @Test
  void commandLine_datasetName_takesThePlaceOfTheMixture() {
    assertThat(
            ConfigReader.parse(
                    "sft.yaml",
                    MODEL + "datasets: [{path: x}]\ntest_split_size: 5\n",
                    List.of("--dataset_name", "a.jsonl", "b.jsonl"),
                    SftConfig.class)
                .config()
                .training()
                .datasetName())
        .containsExactly("a.jsonl", "b.jsonl");
  }

  @Test
  void entries_wrong_areAllToldWithTheirLines() {
    assertThatThrownBy(
            () ->
                sft(
                    """
                    dataset_mixture:
                      datasets:
                        - {path: a, revision: main}
                        - {split: "train[:10%]"}
                        - path: b
                          id: c
                        - {path: d, weight: 2}
                        - {path: e, data_files: "*.jsonl", split: test}
                        - word
                        - {path: f, weight: x, columns: [[a]]}
                      stopping: all
                      seed: x
                      test_split_size: 1.5
                    """))
        .hasMessageContaining("line 2: dataset_mixture: 'stopping' is not supported; it has")
        .hasMessageContaining("line 2: dataset_mixture: seed must be a whole number, was 'x'")
        .hasMessageContaining("test_split_size must be a share in (0, 1) or a whole number")
        .hasMessageContaining("line 4: data set 1: 'revision' is not supported; a data set has")
        .hasMessageContaining("line 5: data set 2: path is missing: a file, or the folder")
        .hasMessageContaining("line 5: data set 2: split 'train[:10%]' is not supported")
        .hasMessageContaining("line 6: data set 3: path and id are two names of one key")
        .hasMessageContaining("line 8: data set 4: weight must be a share of the rows in [0, 1]")
        .hasMessageContaining("line 9: data set 5: data_files '*.jsonl' is not supported")
        .hasMessageContaining("line 9: data set 5: split 'test' and data_files exclude")
        .hasMessageContaining("line 2: data set 6: expected a map such as {path: FILE")
        .hasMessageContaining("line 11: data set 7: weight must be a number from 0, was 'x'")
        .hasMessageContaining("line 11: data set 7: columns must be a list of names");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dataset_name: a~datasets: [{path: b}]|line 2, line 3: dataset_name and datasets name the"
            + " data twice: keep one of them",
        "dataset_name: []|line 2: dataset_name is an empty list; name a file or folder",
        "datasets: []|line 2: datasets names no data set",
        "dataset_name: a~test_split_size: 5|line 3: test_split_size belongs to datasets",
        "datasets: [{path: a}]~test_split_size: 0|line 3: test_split_size must be a share in",
        "datasets: [{path: a}]~dataset_config: x|line 3: dataset_config belongs to dataset_name",
        "datasets: [{path: a}]~dataset_train_split: x|line 3: dataset_train_split belongs to",
        "datasets: [{path: a}]~dataset_streaming: true|line 3: dataset_streaming reads the files of",
        "datasets: [{path: a}]~test_split_size: 5~eval_dataset: e|line 4: eval_dataset and"
            + " test_split_size both name the rows to evaluate on",
        "datasets: [{path: a, fraction: 1}, {path: b}]|data set 2: fraction is missing: it must be",
        "datasets: [{path: a, fraction: 1, weight: 1}]|fraction (a share of the mixture, TRL) and",
        "dataset_mixture: {seed: 1}|line 2: dataset_mixture: datasets is missing",
        "dataset_mixture: {}|line 2: dataset_mixture: datasets is missing",
        "dataset_mixture: {datasets: [{path: a}], streaming: true}|streaming is not supported"
      })
  void keys_thatContradict_areTold(String lines, String sentence) {
    assertThatThrownBy(() -> sft(lines.replace("~", "\n") + "\n")).hasMessageContaining(sentence);
  }

  @Test
  void files_thatAreNotThere_areAllNamed() {
    TrainingConfig config = sft(mixture("", "none.jsonl", "a.jsonl", "set, split: valid"));
    assertThatThrownBy(config::rows)
        .hasMessageContaining("data set 1: there is no file or folder " + folder + "/none.jsonl")
        .hasMessageContaining("data set 3: " + folder + "/set has no files of the split 'valid'");
    TrainingConfig columns = sft(mixture("", "a.jsonl, columns: [messages]"));
    assertThatThrownBy(columns::rows)
        .hasMessageContaining("has no column [messages] of columns; it has [other, text]");
    TrainingConfig all = sft(mixture("  test_split_size: 10\n", "a.jsonl"));
    assertThatThrownBy(all::rows)
        .hasMessageContaining("test_split_size 10 leaves no row to train on: the mixture has 10");
  }
}
