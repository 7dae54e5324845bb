package dev.terse.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesTest {
  @TempDir Path folder;

  @Test
  void next_badLines_areNamedAndReadingGoesOn() throws IOException {
    Path file =
        write("{\"a\": 1}\n\n{\"a\": \n[1]\n{\"a\":1}{\"b\":2}\n{\"a\":1,\"a\":2}\n{\"a\": 7}");
    try (JsonLines rows = JsonLines.open(file)) {
      assertThat(rows.next().get("a").intValue()).isEqualTo(1);
      assertThatThrownBy(rows::next)
          .isInstanceOf(JsonLines.BadRowException.class)
          .hasMessageStartingWith(file + " line 3: expected one JSON object, found ");
      assertThatThrownBy(rows::next)
          .hasMessage(file + " line 4: expected one JSON object, found [1]");
      assertThatThrownBy(rows::next).hasMessageContaining("line 5");
      assertThatThrownBy(rows::next)
          .hasMessageContaining("line 6")
          .hasMessageContaining("uplicate");
      assertThat(rows.next().get("a").intValue()).isEqualTo(7);
      assertThat(rows.line()).isEqualTo(7);
      assertThat(rows.next()).isNull();
    }
  }

  @Test
  void next_longLine_isRefusedWithoutBeingHeld() throws IOException {
    Path file = write("{\"a\": \"" + "x".repeat(200) + "\"}\n{}\n");
    try (JsonLines rows = new JsonLines(file, 100)) {
      assertThatThrownBy(rows::next)
          .hasMessageContaining("line 1: expected a line of at most 100 bytes");
      assertThat(rows.next()).isEmpty();
    }
  }

  @Test
  void next_notUtf8_isRefused() throws IOException {
    Path file = folder.resolve("latin.jsonl");
    Files.write(file, "{\"a\": \"é\"}".getBytes(StandardCharsets.ISO_8859_1));
    try (JsonLines rows = JsonLines.open(file)) {
      assertThatThrownBy(rows::next).hasMessageContaining("line 1: expected UTF-8");
    }
  }

  @Test
  void next_halfASurrogatePair_isRefused() throws IOException {
    Path file = write("{\"a\": \"\\uD83D\\uDE00\"}\n{\"a\": [\"\\ud83d\"]}\n");
    try (JsonLines rows = JsonLines.open(file)) {
      assertThat(rows.next().get("a").textValue()).isEqualTo("\uD83D\uDE00");
      assertThatThrownBy(rows::next)
          .hasMessage(file + " line 2: expected valid Unicode, found half a surrogate pair");
    }
  }

  @Test
  void open_missingFileOrFolder_isNamed() {
    assertThatThrownBy(() -> JsonLines.open(folder.resolve("none.jsonl")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("none.jsonl: no such file");
    assertThatThrownBy(() -> JsonLines.open(folder)).hasMessageContaining("found a folder");
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("rows.jsonl"), text);
  }
}
