package dev.terse.answers.compare;

import dev.terse.answers.value.Expr;
import dev.terse.answers.value.Expr.Const;
import dev.terse.answers.value.Expr.Fn;
import dev.terse.answers.value.Expr.Power;
import dev.terse.answers.value.Expr.Product;
import dev.terse.answers.value.Expr.Sum;
import dev.terse.answers.value.Expr.Sym;
import dev.terse.answers.value.Substitution;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Arbitrary constants of integrals and differential equations, whose names do not matter. */
final class Constants {
  private static final Set<String> ADDED = Set.of("C", "c", "K");
  private static final Set<String> NAMES =
      Set.of("C", "c", "K", "A", "B", "D", "C_{1}", "C_{2}", "c_{1}", "c_{2}", "C_{0}", "c_{0}");
  private static final Set<String> VARIABLES = Set.of("x", "t", "y", "u", "theta", "z", "s", "r");

  private Constants() {}

  /**
   * {@code b} with its arbitrary constant named as that of {@code a}; {@code b} itself where they
   * do not differ by one such name. It is added at the end, as in x^2 + C, or a factor beside a
   * function of the variable, as in C e^{3x}.
   */
  static Expr renamed(Expr b, Expr a) {
    var mine = only(b, a);
    var other = only(a, b);
    if (mine == null || other == null) {
      return b;
    }
    boolean added =
        ADDED.contains(mine) && ADDED.contains(other) && isTerm(a, other) && isTerm(b, mine);
    boolean factor = isFactor(a, other) && isFactor(b, mine);
    return added || factor ? Substitution.replace(b, mine, new Sym(other)) : b;
  }

  /** The one name of {@code e} that {@code o} lacks; null unless it may be a constant. */
  private static String only(Expr e, Expr o) {
    var names = new TreeSet<>(Expr.variables(e));
    boolean variable = names.stream().anyMatch(VARIABLES::contains);
    names.removeAll(Expr.variables(o));
    return variable && names.size() == 1 && NAMES.contains(names.first()) ? names.first() : null;
  }

  private static boolean isTerm(Expr e, String name) {
    return e instanceof Sum s
        && s.terms().stream().filter(t -> Expr.variables(t).contains(name)).count() == 1
        && s.terms().stream().anyMatch(t -> t.equals(new Sym(name)));
  }

  /** Whether it is a factor of a term in which the variable is an exponent or an angle. */
  private static boolean isFactor(Expr e, String name) {
    var terms = e instanceof Sum s ? s.terms() : List.of(e);
    var with = terms.stream().filter(t -> Expr.variables(t).contains(name)).toList();
    return with.size() == 1
        && with.get(0) instanceof Product p
        && p.factors().stream().filter(f -> Expr.variables(f).contains(name)).count() == 1
        && p.factors().contains(new Sym(name))
        && p.factors().stream().anyMatch(Constants::isSolution);
  }

  private static boolean isSolution(Expr factor) {
    return factor instanceof Power p && p.base() == Const.E && !Expr.isConstant(p.exponent())
        || factor instanceof Fn f && Set.of("sin", "cos").contains(f.name()) && hasVariable(f);
  }

  private static boolean hasVariable(Expr e) {
    return Expr.variables(e).stream().anyMatch(VARIABLES::contains);
  }
}
