package dev.terse.jinja.value;

import java.util.List;
import java.util.Map;

/** A function, macro or bound method of a template. */
@FunctionalInterface
public interface Callable {
  Object call(Arguments arguments);

  /** Values of a call, positional and by name. */
  record Arguments(List<Object> positional, Map<String, Object> named) {
    /** The argument at {@code index} or called {@code name}, else {@code otherwise}. */
    public Object get(int index, String name, Object otherwise) {
      if (index < positional.size()) {
        return positional.get(index);
      }
      return named.containsKey(name) ? named.get(name) : otherwise;
    }

    public String text(int index, String name, String otherwise) {
      Object value = get(index, name, otherwise);
      if (value != null && !(value instanceof String)) {
        throw new IllegalArgumentException(
            "argument '" + name + "' must be a string, is " + Values.kind(value));
      }
      return (String) value;
    }

    public long integer(int index, String name, long otherwise) {
      return Values.integer(get(index, name, otherwise));
    }

    /**
     * @throws IllegalArgumentException if there is none
     */
    public Object required(int index, String name) {
      if (index >= positional.size() && !named.containsKey(name)) {
        throw new IllegalArgumentException("argument '" + name + "' is missing");
      }
      return get(index, name, null);
    }
  }
}
