package dev.terse.jinja;

import dev.terse.jinja.Token.Kind;
import dev.terse.jinja.value.Namespace;
import dev.terse.jinja.value.Undefined;
import dev.terse.jinja.value.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Compiles a template: text, {@code {{ }}}, and the tags set, if, for, macro, call, filter, with,
 * generation, break and continue.
 */
final class TemplateParser {
  private final TokenStream tokens;
  private final ExpressionParser expressions;
  private boolean marksGeneration;
  private int loops; // that the tag at hand stands in

  private TemplateParser(TokenStream tokens) {
    this.tokens = tokens;
    this.expressions = new ExpressionParser(tokens);
  }

  /** A program, and whether it has a {@code {% generation %}} tag. */
  record Parsed(Statement program, boolean marksGeneration) {}

  static Parsed parse(String source) {
    TemplateParser parser = new TemplateParser(new TokenStream(Lexer.tokens(source)));
    Statement program = parser.body(Set.of());
    return new Parsed(program, parser.marksGeneration);
  }

  /** Statements up to a tag named in {@code ends}, whose name is next then. */
  private Statement body(Set<String> ends) {
    tokens.enter();
    List<Statement> statements = new ArrayList<>();
    while (true) {
      Token token = tokens.next();
      switch (token.kind()) {
        case END -> {
          if (!ends.isEmpty()) {
            throw new TemplateException(
                token.line(), "the template ends before " + String.join(" or ", ends));
          }
          tokens.leave();
          return Statement.sequence(statements);
        }
        case TEXT ->
            statements.add(
                frame -> {
                  frame.write(token.text());
                  return Statement.Flow.ON;
                });
        case OUTPUT_BEGIN -> statements.add(output(token));
        case BLOCK_BEGIN -> {
          if (tokens.peek().kind() == Kind.NAME && ends.contains(tokens.peek().text())) {
            tokens.leave();
            return Statement.sequence(statements);
          }
          statements.add(tag());
        }
        default ->
            throw new TemplateException(token.line(), token.shown() + " is not expected here");
      }
    }
  }

  private Statement output(Token begin) {
    Expression value = expressions.expressionOrTuple();
    tokens.expect(Kind.OUTPUT_END, "'}}'");
    return frame -> {
      frame.atLine(begin.line());
      Object result = value.in(frame);
      frame.write(Values.text(result, frame.work()));
      return Statement.Flow.ON;
    };
  }

  private void endOfTag() {
    tokens.expect(Kind.BLOCK_END, "'%}'");
  }

  private Statement tag() {
    Token name = tokens.expect(Kind.NAME, "the name of a tag");
    return switch (name.text()) {
      case "set" -> set(name);
      case "if" -> condition(name);
      case "for" -> loop(name);
      case "macro" -> macro();
      case "call" -> call(name);
      case "filter" -> filter();
      case "with" -> with();
      case "generation" -> generation();
      case "break" -> leave(name, Statement.Flow.BREAK);
      case "continue" -> leave(name, Statement.Flow.CONTINUE);
      default ->
          throw new TemplateException(
              name.line(),
              "tag '"
                  + name.text()
                  + "' is not supported; supported: set, if, for, macro, call, filter, with,"
                  + " generation, raw, break, continue");
    };
  }

  private Statement leave(Token name, Statement.Flow flow) {
    if (loops == 0) {
      throw new TemplateException(name.line(), "'" + name.text() + "' stands in no loop");
    }
    endOfTag();
    return frame -> flow;
  }

  /** transformers' mark of the text that the model writes. */
  private Statement generation() {
    marksGeneration = true;
    endOfTag();
    Statement body = bodyOf("generation");
    return frame -> frame.generate(body);
  }

