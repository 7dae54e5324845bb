package dev.terse.jinja;

import dev.terse.jinja.Token.Kind;
import dev.terse.jinja.value.Callable;
import dev.terse.jinja.value.Undefined;
import dev.terse.jinja.value.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
    while (tokens.skipName("if")) {
      Expression then = result;
      Expression condition = disjunction();
      Expression otherwise =
          tokens.skipName("else")
              ? expression()
              : frame -> new Undefined("the inline if has no else");
      result = frame -> Values.truth(condition.in(frame)) ? then.in(frame) : otherwise.in(frame);
    }
    tokens.leave();
    return result;
  }

  /** What a loop goes over: an expression or a bare tuple, without an inline if. */
  Expression loopSource() {
    return tuple(disjunction(), false);
  }

  /** An expression, or several with commas: a list. */
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
    return listOf(items);
  }

  private boolean endsExpression() {
    Kind kind = tokens.peek().kind();
    return kind == Kind.BLOCK_END || kind == Kind.OUTPUT_END || tokens.isOperator(")");
  }

  private Expression disjunction() {
    Expression left = conjunction();
    while (tokens.skipName("or")) {
      Expression a = left;
      Expression b = conjunction();
      left =
          frame -> {
            Object value = a.in(frame);
            return Values.truth(value) ? value : b.in(frame);
          };
    }
    return left;
  }

  private Expression conjunction() {
    Expression left = negation();
    while (tokens.skipName("and")) {
      Expression a = left;
      Expression b = negation();
      left =
          frame -> {
            Object value = a.in(frame);
            return Values.truth(value) ? b.in(frame) : value;
          };
    }
    return left;
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
        if (!Operators.holds(operators.get(i), left, right)) {
          return false;
        }
        left = right;
      }
      return true;
    };
  }

  private Expression sum() {
    Expression left = concatenation();
    while (tokens.isOperator("+") || tokens.isOperator("-")) {
      left = binary(tokens.next(), left, concatenation());
    }
    return left;
  }

  private Expression concatenation() {
    Expression left = product();
    while (tokens.isOperator("~")) {
      left = binary(tokens.next(), left, product());
    }
    return left;
  }

  private Expression product() {
    Expression left = power();
    while (tokens.isOperator("*")
        || tokens.isOperator("/")
        || tokens.isOperator("//")
        || tokens.isOperator("%")) {
      left = binary(tokens.next(), left, power());
    }
    return left;
  }

  private Expression power() {
    Expression left = unary(true);
    while (tokens.isOperator("**")) {
      left = binary(tokens.next(), left, unary(true));
    }
    return left;
  }

  private static Expression binary(Token operator, Expression left, Expression right) {
    return frame -> {
      Object a = left.in(frame);
      Object b = right.in(frame);
      frame.atLine(operator.line());
      return Operators.apply(frame, operator.text(), a, b);
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
    result = postfix(result);
    return withFilters ? filtersAndTests(result) : result;
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
      return listOf(List.of());
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

  private static Expression listOf(List<Expression> items) {
    return frame -> {
      List<Object> values = new ArrayList<>(items.size());
      for (Expression item : items) {
        values.add(item.in(frame));
      }
      return values;
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
      entries.forEach((key, value) -> map.put(key.in(frame), value.in(frame)));
      return map;
    };
  }

  private Expression postfix(Expression start) {
    Expression result = start;
    while (true) {
      Expression object = result;
      int line = tokens.peek().line();
      if (tokens.skipOperator(".")) {
        Token attribute = tokens.next();
        if (attribute.kind() == Kind.INTEGER) {
          Long index = whole(attribute);
          result = frame -> Lookup.item(at(frame, line), object.in(frame), index);
        } else if (attribute.kind() == Kind.NAME) {
          result = frame -> Lookup.attribute(at(frame, line), object.in(frame), attribute.text());
        } else {
          throw new TemplateException(
              attribute.line(), "expected a name after '.', found " + attribute.shown());
        }
      } else if (tokens.skipOperator("[")) {
        result = subscript(object, line);
      } else if (tokens.isOperator("(")) {
        CallArguments arguments = arguments();
        result =
            frame -> {
              Object callee = object.in(frame);
              Callable.Arguments values = arguments.in(frame);
              at(frame, line).step();
              return Lookup.callable(callee).call(values);
            };
      } else {
        return result;
      }
    }
  }

  private static Frame at(Frame frame, int line) {
    frame.atLine(line);
    return frame;
  }

  private Expression subscript(Expression object, int line) {
    Expression from = tokens.isOperator(":") ? null : expression();
    if (tokens.skipOperator("]")) {
      return frame -> {
        Object container = object.in(frame);
        Object key = from.in(frame);
        return Lookup.item(at(frame, line), container, key);
      };
    }
    tokens.expectOperator(":");
    Expression to = tokens.isOperator(":") || tokens.isOperator("]") ? null : expression();
    Expression by = tokens.skipOperator(":") && !tokens.isOperator("]") ? expression() : null;
    tokens.expectOperator("]");
    return frame -> {
      Object container = object.in(frame);
      Object a = from == null ? null : from.in(frame);
      Object b = to == null ? null : to.in(frame);
      Object c = by == null ? null : by.in(frame);
      frame.atLine(line);
      return Lookup.slice(container, a, b, c);
    };
  }

  /** Compiled arguments of a call. */
  record CallArguments(List<Expression> positional, Map<String, Expression> named) {
    static final CallArguments NONE = new CallArguments(List.of(), Map.of());

    Callable.Arguments in(Frame frame) {
      List<Object> values = new ArrayList<>(positional.size());
      for (Expression argument : positional) {
        values.add(argument.in(frame));
      }
      Map<String, Object> byName = new LinkedHashMap<>();
      named.forEach((name, argument) -> byName.put(name, argument.in(frame)));
      return new Callable.Arguments(values, byName);
    }
  }

  private CallArguments arguments() {
    tokens.expectOperator("(");
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    while (!tokens.skipOperator(")")) {
      if (positional.size() + named.size() > 0) {
        tokens.expectOperator(",");
        if (tokens.skipOperator(")")) {
          break;
        }
      }
      if (tokens.peek().kind() == Kind.NAME && tokens.peek(1).is(Kind.OPERATOR, "=")) {
        String name = tokens.next().text();
        tokens.next();
        named.put(name, expression());
      } else {
        positional.add(expression());
      }
    }
    return new CallArguments(positional, named);
  }

  /** {@code | filter} and {@code is test}, as many as there are. */
  private Expression filtersAndTests(Expression start) {
    Expression result = start;
    while (true) {
      if (tokens.skipOperator("|")) {
        result = filter(result);
      } else if (tokens.skipName("is")) {
        result = test(result);
      } else if (tokens.isOperator("(")) {
        return filtersAndTests(postfix(result));
      } else {
        return result;
      }
    }
  }

  /** A filter's name and arguments, put on {@code operand}. */
  Expression filter(Expression operand) {
    Token name = tokens.expect(Kind.NAME, "the name of a filter");
    Filters.Filter filter = Filters.named(name.text());
    if (filter == null) {
      throw new TemplateException(
          name.line(), "filter '" + name.text() + "' is not known; known: " + Filters.names());
    }
    CallArguments arguments = tokens.isOperator("(") ? arguments() : CallArguments.NONE;
    return frame -> {
      Object value = operand.in(frame);
      Callable.Arguments values = arguments.in(frame);
      at(frame, name.line()).step();
      return filter.apply(frame, value, values);
    };
  }

  private Expression test(Expression operand) {
    boolean negated = tokens.skipName("not");
    Token name = tokens.expect(Kind.NAME, "the name of a test");
    Tests.Test test = Tests.named(name.text());
    if (test == null) {
      throw new TemplateException(
          name.line(), "test '" + name.text() + "' is not known; known: " + Tests.names());
    }
    CallArguments arguments = CallArguments.NONE;
    if (tokens.isOperator("(")) {
      arguments = arguments();
    } else if (startsTestArgument()) {
      arguments = new CallArguments(List.of(postfix(primary())), Map.of());
    }
    CallArguments given = arguments;
    return frame -> {
      Object value = operand.in(frame);
      Callable.Arguments values = given.in(frame);
      frame.atLine(name.line());
      return test.holds(value, values) != negated;
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
