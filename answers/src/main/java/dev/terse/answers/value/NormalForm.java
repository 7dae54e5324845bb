package dev.terse.answers.value;

import dev.terse.answers.value.Expr.Fn;
import dev.terse.answers.value.Expr.Num;
import dev.terse.answers.value.Expr.Power;
import dev.terse.answers.value.Expr.Product;
import dev.terse.answers.value.Expr.Sum;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The form of an expression up to the order and nesting of its terms and factors. */
public final class NormalForm {
  private NormalForm() {}

  /** An expression of the same value, the same for all orders of terms and factors. */
  public static Expr of(Expr e) {
    if (e instanceof Num n) {
      return Expr.num(n.value());
    } else if (e instanceof Sum) {
      var terms = parts(e, Rational.ZERO);
      return terms.size() == 1 ? terms.get(0) : new Sum(terms);
    } else if (e instanceof Product) {
      var factors = parts(e, Rational.ONE);
      return factors.size() == 1 ? factors.get(0) : new Product(factors);
    } else if (e instanceof Power p) {
      return new Power(of(p.base()), of(p.exponent()));
    } else if (e instanceof Fn f) {
      return new Fn(f.name(), f.args().stream().map(NormalForm::of).toList());
    }
    return e;
  }

  /** The parts of a sum or product, of those nested in it too; numbers are joined in one. */
  private static List<Expr> parts(Expr e, Rational neutral) {
    var number = neutral;
    var parts = new ArrayList<Expr>();
    for (var part : Expr.parts(e)) {
      var normal = of(part);
      boolean nested = normal.getClass() == e.getClass();
      for (var inner : nested ? Expr.parts(normal) : List.of(normal)) {
        if (inner instanceof Num n) {
          number = e instanceof Sum ? number.plus(n.value()) : number.times(n.value());
        } else {
          parts.add(inner);
        }
      }
    }
    if (!number.equals(neutral) || parts.isEmpty()) {
      parts.add(Expr.num(number));
    }
    parts.sort(Comparator.comparing(Expr::toString));
    return List.copyOf(parts);
  }
}
