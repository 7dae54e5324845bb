package dev.terse.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The POMs, the changelog and the docs name one version. */
class VersionTest {
  private static final Path ROOT = SharedData.projectRoot();
  private static final Pattern NEWEST =
      Pattern.compile("(?m)^## (\\d+\\.\\d+\\.\\d+) \\((unreleased|\\d{4}-\\d\\d-\\d\\d)\\)$");
  private static final Pattern OWN =
      Pattern.compile("<artifactId>terse</artifactId>\\s*<version>([^<]+)</version>");
  private static final Pattern BOM =
      Pattern.compile("<artifactId>terse-bom</artifactId>\\s*<version>([^<]+)</version>");

  /** What is not released yet is a snapshot of it; a release has its date in the changelog. */
  @Test
  void poms_haveTheVersionOnTopOfTheChangelog() throws IOException {
    MatchResult newest = newest();
    String version = newest.group(1) + (newest.group(2).equals("unreleased") ? "-SNAPSHOT" : "");
    List<Path> poms;
    try (Stream<Path> modules = Files.list(ROOT)) {
      poms =
          Stream.concat(
                  Stream.of(ROOT.resolve("pom.xml")),
                  modules.map(module -> module.resolve("pom.xml")).filter(Files::exists))
              .toList();
    }
    assertThat(poms).hasSizeGreaterThan(15);
    for (Path pom : poms) {
      assertThat(found(OWN, pom)).as("%s", pom).containsExactly(version);
    }
  }

  @Test
  void docs_nameThatVersion() throws IOException {
    assertThat(found(BOM, ROOT.resolve("docs/java.md"))).containsExactly(newest().group(1));
  }

  private static MatchResult newest() throws IOException {
    return NEWEST
        .matcher(Files.readString(ROOT.resolve("CHANGELOG.md")))
        .results()
        .findFirst()
        .orElseThrow();
  }

  private static List<String> found(Pattern pattern, Path file) throws IOException {
    return pattern
        .matcher(Files.readString(file))
        .results()
        .map(match -> match.group(1).strip())
        .toList();
  }
}
