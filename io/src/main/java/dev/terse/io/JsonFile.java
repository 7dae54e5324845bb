package dev.terse.io;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/** A small JSON file: strict in, indented out. */
public final class JsonFile {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonFile() {}

  /**
   * @throws UncheckedIOException if the file is missing or cannot be read
   * @throws IllegalArgumentException if it is not one JSON object; where it is known what it is
   *     instead, the sentence of {@link ForeignContent}
   */
  public static JsonNode read(Path file) {
    try {
      String text = Files.readString(file);
      return parsed(text, file.toString(), () -> ForeignContent.of(file));
    } catch (NoSuchFileException e) {
      throw new UncheckedIOException(file + " does not exist", e);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          ForeignContent.of(file).orElse(file + " is not valid JSON: it is no UTF-8 text"), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + IoSentence.of(e), e);
    }
  }

  /**
   * @param where what error sentences begin with
   * @throws IllegalArgumentException if it is not one JSON object
   */
  public static JsonNode parse(String text, String where) {
    return parsed(text, where, Optional::empty);
  }

  private static JsonNode parsed(String text, String where, Supplier<Optional<String>> instead) {
    try {
      JsonNode node = MAPPER.readTree(text);
      if (!node.isObject()) {
        throw new IllegalArgumentException(
            instead.get().orElse(where + " must hold a JSON object"));
      }
      return node;
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          instead.get().orElse(where + " is not valid JSON: " + e.getOriginalMessage()), e);
    }
  }

  /** The text of a file that {@link #read} reads. */
  public static String text(JsonNode node) {
    return node.toPrettyString() + "\n";
  }
}
