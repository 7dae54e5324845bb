package dev.terse.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.cli.docs.ShellLines.Line;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fenced block of the docs does what it says: commands run one after another in an empty
 * folder, JSON and XML are read, Java and Python compile. The exceptions stand in {@code
 * docs/blocks.txt}, with reasons.
 */
@Tag("docs")
class DocsBlocksTest {
  private static final Path ROOT = SharedData.projectRoot();
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final long MOST_SECONDS = 120;

  private final BlockRules rules = BlockRules.load();

  @TempDir private Path folder;

  DocsBlocksTest() throws IOException {}

  static List<String> pagesWithBlocks() throws IOException {
    List<String> pages = new ArrayList<>();
    for (String page : DocBlock.pages(ROOT)) {
      if (!DocBlock.of(ROOT, page).isEmpty()) {
        pages.add(page);
      }
    }
    return pages;
  }

  @ParameterizedTest
  @MethodSource("pagesWithBlocks")
  void blocks_doWhatTheySay(String page) throws Exception {
    boolean prepared = false;
    for (DocBlock block : DocBlock.of(ROOT, page)) {
      if (rules.first("not", page, block.text()).isPresent()) {
        continue;
      }
      if (block.isShell()) {
        if (!prepared) {
          layOut(page);
          prepared = true;
        }
        for (Line line : ShellLines.of(block.text())) {
          run(block, line);
        }
      } else {
        check(block);
      }
    }
  }

  /** A row that nothing needs any more is a lie. */
  @Test
  void rules_allMatchSomething() throws IOException {
    List<BlockRules.Row> idle = new ArrayList<>(rules.rows());
    idle.removeIf(row -> row.what().equals("file"));
    for (String page : DocBlock.pages(ROOT)) {
      for (DocBlock block : DocBlock.of(ROOT, page)) {
        idle.removeAll(rules.of("not", page, block.text()));
        if (block.isShell()) {
          for (Line line : ShellLines.of(block.text())) {
            for (String what : List.of("not", "read", "with")) {
              idle.removeAll(rules.of(what, page, line.written()));
            }
          }
        }
      }
    }
    assertThat(idle).isEmpty();
  }

  @Test
  void python_compiles() throws Exception {
    assumeTrue(starts("python3", "--version"), "skipped: there is no python3");
    for (String page : DocBlock.pages(ROOT)) {
      for (DocBlock block : DocBlock.of(ROOT, page)) {
        if (block.language().equals("python")) {
          Path file = Files.writeString(folder.resolve("block.py"), block.text());
          assertThat(starts("python3", "-m", "py_compile", file.toString()))
              .as(block.place())
              .isTrue();
        }
      }
    }
  }

  private void check(DocBlock block) throws Exception {
    switch (block.language()) {
      case "json" -> {
        for (String line : block.text().split("\\n")) {
          JSON.readTree(line);
        }
      }
      case "xml" ->
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new java.io.ByteArrayInputStream(("<a>" + block.text() + "</a>").getBytes()));
      case "java" -> JavaBlock.compile(block, folder);
      case "yaml" -> YamlBlock.read(block);
      case "python" -> {} // python_compiles
      default ->
          fail(
              "%s: the block is neither run nor read; give it a language, or a row of reason in"
                  + " docs/blocks.txt",
              block.place());
    }
  }

  private void run(DocBlock block, Line line) throws Exception {
    if (rules.first("not", block.page(), line.written()).isPresent()) {
      return;
    }
    List<String> words = line.words();
    assertThat(words).as(block.place()).startsWith("java", "-jar", "trainer.jar");
    List<String> arguments = new ArrayList<>(words.subList(3, words.size()));
    if (rules.first("read", block.page(), line.written()).isPresent()) {
      CommandLineBlock.read(block.place(), arguments);
      return;
    }
    for (BlockRules.Row row : rules.of("with", block.page(), line.written())) {
      arguments.addAll(Arrays.asList(row.text().split(" ")));
    }
    Path said = Files.createTempFile(folder, "said", ".txt");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.terse.trainer.cli.Main"));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .directory(work().toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      fail("%s took over %d s: %s", block.place(), MOST_SECONDS, line.written());
    }
    assertThat(process.exitValue())
        .as("%s: %s%n%s", block.place(), arguments, Files.readString(said))
        .isZero();
  }

  private Path work() throws IOException {
    return Files.createDirectories(folder.resolve("work"));
  }

  private void layOut(String page) throws IOException {
    for (BlockRules.Row row : rules.files(page)) {
      Path from = ROOT.resolve(row.text());
      if (!Files.exists(from)) {
        from = ROOT.resolve("cli/src/test/resources/docs").resolve(row.text());
      }
      copy(from, work().resolve(row.begin()));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(target.getParent());
          Files.copy(file, target);
        }
      }
    }
  }

  private static boolean starts(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
