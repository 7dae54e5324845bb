package dev.terse.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DocsStyleTest {
  private static final String WORDS_25 = "A b c d e ".repeat(5).strip();

  @Test
  void docs_allSentencesAndLines_areShort() throws IOException {
    Path root = SharedData.projectRoot();
    List<Path> files = new ArrayList<>();
    for (String name : List.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md")) {
      files.add(root.resolve(name));
    }
    for (String folder : List.of("docs", "checkpoints")) {
      try (Stream<Path> all = Files.walk(root.resolve(folder))) {
        all.filter(path -> path.toString().endsWith(".md")).sorted().forEach(files::add);
      }
    }
    List<String> faults = new ArrayList<>();
    for (Path file : files) {
      faults.addAll(DocsStyle.faults(root.relativize(file).toString(), Files.readAllLines(file)));
    }
    assertThat(String.join("\n", faults)).as(faults.size() + " faults").isEmpty();
  }

  @Test
  void sentence_ofTooManyWords_isToldWithItsLine() {
    assertThat(DocsStyle.faults("a.md", List.of("Short.", "", "One", "line. " + WORDS_25, "more.")))
        .containsExactly("a.md:4: 26 words, at most 25: " + WORDS_25 + " more.");
    assertThat(DocsStyle.faults("a.md", List.of(WORDS_25 + ".", "Another.", WORDS_25 + "!")))
        .isEmpty();
  }

  @Test
  void words_codeAndLinksAndMarks_countAsOneOrNone() {
    String four = "A – [link](https://a.b/c d e) `code of many words` *z*";
    assertThat(DocsStyle.faults("a.md", List.of(WORDS_25.substring(8) + " " + four))).isEmpty();
    assertThat(DocsStyle.faults("a.md", List.of(WORDS_25.substring(6) + " " + four))).hasSize(1);
  }

  @Test
  void line_tooLong_isTold_butNotForItsLinks() {
    assertThat(DocsStyle.faults("a.md", List.of("x".repeat(121))))
        .containsExactly("a.md:1: 121 columns, at most 120");
    String link = "[x](https://example.com/" + "y".repeat(200) + ")";
    assertThat(DocsStyle.faults("a.md", List.of("x".repeat(110) + " " + link))).isEmpty();
  }

  @Test
  void codeTablesHeadings_anyLength_areFree() {
    String wide = (WORDS_25 + " ").repeat(8);
    List<String> lines = List.of("# " + wide, "```", wide, "", wide, "```", "| " + wide + " |");
    assertThat(DocsStyle.faults("a.md", lines)).isEmpty();
  }

  @Test
  void listItems_eachShort_areSentencesOfTheirOwn() {
    assertThat(
            DocsStyle.faults("a.md", List.of("- " + WORDS_25, "- " + WORDS_25, "1. " + WORDS_25)))
        .isEmpty();
    assertThat(DocsStyle.faults("a.md", List.of("- " + WORDS_25, "  and more"))).hasSize(1);
  }
}
