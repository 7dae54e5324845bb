package dev.terse.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.terse.testkit.TestSeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private static final Map<String, String> INPUTS =
      new TreeMap<>(Map.of("seed", "42", "top_k", "0"));

  @TempDir Path folder;
  private Path output;
  private Path part;

  @BeforeEach
  void names() {
    output = folder.resolve("rows.jsonl");
    part = folder.resolve("rows.jsonl.part");
  }

  private static List<JsonNode> rows(int unit) {
    return IntStream.range(0, unit % 3)
        .mapToObj(
            row ->
                (JsonNode)
                    JsonNodeFactory.instance
                        .objectNode()
                        .put("text", unit + "ä\n\"" + "x".repeat(unit)))
        .toList();
  }

  private Journal open() throws IOException {
    return Journal.open(output, INPUTS, false);
  }

  private void appendMissing(Journal journal, List<Integer> order) throws IOException {
    for (int unit : order) {
      if (!journal.holds(unit)) {
        journal.append(unit, rows(unit));
      }
    }
  }

  @Test
  void journal_cutAtAnyByte_makesTheSameFile_inAnyOrderOfUnits() throws IOException {
    Random random = new Random(TestSeed.of("journal"));
    List<Integer> order = new java.util.ArrayList<>(IntStream.range(3, 20).boxed().toList());
    byte[] whole;
    try (Journal journal = open()) {
      appendMissing(journal, order);
      journal.end();
      whole = Files.readAllBytes(part);
      journal.finish(rows -> rows);
    }
    byte[] expected = Files.readAllBytes(output);
    assertThat(part).doesNotExist();
    assertThat(new String(expected, java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo(
            order.stream()
                .flatMap(unit -> rows(unit).stream())
                .map(row -> row + "\n")
                .collect(java.util.stream.Collectors.joining()));
    for (int i = 0; i < 60; i++) {
      int cut = i < 2 ? i * whole.length : random.nextInt(whole.length);
      Files.delete(output);
      Files.write(part, Arrays.copyOf(whole, cut));
      Collections.shuffle(order, random);
      try (Journal journal = open()) {
        long lines = IntStream.range(0, cut).filter(b -> whole[b] == '\n').count();
        assertThat(journal.size()).isEqualTo(Math.max(0, Math.min(order.size(), (int) lines - 1)));
        assertThat(journal.isWhole()).isEqualTo(cut == whole.length);
        assertThat(Journal.isWhole(output)).isEqualTo(cut == whole.length);
        appendMissing(journal, order);
        journal.end();
        journal.finish(rows -> rows);
      }
      assertThat(output).as("cut at " + cut).hasBinaryContent(expected);
    }
  }

  @Test
  void journal_thatPowerLossLeftZerosIn_goesOnBeforeThem() throws IOException {
    try (Journal journal = open()) {
      appendMissing(journal, List.of(1, 2));
    }
    byte[] good = Files.readAllBytes(part);
    for (String tail : List.of("\0\0\0\n", "{\"unit\":2,\"rows\":[]}\n", "{\"units\":7}\n")) {
      Files.write(part, good);
      Files.writeString(part, tail, java.nio.file.StandardOpenOption.APPEND);
      try (Journal journal = open()) {
        assertThat(journal.size()).isEqualTo(2);
        assertThat(journal.isWhole()).isFalse();
      }
      assertThat(part).hasBinaryContent(good);
    }
  }

  @Test
  void journal_ofOtherInputs_isRefusedWithAllThatDiffers_orBegunAnew() throws IOException {
    try (Journal journal = open()) {
      appendMissing(journal, List.of(1));
    }
    Map<String, String> others = Map.of("seed", "43", "min_p", "");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Journal.open(output, others, false))
        .withMessage(
            part
                + " was begun by another command: min_p was unset and is empty; seed was 42 and is"
                + " 43; top_k was 0 and is unset. Repeat that command to go on from it, or"
                + " --overwrite begins anew");
    try (Journal journal = Journal.open(output, others, true)) {
      assertThat(journal.size()).isZero();
    }
    Files.writeString(part, "{\"id\": 1}\n");
    assertThatIllegalArgumentException()
        .isThrownBy(this::open)
        .withMessageContaining("is none that can be gone on from: --overwrite replaces it");
    assertThat(part).hasContent("{\"id\": 1}");
  }

  @Test
  void journal_thatIsBeingWritten_isNotOpenedTwice() throws IOException {
    try (Journal first = open()) {
      appendMissing(first, List.of(1));
      assertThatThrownBy(() -> Journal.open(output, INPUTS, true))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is being written by another process");
      assertThat(first.size()).isOne();
    }
  }

  @Test
  void journal_ofAnUnfinishedOutput_isNotDroppedByOtherCommands() throws IOException {
    try (Journal journal = open()) {
      appendMissing(journal, List.of(1));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Outputs(List.of(), false).requireFiles(List.of(output)))
        .withMessage(
            part
                + " is unfinished output of another command: repeat that command to finish it,"
                + " --overwrite drops it, or name another output");
    new Outputs(List.of(), true).requireFiles(List.of(output));
    new Outputs(List.of(), false).requireJournaled(List.of(output));
    Files.writeString(output, "precious");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Outputs(List.of(), false).requireJournaled(List.of(output)))
        .withMessageContaining("exists: --overwrite replaces it");
    try (Journal journal = open()) {
      journal.end();
    }
    new Outputs(List.of(), false).requireJournaled(List.of(output)); // its own
  }

  @Test
  void journal_thatHoldsNothing_leavesNothing() throws IOException {
    open().close();
    assertThat(folder).isEmptyDirectory();
  }
}
