package dev.terse.reward.math;

import dev.terse.reward.math.Answer.Based;
import dev.terse.reward.math.Answer.Collection;
import dev.terse.reward.math.Answer.Equation;
import dev.terse.reward.math.Answer.Inequality;
import dev.terse.reward.math.Answer.Matrix;
import dev.terse.reward.math.Answer.Ratio;
import dev.terse.reward.math.Answer.Region;
import dev.terse.reward.math.Answer.Sequence;
import dev.terse.reward.math.Answer.Value;
import dev.terse.reward.math.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Reads the structure of an answer: lists, sets, intervals, equations, inequalities, matrices,
 * quantities with units. Brackets are paired once; every level then looks at its own tokens only.
 */
final class AnswerParser {
  private static final Set<String> ORDER = Set.of("<", ">", "≤", "≥", "≠");
  private static final Set<String> ENVIRONMENTS =
      Set.of("pmatrix", "bmatrix", "matrix", "Bmatrix", "smallmatrix", "array");
  private static final Set<String> HEDGES =
      Set.of("about", "approximately", "exactly", "only", "roughly", "around", "approx");
  private static final Set<String> MODIFIERS = Set.of("square", "sq", "cubic", "cu");

  private final List<Token> tokens;
  private final int[] match;
  private final boolean tightSlash;
  private final Regions regions;
  private boolean sawLooseSlash;

  AnswerParser(List<Token> tokens, boolean tightSlash, Regions regions) {
    this.tokens = tokens;
    this.regions = regions;
    this.tightSlash = tightSlash;
    match = pairs(tokens);
  }

  /**
   * The answer that fills all tokens.
   *
   * @throws CannotTell if it is not understood
   */
  Answer parse() {
    return answer(0, tokens.size(), 0);
  }

  boolean sawLooseSlash() {
    return sawLooseSlash;
  }

  /** For each opening bracket the index of its partner; -1 for everything else. */
  private static int[] pairs(List<Token> tokens) {
    int[] match = new int[tokens.size()];
    Arrays.fill(match, -1);
    var open = new ArrayDeque<Integer>();
    for (int i = 0; i < match.length; i++) {
      var token = tokens.get(i);
      if (token.kind() == Kind.BEGIN || opens(token)) {
        open.push(i);
      } else if (token.kind() == Kind.END || closes(token)) {
        if (open.isEmpty() || !fit(tokens.get(open.peek()), token)) {
          throw new CannotTell("brackets do not pair");
        }
        match[open.pop()] = i;
      }
    }
    if (!open.isEmpty()) {
      throw new CannotTell("a bracket stays open");
    }
    return match;
  }

  private static boolean opens(Token t) {
    return t.is("(") || t.is("[") || t.is("{") || t.is("{set") || t.is("⟨");
  }

  private static boolean closes(Token t) {
    return t.is(")") || t.is("]") || t.is("}") || t.is("}set") || t.is("⟩");
  }

  private static boolean fit(Token open, Token close) {
    if (open.kind() == Kind.BEGIN) {
      return close.kind() == Kind.END && open.text().equals(close.text());
    }
    return switch (open.text()) {
      case "(", "[" -> close.is(")") || close.is("]");
      case "{" -> close.is("}");
      case "{set" -> close.is("}set");
      default -> close.is("⟩");
    };
  }

  private Answer answer(int from, int to, int depth) {
    if (depth > Limits.MAX_DEPTH) {
      throw new CannotTell("the answer is nested deeper than " + Limits.MAX_DEPTH);
    }
    while (from < to && isNoiseBefore(tokens.get(from))) {
      from++;
    }
    while (from < to && isNoiseAfter(tokens.get(to - 1))) {
      to--;
    }
    if (from >= to) {
      throw new CannotTell("there is nothing to compare");
    }
    if (tokens.get(from).is("{") && match[from] == to - 1) {
      return answer(from + 1, to - 1, depth + 1);
    }
    var list = list(from, to, depth);
    if (list != null) {
      return list;
    }
    var relation = relation(from, to, depth);
    if (relation != null) {
      return relation;
    }
    var region = setOperation(from, to, depth);
    if (region != null) {
      return region;
    }
    var enclosed = enclosed(from, to, depth);
    return enclosed != null ? enclosed : single(from, to);
  }

  private static boolean isNoiseBefore(Token t) {
    return t.is("=")
        || t.is("≈")
        || t.is("→")
        || t.is(":")
        || t.isWord() && HEDGES.contains(t.text().toLowerCase(Locale.ROOT));
  }

