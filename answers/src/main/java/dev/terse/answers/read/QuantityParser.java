package dev.terse.answers.read;

import dev.terse.answers.tokens.Token;
import dev.terse.answers.value.Answer;
import dev.terse.answers.value.Answer.Collection;
import dev.terse.answers.value.Answer.Value;
import dev.terse.answers.value.Budget;
import dev.terse.answers.value.CannotTell;
import dev.terse.answers.value.ExactValue;
import dev.terse.answers.value.Expr;
import dev.terse.answers.value.Unit;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads an expression with the currency before it and the unit after it. */
final class QuantityParser {
  private static final Set<String> CURRENCIES =
      Set.of("USD", "US", "EUR", "GBP", "INR", "Rs", "JPY");

  private final List<Token> tokens;
  private final UnitParser units;
  private final boolean tightSlash;
  private boolean sawLooseSlash;

  /**
   * @param tightSlash see {@link ExprParser}
   */
  QuantityParser(List<Token> tokens, Brackets brackets, boolean tightSlash) {
    this.tokens = tokens;
    units = new UnitParser(tokens, brackets);
    this.tightSlash = tightSlash;
  }

  /** Whether a text was read that can be read in two ways, see {@code tightSlash}. */
  boolean sawLooseSlash() {
    return sawLooseSlash;
  }

  /** A quantity; two of them where a ± stands in it. */
  Answer quantity(int from, int to) {
    var unit = Unit.NONE;
    boolean negative = false;
    int start = from;
    if (start + 1 < to
        && tokens.get(start).is("-")
        && UnitParser.isCurrency(tokens.get(start + 1))) {
      negative = true;
      start++;
    }
    if (start < to - 1 && isCurrencyCode(tokens.get(start), tokens.get(start + 1))) {
      unit = Unit.named(tokens.get(start).text());
      start++;
    }
    if (start < to - 1 && UnitParser.isCurrency(tokens.get(start))) {
      unit = Unit.named(tokens.get(start).text());
      start++;
    }
    int second = smallerUnit(start, to);
    if (second > 0) {
      var a = amount(from, second);
      var b = amount(second, to);
      boolean minutes = a.unit().equals(Unit.named("h")) && b.unit().equals(Unit.named("m"));
      return joined(a, minutes ? new Value(b.expr(), Unit.named("min")) : b); // 2h30m
    }
    int stop = units.start(start, to);
    if (stop < to) {
      var suffix = units.read(stop, to);
      if (suffix.scale() != 1) {
        return value(start, stop, unit.times(suffix.unit()), negative, suffix.scale());
      }
      unit =
          unit.dimensions().equals(suffix.unit().dimensions()) ? unit : unit.times(suffix.unit());
    }
    return value(start, stop, unit, negative, 1);
  }

  /** A number with the unit that is its last token. */
  private Value amount(int from, int to) {
    return plain(from, to - 1, Unit.named(tokens.get(to - 1).text()), true);
  }

  /** Where the second part of "2 hours 30 minutes" begins; -1 if there is none. */
  private int smallerUnit(int from, int to) {
    for (int i = from + 2; from < to && tokens.get(from).isNumber() && i < to - 1; i++) {
      boolean unit = tokens.get(i - 1).isWord() && Unit.isKnown(tokens.get(i - 1).text());
      if (unit && tokens.get(i).isNumber() && i == from + 2 && i == to - 2) {
        return tokens.get(i + 1).isWord() && Unit.isKnown(tokens.get(i + 1).text()) ? i : -1;
      }
    }
    return -1;
  }

  /** Two amounts of one dimension as one, in the unit of the second. */
  static Value joined(Value a, Value b) {
    boolean same = a.unit().equals(b.unit());
    if (same || a.unit().isNone() || !a.unit().dimensions().equals(b.unit().dimensions())) {
      throw new CannotTell("two quantities side by side");
    }
    var there = Expr.times(a.expr(), Expr.over(a.unit().factor(), b.unit().factor()));
    return new Value(new Expr.Sum(List.of(there, b.expr())), b.unit());
  }

  /** One quantity of amounts in falling units, "2 hours, 30 minutes"; null if they are none. */
  static Value joined(List<Answer> items) {
    Value sum = null;
    for (var item : items) {
      if (!(item instanceof Value v) || v.unit().isNone() || !v.unit().known()) {
        return null;
      }
      boolean falls = sum == null || isLarger(sum.unit(), v.unit());
      if (!falls) {
        return null;
      }
      sum = sum == null ? v : joined(sum, v);
    }
    return sum;
  }

  private static boolean isLarger(Unit a, Unit b) {
    var values = new ExactValue(Map.of(), new Budget());
    var x = a.dimensions().equals(b.dimensions()) ? values.of(a.factor()) : null;
    var y = x == null ? null : values.of(b.factor());
    return y != null && x.compareTo(y) > 0;
  }

  /** USD 5, Rs. 500, US$5 */
  private static boolean isCurrencyCode(Token t, Token next) {
    return t.isWord()
        && CURRENCIES.contains(t.text())
        && (next.isNumber() || UnitParser.isCurrency(next));
  }

  private Answer value(int from, int to, Unit unit, boolean negative, long scale) {
    if (hasPlusMinus(from, to)) {
      var upper = plain(from, to, unit, true);
      var lower = plain(from, to, unit, false);
      return new Collection(List.of(upper, lower), false);
    }
    var value = plain(from, to, unit, true);
    var expr = negative ? Expr.negate(value.expr()) : value.expr();
    expr = scale == 1 ? expr : Expr.times(expr, Expr.num(scale));
    return new Value(expr, value.unit());
  }

  private Value plain(int from, int to, Unit unit, boolean upperSign) {
    var parser = new ExprParser(tokens, from, to, upperSign, tightSlash);
    var expr = parser.parse();
    sawLooseSlash |= parser.sawLooseSlash();
    return new Value(expr, parser.sawDegrees() && unit.isNone() ? Unit.DEGREE : unit);
  }

  /** One side of a relation: its unit, if it has one, is left out. */
  Expr expression(int from, int to) {
    if (from >= to) {
      throw new CannotTell("a side of a relation is missing");
    }
    if (hasPlusMinus(from, to)) {
      throw new CannotTell("± on the left side of a relation");
    }
    int start = UnitParser.isCurrency(tokens.get(from)) ? from + 1 : from;
    return plain(start, units.start(start, to), Unit.NONE, true).expr();
  }

  boolean hasPlusMinus(int from, int to) {
    return tokens.subList(from, to).stream().anyMatch(t -> t.is("±"));
  }
}
