package dev.terse.lab.tasks;

import dev.terse.engine.SeedTree;
import dev.terse.lab.tasks.Wording.Scenario;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A word problem before it is told.
 *
 * @param scenario its kind
 * @param cast by role, who or what plays it
 * @param start the first number
 * @param events what happens, in order
 */
record Story(Scenario scenario, Map<String, String> cast, int start, List<Event> events) {

  /**
   * The arithmetic, worked out from left to right, a product of groups first: {@code 20 -3*4 +5}.
   */
  String canonical() {
    return start
        + events.stream().map(event -> " " + event.arithmetic()).collect(Collectors.joining());
  }

  int answer() {
    int total = start;
    for (Event event : events) {
      total = event.applyTo(total);
    }
    return total;
  }

  /** The whole problem as text. */
  String tell(long seed) {
    StringBuilder text = new StringBuilder();
    text.append(told(Wording.pick(scenario.start(), SeedTree.child(seed, 0)), start, 1));
    for (int i = 0; i < events.size(); i++) {
      Event event = events.get(i);
      String way = Wording.pick(scenario.events().get(event.kind()), SeedTree.at(seed, "event", i));
      text.append(' ').append(told(way, event.count(), event.each()));
    }
    String question = Wording.pick(scenario.question(), SeedTree.child(seed, 1));
    return text.append(' ').append(Wording.fill(question, cast)).toString();
  }

  private String told(String way, int count, int each) {
    Map<String, Object> words = new LinkedHashMap<>(cast);
    words.put("count", count);
    words.put("each", each);
    return Wording.fill(way, words);
  }
}