  private Statement set(Token begin) {
    List<String> names = new ArrayList<>();
    String attribute = null;
    do {
      names.add(tokens.expect(Kind.NAME, "a name to set").text());
    } while (tokens.skipOperator(","));
    if (names.size() == 1 && tokens.skipOperator(".")) {
      attribute = tokens.expect(Kind.NAME, "an attribute to set").text();
    }
    Expression value;
    if (tokens.skipOperator("=")) {
      value = expressions.expressionOrTuple();
      endOfTag();
    } else {
      value = capturedBlock();
    }
    String attributeName = attribute;
    return frame -> {
      frame.atLine(begin.line());
      Object result = value.in(frame);
      if (attributeName != null) {
        if (!(frame.get(names.get(0)) instanceof Namespace namespace)) {
          throw frame.error(
              "cannot set '" + names.get(0) + "." + attributeName + "': not a namespace");
        }
        namespace.attributes.put(Namespace.checked(attributeName), result);
      } else {
        assign(frame, names, result);
      }
      return Statement.Flow.ON;
    };
  }

  private Expression capturedBlock() {
    // What stands before the filters is the body, which comes after them.
    Expression[] captured = new Expression[1];
    Expression filtered =
        tokens.skipOperator("|")
            ? expressions.filtered(frame -> captured[0].in(frame))
            : frame -> captured[0].in(frame);
    endOfTag();
    Statement body = bodyOf("set");
    captured[0] = frame -> frame.capture(body, inner -> {});
    return filtered;
  }

  /** The statements up to {@code end + name}, and that tag. */
  private Statement bodyOf(String name) {
    Statement body = body(Set.of("end" + name));
    tokens.next();
    endOfTag();
    return body;
  }

  /** {@code {% filter upper %}}: what stands in it goes through filters. */
  private Statement filter() {
    Expression[] captured = new Expression[1];
    Expression filtered = expressions.filtered(frame -> captured[0].in(frame));
    endOfTag();
    Statement body = bodyOf("filter");
    captured[0] = frame -> frame.capture(body, inner -> {});
    return frame -> {
      frame.write(Values.text(filtered.in(frame), frame.work()));
      return Statement.Flow.ON;
    };
  }

  /** {@code {% with a = 1 %}}: names for a stretch of the template. */
  private Statement with() {
    List<String> names = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (tokens.peek().kind() != Kind.BLOCK_END) {
      if (!names.isEmpty()) {
        tokens.expectOperator(",");
      }
      names.add(tokens.expect(Kind.NAME, "a name").text());
      tokens.expectOperator("=");
      values.add(expressions.expression());
    }
    endOfTag();
    Statement body = bodyOf("with");
    return frame -> {
      Frame inner = frame.inner();
      for (int i = 0; i < names.size(); i++) {
        inner.set(names.get(i), values.get(i).in(frame));
      }
      return body.run(inner);
    };
  }

  /** {@code {% call f(x) %}}: the body is {@code caller()} of the macro that is called. */
  private Statement call(Token begin) {
    List<String> parameters = new ArrayList<>();
    List<Expression> defaults = new ArrayList<>();
    if (tokens.isOperator("(")) {
      parameters(parameters, defaults);
    }
    ExpressionParser.Call call = expressions.call();
    endOfTag();
    Statement body = bodyOf("call");
    return frame -> {
      frame.atLine(begin.line());
      Macro caller = new Macro(Macro.CALLER, parameters, defaults, body, frame);
      frame.write(Values.text(call.with(frame, Macro.CALLER, caller), frame.work()));
      return Statement.Flow.ON;
    };
  }

  private static void assign(Frame frame, List<String> names, Object value) {
    if (names.size() == 1) {
      frame.set(names.get(0), value);
      return;
    }
    List<Object> parts = Values.items(value, frame.work());
    if (parts.size() != names.size()) {
      throw frame.error(
          "cannot give " + parts.size() + " values to the " + names.size() + " names " + names);
    }
    for (int i = 0; i < names.size(); i++) {
      frame.set(names.get(i), parts.get(i));
    }
  }

