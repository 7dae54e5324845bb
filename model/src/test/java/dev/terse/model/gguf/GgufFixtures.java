package dev.terse.model.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of resources/gguf, made by src/test/python/make_gguf_fixtures.py. */
final class GgufFixtures {
  private GgufFixtures() {}

  static byte[] bytes(String name) throws IOException {
    try (InputStream in = GgufFixtures.class.getResourceAsStream("/gguf/" + name)) {
      return in.readAllBytes();
    }
  }

  /** A copy in {@code folder}, since models are opened by path. */
  static Path file(String name, Path folder) throws IOException {
    Path file = folder.resolve(name);
    return Files.exists(file) ? file : Files.write(file, bytes(name));
  }

  static JsonNode golden(String model) throws IOException {
    return new ObjectMapper().readTree(bytes("goldens.json")).get(model);
  }
}
