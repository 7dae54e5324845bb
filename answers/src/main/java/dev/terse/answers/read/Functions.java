package dev.terse.answers.read;

import dev.terse.answers.tokens.Symbols;
import dev.terse.answers.tokens.Token;
import dev.terse.answers.value.CannotTell;
import dev.terse.answers.value.Expr;
import dev.terse.answers.value.Expr.Const;
import dev.terse.answers.value.Expr.Power;
import dev.terse.answers.value.Rational;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Named functions: their spellings, and what a name with its scripts and arguments means. */
final class Functions {
  private static final Map<String, String> ALIASES =
      Map.ofEntries(
          Map.entry("asin", "arcsin"),
          Map.entry("acos", "arccos"),
          Map.entry("atan", "arctan"),
          Map.entry("asinh", "arcsinh"),
          Map.entry("acosh", "arccosh"),
          Map.entry("atanh", "arctanh"),
          Map.entry("arsinh", "arcsinh"),
          Map.entry("arcosh", "arccosh"),
          Map.entry("artanh", "arctanh"),
          Map.entry("asec", "arcsec"),
          Map.entry("acsc", "arccsc"),
          Map.entry("acot", "arccot"),
          Map.entry("cosec", "csc"),
          Map.entry("ceiling", "ceil"),
          Map.entry("binomial", "binom"),
          Map.entry("nCr", "binom"),
          Map.entry("comb", "binom"),
          Map.entry("nPr", "permutations"),
          Map.entry("perm", "permutations"),
          Map.entry("arctg", "arctan"),
          Map.entry("arcctg", "arccot"),
          Map.entry("tg", "tan"),
          Map.entry("ctg", "cot"),
          Map.entry("cotg", "cot"),
          Map.entry("lg", "log"),
          Map.entry("Abs", "abs"),
          Map.entry("Re", "re"),
          Map.entry("Im", "im"));

  private static final Set<String> TRIGONOMETRIC = Set.of("sin", "cos", "tan", "cot", "sec", "csc");

  private Functions() {}

  /** The one spelling of a name; the name itself if it has no other. */
  static String canonical(String name) {
    return ALIASES.getOrDefault(name, name);
  }

  /** Whether it says "modulo". */
  static boolean isModulo(Token t) {
    return t.isWord() && t.text().equals("mod")
        || t.kind() == Token.Kind.COMMAND && Set.of("bmod", "mod", "pmod").contains(t.text());
  }

  /** Whether its argument is an angle, so that degrees in it are radians. */
  static boolean takesAngle(String name, Expr power) {
    return name.equals("cis") || TRIGONOMETRIC.contains(name) && !isInverse(name, power);
  }

  private static boolean isInverse(String name, Expr power) {
    return power != null && power.equals(Expr.num(-1)) && TRIGONOMETRIC.contains(name);
  }

  /**
   * A function applied, as in {@code \log_2 8}, {@code \sin^2 x}, {@code \sin^{-1} x}.
   *
   * @param base its subscript; null for none
   * @param power its superscript; null for none
   */
  static Expr apply(String name, Expr base, Expr power, List<Expr> args) {
    if (base != null) {
      if (!name.equals("log") || args.size() != 1) {
        throw new CannotTell("a subscript of " + name);
      }
      return raised(call("logbase", List.of(base, args.get(0))), power);
    }
    if (!isInverse(name, power)) {
      return raised(call(name, args), power);
    }
    if (!Symbols.FUNCTIONS.contains("arc" + name)) {
      throw new CannotTell("the inverse of " + name);
    }
    return call("arc" + name, args);
  }

  private static Expr raised(Expr e, Expr power) {
    return power == null ? e : new Power(e, power);
  }

  /** How many ordered choices of k out of n there are: n! / (n - k)! */
  static Expr permutations(Expr n, Expr k) {
    return Expr.over(Expr.fn("factorial", n), Expr.fn("factorial", Expr.minus(n, k)));
  }

  private static Expr inverse(Expr e) {
    return new Power(e, Expr.num(-1));
  }

  /** ln(x + sqrt(x^2 + sign)) */
  private static Expr areaFunction(Expr x, int sign) {
    var square = new Expr.Sum(List.of(Expr.times(x, x), Expr.num(sign)));
    return Expr.fn("ln", new Expr.Sum(List.of(x, Expr.sqrt(square))));
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
      case "sech" -> inverse(Expr.fn("cosh", args.get(0)));
      case "csch" -> inverse(Expr.fn("sinh", args.get(0)));
      case "coth" -> inverse(Expr.fn("tanh", args.get(0)));
      case "arcsec" -> Expr.fn("arccos", inverse(args.get(0)));
      case "arccsc" -> Expr.fn("arcsin", inverse(args.get(0)));
      case "arcsinh" -> areaFunction(args.get(0), 1);
      case "arccosh" -> areaFunction(args.get(0), -1);
      case "arctanh" -> {
        var x = args.get(0);
        var ratio = Expr.over(new Expr.Sum(List.of(Expr.num(1), x)), Expr.minus(Expr.num(1), x));
        yield Expr.times(Expr.num(Rational.HALF), Expr.fn("ln", ratio));
      }
      case "cis" -> {
        var angle = args.get(0);
        var imaginary = Expr.times(Const.I, Expr.fn("sin", angle));
        yield new Expr.Sum(List.of(Expr.fn("cos", angle), imaginary));
      }
      default -> new Expr.Fn(name, List.copyOf(args));
    };
  }
}