  private Statement condition(Token begin) {
    List<Expression> conditions = new ArrayList<>();
    List<Statement> bodies = new ArrayList<>();
    Statement otherwise = frame -> Statement.Flow.ON;
    conditions.add(expressions.expressionOrTuple());
    endOfTag();
    while (true) {
      tokens.enterCondition();
      bodies.add(body(Set.of("elif", "else", "endif")));
      tokens.leaveCondition();
      String next = tokens.next().text();
      if (next.equals("elif")) {
        conditions.add(expressions.expressionOrTuple());
        endOfTag();
        continue;
      }
      endOfTag();
      if (next.equals("else")) {
        tokens.enterCondition();
        otherwise = body(Set.of("endif"));
        tokens.leaveCondition();
        tokens.next();
        endOfTag();
      }
      break;
    }
    Statement last = otherwise;
    return frame -> {
      frame.atLine(begin.line());
      for (int i = 0; i < conditions.size(); i++) {
        if (Values.truth(conditions.get(i).in(frame))) {
          return bodies.get(i).run(frame);
        }
      }
      return last.run(frame);
    };
  }

  private Statement loop(Token begin) {
    List<String> names = new ArrayList<>();
    boolean bracketed = tokens.skipOperator("(");
    do {
      names.add(tokens.expect(Kind.NAME, "a name for the loop").text());
    } while (tokens.skipOperator(","));
    if (bracketed) {
      tokens.expectOperator(")");
    }
    Token in = tokens.next();
    if (!in.is(Kind.NAME, "in")) {
      throw new TemplateException(in.line(), "expected 'in', found " + in.shown());
    }
    Expression source = expressions.loopSource();
    Expression filter = tokens.skipName("if") ? expressions.expression() : null;
    if (tokens.isName("recursive")) {
      throw new TemplateException(in.line(), "recursive loops are not supported");
    }
    endOfTag();
    loops++;
    Statement body = body(Set.of("else", "endfor"));
    loops--;
    Statement otherwise = frame -> Statement.Flow.ON;
    if (tokens.next().text().equals("else")) {
      endOfTag();
      otherwise = body(Set.of("endfor"));
      tokens.next();
    }
    endOfTag();
    Statement whenEmpty = otherwise;
    return frame -> {
      frame.atLine(begin.line());
      List<Object> items =
          chosen(frame, names, Values.items(source.in(frame), frame.work()), filter);
      if (items.isEmpty()) {
        return whenEmpty.run(frame);
      }
      LoopState loop = new LoopState(items, frame.work());
      for (int i = 0; i < items.size(); i++) {
        frame.step();
        Frame round = frame.inner();
        assign(round, names, items.get(i));
        round.set("loop", loop.at(i));
        if (body.run(round) == Statement.Flow.BREAK) {
          break;
        }
      }
      return Statement.Flow.ON;
    };
  }

  /** The items that {@code {% for x in items if filter %}} goes over. */
  private static List<Object> chosen(
      Frame frame, List<String> names, List<Object> items, Expression filter) {
    if (filter == null) {
      return items;
    }
    List<Object> chosen = new ArrayList<>();
    for (Object item : items) {
      frame.step();
      Frame inner = frame.inner();
      assign(inner, names, item);
      if (Values.truth(filter.in(inner))) {
        chosen.add(item);
      }
    }
    return chosen;
  }

  private Statement macro() {
    String name = tokens.expect(Kind.NAME, "the name of the macro").text();
    List<String> parameters = new ArrayList<>();
    List<Expression> defaults = new ArrayList<>();
    parameters(parameters, defaults);
    endOfTag();
    Statement body = bodyOf("macro");
    return frame -> {
      frame.set(name, new Macro(name, parameters, defaults, body, frame));
      return Statement.Flow.ON;
    };
  }

  /** {@code (a, b=1)}. */
  private void parameters(List<String> names, List<Expression> defaults) {
    tokens.expectOperator("(");
    while (!tokens.skipOperator(")")) {
      if (!names.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.skipOperator(")")) {
          return;
        }
      }
      String parameter = tokens.expect(Kind.NAME, "a parameter").text();
      names.add(parameter);
      defaults.add(
          tokens.skipOperator("=")
              ? expressions.expression()
              : frame -> new Undefined("parameter '" + parameter + "' was not provided"));
    }
  }
}
