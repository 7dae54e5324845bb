package dev.terse.answers.read;

import dev.terse.answers.tokens.Token;
import dev.terse.answers.tokens.Token.Kind;
import dev.terse.answers.value.Answer;
import dev.terse.answers.value.Answer.Collection;
import dev.terse.answers.value.Answer.Congruence;
import dev.terse.answers.value.Answer.Equation;
import dev.terse.answers.value.Answer.Inequality;
import dev.terse.answers.value.Answer.Matrix;
import dev.terse.answers.value.Answer.Ratio;
import dev.terse.answers.value.Answer.Region;
import dev.terse.answers.value.Answer.Sequence;
import dev.terse.answers.value.Answer.Value;
import dev.terse.answers.value.Budget;
import dev.terse.answers.value.CannotTell;
import dev.terse.answers.value.Expr;
import dev.terse.answers.value.Limits;
import dev.terse.answers.value.Matrices;
import dev.terse.answers.value.Regions;
import dev.terse.answers.value.SolutionSets;
import dev.terse.answers.value.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads the structure of an answer: lists, sets, intervals, equations, inequalities, matrices,
 * quantities with units. Brackets are paired once; every level then looks at its own tokens only.
 */
final class AnswerParser {
  private static final Set<String> ORDER = Set.of("<", ">", "≤", "≥", "≠");
  private static final Set<String> ENVIRONMENTS =
      Set.of("pmatrix", "bmatrix", "matrix", "Bmatrix", "smallmatrix", "array");
  private static final Set<String> OPERATIONS =
      Set.of("lim", "sum", "prod", "int", "iint", "oint", "max", "min", "sup", "inf", "det");
  private static final Set<String> HEDGES =
      Set.of("all", "about", "approximately", "exactly", "only", "roughly", "around", "approx");

  /** Tokens from one position to before another. */
  private record Range(int from, int to) {

    /** What stands between cuts, each of one token. */
    static List<Range> between(int from, int to, List<Integer> cuts) {
      var ranges = new ArrayList<Range>();
      int start = from;
      for (int cut : cuts) {
        ranges.add(new Range(start, cut));
        start = cut + 1;
      }
      ranges.add(new Range(start, to));
      return ranges;
    }

    boolean isEmpty() {
      return to <= from;
    }
  }

  private final List<Token> tokens;
  private final Brackets brackets;
  private final QuantityParser quantities;
  private final SolutionSets sets;
  private final Regions regions;

  /**
   * @param tightSlash see {@link ExprParser}
   */
  AnswerParser(List<Token> tokens, boolean tightSlash, Budget budget) {
    this.tokens = tokens;
    sets = new SolutionSets(budget);
    regions = new Regions(budget);
    brackets = new Brackets(tokens);
    quantities = new QuantityParser(tokens, brackets, tightSlash);
  }

  /**
   * The answer that fills all tokens.
   *
   * @throws CannotTell if it is not understood
   */
  Answer parse() {
    return answer(0, tokens.size(), 0);
  }

