package dev.terse.jinja;

import dev.terse.jinja.value.Callable.Arguments;
import dev.terse.jinja.value.Generator;
import dev.terse.jinja.value.SafeText;
import dev.terse.jinja.value.Tuple;
import dev.terse.jinja.value.Undefined;
import dev.terse.jinja.value.Values;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The filters over lists, mappings and what else can be looped over, as in Jinja2 3.1. */
final class SequenceFilters {
  private SequenceFilters() {}

  static Object join(Frame frame, Object value, Arguments a) {
    Function<Object, Object> attribute = attribute(frame, a.get(1, "attribute", null), null);
    List<Object> items = Values.items(value, frame.work());
    items.replaceAll(attribute::apply);
    return join(frame, items, Values.text(a.get(0, "d", ""), frame.work()));
  }

  static String join(Frame frame, List<Object> items, String separator) {
    StringBuilder out = new StringBuilder();
    boolean first = true;
    for (Object item : items) {
      if (!first) {
        frame.work().spend(separator.length());
        out.append(separator);
      }
      first = false;
      out.append(frame.bounded(Values.text(item, frame.work()), out.length()));
    }
    return out.toString();
  }

  /** (key, value), ... of a mapping. */
  static List<Object> pairs(Object value, String filter) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException(filter + " needs a mapping, found " + Values.kind(value));
    }
    List<Object> pairs = new ArrayList<>(map.size());
    map.forEach((key, entry) -> pairs.add(Tuple.of(key, entry)));
    return pairs;
  }

  static Object items(Object value) {
    return new Generator(
        "do_items", () -> value instanceof Undefined ? List.of() : pairs(value, "items"));
  }

  static Object dictSort(Frame frame, Object value, Arguments a) {
    String by = a.text(1, "by", "key");
    if (!by.equals("key") && !by.equals("value")) {
      throw new IllegalArgumentException(
          "filter 'dictsort' sorts by 'key' or by 'value', found '" + by + "'");
    }
    int place = by.equals("key") ? 0 : 1;
    Function<Object, Object> key = pair -> ((Tuple) pair).get(place);
    return sorted(
        frame,
        pairs(value, "dictsort"),
        key.andThen(caseRule(a.truth(0, "case_sensitive"))),
        a.truth(2, "reverse"));
  }

  static Object first(Frame frame, Object value) {
    Iterator<?> items =
        value instanceof Generator generator
            ? generator.rest()
            : Values.items(value, frame.work()).iterator();
    return items.hasNext() ? items.next() : new Undefined("No first item, sequence was empty.");
  }

  static Object last(Frame frame, Object value) {
    if (value instanceof Generator) {
      throw new IllegalArgumentException("a generator has no last item; put | list before | last");
    }
    List<Object> items = Values.items(value, frame.work());
    return items.isEmpty()
        ? new Undefined("No last item, sequence was empty.")
        : items.get(items.size() - 1);
  }

  static Object reverse(Frame frame, Object value) {
    if (value instanceof String || value instanceof SafeText) {
      return Lookup.slice(frame, value, null, null, -1L);
    }
    List<Object> items = Values.items(value, frame.work());
    Collections.reverse(items);
    return value instanceof Generator ? items : new Generator("list_reverseiterator", () -> items);
  }

  static Object sort(Frame frame, Object value, Arguments a) {
    Object attribute = a.get(2, "attribute", null);
    Function<Object, Object> rule = caseRule(a.truth(1, "case_sensitive"));
    Function<Object, Object> key = rule;
    if (attribute != null) {
      List<Function<Object, Object>> keys = new ArrayList<>();
      Object[] names = attribute instanceof String s ? s.split(",", -1) : new Object[] {attribute};
      for (Object name : names) {
        keys.add(attribute(frame, name, null).andThen(rule));
      }
      key = item -> keys.stream().map(one -> one.apply(item)).toList();
    }
    return sorted(frame, Values.items(value, frame.work()), key, reverse(a));
  }

  private static boolean reverse(Arguments a) {
    Object reverse = a.get(0, "reverse", false);
    if (!Values.isInteger(reverse)) {
      throw new IllegalArgumentException(
          "filter 'sort': reverse must be true or false, is " + Values.kind(reverse));
    }
    return Values.truth(reverse);
  }

  private static List<Object> sorted(
      Frame frame, List<Object> items, Function<Object, Object> key, boolean reverse) {
    record Keyed(Object key, Object item) {}

    List<Keyed> keyed = new ArrayList<>(items.size());
    items.forEach(item -> keyed.add(new Keyed(key.apply(item), item)));
    Comparator<Keyed> order = (x, y) -> Values.compare(x.key(), y.key(), frame.work());
    keyed.sort(reverse ? Collections.reverseOrder(order) : order);
    List<Object> sorted = new ArrayList<>(items.size());
    keyed.forEach(one -> sorted.add(one.item()));
    return sorted;
  }

  static Object unique(Frame frame, Object value, Arguments a) {
    Function<Object, Object> key = key(frame, a);
    return new Generator(
        "sync_do_unique",
        () -> {
          List<Object> kept = new ArrayList<>();
          Set<Object> seen = new HashSet<>();
          for (Object item : Values.items(value, frame.work())) {
            Object one = Values.key(key.apply(item));
            if (seen.add(Values.isNumber(one) ? (Object) (Values.number(one) + 0.0) : one)) {
              kept.add(item);
            }
          }
          return kept;
        });
  }

  /**
   * The first of the smallest or largest.
   *
   * @param sign of a comparison that wins: -1 for the smallest
   */
  static Object extreme(Frame frame, Object value, Arguments a, int sign) {
    Function<Object, Object> key = key(frame, a);
    List<Object> items = Values.items(value, frame.work());
    if (items.isEmpty()) {
      return new Undefined("No aggregated item, sequence was empty.");
    }
    Object best = items.get(0);
    Object bestKey = key.apply(best);
    for (Object item : items.subList(1, items.size())) {
      Object itemKey = key.apply(item);
      if (sign * Values.compare(itemKey, bestKey, frame.work()) > 0) {
        best = item;
        bestKey = itemKey;
      }
    }
    return best;
  }

  private static Function<Object, Object> key(Frame frame, Arguments a) {
    return attribute(frame, a.get(1, "attribute", null), null)
        .andThen(caseRule(a.truth(0, "case_sensitive")));
  }

  /** Strings without regard to case, unless it is asked for; what is inside lists stays. */
  private static Function<Object, Object> caseRule(boolean caseSensitive) {
    return value ->
        !caseSensitive && value instanceof String s ? s.toLowerCase(Locale.ROOT) : value;
  }

  static Object sum(Frame frame, Object value, Arguments a) {
    Function<Object, Object> attribute = attribute(frame, a.get(0, "attribute", null), null);
    Object total = a.get(1, "start", 0L);
    if (total instanceof String) {
      throw new IllegalArgumentException("filter 'sum' adds no strings; use join");
    }
    for (Object item : Values.items(value, frame.work())) {
      total = Operators.apply(frame, "+", total, attribute.apply(item));
    }
    return total;
  }

  static Object groupBy(Frame frame, Object value, Arguments a) {
    Function<Object, Object> attribute =
        attribute(frame, a.get(0, "attribute", null), a.get(1, "default", null));
    Function<Object, Object> key = attribute.andThen(caseRule(a.truth(2, "case_sensitive")));
    List<Object> groups = new ArrayList<>();
    List<Object> group = null;
    Object last = null;
    for (Object item : sorted(frame, Values.items(value, frame.work()), key, false)) {
      Object itemKey = key.apply(item);
      if (group == null || !Values.equal(itemKey, last, frame.work())) {
        group = new ArrayList<>();
        groups.add(Tuple.of(attribute.apply(item), group));
        last = itemKey;
      }
      group.add(item);
    }
    return groups;
  }

  static Object batch(Frame frame, Object value, Arguments a) {
    long size = a.integer(0, "linecount", 0);
    Object fill = a.get(1, "fill_with", null);
    return new Generator(
        "do_batch",
        () -> {
          List<Object> batches = new ArrayList<>();
          List<Object> batch = null;
          for (Object item : Values.items(value, frame.work())) {
            if (batch == null || batch.size() == size) {
              batch = new ArrayList<>();
              batches.add(batch);
            }
            batch.add(item);
          }
          if (batch != null && fill != null && batch.size() < size) {
            frame.work().spendEntries(size - batch.size());
            batch.addAll(Collections.nCopies((int) size - batch.size(), fill));
          }
          return batches;
        });
  }

  static Object slice(Frame frame, Object value, Arguments a) {
    long count = a.integer(0, "slices", 1);
    Object fill = a.get(1, "fill_with", null);
    if (count < 1) {
      throw new IllegalArgumentException("filter 'slice' makes at least 1 slice, was " + count);
    }
    frame.work().spendEntries(count);
    return new Generator(
        "sync_do_slice",
        () -> {
          List<Object> items = Values.items(value, frame.work());
          int size = (int) (items.size() / count);
          long longer = items.size() % count;
          List<Object> slices = new ArrayList<>();
          int from = 0;
          for (long s = 0; s < count; s++) {
            int to = from + size + (s < longer ? 1 : 0);
            List<Object> slice = new ArrayList<>(items.subList(from, to));
            if (fill != null && s >= longer) {
              slice.add(fill);
            }
            slices.add(slice);
            from = to;
          }
          return slices;
        });
  }

  static Object map(Frame frame, Object value, Arguments a) {
    Function<Object, Object> of;
    if (a.positional().isEmpty() && a.named().containsKey("attribute")) {
      a.of("filter 'map'", 0, "attribute", "default");
      of = attribute(frame, a.named().get("attribute"), a.named().get("default"));
    } else {
      if (a.positional().isEmpty()) {
        throw new IllegalArgumentException("filter 'map' needs the name of a filter");
      }
      String name = a.text(0, "filter", null);
      Filters.Filter filter = Filters.named(name);
      if (filter == null) {
        throw new IllegalArgumentException("filter '" + name + "' is not known");
      }
      Arguments rest = a.after(1);
      of = item -> filter.apply(frame, item, rest);
    }
    return new Generator(
        "sync_do_map",
        () -> {
          List<Object> items = Values.items(value, frame.work());
          items.replaceAll(of::apply);
          return items;
        });
  }

  static Object select(
      Frame frame, Object value, Arguments a, boolean byAttribute, boolean wanted) {
    int tested = byAttribute ? 1 : 0;
    if (a.positional().size() < tested) {
      throw new IllegalArgumentException("selectattr and rejectattr need the name of an attribute");
    }
    Function<Object, Object> subject =
        byAttribute ? attribute(frame, a.positional().get(0), null) : item -> item;
    Tests.Test test = (f, v, none) -> Values.truth(v);
    if (a.positional().size() > tested) {
      String name = Values.text(a.positional().get(tested), frame.work());
      test = Tests.named(name);
      if (test == null) {
        throw new IllegalArgumentException("test '" + name + "' is not known");
      }
    } else if (!a.named().isEmpty()) {
      throw new IllegalArgumentException(
          "a test's argument '" + a.named().keySet().iterator().next() + "' stands without a test");
    }
    Tests.Test asked = test;
    Arguments rest = a.after(tested + 1);
    return new Generator(
        "select_or_reject",
        () -> {
          List<Object> kept = new ArrayList<>();
          for (Object item : Values.truth(value) ? Values.items(value, frame.work()) : List.of()) {
            frame.step();
            if (asked.holds(frame, subject.apply(item), rest) == wanted) {
              kept.add(item);
            }
          }
          return kept;
        });
  }

  /**
   * {@code a.b.c} or {@code 0} inside an item, as attribute arguments have it.
   *
   * @param attribute a string, a whole number, or null for the item itself
   * @param otherwise what stands for an undefined part, or null
   */
  private static Function<Object, Object> attribute(
      Frame frame, Object attribute, Object otherwise) {
    List<Object> parts = new ArrayList<>();
    if (attribute instanceof String path) {
      for (String part : path.split("\\.", -1)) {
        boolean index =
            !part.isEmpty() && part.length() < 10 && part.chars().allMatch(Character::isDigit);
        parts.add(index ? (Object) Long.valueOf(part) : part);
      }
    } else if (attribute != null) {
      parts.add(attribute);
    }
    return item -> {
      Object found = item;
      for (Object part : parts) {
        found = Lookup.item(frame, found, part);
        if (found instanceof Undefined && otherwise != null) {
          found = otherwise;
        }
      }
      return found;
    };
  }
}