  private static boolean isNoiseAfter(Token t) {
    return t.is(",") || t.is(";") || t.is(":");
  }

  /** Positions of tokens at this level for which {@code wanted} holds. */
  private List<Integer> at(int from, int to, Predicate<Token> wanted) {
    var positions = new ArrayList<Integer>();
    for (int i = from; i < to; i++) {
      if (wanted.test(tokens.get(i))) {
        positions.add(i);
      }
      if (match[i] >= 0) {
        i = match[i];
      }
    }
    return positions;
  }

  private Answer list(int from, int to, int depth) {
    var cuts =
        at(from, to, t -> t.is(",") || t.is(";") || t.isWord() && Words.isConnective(t.text()));
    if (cuts.isEmpty()) {
      return null;
    }
    boolean or = cuts.stream().anyMatch(i -> tokens.get(i).text().equalsIgnoreCase("or"));
    var items = items(from, to, cuts, depth);
    if (items.size() == 1) {
      return items.get(0);
    }
    if (items.stream().allMatch(i -> i instanceof Inequality || i instanceof Region)) {
      var all = regions.of(items.get(0));
      var any = all;
      for (var item : items.subList(1, items.size())) {
        all = regions.intersection(all, regions.of(item));
        any = regions.union(any, regions.of(item));
      }
      // "x > 0, x < 1" holds at once; "x < 0, x > 1" cannot, so it is a choice.
      return or || all.pieces().isEmpty() ? any : all;
    }
    return new Collection(items, false);
  }

  private List<Answer> items(int from, int to, List<Integer> cuts, int depth) {
    var items = new ArrayList<Answer>();
    int start = from;
    for (int k = 0; k <= cuts.size(); k++) {
      int stop = k < cuts.size() ? cuts.get(k) : to;
      if (stop > start) { // ", and" leaves nothing between its two signs
        if (items.size() >= Limits.MAX_ITEMS) {
          throw new CannotTell("a list of more than " + Limits.MAX_ITEMS + " parts");
        }
        var item = answer(start, stop, depth + 1);
        if (item instanceof Collection c && !c.braces()) { // ±
          items.addAll(c.items());
        } else {
          items.add(item);
        }
      }
      start = stop + 1;
    }
    if (items.isEmpty()) {
      throw new CannotTell("an empty list");
    }
    return List.copyOf(items);
  }

  private Answer relation(int from, int to, int depth) {
    var cuts =
        at(
            from,
            to,
            t -> t.is("=") || t.is("≈") || t.is("∈") || t.is("≡") || t.is("→") || isOrder(t));
    if (cuts.isEmpty()) {
      return null;
    }
    var signs = cuts.stream().map(i -> tokens.get(i).text()).toList();
    int last = cuts.get(cuts.size() - 1);
    if (signs.equals(List.of("∈"))) {
      requireLabel(from, last);
      return answer(last + 1, to, depth + 1);
    }
    if (signs.stream().allMatch(s -> s.equals("=") || s.equals("≈"))) {
      return equation(from, to, cuts, depth);
    }
    if (signs.stream().allMatch(ORDER::contains)) {
      var sides = new ArrayList<Expr>();
      int start = from;
      for (int cut : cuts) {
        sides.add(expression(start, cut));
        start = cut + 1;
      }
      sides.add(expression(start, to));
      return new Inequality(List.copyOf(sides), signs);
    }
    throw new CannotTell("relations of several kinds");
  }

  private static boolean isOrder(Token t) {
    return t.kind() == Kind.SIGN && ORDER.contains(t.text());
  }

  private Answer equation(int from, int to, List<Integer> cuts, int depth) {
    String label = isLabel(from, cuts.get(0)) ? text(from, cuts.get(0)) : null;
    var sides = new ArrayList<Expr>();
    int start = from;
    for (int cut : cuts) {
      Expr side = null;
      try {
        side = expression(start, cut);
      } catch (CannotTell e) {
        if (label == null || start != from) {
          throw e;
        }
      }
      sides.add(side);
      start = cut + 1;
    }
    var right = answer(start, to, depth + 1);
    if (right instanceof Collection c && !c.braces()) { // x = ±2
      var each = c.items().stream().<Answer>map(item -> new Equation(label, sides, item)).toList();
      return new Collection(each, false);
    }
    return new Equation(label, sides, right);
  }

  private void requireLabel(int from, int to) {
    if (!isLabel(from, to)) {
      throw new CannotTell("an element that is not a variable");
    }
  }

