package dev.terse.io.safetensors;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.terse.io.Quote;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the JSON of a safetensors header token by token and stops at the first thing that does not
 * belong there, so that a hostile header cannot fill the heap.
 */
final class HeaderParser {
  private static final int MAX_DEPTH = 8; // three are used
  private static final int MAX_AXES = 8; // weights have one or two
  private static final int MAX_DIGITS = 20; // of 2^64
  private static final int LENGTH_BYTES = 8; // what stands before the header

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(MAX_DIGITS)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private final JsonParser json;
  private final String where;

  private HeaderParser(JsonParser json, String where) {
    this.json = json;
    this.where = where;
  }

  /**
   * The arrays of a header in the order of its text, sizes checked, places not.
   *
   * @throws IllegalArgumentException with a sentence that begins with {@code where}
   */
  static List<SafetensorsHeader.Entry> parse(byte[] header, String where) {
    try (JsonParser json = FACTORY.createParser(header)) {
      return new HeaderParser(json, where).entries();
    } catch (JacksonException e) {
      long at = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
      throw new IllegalArgumentException(
          where
              + ": the safetensors header is not valid JSON at byte "
              + (LENGTH_BYTES + at)
              + ": "
              + Quote.cut(e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // the bytes are in memory
    }
  }

  private List<SafetensorsHeader.Entry> entries() throws IOException {
    List<SafetensorsHeader.Entry> entries = new ArrayList<>();
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw bad(where, "the safetensors header must be an object");
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      if (name.equals("__metadata__")) {
        json.skipChildren();
      } else {
        entries.add(entry(name));
      }
    }
    if (json.nextToken() != null) {
      throw bad(where, "something follows the object of the safetensors header");
    }
    return entries;
  }

  private SafetensorsHeader.Entry entry(String name) throws IOException {
    String tensor = where + ": tensor '" + Quote.cut(name) + "'";
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw bad(tensor, "must have dtype, shape and data_offsets");
    }
    String dtype = null;
    long[] shape = null;
    long[] offsets = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String key = json.currentName();
      json.nextToken();
      switch (key) {
        case "dtype" -> dtype = dtype(tensor);
        case "shape" -> shape = integers(tensor, key, MAX_AXES);
        case "data_offsets" -> offsets = integers(tensor, key, 2);
        default -> throw bad(tensor, "has an unknown key '" + Quote.cut(key) + "'");
      }
    }
    if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
      throw bad(tensor, "must have dtype, shape and two data_offsets");
    }
    return SafetensorsHeader.Entry.of(tensor, name, dtype, shape, offsets[0], offsets[1]);
  }

  private String dtype(String tensor) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw bad(tensor, "must have a text as dtype");
    }
    return json.getText();
  }

  private long[] integers(String tensor, String key, int most) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw bad(tensor, "must have a list as " + key);
    }
    long[] values = new long[most];
    int count = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (count == most) {
        throw bad(tensor, "has more than " + most + " numbers in " + key);
      }
      boolean whole =
          json.currentToken() == JsonToken.VALUE_NUMBER_INT
              && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
      if (!whole || json.getLongValue() < 0) {
        throw bad(
            tensor, key + " must hold integers from 0 to 2^63-1, has " + Quote.cut(json.getText()));
      }
      values[count++] = json.getLongValue();
    }
    return Arrays.copyOf(values, count);
  }

  private IllegalArgumentException bad(String subject, String sentence) {
    return new IllegalArgumentException(
        subject
            + " "
            + sentence
            + " (byte "
            + (LENGTH_BYTES + json.currentTokenLocation().getByteOffset())
            + ")");
  }
}
