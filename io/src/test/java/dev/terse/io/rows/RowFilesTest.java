package dev.terse.io.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.io.DataRows;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of every format; Parquet against what pyarrow wrote (make_parquet.py). */
class RowFilesTest {
  private static final String LINES =
      "{\"question\":\"1+1\",\"answer\":\"2\"}\n{\"question\":\"2+2\",\"answer\":null}\n";

  @TempDir private Path folder;

  private static Path resource(String name) {
    try {
      return Path.of(RowFilesTest.class.getResource("/rows/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<JsonNode> read(Path... files) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    try (DataRows reader = RowFiles.open(List.of(files), Set.of())) {
      for (JsonNode row = reader.next(); row != null; row = reader.next()) {
        rows.add(row);
      }
    }
    return rows;
  }

  /** As texts, since 1 and 1L are different nodes. */
  private static List<String> texts(List<JsonNode> rows) {
    return rows.stream().map(JsonNode::toString).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "snappy", "zstd", "gzip", "lz4", "v2"})
  void parquet_ofEachCodec_holdsTheRowsOfTheLines(String name) throws IOException {
    List<String> expected = texts(read(resource("rows.jsonl")));
    assertThat(expected).hasSize(50);
    assertThat(texts(read(resource(name + ".parquet")))).isEqualTo(expected);
  }

  @Test
  void parquet_someColumns_readsThoseOnly() throws IOException {
    Path file = resource("snappy.parquet");
    try (DataRows rows = RowFiles.open(List.of(file), Set.of("answer", "missing"))) {
      assertThat(rows.next()).hasToString("{\"answer\":null}");
      rows.next();
      assertThat(rows.place()).isEqualTo("row 2");
      assertThat(rows.bad("why")).hasMessage(file + " row 2: why");
    }
    try (DataRows rows = RowFiles.open(List.of(file), Set.of("missing"))) {
      assertThat(rows.next().size()).isEqualTo(7);
    }
  }

  @Test
  void blocks_inAnyOrder_areTheRowsOfTheFile() throws IOException {
    Path lines = folder.resolve("many.jsonl");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 10_000; i++) {
      text.append("{\"i\":").append(i).append("}\n").append(i % 7 == 0 ? "\n" : "");
    }
    Files.writeString(lines, text.substring(0, text.length() - 1));
    for (Path file : List.of(lines, resource("zstd.parquet"))) {
      List<String> expected = texts(read(file));
      try (RowBlocks blocks = RowFiles.blocks(file, Set.of())) {
        assertThat(blocks.count()).isEqualTo(3);
        List<String> found = new ArrayList<>();
        for (int b = blocks.count() - 1; b >= 0; b--) {
          assertThat(blocks.read(b)).hasSize(blocks.rows(b));
          found.addAll(0, texts(blocks.read(b)));
        }
        assertThat(found).isEqualTo(expected);
      }
    }
    assertThatThrownBy(() -> RowFiles.blocks(folder.resolve("a.csv"), Set.of()))
        .hasMessageContaining("cannot be streamed; Parquet and JSON lines");
  }

  @Test
  void textFormats_giveTheSameRows() throws IOException {
    List<String> expected = List.of(LINES.split("\n"));
    Path jsonl = Files.writeString(folder.resolve("a.jsonl"), LINES);
    Path array =
        Files.writeString(folder.resolve("a.json"), " [" + LINES.strip().replace("\n", ",") + "]");
    Path csv = Files.writeString(folder.resolve("a.csv"), "question,answer\n1+1,2\n\"2+2\",\n");
    Path tsv = Files.writeString(folder.resolve("a.tsv"), "question\tanswer\n1+1\t2\n2+2\t\n");
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(LINES.getBytes(StandardCharsets.UTF_8));
    }
    Path gz = Files.write(folder.resolve("a.jsonl.gz"), packed.toByteArray());
    for (Path file : List.of(jsonl, array, csv, tsv, gz)) {
      assertThat(texts(read(file))).as(file.toString()).isEqualTo(expected);
    }
    assertThat(read(jsonl, csv, gz)).hasSize(6);
  }

  @Test
  void badFiles_areToldByNameAndRow() throws IOException {
    Path array = Files.writeString(folder.resolve("b.json"), "[{\"a\":1},3]");
    assertThatThrownBy(() -> read(array)).hasMessage(array + " row 2: expected an object, found 3");
    Path parquet = Files.writeString(folder.resolve("b.parquet"), "not parquet at all");
    assertThatThrownBy(() -> read(parquet))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("b.parquet");
    assertThatThrownBy(() -> read(folder.resolve("none.csv"))).hasMessageContaining("no such file");
  }

  @Test
  void folders_areReadAsTheHubLaysThemOut() throws IOException {
    touch("clone/README.md", "clone/data/train-00000-of-00002.jsonl", "clone/dataset_infos.json");
    touch("clone/data/train-00001-of-00002.jsonl", "clone/data/test-00000-of-00001.jsonl");
    assertThat(names("clone", null, "train"))
        .containsExactly("train-00000-of-00002.jsonl", "train-00001-of-00002.jsonl");
    assertThat(names("clone", null, "test")).containsExactly("test-00000-of-00001.jsonl");
    assertThatThrownBy(() -> names("clone", null, "dev"))
        .hasMessageContaining("has no files of the split 'dev'")
        .hasMessageContaining("data/train-00000-of-00002.jsonl");

    touch("plain/a.jsonl", "plain/b.csv");
    assertThat(names("plain", null, "train")).containsExactly("a.jsonl", "b.csv");

    touch("configs/main/train-0.jsonl", "configs/socratic/train-0.jsonl");
    assertThat(names("configs", "main", "train")).containsExactly("train-0.jsonl");
    assertThatThrownBy(() -> names("configs", null, "train"))
        .hasMessageContaining(
            "dataset_config must name one: [main, socratic]; or take the folder of one, such as")
        .hasMessageEndingWith("main");

    touch("datasets--x--y/snapshots/old/train.jsonl", "datasets--x--y/snapshots/new/train.jsonl");
    Files.createDirectories(folder.resolve("datasets--x--y/refs"));
    Files.writeString(folder.resolve("datasets--x--y/refs/main"), "new");
    assertThat(DataFolder.files(folder.resolve("datasets--x--y"), null, "train"))
        .containsExactly(folder.resolve("datasets--x--y/snapshots/new/train.jsonl"));
  }

  private void touch(String... files) throws IOException {
    for (String file : files) {
      Files.createDirectories(folder.resolve(file).getParent());
      Files.writeString(folder.resolve(file), LINES);
    }
  }

  private List<String> names(String place, String config, String split) throws IOException {
    return DataFolder.files(folder.resolve(place), config, split).stream()
        .map(file -> file.getFileName().toString())
        .toList();
  }
}
