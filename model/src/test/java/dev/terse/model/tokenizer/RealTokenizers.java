package dev.terse.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;

/** The tokenizers and traces of the shared data, unzipped into folders as models ship them. */
public final class RealTokenizers {
  public static final String QWEN3 = "qwen3";
  public static final String R1 = "deepseek-r1-distill-qwen";

  private RealTokenizers() {}

  public static Path data() {
    Path data =
        Path.of(System.getProperty("terse.root", "..")).resolve("../shared/data").normalize();
    Assumptions.assumeTrue(Files.isDirectory(data), "skipped: test data ../shared/data is absent");
    return data;
  }

  /**
   * Unzips the tokenizer {@code name} into {@code parent/name} and copies what stands beside it.
   */
  public static Path folder(String name, Path parent) throws IOException {
    Path source = data().resolve("tokenizers").resolve(name);
    Path folder = Files.createDirectories(parent.resolve(name));
    try (InputStream in =
        new GZIPInputStream(Files.newInputStream(source.resolve("tokenizer.json.gz")))) {
      Files.copy(in, folder.resolve("tokenizer.json"));
    }
    for (String beside : List.of("tokenizer_config.json", "generation_config.json")) {
      if (Files.exists(source.resolve(beside))) {
        Files.copy(source.resolve(beside), folder.resolve(beside));
      }
    }
    return folder;
  }

  /** Questions and responses of {@code traces/file}. */
  public static List<String> traceTexts(String file) throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<String> texts = new ArrayList<>();
    for (String line : Files.readAllLines(data().resolve("traces").resolve(file))) {
      JsonNode row = json.readTree(line);
      texts.add(row.get("question").asText());
      texts.add(row.get("response").asText());
    }
    return texts;
  }
}
