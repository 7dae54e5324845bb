package dev.terse.answers.read;

import dev.terse.answers.value.CannotTell;
import dev.terse.answers.value.Expr;
import dev.terse.answers.value.Expr.Bound;
import dev.terse.answers.value.Expr.Fn;
import dev.terse.answers.value.Expr.Num;
import dev.terse.answers.value.Expr.Product;
import dev.terse.answers.value.Expr.Sum;
import dev.terse.answers.value.Expr.Sym;
import dev.terse.answers.value.Integrals;
import dev.terse.answers.value.Rational;
import dev.terse.answers.value.Substitution;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads what binds a variable: sums, products, integrals, limits. Short sums and products of whole
 * bounds are written out; of the others only the form is known, with the variable replaced by a
 * {@link Bound}, so that its name does not matter.
 */
final class BinderParser {
  static final Set<String> COMMANDS = Set.of("sum", "prod", "int", "lim");

  /** Longer sums are left as they are. */
  private static final int MAX_TERMS = 64;

  private final TokenCursor cursor;
  private final ExprParser inner;
  private final PrimaryParser primaries;

  BinderParser(TokenCursor cursor, ExprParser inner, PrimaryParser primaries) {
    this.cursor = cursor;
    this.primaries = primaries;
    this.inner = inner;
  }

  /** What begins with a command of {@link #COMMANDS} that was just taken. */
  Expr read(String command) {
    cursor.enter();
    var e =
        switch (command) {
          case "int" -> integral();
          case "lim" -> limit();
          default -> series(command.equals("sum"));
        };
    cursor.leave();
    return e;
  }

  private Expr series(boolean sum) {
    cursor.expect("_");
    cursor.expect("{");
    String name = name();
    cursor.expect("=");
    var low = inner.sum();
    cursor.expect("}");
    cursor.expect("^");
    var high = primaries.argument();
    var body = inner.product();
    body = name.equals("i") ? Substitution.withIndexI(body) : body;
    if (low instanceof Num a && high instanceof Num b && a.value().isInt() && b.value().isInt()) {
      long terms = (long) b.value().num().intValue() - a.value().num().intValue() + 1;
      if (terms >= 1 && terms <= MAX_TERMS) {
        return writtenOut(sum, name, a.value(), (int) terms, body);
      }
    }
    return new Fn(sum ? "sum" : "prod", List.of(low, high, bind(body, name)));
  }

  private static Expr writtenOut(boolean sum, String name, Rational low, int count, Expr body) {
    var terms = new ArrayList<Expr>();
    for (int k = 0; k < count; k++) {
      terms.add(Substitution.replace(body, name, Expr.num(low.plus(Rational.of(k)))));
    }
    return sum ? new Sum(List.copyOf(terms)) : new Product(List.copyOf(terms));
  }

  private Expr limit() {
    cursor.expect("_");
    cursor.expect("{");
    String name = name();
    cursor.expect("→");
    var target = inner.sum();
    cursor.expect("}");
    return new Fn("lim", List.of(target, bind(inner.product(), name)));
  }

  /** The integrand ends with its differential; what is added behind it is no part of it. */
  private Expr integral() {
    Expr low = null;
    Expr high = null;
    if (cursor.take("_")) {
      low = primaries.argument();
      cursor.expect("^");
      high = primaries.argument();
    }
    var sum = inner.sum();
    var terms = sum instanceof Sum s ? s.terms() : List.of(sum);
    for (int i = 0; i < terms.size(); i++) {
      var factors = factors(terms.get(i));
      int n = factors.size();
      boolean differential =
          n >= 2 && factors.get(n - 2).equals(new Sym("d")) && factors.get(n - 1) instanceof Sym;
      if (differential) {
        var integrand = new ArrayList<>(terms.subList(0, i));
        integrand.add(product(factors.subList(0, n - 2)));
        String name = ((Sym) factors.get(n - 1)).name();
        var body = bind(integrand.size() == 1 ? integrand.get(0) : new Sum(integrand), name);
        var value = low == null ? null : Integrals.of(body, low, high);
        Expr e =
            value != null
                ? value
                : new Fn("int", low == null ? List.of(body) : List.of(low, high, body));
        var rest = new ArrayList<Expr>(List.of(e));
        rest.addAll(terms.subList(i + 1, terms.size()));
        return rest.size() == 1 ? e : new Sum(rest);
      }
    }
    throw new CannotTell("an integral without its differential");
  }

  private static List<Expr> factors(Expr e) {
    if (!(e instanceof Product p)) {
      return List.of(e);
    }
    var factors = new ArrayList<Expr>();
    p.factors().forEach(f -> factors.addAll(factors(f)));
    return factors;
  }

  private static Expr product(List<Expr> factors) {
    return factors.isEmpty()
        ? Expr.num(1)
        : factors.size() == 1 ? factors.get(0) : new Product(List.copyOf(factors));
  }

  private String name() {
    if (cursor.has(1) && cursor.peek().isWord() && cursor.peek().text().length() == 1) {
      return cursor.next().text();
    }
    if (inner.startsFactor() && inner.factor() instanceof Sym s) {
      return s.name();
    }
    throw new CannotTell("a bound variable without a name");
  }

  private static Expr bind(Expr body, String name) {
    return Substitution.replace(body, name, new Bound(height(body) + 1));
  }

  private static int height(Expr e) {
    int inside = e instanceof Bound b ? b.height() : 0;
    return Expr.parts(e).stream().mapToInt(BinderParser::height).reduce(inside, Math::max);
  }
}
