package dev.terse.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class SharedDataTest {

  @Test
  void projectRoot_inAnyModule_holdsTheModules() {
    assertThat(SharedData.projectRoot().resolve("testkit/pom.xml")).exists();
  }

  @Test
  void path_anyFile_liesBesideTheRoot() {
    Path expected = SharedData.projectRoot().resolveSibling("shared").resolve("data/a/b.json");
    assertThat(SharedData.path("a/b.json")).isEqualTo(expected);
  }

  @Test
  void assumePresent_absent_skipsAndNamesTheFile() {
    assertThatThrownBy(() -> SharedData.assumePresent("no/such.file"))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("skipped: test data")
        .hasMessageContaining("no/such.file");
  }
}
