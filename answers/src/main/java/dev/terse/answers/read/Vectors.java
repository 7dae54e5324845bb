package dev.terse.answers.read;

import dev.terse.answers.value.Answer;
import dev.terse.answers.value.Answer.Sequence;
import dev.terse.answers.value.Answer.Value;
import dev.terse.answers.value.Expr;
import dev.terse.answers.value.Expr.Product;
import dev.terse.answers.value.Expr.Sum;
import dev.terse.answers.value.Expr.Sym;
import dev.terse.answers.value.Substitution;
import dev.terse.answers.value.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Vectors by their unit vectors: {@code 2i + 3j - k} is (2, 3, -1). */
final class Vectors {
  private static final List<String> BASIS = List.of("i", "j", "k");

  private Vectors() {}

  /** Adds the components where the first reading is a sum of multiples of i, j and k. */
  static void add(List<Answer> answers) {
    if (answers.isEmpty() || !(answers.get(0) instanceof Value v) || !(v.expr() instanceof Sum)) {
      return;
    }
    var names = Expr.variables(v.expr());
    if (!names.contains("j") && !names.contains("k")) {
      return;
    }
    var components = components(((Sum) Substitution.withIndexI(v.expr())).terms());
    if (components == null || components.stream().filter(c -> !c.isEmpty()).count() < 2) {
      return;
    }
    int size = components.get(2).isEmpty() ? 2 : 3;
    var items = components.subList(0, size).stream().map(Vectors::sum).toList();
    Readings.add(answers, new Sequence("⟨", "⟩", items));
  }

  /** The terms of each unit vector without it; null if a term is no multiple of just one. */
  private static List<List<Expr>> components(List<Expr> terms) {
    var components = new ArrayList<List<Expr>>();
    BASIS.forEach(name -> components.add(new ArrayList<>()));
    for (var term : terms) {
      var names = Expr.variables(term);
      names.retainAll(Set.copyOf(BASIS));
      if (names.size() != 1 || !isMultiple(term, names.first())) {
        return null;
      }
      components
          .get(BASIS.indexOf(names.first()))
          .add(Substitution.replace(term, names.first(), Expr.num(1)));
    }
    return components;
  }

  private static boolean isMultiple(Expr term, String name) {
    if (term instanceof Product p) {
      var with = p.factors().stream().filter(f -> Expr.variables(f).contains(name)).toList();
      return with.size() == 1 && isMultiple(with.get(0), name);
    }
    return term.equals(new Sym(name));
  }

  private static Answer sum(List<Expr> terms) {
    var e = terms.isEmpty() ? Expr.num(0) : terms.size() == 1 ? terms.get(0) : new Sum(terms);
    return new Value(e, Unit.NONE);
  }
}
