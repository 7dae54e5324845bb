package dev.terse.jinja;

import dev.terse.jinja.Token.Kind;
import dev.terse.jinja.value.Callable;
import dev.terse.jinja.value.Tuple;
import dev.terse.jinja.value.Undefined;
import dev.terse.jinja.value.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Compiles expressions with Jinja2's precedence: or, and, not, comparison, + -, ~, * /, unary. */
final class ExpressionParser {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> ENDS_TEST = Set.of("else", "or", "and", "if", "is", "in", "not");

  private final TokenStream tokens;

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  /** An expression, {@code a if b else c} included. */
  Expression expression() {
    tokens.enter();
    Expression result = disjunction();
    int links = 0;
    while (tokens.skipName("if")) {
      tokens.enter();
      links++;
      Expression then = result;
      Expression condition = disjunction();
      Expression otherwise =
          tokens.skipName("else")
              ? expression()
              : frame -> new Undefined("the inline if has no else");
      result = frame -> Values.truth(condition.in(frame)) ? then.in(frame) : otherwise.in(frame);
    }
    for (; links >= 0; links--) {
      tokens.leave();
    }
    return result;
  }

  /** What a loop goes over: an expression or a bare tuple, without an inline if. */
  Expression loopSource() {
    return tuple(disjunction(), false);
  }

  /** An expression, or several with commas: a tuple. */
  Expression expressionOrTuple() {
    return tuple(expression(), true);
  }

  private Expression tuple(Expression first, boolean inlineIf) {
    if (!tokens.isOperator(",")) {
      return first;
    }
    List<Expression> items = new ArrayList<>(List.of(first));
    while (tokens.skipOperator(",")) {
      if (endsExpression()) {
        break;
      }
      items.add(inlineIf ? expression() : disjunction());
    }
    return tupleOf(items);
  }

  private boolean endsExpression() {
    Kind kind = tokens.peek().kind();
    return kind == Kind.BLOCK_END || kind == Kind.OUTPUT_END || tokens.isOperator(")");
  }

  private Expression disjunction() {
    return firstOf("or", true, this::conjunction);
  }

  private Expression conjunction() {
    return firstOf("and", false, this::negation);
  }

  /** The first operand whose truth is {@code wanted}, else the last. */
  private Expression firstOf(String word, boolean wanted, Supplier<Expression> operand) {
    Expression first = operand.get();
    if (!tokens.isName(word)) {
      return first;
    }
    List<Expression> operands = new ArrayList<>(List.of(first));
    while (tokens.skipName(word)) {
      operands.add(operand.get());
    }
    return frame -> {
      Object value = null;
      for (Expression each : operands) {
        value = each.in(frame);
        if (Values.truth(value) == wanted) {
          break;
        }
      }
      return value;
    };
  }

  private Expression negation() {
    if (tokens.isName("not")) {
      tokens.next();
      tokens.enter();
      Expression operand = negation();
      tokens.leave();
      return frame -> !Values.truth(operand.in(frame));
    }
    return comparison();
  }

