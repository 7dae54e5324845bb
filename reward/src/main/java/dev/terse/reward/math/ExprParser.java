package dev.terse.reward.math;

import dev.terse.reward.math.Expr.Const;
import dev.terse.reward.math.Expr.Num;
import dev.terse.reward.math.Expr.Power;
import dev.terse.reward.math.Expr.Product;
import dev.terse.reward.math.Expr.Sum;
import dev.terse.reward.math.Expr.Sym;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads one expression from a range of tokens by recursive descent.
 *
 * <pre>
 * sum      = [sign] product (('+' | '-' | '±') product)*
 * product  = factor (('*' | '/') [sign] factor | factor)*
 * factor   = primary ('^' exponent | '!' | '°')*
 * </pre>
 *
 * Every step takes a token or goes one level deeper, and depth is limited, so time is linear.
 */
final class ExprParser {
  private static final Map<String, String> ALIASES =
      Map.of(
          "asin", "arcsin", "acos", "arccos", "atan", "arctan", "lg", "log", "Re", "re", "Im",
          "im");

  private static final Set<String> TRIGONOMETRIC = Set.of("sin", "cos", "tan", "cot", "sec", "csc");

  private final List<Token> tokens;
  private final int end;
  private final boolean upperSign;
  private final boolean tightSlash;
  private int at;
  private int depth;
  private int absolute;
  private int trigonometric;
  private boolean sawDegrees;
  private boolean sawLooseSlash;

  /**
   * @param upperSign which sign of ± is read
   * @param tightSlash whether {@code 1/2x} is 1/(2x) instead of (1/2)x
   */
  ExprParser(List<Token> tokens, int from, int end, boolean upperSign, boolean tightSlash) {
    this.tokens = new ArrayList<>(tokens.subList(0, end));
    this.at = from;
    this.end = end;
    this.upperSign = upperSign;
    this.tightSlash = tightSlash;
  }

  /** The expression that fills the whole range. */
  Expr parse() {
    var e = sum();
    if (at < end) {
      throw unexpected();
    }
    return e;
  }

  /** Whether a degree sign stood outside of trigonometric functions. */
  boolean sawDegrees() {
    return sawDegrees;
  }

  /** Whether the text can be read in two ways, see {@code tightSlash}. */
  boolean sawLooseSlash() {
    return sawLooseSlash;
  }

  private Expr sum() {
    if (++depth > Limits.MAX_DEPTH) {
      throw new CannotTell("the answer is nested deeper than " + Limits.MAX_DEPTH);
    }
    var terms = new ArrayList<Expr>();
    boolean negative = signs();
    terms.add(signed(product(), negative));
    while (isSign("+") || isSign("-") || isSign("±") || isSign("∓")) {
      negative = signs();
      terms.add(signed(product(), negative));
    }
    Expr e = terms.size() == 1 ? terms.get(0) : new Sum(List.copyOf(terms));
    if (isCommand("over") || isCommand("choose")) { // TeX's own fractions take the whole group
      boolean over = isCommand("over");
      at++;
      var right = sum();
      e = over ? Expr.over(e, right) : Expr.fn("binom", e, right);
    }
    depth--;
    return e;
  }

  /** Reads any number of signs; whether they amount to a minus. */
  private boolean signs() {
    boolean negative = false;
    while (true) {
      if (isSign("-")) {
        negative = !negative;
      } else if (isSign("±")) {
        negative ^= !upperSign;
      } else if (isSign("∓")) {
        negative ^= upperSign;
      } else if (!isSign("+")) {
        return negative;
      }
      at++;
    }
  }

  private static Expr signed(Expr e, boolean negative) {
    return negative ? Expr.negate(e) : e;
  }

  private Expr product() {
    var factors = new ArrayList<Expr>();
    factors.add(factor());
    while (at < end) {
      if (isSign("*")) {
        at++;
        boolean negative = signs();
        factors.add(signed(factor(), negative));
      } else if (isSign("/")) {
        at++;
        boolean negative = signs();
        factors.add(new Power(signed(denominator(), negative), Expr.num(-1)));
      } else if (startsFactor()) {
        factors.add(factor());
      } else {
        break;
      }
    }
    return factors.size() == 1 ? factors.get(0) : new Product(List.copyOf(factors));
  }

