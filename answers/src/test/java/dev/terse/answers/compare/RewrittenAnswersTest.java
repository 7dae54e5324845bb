package dev.terse.answers.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.testkit.TestSeed;
import dev.terse.testkit.conformance.Draws;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A value stays what it is in every spelling, and nothing near it becomes equal: a generator makes
 * values of each kind, other spellings of each, and neighbours that differ by a sign, a digit, a
 * bound, one element. Layout is changed at random in all of them.
 */
class RewrittenAnswersTest {
  private static final int SEEDS = 400;

  /** A value, other ways to write it, and values near it. */
  private record Value(String text, List<String> same, List<String> near) {}

  /** Changes of layout that change no value. */
  private static final List<UnaryOperator<String>> LAYOUT =
      List.of(
          t -> t,
          t -> isReversed(t) ? t : "{" + t + "}",
          t -> "\\displaystyle " + t,
          t -> isReversed(t) ? t : "\\boxed{" + t + "}",
          t -> "\\," + t + "~",
          t -> t.replace("+", " + ").replaceAll("(?<!<)=", " = "),
          t -> t.replace("(", "\\left(").replace(")", "\\right)"),
          t -> t.replace("\\frac", "\\dfrac"),
          t -> t.replace("\\frac", "\\tfrac"),
          t -> t + "\\\\");

  private static final List<UnaryOperator<String>> DELIMITERS =
      List.of(
          t -> t,
          t -> "$" + t + "$",
          t -> "$$" + t + "$$",
          t -> "\\(" + t + "\\)",
          t -> "\\[\n" + t + "\n\\]",
          t -> t.contains("\\frac") ? t.replace("\\", "\\\\") : t,
          t -> t.contains("\\begin") ? "\\\\(" + t.replace("\\", "\\\\") + "\\\\)" : t);

  private final Draws draws = new Draws(TestSeed.of("RewrittenAnswersTest"));
  private final List<Supplier<Value>> kinds =
      List.of(
          this::integer,
          this::fraction,
          this::endless,
          this::root,
          this::angle,
          this::polynomial,
          this::interval,
          this::union,
          this::set,
          this::point,
          this::matrix,
          this::equation,
          this::percent,
          this::length,
          this::complex,
          this::powers,
          this::congruence,
          this::named,
          this::integral,
          this::ratio);

  @Test
  void compare_rewritings_areEqualAndNeighboursAreNot() {
    check(4_000);
  }

  @Test
  @Tag("soak")
  void compare_twentyThousandRewritings_areEqualAndNeighboursAreNot() {
    check(20_000);
  }

  private void check(int pairs) {
    var values = new ArrayList<Value>();
    for (int i = 0; i < SEEDS; i++) {
      values.add(kinds.get(i % kinds.size()).get());
    }
    var faults = new ArrayList<String>();
    for (int i = 0; i < pairs; i++) {
      var value = values.get(i % SEEDS);
      boolean right = i / SEEDS % 2 == 0;
      String said = right ? same(value) : pick(value.near());
      String gold = rewritten(value.text());
      String prediction = rewritten(said);
      var there = Equivalence.compare(gold, prediction);
      boolean equal = there.verdict() == Verdict.EQUAL;
      boolean symmetric = Equivalence.compare(prediction, gold).verdict() == there.verdict();
      boolean reflexive = Equivalence.compare(gold, gold).verdict() == Verdict.EQUAL;
      if (equal != right || !symmetric || !reflexive) {
        faults.add((right ? "right: " : "wrong: ") + gold + " | " + prediction + " | " + there);
      }
    }
    assertThat(faults).isEmpty();
  }

  /** Whether an interval begins or ends with a bracket turned outwards. */
  private static boolean isReversed(String text) {
    return text.startsWith("]") || text.endsWith("[");
  }

  private String same(Value value) {
    int i = draws.between(0, value.same().size());
    return i == 0 ? value.text() : value.same().get(i - 1);
  }

  private String rewritten(String text) {
    return pick(DELIMITERS).apply(pick(LAYOUT).apply(text));
  }

  private Value integer() {
    int n = draws.between(1_000, 99_999);
    String head = "" + n / 1000;
    String tail = String.format(Locale.ROOT, "%03d", n % 1000);
    var same = new ArrayList<String>();
    for (String gap : List.of(",", "{,}", ",\\!", "\\,", "\\ ", " ", "\\;", ",\\! ", "~")) {
      same.add(head + gap + tail);
    }
    same.add(head + "." + tail + ",00");
    same.add(n + ".0");
    return new Value(
        "" + n, same, List.of("-" + n, "" + (n + 1), n + "0", head + "." + tail, n + ".5"));
  }