  /** Whether the text can be read in two ways, see {@code tightSlash}. */
  boolean sawLooseSlash() {
    return quantities.sawLooseSlash();
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
    if (tokens.get(from).is("{") && brackets.pair(from, to - 1)) {
      return isSet(from + 1, to - 1)
          ? braces(from + 1, to - 1, depth)
          : answer(from + 1, to - 1, depth + 1);
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
    if (enclosed == null && isMatrixSum(from, to)) {
      return matrixSum(from, to, depth);
    }
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

  private Answer list(int from, int to, int depth) {
    var cuts =
        brackets.outside(
            from, to, t -> t.is(",") || t.is(";") || t.is("&") || Words.isConnective(t));
    if (cuts.isEmpty()) {
      return null;
    }
    boolean or = cuts.stream().anyMatch(i -> Words.isOr(tokens.get(i)));
    var groups =
        cuts.stream().filter(i -> tokens.get(i).is(";") || Words.isOr(tokens.get(i))).toList();
    boolean grouped = !groups.isEmpty() && groups.size() < cuts.size();
    if (grouped && brackets.outside(from, to, t -> t.is("=")).size() == cuts.size() + 1) {
      cuts = groups; // a=4, b=1; a=6, b=3
    }
    var items = items(from, to, cuts, depth);
    if (items.size() == 1) {
      return items.get(0);
    }
    var quantity = QuantityParser.joined(items);
    if (quantity != null) {
      return quantity; // 2 hours and 30 minutes
    }
    boolean bounds = items.stream().anyMatch(i -> i instanceof Inequality || i instanceof Region);
    boolean points = or && items.stream().anyMatch(i -> i instanceof Equation);
    if (bounds && points || items.stream().allMatch(AnswerParser::isRange)) {
      var all = sets.of(items.get(0));
      var any = all;
      for (var item : items.subList(1, items.size())) {
        all = regions.intersection(all, sets.of(item));
        any = regions.union(any, sets.of(item));
      }
      // "x > 0, x < 1" holds at once; "x < 0, x > 1" cannot, so it is a choice.
      return or || all.pieces().isEmpty() ? any : all;
    }
    return new Collection(items, false);
  }

  private static boolean isRange(Answer item) {
    return item instanceof Inequality || item instanceof Region;
  }

  private List<Answer> items(int from, int to, List<Integer> cuts, int depth) {
    var items = new ArrayList<Answer>();
    for (var part : Range.between(from, to, cuts)) {
      if (!part.isEmpty()) { // ", and" leaves nothing between its two signs
        if (items.size() >= Limits.MAX_ITEMS) {
          throw new CannotTell("a list of more than " + Limits.MAX_ITEMS + " parts");
        }
        var item =
            holdsSeveral(part)
                ? set(part.from(), part.to(), depth + 1)
                : answer(part.from(), part.to(), depth + 1);
        if (item instanceof Collection c && !c.braces() && !c.isAssignment()) { // ±
          items.addAll(c.items());
        } else {
          items.add(item);
        }
      }
    }
    if (items.isEmpty()) {
      throw new CannotTell("an empty list");
    }
    return List.copyOf(items);
  }

  /** Whether an item is a set in plain braces, {1, 2}; TeX's own braces would hold one value. */
  private boolean holdsSeveral(Range part) {
    int from = part.from();
    int to = part.to();
    return tokens.get(from).is("{")
        && brackets.pair(from, to - 1)
        && !brackets.outside(from + 1, to - 1, t -> t.is(",")).isEmpty();
  }

  private Answer relation(int from, int to, int depth) {
    var cuts =
        brackets.outside(
            from,
            to,
            t -> t.is("=") || t.is("≈") || t.is("∈") || t.is("≡") || t.is("→") || isOrder(t));
    if (cuts.isEmpty()) {
      return null;
    }
    var signs = cuts.stream().map(i -> tokens.get(i).text()).toList();
    int last = cuts.get(cuts.size() - 1);
    if (signs.equals(List.of("∈"))) {
      if (label(from, last) == null) {
        throw new CannotTell("an element that is not a variable");
      }
      return answer(last + 1, to, depth + 1);
    }
    if (signs.stream().allMatch(s -> s.equals("=") || s.equals("≈"))) {
      return equation(from, to, cuts, depth);
    }
    if (signs.equals(List.of("≡"))) {
      return congruence(from, last, to);
    }
    if (signs.stream().allMatch(ORDER::contains)) {
      return new Inequality(bounded(from, to, cuts), signs);
    }
    throw new CannotTell("relations of several kinds");
  }

  /** {@code x ≡ 5 (mod 9)}; a calculation such as 23 ≡ 5 (mod 9) gives its remainder. */
  private Answer congruence(int from, int sign, int to) {
    int mark = sign + 1;
    while (mark < to && !Functions.isModulo(tokens.get(mark))) {
      mark++;
    }
    if (mark >= to - 1) {
      throw new CannotTell("a congruence without its modulus");
    }
    boolean bracket = tokens.get(mark - 1).is("(") && brackets.pair(mark - 1, to - 1);
    var left = quantities.expression(from, sign);
    var residue = quantities.expression(sign + 1, bracket ? mark - 1 : mark);
    var modulus = quantities.expression(mark + 1, bracket ? to - 1 : to);
    if (!Expr.isConstant(left)) {
      return new Congruence(left, residue, modulus);
    }
    var remainder = Expr.fn("mod", left, modulus);
    return new Equation(null, List.of(remainder), new Value(residue, Unit.NONE));
  }

  /** The expressions between the cuts. */
  private List<Expr> expressions(int from, int to, List<Integer> cuts) {
    return Range.between(from, to, cuts).stream()
        .map(part -> quantities.expression(part.from(), part.to()))
        .toList();
  }

  /** The same, where a name such as f(x) or BC is one variable. */
  private List<Expr> bounded(int from, int to, List<Integer> cuts) {
    var sides = new ArrayList<Expr>();
    for (var part : Range.between(from, to, cuts)) {
      var side = tokens.subList(part.from(), part.to());
      sides.add(
          Labels.isOneName(side)
              ? new Expr.Sym(Labels.text(side))
              : quantities.expression(part.from(), part.to()));
    }
    return sides;
  }

  private static boolean isOrder(Token t) {
    return t.kind() == Kind.SIGN && ORDER.contains(t.text());
  }

  private Answer equation(int from, int to, List<Integer> cuts, int depth) {
    if (cuts.size() == 1 && isNumberOf(from, cuts.get(0), to)) { // 7 = x
      var name = quantities.expression(cuts.get(0) + 1, to);
      return new Equation(
          label(cuts.get(0) + 1, to), List.of(name), quantities.quantity(from, cuts.get(0)));
    }
    String label = label(from, cuts.get(0));
    var sides = new ArrayList<Expr>();
    var parts = Range.between(from, to, cuts);
    for (var part : parts.subList(0, cuts.size())) {
      Expr side = null;
      try {
        side = quantities.expression(part.from(), part.to());
      } catch (CannotTell e) {
        boolean named = label != null && part.from() == from;
        if (!named && !isOperation(part)) {
          throw e;
        }
      }
      sides.add(side);
    }
    int last = parts.get(cuts.size()).from();
    boolean ratio = label != null && label.indexOf(':') > 0;
    var colons = ratio ? brackets.outside(last, to, t -> t.is(":")) : List.<Integer>of();
    if (ratio && label.chars().filter(c -> c == ':').count() != colons.size()) {
      throw new CannotTell("a ratio of another length than its name");
    }
    var right =
        colons.isEmpty() ? answer(last, to, depth + 1) : new Ratio(expressions(last, to, colons));
    if (right instanceof Collection c && !c.braces()) { // x = ±2
      var each = c.items().stream().<Answer>map(item -> new Equation(label, sides, item)).toList();
      return new Collection(each, false);
    }
    return new Equation(label, sides, right);
  }

  /** Whether a side that is not understood computes one thing: a limit, a sum of matrices. */
  private boolean isOperation(Range side) {
    return tokens.subList(side.from(), side.to()).stream()
        .anyMatch(
            t ->
                t.kind() == Kind.BEGIN
                    || t.kind() == Kind.COMMAND && OPERATIONS.contains(t.text()));
  }

  /** Whether a number stands on the left and one letter on the right. */
  private boolean isNumberOf(int from, int sign, int to) {
    return to == sign + 2
        && tokens.get(sign + 1).isWord()
        && tokens.get(sign + 1).text().length() == 1
        && label(sign + 1, to) != null
        && label(from, sign) == null
        && tokens.subList(from, sign).stream().noneMatch(Token::isWord);
  }

  /** The name that a left side is; null if it is none. */
  private String label(int from, int to) {
    var side = tokens.subList(from, to);
    return Labels.isLabel(side) ? Labels.text(side) : null;
  }

  private Answer setOperation(int from, int to, int depth) {
    var cuts = brackets.outside(from, to, t -> t.is("∪") || t.is("∩") || t.is("∖"));
    if (cuts.isEmpty()) {
      return allBut(from, to, depth);
    }
    var parts = new ArrayList<Answer>();
    for (var part : Range.between(from, to, cuts)) {
      parts.add(set(part.from(), part.to(), depth + 1));
    }
    if (parts.stream().allMatch(p -> p instanceof Collection)
        && cuts.stream().allMatch(i -> tokens.get(i).is("∪"))) {
      var all = new ArrayList<Answer>();
      parts.forEach(p -> all.addAll(((Collection) p).items()));
      return new Collection(List.copyOf(all), true);
    }
    var result = sets.of(parts.get(0));
    for (int k = 0; k < cuts.size(); k++) {
      var next = sets.of(parts.get(k + 1));
      result =
          switch (tokens.get(cuts.get(k)).text()) {
            case "∪" -> regions.union(result, next);
            case "∩" -> regions.intersection(result, next);
            default -> regions.intersection(result, regions.complement(next));
          };
    }
    return result;
  }

  /** An operand of sets: plain braces are those of a set. */
  private Answer set(int from, int to, int depth) {
    boolean braces = to - from > 2 && tokens.get(from).is("{") && brackets.pair(from, to - 1);
    return braces ? braces(from + 1, to - 1, depth) : answer(from, to, depth);
  }

  /** A set without another one, with a minus sign: ℝ - {2}, (0, 7] - (0, 3]; else null. */
  private Answer allBut(int from, int to, int depth) {
    var cuts = brackets.outside(from, to, t -> t.is("-"));
    if (cuts.size() != 1
        || !isSetOfNumbers(from, cuts.get(0))
        || !isSetOfNumbers(cuts.get(0) + 1, to)) {
      return null;
    }
    try {
      boolean reals = cuts.get(0) == from + 1;
      var left = reals ? Regions.REALS : sets.of(set(from, cuts.get(0), depth + 1));
      var right = sets.of(set(cuts.get(0) + 1, to, depth + 1));
      return regions.intersection(left, regions.complement(right));
    } catch (CannotTell e) { // points, perhaps
      return null;
    }
  }

  private boolean isSetOfNumbers(int from, int to) {
    if (to - from == 1) {
      var token = tokens.get(from);
      return token.isCommand("reals") || token.isWord() && token.text().equals("R");
    }
    return to - from > 2
        && brackets.pair(from, to - 1)
        && (tokens.get(from).is("{set")
            || tokens.get(from).is("{")
            || !brackets.outside(from + 1, to - 1, t -> t.is(",")).isEmpty());
  }

  /** What stands in one pair of brackets; null if the brackets only group an expression. */
  private Answer enclosed(int from, int to, int depth) {
    var first = tokens.get(from);
    int end = transposed(from, to);
    if (end > 0) {
      var whole = enclosed(from, end, depth);
      return whole instanceof Sequence s
          ? new Sequence("⟨", "⟩", s.items()) // a vector, no interval
          : Matrices.transposed(whole);
    }
    if (!brackets.pair(from, to - 1)) {
      return null;
    }
    if (PrimaryParser.isDeterminant(first)) {
      return null;
    }
    if (first.kind() == Kind.BEGIN) {
      return matrix(from, to - 1, depth);
    }
    if (first.is("{set")) {
      return braces(from + 1, to - 1, depth);
    }
    var cuts = brackets.outside(from + 1, to - 1, t -> t.is(",") || t.is(";"));
    if (!cuts.isEmpty()) {
      var items = items(from + 1, to - 1, cuts, depth);
      return new Sequence(first.text(), tokens.get(to - 1).text(), items);
    }
    boolean relation = !brackets.outside(from + 1, to - 1, t -> t.is("=") || isOrder(t)).isEmpty();
    if (first.is("⟨")) {
      return new Sequence("⟨", "⟩", List.of(answer(from + 1, to - 1, depth + 1)));
    }
    boolean nested = brackets.pair(from + 1, to - 2);
    return relation || nested || first.is("(") && quantities.hasPlusMinus(from, to)
        ? answer(from + 1, to - 1, depth + 1)
        : null;
  }

  /** Where the vector or matrix ends of which a transpose is taken, as in [2, 3]^T; else -1. */
  private int transposed(int from, int to) {
    int end = brackets.last(from) + 1;
    var mark = tokens.subList(Math.min(end, to), to);
    boolean power = mark.size() > 1 && mark.get(0).is("^");
    String sign = power ? Labels.text(mark.subList(1, mark.size())) : "";
    boolean parts =
        tokens.get(from).kind() == Kind.BEGIN
            || end > from + 1 && !brackets.outside(from + 1, end - 1, t -> t.is(",")).isEmpty();
    return parts && Set.of("T", "top", "intercal", "t").contains(sign) ? end : -1;
  }

  /** Whether plain braces hold a set: {x | x > 5}, or nothing at all. */
  private boolean isSet(int from, int to) {
    return from == to || isCondition(from, to);
  }

  private boolean isCondition(int from, int to) {
    var bars = brackets.outside(from, to, t -> t.is("|") || t.is(":"));
    return bars.size() == 1
        && bars.get(0) > from
        && !brackets.outside(bars.get(0), to, AnswerParser::isOrder).isEmpty();
  }

  private Answer braces(int from, int to, int depth) {
    if (from == to) {
      return new Collection(List.of(), true);
    }
    var bars = brackets.outside(from, to, t -> t.is("|") || t.is(":"));
    if (bars.size() == 1) { // {x | x > 5}
      var condition = answer(bars.get(0) + 1, to, depth + 1);
      if (condition instanceof Inequality || condition instanceof Region) {
        return sets.of(condition);
      }
      throw new CannotTell("a set with a condition that is no inequality");
    }
    var cuts = brackets.outside(from, to, t -> t.is(",") || t.is(";"));
    return new Collection(items(from, to, cuts, depth), true);
  }

  private Answer matrix(int begin, int end, int depth) {
    if (tokens.get(begin).text().endsWith("cases")) {
      return cases(begin + 1, end, depth);
    }
    if (!ENVIRONMENTS.contains(tokens.get(begin).text())) {
      throw new CannotTell("the environment " + Words.brief(tokens.get(begin).text()));
    }
    var rows = new ArrayList<List<Answer>>();
    int cells = 0;
    for (var row : split(begin + 1, end, "\\\\")) {
      if (!row.isEmpty()) {
        var items = new ArrayList<Answer>();
        for (var cell : split(row.from(), row.to(), "&")) {
          if (++cells > Limits.MAX_ITEMS) {
            throw new CannotTell("a matrix of more than " + Limits.MAX_ITEMS + " entries");
          }
          items.add(answer(cell.from(), cell.to(), depth + 1));
        }
        rows.add(List.copyOf(items));
      }
    }
    return new Matrix(List.copyOf(rows));
  }

  /** A function by cases: the set of its pairs of value and condition. */
  private Answer cases(int from, int end, int depth) {
    var cases = new ArrayList<Answer>();
    for (var row : split(from, end, "\\\\")) {
      var cells = row.isEmpty() ? List.<Range>of() : split(row.from(), row.to(), "&");
      if (cells.size() > 2 || cases.size() >= Limits.MAX_ITEMS) {
        throw new CannotTell("cases of more than a value and a condition");
      }
      if (!cells.isEmpty()) {
        var pair = new ArrayList<Answer>();
        for (var cell : cells) {
          int start = cell.from();
          while (start < cell.to() && isCondition(tokens.get(start))) {
            start++;
          }
          pair.add(
              start < cell.to() && Words.isOtherwise(tokens.get(start))
                  ? new Answer.Text(List.of("otherwise"))
                  : answer(start, cell.to(), depth + 1));
        }
        cases.add(new Sequence("⟨", "⟩", List.copyOf(pair)));
      }
    }
    return new Collection(List.copyOf(cases), true);
  }

  private static boolean isCondition(Token t) {
    return t.isWord() && Set.of("if", "If", "for", "when", "where").contains(t.text());
  }

  private boolean isMatrixSum(int from, int to) {
    boolean determinant =
        from > 0 && tokens.get(from - 1).is("|")
            || tokens.subList(from, to).stream().anyMatch(t -> t.is("|") || t.isCommand("det"));
    return !determinant
        && !brackets
            .outside(from, to, t -> t.kind() == Kind.BEGIN && ENVIRONMENTS.contains(t.text()))
            .isEmpty();
  }

  /** Sums and products of matrices and numbers. */
  private Answer matrixSum(int from, int to, int depth) {
    var cuts = brackets.outside(from, to, t -> t.is("+") || t.is("-"));
    Matrix sum = null;
    var terms = Range.between(from, to, cuts);
    for (int i = 0; i < terms.size(); i++) {
      var term = terms.get(i);
      if (i == 0 && term.isEmpty()) {
        continue;
      }
      boolean minus = i > 0 && tokens.get(cuts.get(i - 1)).is("-");
      var matrix = matrixTerm(term.from(), term.to(), depth);
      matrix = minus ? Matrices.times(Expr.num(-1), matrix) : matrix;
      sum = sum == null ? matrix : Matrices.plus(sum, matrix);
    }
    if (sum == null) {
      throw new CannotTell("there is nothing to compare");
    }
    return sum;
  }

  private Matrix matrixTerm(int from, int to, int depth) {
    Expr factor = Expr.num(1);
    Matrix product = null;
    int start = from;
    for (int i = from; i < to; i = brackets.last(i) + 1) {
      if (tokens.get(i).kind() == Kind.BEGIN && ENVIRONMENTS.contains(tokens.get(i).text())) {
        int end = start < i && tokens.get(i - 1).is("*") ? i - 1 : i;
        factor = start < end ? Expr.times(factor, quantities.expression(start, end)) : factor;
        var next = (Matrix) matrix(i, brackets.last(i), depth + 1);
        product = product == null ? next : Matrices.times(product, next);
        start = brackets.last(i) + 1;
      }
    }
    if (product == null || start != to) {
      throw new CannotTell("a sum of matrices and other things");
    }
    return factor.equals(Expr.num(1)) ? product : Matrices.times(factor, product);
  }

  private List<Range> split(int from, int to, String sign) {
    return Range.between(from, to, brackets.outside(from, to, t -> t.is(sign)));
  }

  /** One quantity, time, ratio, number in a base or named set. */
  private Answer single(int from, int to) {
    if (to - from == 1 && tokens.get(from).isCommand("emptyset")) {
      return new Collection(List.of(), true);
    }
    if (to - from == 1 && tokens.get(from).isCommand("reals")) {
      return Regions.REALS;
    }
    if (to - from == 1
        && tokens.get(from).kind() == Kind.COMMAND
        && Words.NUMBER_SETS.contains(tokens.get(from).text())) {
      return new Answer.Text(List.of(tokens.get(from).text()));
    }
    var clock = ClockTimes.read(tokens.subList(from, to));
    if (clock != null) {
      return clock;
    }
    var colons = brackets.outside(from, to, t -> t.is(":") || t.isWord() && t.text().equals("to"));
    if (!colons.isEmpty()) {
      return new Ratio(expressions(from, to, colons));
    }
    var based = based(from, to);
    return based != null ? based : quantities.quantity(from, to);
  }

  /** A number with its base as subscript; null if it is none. */
  private Answer based(int from, int to) {
    var cuts = brackets.outside(from, to, t -> t.is("_"));
    if (cuts.size() != 1 || cuts.get(0) == from || cuts.get(0) == to - 1) {
      return null;
    }
    int cut = cuts.get(0);
    boolean group = tokens.get(cut + 1).is("{") && brackets.pair(cut + 1, to - 1);
    return group || cut == to - 2
        ? BasedNumbers.read(tokens.subList(from, cut), tokens.subList(cut + 1, to))
        : null;
  }
}