  private Expression comparison() {
    Expression first = sum();
    List<String> operators = new ArrayList<>();
    List<Expression> operands = new ArrayList<>();
    while (true) {
      Token token = tokens.peek();
      if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
        operators.add(tokens.next().text());
      } else if (tokens.skipName("in")) {
        operators.add("in");
      } else if (tokens.isName("not") && tokens.peek(1).is(Kind.NAME, "in")) {
        tokens.next();
        tokens.next();
        operators.add("not in");
      } else {
        break;
      }
      operands.add(sum());
    }
    if (operators.isEmpty()) {
      return first;
    }
    return frame -> {
      Object left = first.in(frame);
      for (int i = 0; i < operators.size(); i++) {
        Object right = operands.get(i).in(frame);
        if (!Operators.holds(frame, operators.get(i), left, right)) {
          return false;
        }
        left = right;
      }
      return true;
    };
  }

  private Expression sum() {
    return chain(Set.of("+", "-"), this::concatenation);
  }

  /** {@code a ~ b ~ c}: all as texts, one after another. */
  private Expression concatenation() {
    Expression first = product();
    if (!tokens.isOperator("~")) {
      return first;
    }
    List<Expression> operands = new ArrayList<>(List.of(first));
    while (tokens.skipOperator("~")) {
      operands.add(product());
    }
    return frame -> {
      StringBuilder text = new StringBuilder();
      for (Expression operand : operands) {
        text.append(frame.bounded(Values.text(operand.in(frame), frame.work()), text.length()));
      }
      return frame.work().on(text.toString());
    };
  }

  private Expression product() {
    return chain(Set.of("*", "/", "//", "%"), this::power);
  }

  private Expression power() {
    return chain(Set.of("**"), () -> unary(true));
  }

  /** Operands with operators between them, taken from the left, however many. */
  private Expression chain(Set<String> operators, Supplier<Expression> operand) {
    Expression first = operand.get();
    List<Step> steps = new ArrayList<>();
    while (tokens.peek().kind() == Kind.OPERATOR && operators.contains(tokens.peek().text())) {
      Token operator = tokens.next();
      Expression right = operand.get();
      steps.add(
          (frame, left) -> {
            Object value = right.in(frame);
            frame.atLine(operator.line());
            return Operators.apply(frame, operator.text(), left, value);
          });
    }
    return after(first, steps);
  }

  /** What becomes of a value; a chain of them is run in a loop, so that its length is no depth. */
  @FunctionalInterface
  private interface Step {
    Object of(Frame frame, Object value);
  }

  private static Expression after(Expression first, List<Step> steps) {
    if (steps.isEmpty()) {
      return first;
    }
    return frame -> {
      Object value = first.in(frame);
      for (Step step : steps) {
        value = step.of(frame, value);
      }
      return value;
    };
  }

  private Expression unary(boolean withFilters) {
    Expression result;
    if (tokens.isOperator("-") || tokens.isOperator("+")) {
      boolean minus = tokens.next().text().equals("-");
      tokens.enter();
      Expression operand = unary(false);
      tokens.leave();
      result = frame -> Operators.signed(operand.in(frame), minus);
    } else {
      result = primary();
    }
    List<Step> steps = new ArrayList<>();
    postfix(steps);
    if (withFilters) {
      filtersAndTests(steps);
    }
    return after(result, steps);
  }

  private Expression primary() {
    Token token = tokens.next();
    switch (token.kind()) {
      case NAME:
        return name(token);
      case INTEGER:
        return constant(whole(token));
      case FLOAT:
        return constant(Double.parseDouble(token.text()));
      case STRING:
        StringBuilder text = new StringBuilder(token.text());
        while (tokens.peek().kind() == Kind.STRING) {
          text.append(tokens.next().text());
        }
        return constant(text.toString());
      case OPERATOR:
        if (token.text().equals("(")) {
          return parenthesis();
        }
        if (token.text().equals("[")) {
          return listOf(until("]"));
        }
        if (token.text().equals("{")) {
          return mapping();
        }
        break;
      default:
        break;
    }
    throw new TemplateException(token.line(), "expected a value, found " + token.shown());
  }

  private static Long whole(Token token) {
    try {
      return Long.valueOf(token.text());
    } catch (NumberFormatException e) {
      throw new TemplateException(token.line(), token.shown() + " is too large a number");
    }
  }

  private static Expression constant(Object value) {
    return frame -> value;
  }

  private static Expression name(Token token) {
    return switch (token.text()) {
      case "true", "True" -> constant(true);
      case "false", "False" -> constant(false);
      case "none", "None" -> constant(null);
      default -> frame -> frame.get(token.text());
    };
  }

  private Expression parenthesis() {
    if (tokens.skipOperator(")")) {
      return tupleOf(List.of());
    }
    Expression inner = expressionOrTuple();
    tokens.expectOperator(")");
    return inner;
  }

  private List<Expression> until(String closing) {
    List<Expression> items = new ArrayList<>();
    while (!tokens.skipOperator(closing)) {
      if (!items.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.skipOperator(closing)) {
          break;
        }
      }
      items.add(expression());
    }
    return items;
  }

  private static Expression tupleOf(List<Expression> items) {
    return frame -> Tuple.of(items.stream().map(item -> item.in(frame)).toArray());
  }

  private static Expression listOf(List<Expression> items) {
    return frame -> {
      List<Object> values = new ArrayList<>(items.size());
      for (Expression item : items) {
        values.add(item.in(frame));
      }
      return frame.work().on(values);
    };
  }

  private Expression mapping() {
    Map<Expression, Expression> entries = new LinkedHashMap<>();
    while (!tokens.skipOperator("}")) {
      if (!entries.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.skipOperator("}")) {
          break;
        }
      }
      Expression key = expression();
      tokens.expectOperator(":");
      entries.put(key, expression());
    }
    return frame -> {
      Map<Object, Object> map = new LinkedHashMap<>();
      entries.forEach((key, value) -> Values.put(map, key.in(frame), value.in(frame)));
      return frame.work().on(map);
    };
  }

  private void postfix(List<Step> steps) {
    while (true) {
      int line = tokens.peek().line();
      if (tokens.skipOperator(".")) {
        Token attribute = tokens.next();
        if (attribute.kind() == Kind.INTEGER) {
          Long index = whole(attribute);
          steps.add((frame, object) -> Lookup.item(at(frame, line), object, index));
        } else if (attribute.kind() == Kind.NAME) {
          String name = attribute.text();
          steps.add((frame, object) -> Lookup.attribute(at(frame, line), object, name));
        } else {
          throw new TemplateException(
              attribute.line(), "expected a name after '.', found " + attribute.shown());
        }
      } else if (tokens.skipOperator("[")) {
        steps.add(subscript(line));
      } else if (tokens.isOperator("(")) {
        CallArguments arguments = arguments();
        steps.add(
            (frame, callee) -> {
              Callable.Arguments values = arguments.in(frame);
              at(frame, line).step();
              return Lookup.callable(callee).call(values);
            });
      } else {
        return;
      }
    }
  }

  /** A call whose callee gets one more argument by name. */
  @FunctionalInterface
  interface Call {
    Object with(Frame frame, String name, Object value);
  }

  /** {@code f(x)} of a {@code {% call %}} tag. */
  Call call() {
    Token name = tokens.expect(Kind.NAME, "a macro to call");
    CallArguments arguments = arguments();
    return (frame, extra, value) -> {
      Callable.Arguments values = arguments.in(frame);
      at(frame, name.line()).step();
      Map<String, Object> named = new LinkedHashMap<>(values.named());
      named.put(extra, value);
      return Lookup.callable(frame.get(name.text()))
          .call(new Callable.Arguments(values.positional(), named));
    };
  }

  private static Frame at(Frame frame, int line) {
    frame.atLine(line);
    return frame;
  }

  private Step subscript(int line) {
    Expression from = tokens.isOperator(":") ? null : expressionOrTuple();
    if (tokens.skipOperator("]")) {
      return (frame, container) -> {
        Object key = from.in(frame);
        return Lookup.item(at(frame, line), container, key);
      };
    }
    tokens.expectOperator(":");
    Expression to = tokens.isOperator(":") || tokens.isOperator("]") ? null : expression();
    Expression by = tokens.skipOperator(":") && !tokens.isOperator("]") ? expression() : null;
    tokens.expectOperator("]");
    return (frame, container) -> {
      Object a = from == null ? null : from.in(frame);
      Object b = to == null ? null : to.in(frame);
      Object c = by == null ? null : by.in(frame);
      return Lookup.slice(at(frame, line), container, a, b, c);
    };
  }

  /**
   * Compiled arguments of a call.
   *
   * @param list of {@code *list}, or null
   * @param mapping of {@code **mapping}, or null
   */
  record CallArguments(
      List<Expression> positional,
      Map<String, Expression> named,
      Expression list,
      Expression mapping) {
    static final CallArguments NONE = of(List.of());

    static CallArguments of(List<Expression> positional) {
      return new CallArguments(positional, Map.of(), null, null);
    }

    Callable.Arguments in(Frame frame) {
      List<Object> values = new ArrayList<>(positional.size());
      for (Expression argument : positional) {
        values.add(argument.in(frame));
      }
      Map<String, Object> byName = new LinkedHashMap<>();
      named.forEach((name, argument) -> byName.put(name, argument.in(frame)));
      if (list != null) {
        values.addAll(Values.items(list.in(frame), frame.work()));
      }
      if (mapping != null) {
        unpack(mapping.in(frame), byName);
      }
      return new Callable.Arguments(values, byName);
    }

    private static void unpack(Object value, Map<String, Object> byName) {
      if (!(value instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException("'**' needs a mapping, found " + Values.kind(value));
      }
      map.forEach(
          (key, entry) -> {
            if (!(key instanceof String name) || byName.put(name, entry) != null) {
              throw new IllegalArgumentException(
                  "'**' gives an argument twice or one without a name");
            }
          });
    }
  }

  private CallArguments arguments() {
    tokens.expectOperator("(");
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    Expression list = null;
    Expression mapping = null;
    for (boolean first = true; !tokens.skipOperator(")"); first = false) {
      if (!first) {
        tokens.expectOperator(",");
        if (tokens.skipOperator(")")) {
          break;
        }
      }
      if (list == null && tokens.skipOperator("*")) {
        list = expression();
      } else if (mapping == null && tokens.skipOperator("**")) {
        mapping = expression();
      } else if (tokens.peek().kind() == Kind.NAME && tokens.peek(1).is(Kind.OPERATOR, "=")) {
        String name = tokens.next().text();
        tokens.next();
        named.put(name, expression());
      } else {
        positional.add(expression());
      }
    }
    return new CallArguments(positional, named, list, mapping);
  }

  /** {@code | filter} and {@code is test}, as many as there are. */
  private void filtersAndTests(List<Step> steps) {
    while (true) {
      if (tokens.skipOperator("|")) {
        steps.add(filter());
      } else if (tokens.skipName("is")) {
        steps.add(test());
      } else if (tokens.isOperator("(")) {
        postfix(steps);
      } else {
        return;
      }
    }
  }

  /** Filters, the first without its {@code |}, put on {@code operand}. */
  Expression filtered(Expression operand) {
    List<Step> steps = new ArrayList<>(List.of(filter()));
    while (tokens.skipOperator("|")) {
      steps.add(filter());
    }
    return after(operand, steps);
  }

  private Step filter() {
    Token name = tokens.expect(Kind.NAME, "the name of a filter");
    Filters.Filter known = Filters.named(name.text());
    if (known == null && !tokens.isConditional()) {
      throw unknown("filter", name, Filters.names());
    }
    Filters.Filter filter =
        known != null
            ? known
            : (frame, value, a) -> {
              throw unknown("filter", name, Filters.names());
            };
    CallArguments arguments = tokens.isOperator("(") ? arguments() : CallArguments.NONE;
    return (frame, value) -> {
      Callable.Arguments values = arguments.in(frame);
      at(frame, name.line()).step();
      frame.work().on(value);
      return frame.work().on(filter.apply(frame, value, values));
    };
  }

  /** Said at once, or where it stands under a condition as soon as it is needed, as in Jinja2. */
  private static TemplateException unknown(String what, Token name, String known) {
    return new TemplateException(
        name.line(), what + " '" + name.text() + "' is not known; known: " + known);
  }

  private Step test() {
    boolean negated = tokens.skipName("not");
    Token name = tokens.expect(Kind.NAME, "the name of a test");
    Tests.Test known = Tests.named(name.text());
    if (known == null && !tokens.isConditional()) {
      throw unknown("test", name, Tests.names());
    }
    Tests.Test test =
        known != null
            ? known
            : (frame, value, a) -> {
              throw unknown("test", name, Tests.names());
            };
    CallArguments arguments = CallArguments.NONE;
    if (tokens.isOperator("(")) {
      arguments = arguments();
    } else if (startsTestArgument()) {
      tokens.enter();
      Expression argument = primary();
      List<Step> steps = new ArrayList<>();
      postfix(steps);
      tokens.leave();
      arguments = CallArguments.of(List.of(after(argument, steps)));
    }
    CallArguments given = arguments;
    return (frame, value) -> {
      Callable.Arguments values = given.in(frame);
      frame.atLine(name.line());
      return test.holds(frame, value, values) != negated;
    };
  }

  private boolean startsTestArgument() {
    Token token = tokens.peek();
    return switch (token.kind()) {
      case STRING, INTEGER, FLOAT -> true;
      case NAME -> !ENDS_TEST.contains(token.text());
      case OPERATOR -> token.text().equals("[") || token.text().equals("{");
      default -> false;
    };
  }
}
