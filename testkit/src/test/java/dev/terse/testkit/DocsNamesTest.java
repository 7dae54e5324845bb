package dev.terse.testkit;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Classes, their members, paths and links that the docs name exist: a renamed class cannot leave a
 * doc behind.
 */
class DocsNamesTest {
  private static final Path ROOT = SharedData.projectRoot();

  /**
   * Of the JDK, ND4J, DL4J, TRL, Linux and the codebases that docs/architecture.md compares with.
   */
  private static final Set<String> FOREIGN =
      Set.of(
          "BoundedLocalCache",
          "FrequencySketch",
          "GRPOConfig",
          "Nd4j",
          "NativeOpsHolder",
          "OpContext",
          "SFTConfig",
          "ServiceLoader",
          "TrainingListener",
          "VmHWM");

  private static final Pattern FENCED = Pattern.compile("```.*?```", Pattern.DOTALL);
  private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
  private static final Pattern CLASS =
      Pattern.compile("([A-Z]\\w*[a-z]\\w*)(?:\\.(\\w+)(?:\\(.*\\))?)?");
  private static final Pattern CLASS_PATH = Pattern.compile("([a-z][\\w-]*)/((?:\\w+/)*[A-Z]\\w+)");
  private static final Pattern LINK = Pattern.compile("\\]\\((?!http)([^)#]+)");
  private static final Pattern TYPE = Pattern.compile("\\b(?:class|record|interface|enum) (\\w+)");

  @Test
  void names_inTheDocs_exist() throws IOException {
    List<Path> sources = files(".java");
    Map<String, String> types = types(sources);
    Set<String> missing = new TreeSet<>();
    for (Path doc : docs()) {
      String name = ROOT.relativize(doc).toString();
      String text = FENCED.matcher(Files.readString(doc)).replaceAll("");
      for (Matcher code = CODE.matcher(text); code.find(); ) {
        if (!exists(code.group(1), types, sources)) {
          missing.add(name + ": `" + code.group(1) + "`");
        }
      }
      for (Matcher link = LINK.matcher(text); link.find(); ) {
        if (!Files.exists(doc.resolveSibling(link.group(1)))) {
          missing.add(name + ": " + link.group(1));
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  /** Each line of the listing stands in the step, in this order; … stands for anything. */
  @Test
  void listingOfTheTour_isTheStepOfTheSource() throws IOException {
    Matcher listing = FENCED.matcher(Files.readString(ROOT.resolve("docs/tour.md")));
    assertThat(listing.find()).isTrue();
    String step = source("GrpoTrainer.java").replaceAll("//[^\n]*", "").replaceAll("\\s+", "");
    int from = step.indexOf("publicUpdate<State>step(");
    for (String line :
        listing.group().lines().filter(l -> l.matches(" {0,4}[\\w\\[].*")).toList()) {
      String code = line.strip().split(" {2,}")[0].replaceAll("\\s+", "");
      String pattern =
          Arrays.stream(code.split("…", -1)).map(Pattern::quote).collect(joining("[^;]*?"));
      Matcher found = Pattern.compile(pattern).matcher(step);
      assertThat(found.find(from)).as(line).isTrue();
      from = found.end();
    }
  }

  private static String source(String name) throws IOException {
    for (Path file : files(".java")) {
      if (file.endsWith(name)) {
        return Files.readString(file);
      }
    }
    throw new AssertionError("there is no " + name);
  }

  private static boolean exists(String code, Map<String, String> types, List<Path> sources) {
    Matcher type = CLASS.matcher(code);
    if (type.matches()) {
      String source = types.get(type.group(1));
      return FOREIGN.contains(type.group(1))
          || source != null && (type.group(2) == null || source.contains(type.group(2)));
    }
    Matcher path = CLASS_PATH.matcher(code);
    return !path.matches()
        || sources.stream()
            .map(file -> ROOT.relativize(file).toString().replace('\\', '/'))
            .anyMatch(
                file ->
                    file.startsWith(path.group(1) + "/")
                        && file.endsWith("/" + path.group(2) + ".java"));
  }

  /** README and the docs, but not the log, which tells of its own days. */
  private static List<Path> docs() throws IOException {
    List<Path> docs = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    docs.add(ROOT.resolve("CONTRIBUTING.md"));
    try (Stream<Path> all = Files.walk(ROOT.resolve("docs"))) {
      all.filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !file.endsWith("log.md"))
          .forEach(docs::add);
    }
    return docs;
  }

  /** The source in which each type stands. */
  private static Map<String, String> types(List<Path> sources) throws IOException {
    Map<String, String> types = new HashMap<>();
    for (Path source : sources) {
      String text = Files.readString(source);
      for (Matcher type = TYPE.matcher(text); type.find(); ) {
        types.merge(type.group(1), text, String::concat);
      }
    }
    return types;
  }

  private static List<Path> files(String ending) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path module : modules.filter(folder -> Files.exists(folder.resolve("src"))).toList()) {
        try (Stream<Path> all = Files.walk(module.resolve("src"))) {
          all.filter(file -> file.toString().endsWith(ending)).forEach(files::add);
        }
      }
    }
    return files;
  }
}