  private Value fraction() {
    int q = draws.between(3, 40);
    int p = q * draws.between(1, 9) + 1;
    return new Value(
        "\\frac{" + p + "}{" + q + "}",
        List.of(
            p + "/" + q,
            "\\frac{" + 2 * p + "}{" + 2 * q + "}",
            "x=\\frac{" + p + "}{" + q + "}",
            p / q + "\\frac{1}{" + q + "}",
            "{" + p + " \\over " + q + "}",
            p + "÷" + q),
        List.of(
            "-\\frac{" + p + "}{" + q + "}",
            "\\frac{" + (p + 1) + "}{" + q + "}",
            "\\frac{" + p + "}{" + (q + 1) + "}",
            "\\frac{" + q + "}{" + p + "}",
            p + "" + q));
  }

  /** A fraction with endless decimals. */
  private Value endless() {
    int q = List.of(7, 13, 17, 19, 23).get(draws.between(0, 4));
    int p = q * draws.between(1, 99) + draws.between(1, q - 1);
    var value = new BigDecimal(p).divide(new BigDecimal(q), 30, RoundingMode.DOWN);
    int digits = draws.between(6, 12);
    var cut = value.setScale(digits, RoundingMode.DOWN);
    var step = BigDecimal.ONE.movePointLeft(digits);
    return new Value(
        "\\frac{" + p + "}{" + q + "}",
        List.of("" + cut, "" + value.setScale(digits, RoundingMode.HALF_UP)),
        List.of(
            "" + cut.add(step).add(step),
            "" + cut.subtract(step),
            "-" + cut,
            "" + value.setScale(2, RoundingMode.HALF_UP)));
  }

  private Value root() {
    int a = draws.between(2, 9);
    int b = List.of(2, 3, 5, 6, 7, 10, 11).get(draws.between(0, 6));
    return new Value(
        a + "\\sqrt{" + b + "}",
        List.of(
            "\\sqrt{" + a * a * b + "}",
            a + "*sqrt(" + b + ")",
            a + "√" + b,
            a + "\\sqrt " + b,
            a + "\\cdot " + b + "^{1/2}",
            "\\sqrt{" + b + "}\\times " + a),
        List.of(
            "-" + a + "\\sqrt{" + b + "}",
            a + "\\sqrt{" + (b + 1) + "}",
            a + 1 + "\\sqrt{" + b + "}",
            a + "+\\sqrt{" + b + "}",
            a + "\\sqrt[3]{" + b + "}"));
  }

  private Value angle() {
    int b = draws.between(3, 12);
    int a = b + 1;
    return new Value(
        "\\frac{" + a + "\\pi}{" + b + "}",
        List.of(
            a + "pi/" + b,
            a + "π/" + b,
            "\\frac{" + a + "}{" + b + "}\\pi",
            "\\theta = \\frac{" + a + "\\pi}{" + b + "}"),
        List.of(
            "\\frac{" + a + "}{" + b + "}",
            "-\\frac{" + a + "\\pi}{" + b + "}",
            "\\frac{" + (a + 1) + "\\pi}{" + b + "}",
            "\\frac{" + b + "\\pi}{" + a + "}"));
  }

  private Value polynomial() {
    int a = draws.between(2, 9);
    int b = draws.between(2, 9);
    int c = draws.between(1, 9);
    return new Value(
        a + "x^2+" + b + "x+" + c,
        List.of(
            c + "+" + b + "x+" + a + "x^2",
            a + "*x**2+" + b + "*x+" + c,
            a + "x²+" + b + "x+" + c,
            "x(" + a + "x+" + b + ")+" + c,
            a + "x^{2}+" + b + "\\cdot x+" + c),
        List.of(
            a + "x^2-" + b + "x+" + c,
            a + "x^3+" + b + "x+" + c,
            a + 1 + "x^2+" + b + "x+" + c,
            a + "x^2+" + b + "x",
            a + "y^2+" + b + "y+" + c));
  }

