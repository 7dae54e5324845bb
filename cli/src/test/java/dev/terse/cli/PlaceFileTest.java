package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the build puts trainer.jar into its place while a training may run from it. */
class PlaceFileTest {
  private static final Path PROGRAM =
      SharedData.projectRoot().resolve("cli/src/build/java/PlaceFile.java");

  @TempDir private Path folder;
  private Path built;
  private Path placed;

  @BeforeEach
  void old() throws IOException {
    built = folder.resolve("built.jar");
    placed = Files.writeString(folder.resolve("placed.jar"), "old");
  }

  private void place(String content) throws IOException, InterruptedException {
    Files.writeString(built, content);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(java, PROGRAM.toString(), built.toString(), placed.toString())
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isZero();
  }

  private Object inode() throws IOException {
    return Files.readAttributes(placed, BasicFileAttributes.class).fileKey();
  }

  @Test
  void file_thatIsOpen_isReadToItsEndAsItWas() throws Exception {
    try (InputStream reader = Files.newInputStream(placed)) {
      place("new and longer");
      assertThat(reader.readAllBytes()).asString().isEqualTo("old");
    }
    assertThat(placed).hasContent("new and longer");
    assertThat(built).doesNotExist();
  }

  @Test
  void file_thatIsEqual_isLeftAlone() throws Exception {
    Object before = inode();
    place("old");
    assertThat(inode()).isEqualTo(before);
    assertThat(built).doesNotExist();
  }
}
