package dev.terse.cli.rows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.JsonLines;
import dev.terse.io.Quote;

/** Fields of JSONL rows, with errors that name file and line. */
public final class Rows {
  private Rows() {}

  /**
   * The text under {@code key}.
   *
   * @throws JsonLines.BadRowException if there is none
   */
  public static String text(JsonLines rows, JsonNode row, String key) {
    JsonNode value = row.get(key);
    if (value == null || !value.isTextual()) {
      throw rows.bad("expected a text under \"" + key + "\", found " + described(value));
    }
    return value.textValue();
  }

  /**
   * The token ids under {@code key}.
   *
   * @param vocabSize ids must be below it
   * @throws JsonLines.BadRowException if they are missing, not whole numbers or out of range
   */
  public static int[] ids(JsonLines rows, JsonNode row, String key, int vocabSize) {
    JsonNode value = row.get(key);
    if (value == null || !value.isArray()) {
      throw rows.bad(
          "expected a list of token ids under \"" + key + "\", found " + described(value));
    }
    int[] ids = new int[value.size()];
    for (int i = 0; i < ids.length; i++) {
      JsonNode id = value.get(i);
      if (!id.isIntegralNumber()
          || !id.canConvertToInt()
          || id.intValue() < 0
          || id.intValue() >= vocabSize) {
        throw rows.bad(
            "expected token ids from 0 to "
                + (vocabSize - 1)
                + ", found "
                + described(id)
                + " at position "
                + i);
      }
      ids[i] = id.intValue();
    }
    return ids;
  }

  public static void put(ObjectNode row, String key, int[] values) {
    ArrayNode array = row.putArray(key);
    for (int value : values) {
      array.add(value);
    }
  }

  public static void put(ObjectNode row, String key, double[] values) {
    ArrayNode array = row.putArray(key);
    for (double value : values) {
      array.add(value);
    }
  }

  private static String described(JsonNode value) {
    return value == null ? "nothing" : Quote.cut(value.toString());
  }
}