  private Expr denominator() {
    boolean number = at < end && tokens.get(at).isNumber();
    var first = factor();
    if (!number || !startsFactor() || tokens.get(at).spaceBefore()) {
      return first;
    }
    sawLooseSlash = true;
    if (!tightSlash) {
      return first;
    }
    var factors = new ArrayList<Expr>(List.of(first));
    while (startsFactor()) {
      factors.add(factor());
    }
    return new Product(List.copyOf(factors));
  }

  /** Whether a factor can follow here without a sign. */
  private boolean startsFactor() {
    if (at >= end) {
      return false;
    }
    var token = tokens.get(at);
    return switch (token.kind()) {
      case WORD -> !Words.isConnective(token.text());
      case COMMAND -> !token.text().equals("over") && !token.text().equals("choose");
      case SIGN ->
          switch (token.text()) {
            case "(", "[", "{", "⌊", "⌈" -> true;
            case "|" -> absolute == 0;
            default -> false;
          };
      case NUMBER -> at > 0 && !tokens.get(at - 1).isNumber();
      default -> false;
    };
  }

  private Expr factor() {
    var e = primary();
    while (at < end) {
      if (isSign("^")) {
        at++;
        e = raised(e);
      } else if (isSign("!")) {
        at++;
        if (isSign("!")) {
          throw new CannotTell("a double factorial");
        }
        e = Expr.fn("factorial", e);
      } else if (isSign("°")) {
        at++;
        e = degrees(e);
      } else {
        break;
      }
    }
    return e;
  }

  private Expr raised(Expr base) {
    if (isSign("°")) {
      at++;
      return degrees(base);
    }
    if (isSign("{") && at + 2 < end && tokens.get(at + 1).is("°") && tokens.get(at + 2).is("}")) {
      at += 3;
      return degrees(base);
    }
    return new Power(base, exponent());
  }

  private Expr exponent() {
    if (++depth > Limits.MAX_DEPTH) {
      throw new CannotTell("the answer is nested deeper than " + Limits.MAX_DEPTH);
    }
    boolean negative = signs();
    var e = argument();
    if (isSign("^")) {
      at++;
      e = new Power(e, exponent());
    } else if (isSign("!")) {
      at++;
      e = Expr.fn("factorial", e);
    }
    depth--;
    return signed(e, negative);
  }

  private Expr degrees(Expr e) {
    if (trigonometric == 0) {
      sawDegrees = true;
      return e;
    }
    return new Product(List.of(e, Const.PI, Expr.num(Rational.of(1, 180))));
  }

  private Expr primary() {
    if (at >= end) {
      throw new CannotTell("the expression ends too early");
    }
    var token = tokens.get(at);
    switch (token.kind()) {
      case NUMBER -> {
        return number();
      }
      case WORD -> {
        at++;
        return word(token.text());
      }
      case COMMAND -> {
        at++;
        return command(token.text());
      }
      case SIGN -> {
        return bracketed(token);
      }
      default -> throw unexpected();
    }
  }

  private Expr bracketed(Token token) {
    at++;
    switch (token.text()) {
      case "(", "[" -> {
        var e = sum();
        if (!isSign(")") && !isSign("]")) {
          throw unexpected();
        }
        at++;
        return e;
      }
      case "{" -> {
        var e = sum();
        expect("}");
        return e;
      }
      case "|" -> {
        absolute++;
        var e = sum();
        absolute--;
        expect("|");
        return Expr.fn("abs", e);
      }
      case "$", "€", "£" -> {
        return primary(); // money inside a calculation
      }
      case "⌊" -> {
        var e = sum();
        expect("⌋");
        return Expr.fn("floor", e);
      }
      case "⌈" -> {
        var e = sum();
        expect("⌉");
        return Expr.fn("ceil", e);
      }
      default -> {
        at--;
        throw unexpected();
      }
    }
  }

