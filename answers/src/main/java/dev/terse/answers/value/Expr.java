package dev.terse.answers.value;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A mathematical expression. Equality of records is equality of form, not of value. */
public sealed interface Expr {

  /** The name of a parameter that runs over the whole numbers. */
  String WHOLE_PARAMETER = "ℤ";

  /**
   * An exact number.
   *
   * @param decimals digits after the point if it was written as a decimal, else -1
   */
  record Num(Rational value, int decimals) implements Expr {}

  /** A variable. */
  record Sym(String name) implements Expr {}

  /**
   * The variable of a sum, integral or limit. It has no name, so that forms can be compared.
   *
   * @param height 1 plus that of the highest one inside what it ranges over
   */
  record Bound(int height) implements Expr {}

  /** A named constant. */
  enum Const implements Expr {
    PI,
    E,
    I,
    INFINITY
  }

  record Sum(List<Expr> terms) implements Expr {}

  record Product(List<Expr> factors) implements Expr {}

  record Power(Expr base, Expr exponent) implements Expr {}

  /** A function by its lower-case name. */
  record Fn(String name, List<Expr> args) implements Expr {}

  static Expr num(long value) {
    return new Num(Rational.of(value), -1);
  }

  static Expr num(Rational value) {
    return new Num(value, -1);
  }

  static Expr negate(Expr e) {
    return e instanceof Num n
        ? new Num(n.value().negate(), n.decimals())
        : new Product(List.of(num(-1), e));
  }

  static Expr minus(Expr a, Expr b) {
    return new Sum(List.of(a, negate(b)));
  }

  static Expr times(Expr a, Expr b) {
    return new Product(List.of(a, b));
  }

  static Expr over(Expr a, Expr b) {
    return new Product(List.of(a, new Power(b, num(-1))));
  }

  static Expr sqrt(Expr e) {
    return new Power(e, num(Rational.HALF));
  }

  static Expr fn(String name, Expr... args) {
    return new Fn(name, List.of(args));
  }

  /** The expressions that {@code e} is made of directly. */
  static List<Expr> parts(Expr e) {
    if (e instanceof Sum s) {
      return s.terms();
    } else if (e instanceof Product p) {
      return p.factors();
    } else if (e instanceof Power p) {
      return List.of(p.base(), p.exponent());
    }
    return e instanceof Fn f ? f.args() : List.of();
  }

  /** The variables of some expressions, in the order of the alphabet. */
  static TreeSet<String> variables(Expr... expressions) {
    var names = new TreeSet<String>();
    for (var e : expressions) {
      addVariables(e, names);
    }
    return names;
  }

  private static void addVariables(Expr e, Set<String> names) {
    if (e instanceof Sym s) {
      names.add(s.name());
    }
    parts(e).forEach(part -> addVariables(part, names));
  }

  /** Whether no variable occurs in {@code e}. */
  static boolean isConstant(Expr e) {
    return !(e instanceof Sym) && parts(e).stream().allMatch(Expr::isConstant);
  }

  /** Whether a sum, integral or limit occurs in {@code e} that is not computed. */
  static boolean isUncomputed(Expr e) {
    return e instanceof Bound || parts(e).stream().anyMatch(Expr::isUncomputed);
  }

  /** Whether the imaginary unit or infinity, as {@code constant}, occurs in {@code e}. */
  static boolean mentions(Expr e, Const constant) {
    return e == constant || parts(e).stream().anyMatch(part -> mentions(part, constant));
  }

  /** 1 for infinity, -1 for minus infinity, 0 for anything else. */
  static int infiniteSign(Expr e) {
    if (e == Const.INFINITY) {
      return 1;
    }
    return e.equals(negate(Const.INFINITY)) ? -1 : 0;
  }
}
