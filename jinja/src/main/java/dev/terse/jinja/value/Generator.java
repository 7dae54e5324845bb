package dev.terse.jinja.value;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/**
 * Python's generator, which Jinja's map, select, reject, unique, batch and their kind return: true
 * even where it holds nothing, without a length, gone through once. Made when first asked.
 */
public final class Generator {
  private final String name;
  private Supplier<? extends Iterable<Object>> source;
  private Iterator<Object> rest;

  /**
   * @param name how Python prints it
   */
  public Generator(String name, Supplier<? extends Iterable<Object>> source) {
    this.name = name;
    this.source = source;
  }

  public String name() {
    return name;
  }

  /** What is left; the next call goes on after what was taken of it. */
  public Iterator<Object> rest() {
    if (rest == null) {
      rest = source.get().iterator();
      source = null;
    }
    return rest;
  }

  /** All that is left. */
  public List<Object> drain() {
    List<Object> all = new ArrayList<>();
    rest().forEachRemaining(all::add);
    return all;
  }
}