  private Expr number() {
    var token = tokens.get(at++);
    if (isCommand("overline") || isCommand("bar") || isCommand("dot")) {
      return repeating(token.text());
    }
    var value = numberOf(token.text());
    if (token.isDigits() && at < end) {
      var fraction = mixedFraction();
      if (fraction != null) {
        return Expr.num(value.value().plus(fraction));
      }
    }
    return value;
  }

  /** The proper fraction of a mixed number, as in {@code 3\frac12} and {@code 3 1/2}; else null. */
  private Rational mixedFraction() {
    int start = at;
    if (isCommand("frac") && at + 1 < end) {
      at++;
      var whole = tokens.get(at); // \frac12 splits its token in two
      var top = smallArgument();
      var bottom = top == null ? null : smallArgument();
      if (bottom != null && top.compareTo(bottom) < 0) {
        return top.over(bottom);
      }
      tokens.set(start + 1, whole);
    } else if (at + 2 < end
        && tokens.get(at).isDigits()
        && tokens.get(at).spaceBefore()
        && tokens.get(at + 1).is("/")
        && tokens.get(at + 2).isDigits()) {
      var top = numberOf(tokens.get(at).text()).value();
      var bottom = numberOf(tokens.get(at + 2).text()).value();
      if (top.compareTo(bottom) < 0) {
        at += 3;
        return top.over(bottom);
      }
    }
    at = start;
    return null;
  }

  /** A plain whole number as argument of a fraction; null if it is anything else. */
  private Rational smallArgument() {
    boolean brace = isSign("{");
    int digits = brace ? at + 1 : at;
    if (digits >= end || !tokens.get(digits).isDigits()) {
      return null;
    }
    if (!brace) {
      return ((Num) argument()).value();
    }
    if (digits + 1 >= end || !tokens.get(digits + 1).is("}")) {
      return null;
    }
    at += 3;
    return numberOf(tokens.get(digits).text()).value();
  }

  /** {@code 0.1\overline{6}} */
  private Expr repeating(String head) {
    at++;
    boolean brace = isSign("{");
    at += brace ? 1 : 0;
    if (at >= end || !tokens.get(at).isDigits() || head.indexOf('.') < 0) {
      throw new CannotTell("a repeating decimal without digits");
    }
    String period = tokens.get(at++).text();
    if (brace) {
      expect("}");
    }
    int decimals = head.length() - head.indexOf('.') - 1;
    var unit = Rational.of(1).over(Rational.of(10).pow(decimals));
    var nines = Rational.of(10).pow(period.length()).minus(Rational.ONE);
    var tail = Rational.of(new BigInteger(period)).over(nines).times(unit);
    return Expr.num(numberOf(head).value().plus(tail));
  }

  /** The value of digits with an optional point and exponent. */
  static Num numberOf(String text) {
    int e = text.indexOf('e');
    int exponent = 0;
    if (e >= 0) {
      String digits = text.substring(e + 1);
      exponent = digits.length() > 5 ? Integer.MAX_VALUE : Integer.parseInt(digits);
      if (Math.abs((long) exponent) > Limits.MAX_DECIMAL_EXPONENT) {
        throw new CannotTell("a power of ten beyond " + Limits.MAX_DECIMAL_EXPONENT);
      }
    }
    String mantissa = e < 0 ? text : text.substring(0, e);
    if (mantissa.endsWith(".")) {
      mantissa = mantissa.substring(0, mantissa.length() - 1);
    }
    var decimal = new BigDecimal(mantissa);
    var value =
        new Rational(decimal.unscaledValue(), BigInteger.TEN.pow(decimal.scale()))
            .times(Rational.of(10).pow(exponent));
    return new Num(value, mantissa.indexOf('.') < 0 ? -1 : decimal.scale());
  }

