package dev.terse.answers.compare;

import static dev.terse.answers.compare.Verdict.DIFFERENT;
import static dev.terse.answers.compare.Verdict.EQUAL;
import static dev.terse.answers.compare.Verdict.UNKNOWN;

import dev.terse.answers.value.Answer;
import dev.terse.answers.value.Answer.Collection;
import dev.terse.answers.value.Answer.Equation;
import dev.terse.answers.value.Answer.Matrix;
import dev.terse.answers.value.Answer.Sequence;
import dev.terse.answers.value.Answer.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;

/** Rules for what has parts: points, lists, sets, matrices. */
final class PartRules {
  private PartRules() {}

  /** Part by part. Of a pair in brackets, which may be an interval, the brackets count too. */
  static Verdict sequences(Sequence a, Sequence b, Comparison c) {
    boolean pair = a.items().size() == 2;
    boolean angled = a.open().equals("⟨") && isClosed(b) || b.open().equals("⟨") && isClosed(a);
    if (pair && !angled && !(a.open().equals(b.open()) && a.close().equals(b.close()))) {
      return DIFFERENT; // one end of an interval is open, the other's is closed
    }
    return inOrder(a.items(), b.items(), c);
  }

  /** Whether both brackets are of one kind, so that it may be a vector. */
  private static boolean isClosed(Sequence s) {
    return List.of("()", "[]", "⟨⟩").contains(s.open() + s.close());
  }

  /** A list without brackets may be a point, also as "x = 1, y = 2"; a set is none. */
  static Verdict listed(Sequence a, Collection b, Comparison c) {
    if (b.braces()) {
      return DIFFERENT;
    }
    var items = b.isAssignment() ? named(b.items()) : b.items();
    var values =
        items.stream()
            .map(i -> i instanceof Equation e && e.label() != null ? e.right() : i)
            .toList();
    return inOrder(a.items(), values, c);
  }

  /** In the order of the alphabet where the names are neighbours in it, else as written. */
  private static List<Answer> named(List<Answer> equations) {
    var sorted = new ArrayList<>(equations);
    sorted.sort(Comparator.comparing(i -> ((Equation) i).label()));
    for (int i = 0; i < sorted.size(); i++) {
      String label = ((Equation) sorted.get(i)).label();
      String first = ((Equation) sorted.get(0)).label();
      if (label.length() != 1 || label.charAt(0) != first.charAt(0) + i) {
        return equations;
      }
    }
    return sorted;
  }

  private static Verdict inOrder(List<Answer> a, List<Answer> b, Comparison c) {
    return all(a, b, c::of);
  }

  private static <T> Verdict all(List<T> a, List<T> b, BiFunction<T, T, Verdict> each) {
    var all = a.size() == b.size() ? EQUAL : DIFFERENT;
    for (int i = 0; i < a.size() && all != DIFFERENT; i++) {
      all = all.and(each.apply(a.get(i), b.get(i)));
    }
    return all;
  }

  /** Sets and lists in any order: every item has a partner of its own. */
  static Verdict collections(Collection a, Collection b, Comparison c) {
    if (isGiven(a, b) || isGiven(b, a)) {
      return partners(rights(a), new ArrayList<>(rights(b)), c); // p = 2, q = 2 against 2, 2
    }
    boolean roots = isIndexed(a) != isIndexed(b);
    var left = distinct(roots ? withoutIndex(a) : a.items(), c);
    var right = distinct(roots ? withoutIndex(b) : b.items(), c);
    return left.size() == right.size() ? partners(left, right, c) : DIFFERENT;
  }

  /** Whether names are given values on one side and the other has as many values without names. */
  private static boolean isGiven(Collection names, Collection values) {
    return names.isAssignment()
        && names.items().size() == values.items().size()
        && values.items().stream().noneMatch(i -> i instanceof Equation);
  }

  private static List<Answer> rights(Collection c) {
    return c.isAssignment()
        ? c.items().stream().map(i -> ((Equation) i).right()).toList()
        : c.items();
  }

  /** Whether each item has a partner of its own among {@code right}, which is used up. */
  private static Verdict partners(List<Answer> left, List<Answer> right, Comparison c) {
    boolean unsure = false;
    for (var item : left) {
      Answer partner = null;
      for (var candidate : right) {
        var verdict = c.of(item, candidate);
        unsure |= verdict == UNKNOWN;
        if (verdict == EQUAL) {
          partner = candidate;
          break;
        }
      }
      if (partner == null) {
        return unsure ? UNKNOWN : DIFFERENT;
      }
      right.remove(partner);
    }
    return EQUAL;
  }

  /** Whether it is x_1 = 2, x_2 = 3: the roots of one unknown. */
  private static boolean isIndexed(Collection c) {
    String first = c.isAssignment() ? ((Equation) c.items().get(0)).label() : "";
    return first.indexOf('_') == 1
        && c.items().stream()
            .map(i -> ((Equation) i).label())
            .allMatch(l -> l.startsWith(first.substring(0, 2)) && l.length() == 3);
  }

  private static List<Answer> withoutIndex(Collection c) {
    return isIndexed(c) ? c.items().stream().map(i -> ((Equation) i).right()).toList() : values(c);
  }

  /** What equations of one name say, x = 2 or x = 3; other items as they are. */
  private static List<Answer> values(Collection c) {
    boolean one =
        c.items().stream().allMatch(i -> i instanceof Equation e && e.label() != null)
            && c.items().stream().map(i -> ((Equation) i).label()).distinct().count() == 1;
    return one ? c.items().stream().map(i -> ((Equation) i).right()).toList() : c.items();
  }

  /** One value in several spellings is one value. */
  static Verdict single(Value a, Collection b, Comparison c) {
    var items = distinct(b.items(), c);
    return items.size() == 1 ? c.of(a, items.get(0)) : DIFFERENT;
  }

  private static List<Answer> distinct(List<Answer> items, Comparison c) {
    var distinct = new ArrayList<Answer>();
    for (var item : items) {
      if (distinct.stream().noneMatch(d -> c.of(d, item) == EQUAL)) {
        distinct.add(item);
      }
    }
    return distinct;
  }

  /** Row by row. */
  static Verdict matrices(Matrix a, Matrix b, Comparison c) {
    return rows(a.rows(), b.rows(), c);
  }

  private static Verdict rows(List<List<Answer>> a, List<List<Answer>> b, Comparison c) {
    return all(a, b, (x, y) -> inOrder(x, y, c));
  }

  /** A point is a matrix of one row or column, and [[1, 2], [3, 4]] one of several. */
  static Verdict vector(Sequence a, Matrix b, Comparison c) {
    boolean column = b.rows().stream().allMatch(r -> r.size() == 1);
    boolean row = b.rows().size() == 1;
    if (!a.open().equals("[") && (column || row)) {
      return inOrder(a.items(), b.rows().stream().flatMap(List::stream).toList(), c);
    }
    return a.items().stream().allMatch(i -> i instanceof Sequence)
        ? rows(a.items().stream().map(i -> ((Sequence) i).items()).toList(), b.rows(), c)
        : DIFFERENT;
  }
}
