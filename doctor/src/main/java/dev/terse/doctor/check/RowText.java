package dev.terse.doctor.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The texts of a row, whatever its form: those that ask, and all of them. */
final class RowText {
  private static final List<String> QUESTIONS =
      List.of("prompt", "question", "problem", "instruction", "input");
  private static final List<String> CONVERSATIONS = List.of("messages", "conversations");
  private static final Set<String> ASKING = Set.of("user", "human", "system", "tool");

  private RowText() {}

  /**
   * What is asked: the columns of questions, or of a conversation all but the assistant's turns;
   * else the whole row.
   *
   * @param column of the question where the configuration names one, or null
   */
  static String question(JsonNode row, String column) {
    List<String> texts = new ArrayList<>();
    if (column != null) {
      add(row.path(column), texts);
    } else {
      QUESTIONS.forEach(name -> add(row.path(name), texts));
      for (String name : CONVERSATIONS) {
        for (JsonNode turn : row.path(name)) {
          String role = turn.path("role").asText(turn.path("from").asText());
          if (ASKING.contains(role)) {
            add(content(turn), texts);
          }
        }
      }
    }
    return texts.isEmpty() ? whole(row) : String.join("\n", texts);
  }

  /** All texts and numbers of the row but its id, in order. */
  static String whole(JsonNode row) {
    List<String> texts = new ArrayList<>();
    row.properties().stream()
        .filter(field -> !Set.of("id", "unique_id").contains(field.getKey()))
        .forEach(field -> add(field.getValue(), texts));
    return String.join("\n", texts);
  }

  private static JsonNode content(JsonNode turn) {
    return turn.has("content") ? turn.get("content") : turn.path("value");
  }

  private static void add(JsonNode value, List<String> texts) {
    if (value.isContainerNode()) {
      value.forEach(part -> add(part, texts));
    } else if (value.isValueNode() && !value.isNull()) {
      texts.add(value.asText());
    }
  }
}