  private Expr word(String word) {
    String lower = ALIASES.getOrDefault(word, word);
    if (Symbols.FUNCTIONS.contains(lower)) {
      return function(ALIASES.getOrDefault(lower, lower));
    }
    switch (word) {
      case "pi", "Pi", "PI" -> {
        return Const.PI;
      }
      case "e" -> {
        return Const.E;
      }
      case "i" -> {
        return Const.I;
      }
      case "inf", "infinity", "Infinity", "oo" -> {
        return Const.INFINITY;
      }
      default -> {
        // letters side by side are a product; longer words are words
      }
    }
    if (word.length() == 1) {
      return subscripted(word);
    }
    if (Symbols.LETTERS.contains(word)) {
      return subscripted(word);
    }
    if (word.length() > 3 || isProse()) {
      throw new CannotTell("the word '" + Words.brief(word) + "' is not mathematics");
    }
    var factors = new ArrayList<Expr>();
    for (int i = 0; i + 1 < word.length(); i++) {
      factors.add(word(word.substring(i, i + 1)));
    }
    // A power or subscript belongs to the last letter.
    tokens.set(--at, new Token(Token.Kind.WORD, word.substring(word.length() - 1), false, false));
    factors.add(factor());
    return new Product(List.copyOf(factors));
  }

  /** Whether the word just taken has another one beside it: prose, no product of letters. */
  private boolean isProse() {
    return isProseWord(at - 2) || isProseWord(at);
  }

  private boolean isProseWord(int i) {
    return i >= 0
        && i < end
        && tokens.get(i).isWord()
        && tokens.get(i).text().length() > 1
        && !isKnown(tokens.get(i).text());
  }

  private Expr subscripted(String name) {
    if (!isSign("_")) {
      return new Sym(name);
    }
    at++;
    var full = new StringBuilder(name).append('_');
    if (isSign("{")) {
      while (at < end && !isSign("}")) {
        full.append(tokens.get(at++).text());
      }
      full.append(tokens.get(at - 1).is("{") ? "" : "}");
      expect("}");
    } else if (at < end && (tokens.get(at).isNumber() || tokens.get(at).isWord())) {
      full.append('{').append(tokens.get(at++).text()).append('}');
    } else {
      throw unexpected();
    }
    return new Sym(full.toString());
  }

  private Expr command(String name) {
    if (Symbols.LETTERS.contains(name)) {
      return subscripted(name);
    }
    String function = ALIASES.getOrDefault(name, name);
    if (Symbols.FUNCTIONS.contains(function) && !name.equals("sqrt") && !name.equals("binom")) {
      return function(function);
    }
    switch (name) {
      case "pi" -> {
        return Const.PI;
      }
      case "infty", "infin" -> {
        return Const.INFINITY;
      }
      case "imath" -> {
        return Const.I;
      }
      case "frac" -> {
        var top = argument();
        return Expr.over(top, argument());
      }
      case "binom" -> {
        var n = argument();
        return Expr.fn("binom", n, argument());
      }
      case "sqrt" -> {
        return root();
      }
      default -> throw new CannotTell("\\" + Words.brief(name) + " is not understood");
    }
  }

  private Expr root() {
    if (!isSign("[")) {
      return Expr.sqrt(argument());
    }
    at++;
    var index = sum();
    expect("]");
    return new Power(argument(), new Power(index, Expr.num(-1)));
  }

  /** What a command takes: a group, one digit of a bare number, one letter, or a command. */
  private Expr argument() {
    if (at >= end) {
      throw new CannotTell("an argument is missing");
    }
    var token = tokens.get(at);
    boolean splits =
        at > 0 && (tokens.get(at - 1).isCommand("frac") || tokens.get(at - 1).isCommand("binom"));
    if (splits && token.isDigits() && token.text().length() > 1) { // \frac12
      tokens.set(at, new Token(Token.Kind.NUMBER, token.text().substring(1), false, false));
      return numberOf(token.text().substring(0, 1));
    }
    if (token.isNumber()) {
      at++;
      return numberOf(token.text());
    }
    if (token.isWord() && token.text().length() > 1 && !isKnown(token.text())) {
      tokens.set(at, new Token(Token.Kind.WORD, token.text().substring(1), false, token.inText()));
      return word(token.text().substring(0, 1));
    }
    return primary();
  }

