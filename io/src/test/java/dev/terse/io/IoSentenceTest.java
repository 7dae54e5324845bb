package dev.terse.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A failure of the file system names the file and the reason, whatever the path looks like. */
class IoSentenceTest {
  @TempDir private Path folder;

  /** Work of the file system that fails. */
  private interface Work {
    void run() throws IOException;
  }

  private static String sentence(Work work) {
    try {
      work.run();
    } catch (IOException e) {
      assertThat(IoSentence.of(new UncheckedIOException(e))).isEqualTo(IoSentence.of(e));
      return IoSentence.of(e);
    }
    throw new AssertionError("expected a failure");
  }

  @Test
  void failures_ofTheSystem_nameFileAndReason() throws IOException {
    Path file = Files.createFile(folder.resolve("a b, ü"));
    Path link = Files.createSymbolicLink(folder.resolve("to nothing"), folder.resolve("x y"));
    Path none = folder.resolve("none");
    assertThat(sentence(() -> Files.readAllBytes(none))).isEqualTo(none + ": no such file");
    assertThat(sentence(() -> Files.createDirectories(file)))
        .isEqualTo(file + ": stands there already, a file");
    assertThat(sentence(() -> Files.createDirectory(link)))
        .isEqualTo(link + ": is a link to nothing");
    assertThat(sentence(() -> Files.createFile(file.resolve("x"))))
        .isEqualTo(file.resolve("x") + ": Not a directory");
    assertThat(sentence(() -> Files.list(file))).isEqualTo(file + ": is no folder");
    assertThat(sentence(() -> Files.delete(folder))).isEqualTo(folder + ": is not empty");
    assertThat(sentence(() -> JsonLines.open(none).close())).isEqualTo(none + ": no such file");
  }

  @Test
  void failures_withASentenceOfTheirOwn_keepIt() {
    IOException cause = new IOException("No space left on device");
    assertThat(IoSentence.of(new UncheckedIOException("cannot write x: full", cause)))
        .isEqualTo("cannot write x: full");
    assertThat(IoSentence.of(cause)).isEqualTo("No space left on device");
  }
}