  private Value interval() {
    int a = draws.between(-9, 9);
    int b = a + draws.between(1, 9);
    boolean low = draws.between(0, 1) == 0;
    boolean high = draws.between(0, 1) == 0;
    var same = new ArrayList<String>();
    same.add(a + (low ? "<" : "\\le ") + "x" + (high ? "<" : "\\leq ") + b);
    same.add(a + (low ? " < " : " <= ") + "f(x)" + (high ? " < " : " ≤ ") + b);
    same.add("x\\in" + interval(a, b, low, high));
    same.add((low ? "]" : "[") + a + ";" + b + (high ? "[" : "]"));
    return new Value(
        interval(a, b, low, high),
        same,
        List.of(
            interval(a, b, !low, high),
            interval(a, b, low, !high),
            interval(a, b + 1, low, high),
            interval(a - 1, b, low, high),
            "\\{" + a + "," + b + "\\}",
            a + "<x"));
  }

  private static String interval(int a, int b, boolean lowOpen, boolean highOpen) {
    return (lowOpen ? "(" : "[") + a + "," + b + (highOpen ? ")" : "]");
  }

  private Value union() {
    int a = draws.between(-9, 9);
    int b = a + draws.between(1, 9);
    return new Value(
        "(-\\infty," + a + ")\\cup(" + b + ",\\infty)",
        List.of(
            "x<" + a + " \\text{ or } x>" + b,
            "(" + b + ",\\infty)\\cup(-\\infty," + a + ")",
            "(-oo," + a + ") U (" + b + ",oo)",
            "\\mathbb{R}\\setminus[" + a + "," + b + "]",
            "]-∞," + a + "[ ∪ ]" + b + ",+∞["),
        List.of(
            "(-\\infty," + a + "]\\cup(" + b + ",\\infty)",
            "(-\\infty," + a + ")\\cup(" + (b + 1) + ",\\infty)",
            "(" + a + "," + b + ")",
            "(-\\infty," + a + ")"));
  }

  private Value set() {
    int a = draws.between(-20, 20);
    int b = a + draws.between(1, 9);
    int c = b + draws.between(1, 9);
    var items = new ArrayList<>(List.of("" + a, "" + b, "" + c));
    Collections.shuffle(items, new Random(draws.next()));
    return new Value(
        "\\{" + a + "," + b + "," + c + "\\}",
        List.of(
            "\\{" + String.join(",", items) + "\\}",
            "\\left\\{" + String.join(",\\,", items) + "\\right\\}",
            String.join(", ", items),
            a + ", " + b + " \\text{ and } " + c),
        List.of(
            "\\{" + a + "," + b + "\\}",
            "\\{" + a + "," + b + "," + (c + 1) + "\\}",
            "\\{" + a + "," + b + "," + c + "," + (c + 1) + "\\}",
            "(" + a + "," + b + "," + c + ")"));
  }

  private Value point() {
    int a = draws.between(-20, 20);
    int b = a + draws.between(1, 9);
    int c = draws.between(-20, 20);
    String form = "(%s,%s,%s)";
    return new Value(
        form.formatted(a, b, c),
        List.of(
            "x=" + a + ",y=" + b + ",z=" + c,
            "(x,y,z)=" + form.formatted(a, b, c),
            "\\begin{pmatrix}%s\\\\%s\\\\%s\\end{pmatrix}".formatted(a, b, c)),
        List.of(
            form.formatted(b, a, c),
            form.formatted(a, b, c + 1),
            "(" + a + "," + b + ")",
            "x=" + b + ",y=" + a + ",z=" + c));
  }

  private Value matrix() {
    int a = draws.between(-9, 9);
    int b = draws.between(-9, 9);
    int c = b + 1;
    int d = draws.between(-9, 9);
    String form = "\\begin{pmatrix}%s&%s\\\\%s&%s\\end{pmatrix}";
    String text = form.formatted(a, b, c, d);
    return new Value(
        text,
        List.of(
            text.replace("pmatrix", "bmatrix"),
            "A=" + text,
            "A+B=" + text,
            text.replace("&", " & ").replace("\\\\", " \\\\ "),
            "\\frac12" + form.formatted(2 * a, 2 * b, 2 * c, 2 * d)),
        List.of(
            form.formatted(a, c, b, d),
            form.formatted(a, b, c, d + 1),
            form.formatted(a, b, -c - 1, d),
            text.replace("pmatrix", "vmatrix"),
            "2" + form.formatted(a, b, c, d)));
  }