  /** Whether a left side is only a name: x, x_1, f(x), AB, area. */
  private boolean isLabel(int from, int to) {
    String whole = to - from < 16 ? text(from, to) : "";
    boolean inverse = whole.startsWith("^-1(", 1);
    boolean derivative = whole.length() == 8 && whole.startsWith("fracd") && whole.charAt(6) == 'd';
    if (inverse || derivative) { // f^{-1}(x), dy/dx
      return true;
    }
    boolean named = false;
    for (int i = from; i < to; i++) {
      var t = tokens.get(i);
      boolean letter =
          t.isWord() && !t.text().equals("e")
              || t.kind() == Kind.COMMAND
                  && (Symbols.LETTERS.contains(t.text())
                      || Set.of("angle", "triangle", "overline", "overrightarrow")
                          .contains(t.text()));
      if (!letter && !named) {
        return t.isNumber() ? false : isNameSign(t) && isLabel(i + 1, to);
      }
      named |= letter;
      if (!letter && !t.isNumber() && !isNameSign(t)) {
        return false;
      }
    }
    return named;
  }

  private static boolean isNameSign(Token t) {
    return t.is("(") || t.is(")") || t.is("{") || t.is("}") || t.is("_") || t.is(",") || t.is("'");
  }

  private String text(int from, int to) {
    var text = new StringBuilder();
    for (var token : tokens.subList(from, to)) {
      if (!token.is("{") && !token.is("}")) {
        text.append(token.text());
      }
    }
    return text.toString();
  }

  private Answer setOperation(int from, int to, int depth) {
    var cuts = at(from, to, t -> t.is("∪") || t.is("∩") || t.is("∖"));
    if (cuts.isEmpty()) {
      return null;
    }
    var parts = new ArrayList<Answer>();
    int start = from;
    for (int k = 0; k <= cuts.size(); k++) {
      int stop = k < cuts.size() ? cuts.get(k) : to;
      parts.add(answer(start, stop, depth + 1));
      start = stop + 1;
    }
    if (parts.stream().allMatch(p -> p instanceof Collection)
        && cuts.stream().allMatch(i -> tokens.get(i).is("∪"))) {
      var all = new ArrayList<Answer>();
      parts.forEach(p -> all.addAll(((Collection) p).items()));
      return new Collection(List.copyOf(all), true);
    }
    var result = regions.of(parts.get(0));
    for (int k = 0; k < cuts.size(); k++) {
      var next = regions.of(parts.get(k + 1));
      result =
          switch (tokens.get(cuts.get(k)).text()) {
            case "∪" -> regions.union(result, next);
            case "∩" -> regions.intersection(result, next);
            default -> regions.intersection(result, regions.complement(next));
          };
    }
    return result;
  }

  /** What stands in one pair of brackets; null if the brackets only group an expression. */
  private Answer enclosed(int from, int to, int depth) {
    var first = tokens.get(from);
    if (match[from] != to - 1) {
      return null;
    }
    if (first.kind() == Kind.BEGIN) {
      return matrix(from, to - 1, depth);
    }
    if (first.is("{set")) {
      return braces(from + 1, to - 1, depth);
    }
    var cuts = at(from + 1, to - 1, t -> t.is(",") || t.is(";"));
    if (!cuts.isEmpty()) {
      var items = items(from + 1, to - 1, cuts, depth);
      return new Sequence(first.text(), tokens.get(to - 1).text(), items);
    }
    boolean relation = !at(from + 1, to - 1, t -> t.is("=") || isOrder(t)).isEmpty();
    if (first.is("⟨")) {
      return new Sequence("⟨", "⟩", List.of(answer(from + 1, to - 1, depth + 1)));
    }
    boolean nested = match[from + 1] == to - 2;
    return relation || nested || first.is("(") && isPlusMinus(from, to)
        ? answer(from + 1, to - 1, depth + 1)
        : null;
  }

  private boolean isPlusMinus(int from, int to) {
    return tokens.subList(from, to).stream().anyMatch(t -> t.is("±"));
  }

  private Answer braces(int from, int to, int depth) {
    if (from == to) {
      return new Collection(List.of(), true);
    }
    var bars = at(from, to, t -> t.is("|") || t.is(":"));
    if (bars.size() == 1) { // {x | x > 5}
      var condition = answer(bars.get(0) + 1, to, depth + 1);
      if (condition instanceof Inequality || condition instanceof Region) {
        return regions.of(condition);
      }
      throw new CannotTell("a set with a condition that is no inequality");
    }
    var cuts = at(from, to, t -> t.is(",") || t.is(";"));
    return new Collection(items(from, to, cuts, depth), true);
  }

