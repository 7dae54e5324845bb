package dev.terse.jinja.value;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A function, macro or bound method of a template. */
@FunctionalInterface
public interface Callable {
  Object call(Arguments arguments);

  /** Values of a call, positional and by name. */
  record Arguments(List<Object> positional, Map<String, Object> named) {

    /**
     * These, for a callee with the given parameters.
     *
     * @param callee as an error sentence calls it
     * @param required how many of the first parameters must be there
     * @throws IllegalArgumentException if one is missing, unknown, given twice, or too many
     */
    public Arguments of(String callee, int required, String... parameters) {
      if (positional.size() > parameters.length) {
        throw new IllegalArgumentException(
            callee
                + " takes at most "
                + parameters.length
                + " arguments, was given "
                + positional.size());
      }
      List<String> names = Arrays.asList(parameters);
      for (String name : named.keySet()) {
        int place = names.indexOf(name);
        if (place < 0) {
          throw new IllegalArgumentException(
              callee
                  + " has no argument '"
                  + name
                  + "'; it has "
                  + (names.isEmpty() ? "none" : String.join(", ", names)));
        }
        if (place < positional.size()) {
          throw new IllegalArgumentException(callee + " was given '" + name + "' twice");
        }
      }
      for (int i = positional.size(); i < required; i++) {
        if (!named.containsKey(parameters[i])) {
          throw new IllegalArgumentException(
              callee + " needs its argument '" + parameters[i] + "'");
        }
      }
      return this;
    }

    /** The argument at {@code index} or called {@code name}, else {@code otherwise}. */
    public Object get(int index, String name, Object otherwise) {
      if (index < positional.size()) {
        return positional.get(index);
      }
      return named.containsKey(name) ? named.get(name) : otherwise;
    }

    public String text(int index, String name, String otherwise) {
      Object value = get(index, name, otherwise);
      if (value instanceof SafeText markup) {
        return markup.text();
      }
      if (value != null && !(value instanceof String)) {
        throw new IllegalArgumentException(
            "argument '" + name + "' must be a string, is " + Values.kind(value));
      }
      return (String) value;
    }

    public long integer(int index, String name, long otherwise) {
      return Values.integer(get(index, name, otherwise));
    }

    public boolean truth(int index, String name) {
      return Values.truth(get(index, name, false));
    }

    /** All but the first {@code count} positional ones. */
    public Arguments after(int count) {
      int from = Math.min(count, positional.size());
      return new Arguments(positional.subList(from, positional.size()), named);
    }
  }
}
