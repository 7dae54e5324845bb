package dev.terse.jinja;

import dev.terse.jinja.value.Callable;
import dev.terse.jinja.value.Undefined;
import dev.terse.jinja.value.Values;
import dev.terse.jinja.value.Work;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The {@code loop} variable of a loop. */
final class LoopState {
  private final List<Object> items;
  private final Work work;
  private List<Object> changed;

  LoopState(List<Object> items, Work work) {
    this.items = items;
    this.work = work;
  }

  /** Of one round. */
  Map<String, Object> at(int index) {
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
    loop.put("depth", 1L); // grows in recursive loops only
    loop.put("depth0", 0L);
    loop.put("changed", (Callable) this::changed);
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

  /** Whether the values are others than those of the last call. */
  private boolean changed(Callable.Arguments a) {
    boolean same = changed != null && Values.equal(changed, a.positional(), work);
    changed = a.positional();
    return !same;
  }

  private static Undefined none(String which) {
    return new Undefined("there is no " + which + " item");
  }
}