  private Answer matrix(int begin, int end, int depth) {
    if (!ENVIRONMENTS.contains(tokens.get(begin).text())) {
      throw new CannotTell("the environment " + Words.brief(tokens.get(begin).text()));
    }
    var rows = new ArrayList<List<Answer>>();
    var rowCuts = new ArrayList<>(at(begin + 1, end, t -> t.is("\\\\")));
    rowCuts.add(end);
    int start = begin + 1;
    int cells = 0;
    for (int rowEnd : rowCuts) {
      if (rowEnd > start) {
        var row = new ArrayList<Answer>();
        var cellCuts = new ArrayList<>(at(start, rowEnd, t -> t.is("&")));
        cellCuts.add(rowEnd);
        for (int cellEnd : cellCuts) {
          if (++cells > Limits.MAX_ITEMS) {
            throw new CannotTell("a matrix of more than " + Limits.MAX_ITEMS + " entries");
          }
          row.add(answer(start, cellEnd, depth + 1));
          start = cellEnd + 1;
        }
        rows.add(List.copyOf(row));
      }
      start = rowEnd + 1;
    }
    return new Matrix(List.copyOf(rows));
  }

  /** One quantity, ratio, number in a base or named set. */
  private Answer single(int from, int to) {
    if (to - from == 1 && tokens.get(from).kind() == Kind.COMMAND) {
      switch (tokens.get(from).text()) {
        case "emptyset" -> {
          return new Collection(List.of(), true);
        }
        case "reals" -> {
          return Regions.REALS;
        }
        default -> {
          // an expression
        }
      }
    }
    var colons = at(from, to, t -> t.is(":"));
    if (!colons.isEmpty()) {
      var parts = new ArrayList<Expr>();
      int start = from;
      for (int colon : colons) {
        parts.add(expression(start, colon));
        start = colon + 1;
      }
      parts.add(expression(start, to));
      return new Ratio(List.copyOf(parts));
    }
    var based = based(from, to);
    return based != null ? based : quantity(from, to);
  }

  /** {@code 1011_2}, {@code (1A)_{16}}, {@code 12_{\text{three}}}; null if it is none. */
  private Answer based(int from, int to) {
    var cuts = at(from, to, t -> t.is("_"));
    if (cuts.size() != 1 || cuts.get(0) == from) {
      return null;
    }
    int cut = cuts.get(0);
    boolean plain = tokens.subList(from, cut).stream().allMatch(AnswerParser::isDigitPart);
    boolean group = tokens.get(Math.min(cut + 1, to - 1)).is("{") && match[cut + 1] == to - 1;
    if (!plain || !group && cut != to - 2) {
      return null;
    }
    String digits = text(from, cut).replace("(", "").replace(")", "");
    String suffix = text(cut + 1, to);
    var number = Words.number(List.of(suffix.toLowerCase(Locale.ROOT)));
    int base = -1;
    if (number != null) {
      base = number.num().intValue();
    } else if (suffix.length() <= 2 && suffix.chars().allMatch(c -> c >= '0' && c <= '9')) {
      base = suffix.isEmpty() ? -1 : Integer.parseInt(suffix);
    }
    boolean written = digits.chars().anyMatch(c -> c >= '0' && c <= '9');
    boolean hex = base == 16 && digits.length() > 1;
    if (base < 2 || base > 36 || !written && !hex || digits.length() > 200) {
      return null;
    }
    for (char c : digits.substring(digits.startsWith("-") ? 1 : 0).toCharArray()) {
      if (c > 127 || Character.digit(c, base) < 0) {
        return null;
      }
    }
    return new Based(digits.toUpperCase(Locale.ROOT), base);
  }

  private static boolean isDigitPart(Token t) {
    return t.isDigits() || t.isWord() || t.is("(") || t.is(")") || t.is("-");
  }

  private Answer quantity(int from, int to) {
    var unit = Unit.NONE;
    boolean negative = false;
    int start = from;
    if (start + 1 < to && tokens.get(start).is("-") && isCurrency(tokens.get(start + 1))) {
      negative = true;
      start++;
    }
    if (start < to - 1 && isCurrency(tokens.get(start))) {
      unit = Unit.named(tokens.get(start).text());
      start++;
    }
    int stop = unitStart(start, to);
    if (stop < to) {
      var suffix = unitOf(stop, to);
      if (suffix.scale() != 1) {
        return value(start, stop, unit.times(suffix.unit()), negative, suffix.scale());
      }
      unit =
          unit.dimensions().equals(suffix.unit().dimensions()) ? unit : unit.times(suffix.unit());
    }
    return value(start, stop, unit, negative, 1);
  }

