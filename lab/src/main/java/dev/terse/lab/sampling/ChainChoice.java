package dev.terse.lab.sampling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Chooses among the right chains of a problem: each text once, the shortest first.
 *
 * @param most chains that are kept
 */
record ChainChoice(int most) {

  /** The rows with their outcomes, right ones that are not kept marked as such. */
  List<ObjectNode> of(List<JsonNode> rows) {
    List<ObjectNode> chosen = new ArrayList<>();
    List<ObjectNode> right = new ArrayList<>();
    Set<String> texts = new HashSet<>();
    for (JsonNode row : rows) {
      ObjectNode copy = row.deepCopy();
      chosen.add(copy);
      if (outcome(copy) == Outcome.RIGHT) {
        if (texts.add(copy.get("response").textValue())) {
          right.add(copy);
        } else {
          copy.put("outcome", Outcome.DUPLICATE.key());
        }
      }
    }
    right.sort(Comparator.comparingInt(row -> row.get("tokens").intValue())); // stable: by sample
    right.stream().skip(most).forEach(surplus -> surplus.put("outcome", Outcome.SURPLUS.key()));
    return chosen;
  }

  static Outcome outcome(JsonNode row) {
    return Outcome.of(row.get("outcome").textValue());
  }
}
