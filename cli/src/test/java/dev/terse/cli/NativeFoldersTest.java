package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeFoldersTest {
  @TempDir private Path root;

  @BeforeEach
  void rights() throws IOException {
    Assumptions.assumeTrue(
        Files.getFileStore(root).supportsFileAttributeView("posix"),
        "skipped: no owners and rights of POSIX here");
  }

  private Path folder(String name, String rights) throws IOException {
    Path folder = Files.createDirectory(root.resolve(name));
    return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(rights));
  }

  @Test
  void prepare_whereNothingIs_makesFoldersOfTheOwnerAlone() throws IOException {
    Path cache = root.resolve("home/.javacpp/cache");
    NativeFolders.prepare(cache, "p");
    for (Path made = cache; !made.equals(root); made = made.getParent()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
          .isEqualTo("rwx------");
    }
    try (Stream<Path> left = Files.list(cache)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void prepare_ofAFolderThatOthersRead_takesTheirRights() throws IOException {
    Path cache = folder("cache", "rwxr-xr-x");
    NativeFolders.prepare(cache, "p");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)))
        .isEqualTo("rwx------");
  }

  /** A folder that a user names may be there for others to read. */
  @Test
  void require_ofAFolderThatOthersRead_leavesTheirRights() throws IOException {
    Path cache = folder("named", "rwxr-xr-x");
    NativeFolders.require(cache, "p");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)))
        .isEqualTo("rwxr-xr-x");
  }

  @Test
  void prepare_whereOthersMayWrite_isRefusedWithThePlaceAndWhatToDo() throws IOException {
    Path cache = folder("cache", "rwxrwxrwx");
    assertThatThrownBy(() -> NativeFolders.prepare(cache, "p"))
        .hasMessage(
            "native libraries would be loaded from %s, but %s may be written by everybody, who"
                + " could put others there; take that right away, or name a folder of your own by"
                + " -Dp=FOLDER",
            cache, cache.toRealPath());
    Path shared = folder("shared", "rwxrwxrwx");
    assertThatThrownBy(() -> NativeFolders.prepare(shared.resolve("me/cache"), "p"))
        .hasMessageContaining(shared.toRealPath() + " may be written by everybody");
  }

  /** /tmp is written by everybody, but nobody replaces there what others own. */
  @Test
  void prepare_belowAStickyFolder_isAllowed() throws Exception {
    Path sticky = folder("sticky", "rwxrwxrwx");
    Assumptions.assumeTrue(
        new ProcessBuilder("chmod", "1777", sticky.toString()).start().waitFor() == 0,
        "skipped: no chmod");
    NativeFolders.prepare(sticky.resolve("mine"), "p");
    assertThat(sticky.resolve("mine")).isDirectory();
  }

  @Test
  void danger_ofAFolderOfSomebodyElse_isItsOwner() throws IOException {
    assertThat(NativeFolders.danger(folder("mine", "rwx------"), "nobody"))
        .isEqualTo(
            Files.getOwner(root).getName().equals("root")
                ? Optional.empty()
                : Optional.of("belongs to " + Files.getOwner(root).getName()));
  }
}