  private static boolean isKnown(String word) {
    return Symbols.FUNCTIONS.contains(word)
        || Symbols.LETTERS.contains(word)
        || Set.of("pi", "inf", "infinity", "oo").contains(word);
  }

  private Expr function(String name) {
    if (++depth > Limits.MAX_DEPTH) {
      throw new CannotTell("the answer is nested deeper than " + Limits.MAX_DEPTH);
    }
    Expr base = null;
    Expr power = null;
    while (isSign("_") || isSign("^")) {
      boolean sub = isSign("_");
      at++;
      if (sub) {
        base = argument();
      } else {
        power = exponent();
      }
    }
    boolean inverse = power != null && power.equals(Expr.num(-1)) && TRIGONOMETRIC.contains(name);
    boolean trigonometry = TRIGONOMETRIC.contains(name) && !inverse;
    trigonometric += trigonometry ? 1 : 0;
    var args = arguments(name);
    trigonometric -= trigonometry ? 1 : 0;
    depth--;
    if (base != null) {
      if (!name.equals("log") || args.size() != 1) {
        throw new CannotTell("a subscript of " + name);
      }
      args = List.of(base, args.get(0));
    }
    Expr e =
        call(
            base != null
                ? "logbase"
                : inverse && !name.equals("sec") && !name.equals("csc") ? "arc" + name : name,
            args);
    return power == null || inverse ? e : new Power(e, power);
  }

  private static Expr call(String name, List<Expr> args) {
    boolean many = Set.of("max", "min", "gcd", "lcm").contains(name);
    int wanted = name.equals("binom") || name.equals("logbase") ? 2 : 1;
    if (name.equals("log") && args.size() == 2) {
      return Expr.fn("logbase", args.get(1), args.get(0));
    }
    if (many ? args.isEmpty() : args.size() != wanted) {
      throw new CannotTell(name + " with " + args.size() + " arguments");
    }
    return switch (name) {
      case "sqrt" -> Expr.sqrt(args.get(0));
      case "cbrt" -> new Power(args.get(0), Expr.num(Rational.of(1, 3)));
      case "exp" -> new Power(Const.E, args.get(0));
      default -> new Expr.Fn(name, List.copyOf(args));
    };
  }

  private List<Expr> arguments(String name) {
    var args = new ArrayList<Expr>();
    if (isSign("(") || isSign("[")) {
      at++;
      do {
        args.add(sum());
      } while (isSign(",") && at++ >= 0);
      if (!isSign(")") && !isSign("]")) {
        throw unexpected();
      }
      at++;
      return args;
    }
    if (isSign("{") || isSign("|")) {
      args.add(factor());
      return args;
    }
    boolean negative = signs();
    var factors = new ArrayList<Expr>();
    do {
      factors.add(factor());
    } while (startsFactor() && !startsFunction() && !isSign("(") && !name.equals("sqrt"));
    args.add(signed(factors.size() == 1 ? factors.get(0) : new Product(factors), negative));
    return args;
  }

  private boolean startsFunction() {
    String text = tokens.get(at).text();
    return !tokens.get(at).isNumber()
        && Symbols.FUNCTIONS.contains(text)
        && !text.equals("sqrt")
        && !text.equals("binom");
  }

  private boolean isSign(String sign) {
    return at < end && tokens.get(at).is(sign);
  }

  private boolean isCommand(String name) {
    return at < end && tokens.get(at).isCommand(name);
  }

  private void expect(String sign) {
    if (!isSign(sign)) {
      throw at < end ? unexpected() : new CannotTell("'" + sign + "' is missing");
    }
    at++;
  }

  private CannotTell unexpected() {
    if (at >= end) {
      return new CannotTell("the expression ends too early");
    }
    return new CannotTell("'" + Words.brief(tokens.get(at).text()) + "' is not expected here");
  }
}
