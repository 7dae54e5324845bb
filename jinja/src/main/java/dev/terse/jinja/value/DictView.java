package dev.terse.jinja.value;

import java.util.AbstractCollection;
import java.util.Iterator;
import java.util.List;

/** Python's {@code dict.items()}, {@code keys()} and {@code values()}: no list, has no places. */
public final class DictView extends AbstractCollection<Object> {
  private final String name;
  private final List<Object> entries;

  /**
   * @param name dict_items, dict_keys or dict_values
   */
  public DictView(String name, List<Object> entries) {
    this.name = name;
    this.entries = entries;
  }

  public String name() {
    return name;
  }

  @Override
  public Iterator<Object> iterator() {
    return entries.iterator();
  }

  @Override
  public int size() {
    return entries.size();
  }
}