  private Answer value(int from, int to, Unit unit, boolean negative, long scale) {
    if (isPlusMinus(from, to)) {
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

  private Expr expression(int from, int to) {
    if (from >= to) {
      throw new CannotTell("a side of a relation is missing");
    }
    if (isPlusMinus(from, to)) {
      throw new CannotTell("± on the left side of a relation");
    }
    int start = isCurrency(tokens.get(from)) ? from + 1 : from;
    return plain(start, unitStart(start, to), Unit.NONE, true).expr();
  }

  private static boolean isCurrency(Token t) {
    return t.is("$") || t.is("€") || t.is("£") || t.is("¥");
  }

  /** Where the unit of a quantity begins; {@code to} if there is none. */
  private int unitStart(int from, int to) {
    for (int i = from + 1; i < to; i++) {
      if (match[i] >= 0) {
        i = match[i];
      } else if (beginsUnit(i) && isUnit(i, to)) {
        return i;
      }
    }
    return to;
  }

  private boolean beginsUnit(int i) {
    var t = tokens.get(i);
    if (t.is("%") || isCurrency(t) || t.is("¢")) {
      return true;
    }
    if (!t.isWord() || Symbols.FUNCTIONS.contains(t.text()) || isInfinity(t)) {
      return false;
    }
    var before = tokens.get(i - 1);
    boolean afterNumber =
        before.isNumber() || before.is("}") || before.is(")") || before.is("!") || before.is("°");
    if (t.text().length() == 1) {
      boolean apart = t.spaceBefore() || t.inText();
      return afterNumber && apart && Unit.isKnown(t.text()) && !t.text().equals("e");
    }
    return t.inText()
        || Unit.isKnown(t.text()) && afterNumber
        || t.text().length() > 2 && t.spaceBefore() && afterNumber;
  }

  private static boolean isInfinity(Token t) {
    return Set.of("inf", "infinity").contains(t.text().toLowerCase(Locale.ROOT));
  }

  /** Whether only words and what binds units stand between. */
  private boolean isUnit(int from, int to) {
    for (int i = from; i < to; i++) {
      var t = tokens.get(i);
      boolean binds =
          t.is("/")
              || t.is("^")
              || t.is("*")
              || t.is("{")
              || t.is("}")
              || t.is("%")
              || t.is("(")
              || t.is(")")
              || isCurrency(t)
              || t.is("¢")
              || t.is("°")
              || t.is("-");
      boolean raised = i > from && (tokens.get(i - 1).is("^") || tokens.get(i - 1).is("{"));
      boolean power = raised && t.isDigits() && t.text().length() == 1;
      if (!t.isWord() && !binds && !power || i - from > 16) {
        return false;
      }
    }
    return true;
  }

  private record Suffix(Unit unit, long scale) {}

  private Suffix unitOf(int from, int to) {
    var unit = Unit.NONE;
    long scale = 1;
    int sign = 1;
    int modifier = 1;
    for (int i = from; i < to; i++) {
      var t = tokens.get(i);
      String word = t.text().toLowerCase(Locale.ROOT);
      Long factor = t.isWord() ? Words.scale(word) : null;
      if (factor != null) {
        if (scale != 1) {
          throw new CannotTell("two scales in one number");
        }
        scale = factor;
      } else if (t.is("/") || word.equals("per")) {
        sign = -1;
      } else if (MODIFIERS.contains(word)) {
        modifier = word.startsWith("s") ? 2 : 3;
      } else if (t.is("^")) {
        continue;
      } else if (t.isDigits()) {
        unit =
            unit.times(
                Unit.named(tokens.get(previousWord(i)).text())
                    .pow(sign * (Integer.parseInt(t.text()) - 1)));
      } else if (word.equals("squared") || word.equals("cubed")) {
        int extra = word.equals("squared") ? 1 : 2;
        unit = unit.times(Unit.named(tokens.get(previousWord(i)).text()).pow(sign * extra));
      } else if (t.isWord() || t.is("%") || t.is("°") || isCurrency(t) || t.is("¢")) {
        if (!Set.of("of", "the", "in", "each", "total").contains(word)
            || i == from && to - from == 1) {
          unit = unit.times(Unit.named(t.text()).pow(sign * modifier));
          modifier = 1;
        }
      }
    }
    return new Suffix(unit, scale);
  }

  private int previousWord(int i) {
    int j = i - 1;
    while (j > 0 && !tokens.get(j).isWord()) {
      j--;
    }
    return j;
  }
}
