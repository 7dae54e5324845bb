package dev.terse.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void writing_thatFails_leavesTheOldFileAndNothingElse() throws IOException {
    Path file = Files.writeString(folder.resolve("old"), "old");

    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    channel -> {
                      throw new IOException("no space left");
                    }))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage("cannot write " + file + ": no space left");
    assertThat(file).hasContent("old");
    assertThat(fileNames()).containsExactly("old");
  }

  @Test
  void writing_thatEnds_replacesTheFileAndMakesItsFolder() throws IOException {
    Path file = folder.resolve("deep/er/new");
    AtomicFile.write(file, "one");
    AtomicFile.write(file, "two");
    assertThat(file).hasContent("two");
    assertThat(Folders.contents(folder))
        .containsExactly(file, file.getParent(), folder.resolve("deep"), folder);
    Folders.delete(folder.resolve("deep"));
    Folders.delete(folder.resolve("deep"));
    assertThat(fileNames()).isEmpty();
  }

  @Test
  void writing_thatComesToNothing_takesItsFoldersBack() throws IOException {
    new AtomicFile(folder.resolve("deep/er/new")).close();
    assertThat(fileNames()).isEmpty();
    Files.createDirectories(folder.resolve("mine"));
    new AtomicFile(folder.resolve("mine/deeper/new")).close();
    assertThat(fileNames()).containsExactly("mine");
  }

  @Test
  void lines_afterABrokenRun_beginOnALineOfTheirOwn() throws IOException {
    Path file = Files.writeString(folder.resolve("lines"), "{}\n{\"cut");
    try (AppendedFile lines = AppendedFile.ofLines(file)) {
      lines.append(ByteBuffer.wrap("{}\n".getBytes(StandardCharsets.UTF_8)));
    }
    assertThat(file).hasContent("{}\n{\"cut\n{}\n");
    assertThatThrownBy(() -> AppendedFile.create(file))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  private List<String> fileNames() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }
}