  private Value equation() {
    int a = draws.between(2, 9);
    int b = draws.between(1, 9);
    return new Value(
        "y=" + a + "x+" + b,
        List.of(
            "f(x)=" + a + "x+" + b,
            a + "x+" + b,
            "y=" + b + "+" + a + "x",
            a + "x-y+" + b + "=0",
            "2y=" + 2 * a + "x+" + 2 * b),
        List.of(
            "y=" + a + "x-" + b,
            "x=" + a + "y+" + b,
            "y=" + (a + 1) + "x+" + b,
            "f(x)=" + a + "x",
            b + "=" + a + "x+y"));
  }

  private Value percent() {
    int a = draws.between(2, 99);
    return new Value(
        a + "\\%",
        List.of(a + " percent", a + " pct", a + "\\text{ percentage points}", a + "%"),
        List.of(a + 1 + "\\%", "-" + a + "\\%", a + "0\\%", "0." + a + "\\%"));
  }

  private Value length() {
    int a = draws.between(2, 99);
    return new Value(
        a + "\\text{ cm}",
        List.of(a + " cm", a + " centimeters", a + "0 mm", a + "\\,\\mathrm{cm}", "" + a),
        List.of(a + " m", a + 1 + " cm", a + "\\text{ cm}^2", a + " kg"));
  }

  private Value complex() {
    int a = draws.between(1, 20);
    int b = draws.between(2, 20);
    return new Value(
        a + "+" + b + "i",
        List.of(b + "i+" + a, a + "+" + b + "\\mathrm{i}", "z=" + a + "+" + b + "i"),
        List.of(a + "-" + b + "i", "-" + a + "+" + b + "i", a + "+" + b, a + "+" + (b + 1) + "i"));
  }

  private Value powers() {
    int a = draws.between(2, 9);
    int b = draws.between(2, 9);
    return new Value(
        "2^" + a + "\\cdot 7^" + b,
        List.of("2^" + a + " 7^" + b, "2^{" + a + "}\\,7^{" + b + "}", "7^" + b + "*2^" + a),
        List.of("2^" + b + " 7^" + (a + 1), "2^" + a + " 7^" + (b + 1), "2^" + a + "+7^" + b));
  }

  private Value congruence() {
    int m = draws.between(3, 30);
    int r = draws.between(1, m - 1);
    return new Value(
        "x\\equiv " + r + "\\pmod{" + m + "}",
        List.of("x≡" + r + " (mod " + m + ")", "x\\equiv " + (r + m) + "\\pmod{" + m + "}"),
        List.of(
            "x\\equiv " + (r + 1) + "\\pmod{" + m + "}",
            "x\\equiv " + r + "\\pmod{" + (m + 1) + "}"));
  }

  private Value named() {
    int a = draws.between(1, 9);
    int b = a + draws.between(1, 9);
    String form = "a=%s,b=%s;a=%s,b=%s";
    return new Value(
        form.formatted(a, b, b, 50),
        List.of(
            "(%s,%s),(%s,%s)".formatted(a, b, b, 50),
            form.formatted(b, 50, a, b),
            "\\{(%s,%s),(%s,%s)\\}".formatted(b, 50, a, b)),
        List.of(
            form.formatted(b, a, b, 50),
            "(%s,%s),(%s,%s)".formatted(a, b, b, 51),
            "(" + a + "," + b + ")",
            form.formatted(a, 50, b, b)));
  }

  private Value integral() {
    int a = draws.between(1, 9);
    String form = "\\int_0^{%s}%s^2e^{%s}\\,d%s";
    return new Value(
        form.formatted(a, "x", "x", "x"),
        List.of(form.formatted(a, "t", "t", "t"), "\\int_0^{%s} e^x x^2 dx".formatted(a)),
        List.of(
            form.formatted(a + 1, "x", "x", "x"),
            form.formatted(a, "x", "-x", "x"),
            form.formatted(a, "x", "x", "t")));
  }

  private Value ratio() {
    int a = draws.between(61, 99);
    return new Value(
        a + ":7",
        List.of("x:y=" + a + ":7", a + " to 7", "\\frac{" + a + "}{7}", 2 * a + ":14"),
        List.of("7:" + a, a + 1 + ":7", a + ":8", a + ":7:1"));
  }

  private <T> T pick(List<T> from) {
    return from.get(draws.between(0, from.size() - 1));
  }
}
