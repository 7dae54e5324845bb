package dev.terse.answers.read;

import dev.terse.answers.tokens.Symbols;
import dev.terse.answers.tokens.Token;
import dev.terse.answers.value.CannotTell;
import dev.terse.answers.value.Expr;
import dev.terse.answers.value.Expr.Const;
import dev.terse.answers.value.Expr.Power;
import dev.terse.answers.value.Expr.Product;
import dev.terse.answers.value.Expr.Sym;
import dev.terse.answers.value.Matrices;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads what operators bind: numbers, variables, constants, brackets, commands with their arguments
 * and functions. Shares its cursor with the {@link ExprParser} that reads what stands inside.
 */
final class PrimaryParser {
  private final TokenCursor cursor;
  private final ExprParser inner;
  private final NumberParser numbers;
  private final BinderParser binders;
  private int absoluteValues;
  private int angles;

  PrimaryParser(TokenCursor cursor, ExprParser inner) {
    this.cursor = cursor;
    this.inner = inner;
    numbers = new NumberParser(cursor);
    binders = new BinderParser(cursor, inner, this);
  }

  /** Whether a bar that comes now closes an absolute value. */
  boolean inAbsoluteValue() {
    return absoluteValues > 0;
  }

  /** Whether the argument of a trigonometric function is being read. */
  boolean inAngle() {
    return angles > 0;
  }

  Expr primary() {
    if (cursor.atEnd()) {
      throw new CannotTell("the expression ends too early");
    }
    return switch (cursor.peek().kind()) {
      case NUMBER -> numbers.number();
      case WORD -> word(cursor.next().text());
      case COMMAND -> command(cursor.next().text());
      case SIGN -> bracketed();
      case BEGIN -> determinant(isDeterminant(cursor.peek()));
      default -> throw cursor.unexpected();
    };
  }

  private Expr bracketed() {
    return switch (cursor.next().text()) {
      case "(", "[" -> {
        var e = inner.sum();
        requireClose();
        yield e;
      }
      case "{" -> upTo("}");
      case "|" -> {
        if (!cursor.atEnd() && cursor.peek().kind() == Token.Kind.BEGIN) {
          var determinant = determinant(true);
          cursor.expect("|");
          yield determinant;
        }
        absoluteValues++;
        var e = inner.sum();
        absoluteValues--;
        cursor.expect("|");
        yield Expr.fn("abs", e);
      }
      case "$", "€", "£" -> primary(); // money inside a calculation
      case "⌊" -> Expr.fn("floor", upTo("⌋"));
      case "⌈" -> Expr.fn("ceil", upTo("⌉"));
      default -> {
        cursor.back(cursor.position() - 1);
        throw cursor.unexpected();
      }
    };
  }

  static boolean isDeterminant(Token t) {
    return t.kind() == Token.Kind.BEGIN && t.text().equals("vmatrix");
  }

  /** The determinant of the matrix that begins here. */
  private Expr determinant(boolean wanted) {
    if (!wanted || cursor.atEnd() || cursor.peek().kind() != Token.Kind.BEGIN) {
      throw cursor.unexpected();
    }
    cursor.enter();
    cursor.skip(1);
    var rows = new ArrayList<List<Expr>>();
    rows.add(new ArrayList<>());
    while (!cursor.atEnd() && cursor.peek().kind() != Token.Kind.END) {
      rows.get(rows.size() - 1).add(inner.sum());
      if (cursor.take("\\\\") && !cursor.atEnd() && cursor.peek().kind() != Token.Kind.END) {
        rows.add(new ArrayList<>());
      } else {
        cursor.take("&");
      }
    }
    if (cursor.atEnd()) {
      throw cursor.unexpected();
    }
    cursor.skip(1);
    cursor.leave();
    return Matrices.determinant(rows);
  }

  private Expr upTo(String close) {
    var e = inner.sum();
    cursor.expect(close);
    return e;
  }

  private void requireClose() {
    if (!cursor.take(")") && !cursor.take("]")) {
      throw cursor.unexpected();
    }
  }

  /** A word that was just taken. */
  private Expr word(String word) {
    String name = Functions.canonical(word);
    boolean call = cursor.isSign("(");
    if (name.equals("permutations") && call) {
      var args = arguments(name);
      if (args.size() == 2) {
        return Functions.permutations(args.get(0), args.get(1));
      }
      throw cursor.unexpected();
    }
    if (word.equals("gamma") && call) { // Euler's function; the letter is \gamma
      return Expr.fn("factorial", Expr.minus(arguments(word).get(0), Expr.num(1)));
    }
    if (Symbols.FUNCTIONS.contains(name)) {
      return function(name);
    }
    var constant = constant(word);
    if (constant != null) {
      return constant;
    }
    if (word.length() == 1 || Symbols.LETTERS.contains(word)) {
      return subscripted(word);
    }
    int split = call && word.length() > 3 ? functionAtEnd(word) : 0;
    if (split > 0) { // Mcos(x)
      var factor = word(word.substring(0, split));
      return Expr.times(factor, word(word.substring(split)));
    }
    if (word.length() > 3 || isProse()) {
      throw new CannotTell("the word '" + Words.brief(word) + "' is not mathematics");
    }
    var factors = new ArrayList<Expr>();
    for (int i = 0; i + 1 < word.length(); i++) {
      factors.add(word(word.substring(i, i + 1)));
    }
    // A power or subscript belongs to the last letter.
    cursor.back(cursor.position() - 1);
    cursor.replace(new Token(Token.Kind.WORD, word.substring(word.length() - 1), false, false));
    factors.add(inner.factor());
    return new Product(List.copyOf(factors));
  }

