package dev.terse.cli.project;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who has the jar alone has what its commands read unasked. */
class BuiltInFilesTest {
  private static final Path ROOT = SharedData.projectRoot();

  @TempDir private Path folder;

  @Test
  void files_areThoseOfTheRepository_withAllThatTheirConfigurationsName() throws IOException {
    Path home = folder.resolve("home");
    BuiltInFiles.layOut(BuiltInFiles.program(), home);
    for (String config :
        List.of("configs/grpo.yaml", "configs/quickstart.yaml", "configs/quickstart-fast.yaml")) {
      List<String> named =
          Pattern.compile("(?m)^\\w+: ((?:configs|checkpoints)/\\S+)")
              .matcher(Files.readString(home.resolve(config)))
              .results()
              .map(match -> match.group(1))
              .toList();
      assertThat(named).isNotEmpty();
      assertThat(named).allSatisfy(name -> assertThat(home.resolve(name)).exists());
    }
    for (String model : List.of("tiny-reasoner", "arithmetic-skip")) {
      String weights = "checkpoints/" + model + "/model.safetensors";
      assertThat(home.resolve(weights)).hasSameBinaryContentAs(ROOT.resolve(weights));
    }
  }

  @Test
  void layOut_outOfAJar_replacesWhatDiffersAndLeavesTheRest() throws IOException {
    Path jar = folder.resolve("program.jar");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (String name : List.of("project/configs/a.yaml", "project/configs/b.yaml", "other")) {
        out.putNextEntry(new ZipEntry(name));
        out.write(name.getBytes());
      }
    }
    Path home = folder.resolve("home");
    BuiltInFiles.layOut(jar, home);
    Path a = home.resolve("configs/a.yaml");
    Path b = home.resolve("configs/b.yaml");
    Files.writeString(a, "torn");
    FileTime longAgo = FileTime.fromMillis(0);
    Files.setLastModifiedTime(b, longAgo);

    BuiltInFiles.layOut(jar, home);

    assertThat(a).hasContent("project/configs/a.yaml");
    assertThat(Files.getLastModifiedTime(b)).isEqualTo(longAgo);
    assertThat(home.resolve("other")).doesNotExist();
  }
}
