package dev.terse.jinja;

import dev.terse.jinja.value.Callable;
import dev.terse.jinja.value.Undefined;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The {@code loop} variable of one round. */
final class LoopState {
  private LoopState() {}

  static Map<String, Object> at(List<Object> items, int index) {
    long count = items.size();
    Map<String, Object> loop = new HashMap<>();
    loop.put("index", index + 1L);
    loop.put("index0", (long) index);
    loop.put("revindex", count - index);
    loop.put("revindex0", count - index - 1);
    loop.put("first", index == 0);
    loop.put("last", index == count - 1);
    loop.put("length", count);
    loop.put("previtem", index == 0 ? none("previous") : items.get(index - 1));
    loop.put("nextitem", index == count - 1 ? none("next") : items.get(index + 1));
    loop.put(
        "cycle",
        (Callable)
            a -> {
              if (a.positional().isEmpty()) {
                throw new IllegalArgumentException("loop.cycle needs values");
              }
              return a.positional().get(index % a.positional().size());
            });
    return loop;
  }

  private static Undefined none(String which) {
    return new Undefined("there is no " + which + " item");
  }
}