  /** Where a function begins that is glued to one letter before it; 0 if there is none. */
  private static int functionAtEnd(String word) {
    return Set.of("sin", "cos", "tan", "ln", "log", "exp", "sqrt").contains(word.substring(1))
        ? 1
        : 0;
  }

  /** The constant of that name; null if there is none. */
  private static Const constant(String word) {
    return switch (word) {
      case "pi", "Pi", "PI" -> Const.PI;
      case "e" -> Const.E;
      case "i" -> Const.I;
      case "inf", "infinity", "Infinity", "oo" -> Const.INFINITY;
      default -> null;
    };
  }

  /** Whether the word just taken has another one beside it: prose, no product of letters. */
  private boolean isProse() {
    return isProseWord(cursor.look(-2)) || isProseWord(cursor.look(0));
  }

  private static boolean isProseWord(Token token) {
    return token != null && token.isWord() && token.text().length() > 1 && !isKnown(token.text());
  }

  private static boolean isKnown(String word) {
    return Symbols.FUNCTIONS.contains(Functions.canonical(word))
        || Symbols.LETTERS.contains(word)
        || Set.of("pi", "inf", "infinity", "oo").contains(word);
  }

  private Expr subscripted(String name) {
    if (!cursor.take("_")) {
      return new Sym(name);
    }
    var full = new StringBuilder(name).append('_');
    if (cursor.take("{")) {
      full.append('{');
      while (!cursor.atEnd() && !cursor.isSign("}")) {
        full.append(cursor.next().text());
      }
      cursor.expect("}");
    } else if (!cursor.atEnd() && (cursor.peek().isNumber() || cursor.peek().isWord())) {
      full.append('{').append(cursor.next().text());
    } else {
      throw cursor.unexpected();
    }
    return new Sym(full.append('}').toString());
  }

  /** A command that was just taken. */
  private Expr command(String name) {
    if (Symbols.LETTERS.contains(name)) {
      return subscripted(name);
    }
    if (BinderParser.COMMANDS.contains(name)) {
      return binders.read(name);
    }
    String function = Functions.canonical(name);
    if (Symbols.FUNCTIONS.contains(function) && !name.equals("sqrt") && !name.equals("binom")) {
      return function(function);
    }
    return switch (name) {
      case "pi" -> Const.PI;
      case "infty", "infin" -> Const.INFINITY;
      case "imath" -> Const.I;
      case "jmath" -> new Sym("j");
      case "permutations" -> Functions.permutations(argument(), argument());
      case "frac" -> ExprParser.quotient(argument(), argument());
      case "binom" -> Expr.fn("binom", argument(), argument());
      case "det" -> determinant(true);
      case "sqrt" -> root();
      default -> throw new CannotTell("\\" + Words.brief(name) + " is not understood");
    };
  }

  private Expr root() {
    if (!cursor.take("[")) {
      return Expr.sqrt(argument());
    }
    var index = inner.sum();
    cursor.expect("]");
    return new Power(argument(), new Power(index, Expr.num(-1)));
  }

  /** What a command takes: a group, one digit of a bare number, one letter, or a command. */
  Expr argument() {
    if (cursor.atEnd()) {
      throw new CannotTell("an argument is missing");
    }
    var token = cursor.peek();
    if (token.isNumber()) {
      return numbers.argument();
    }
    if (token.isWord() && token.text().length() > 1 && !isKnown(token.text())) {
      cursor.replace(new Token(Token.Kind.WORD, token.text().substring(1), false, token.inText()));
      return word(token.text().substring(0, 1));
    }
    return primary();
  }

  /** A function whose name was just taken. */
  private Expr function(String name) {
    cursor.enter();
    Expr base = null;
    Expr power = null;
    if (name.equals("log") && isBase()) {
      base = numbers.argument();
    }
    while (cursor.isSign("_") || cursor.isSign("^")) {
      if (cursor.take("_")) {
        base = argument();
      } else {
        cursor.skip(1);
        power = inner.exponent();
      }
    }
    boolean angle = Functions.takesAngle(name, power);
    angles += angle ? 1 : 0;
    var args = arguments(name);
    angles -= angle ? 1 : 0;
    cursor.leave();
    return Functions.apply(name, base, power, args);
  }

  /** Whether a base is written right behind the name: log2(8). */
  private boolean isBase() {
    return cursor.has(1)
        && cursor.look(-1).isWord()
        && cursor.peek().isDigits()
        && !cursor.peek().spaceBefore()
        && cursor.look(1).is("(");
  }

  private List<Expr> arguments(String name) {
    var args = new ArrayList<Expr>();
    if (cursor.take("(") || cursor.take("[")) {
      do {
        args.add(inner.sum());
      } while (cursor.take(","));
      requireClose();
      return args;
    }
    if (cursor.isSign("{") || cursor.isSign("|")) {
      args.add(inner.factor());
      return args;
    }
    boolean negative = inner.signs();
    var factors = new ArrayList<Expr>();
    do {
      factors.add(inner.factor());
    } while (inner.startsFactor()
        && !startsFunction()
        && !cursor.isSign("(")
        && !name.equals("sqrt"));
    var e = factors.size() == 1 ? factors.get(0) : new Product(factors);
    args.add(ExprParser.signed(e, negative));
    return args;
  }

  private boolean startsFunction() {
    var token = cursor.peek();
    return !token.isNumber()
        && Symbols.FUNCTIONS.contains(Functions.canonical(token.text()))
        && !token.text().equals("sqrt")
        && !token.text().equals("binom");
  }
}
