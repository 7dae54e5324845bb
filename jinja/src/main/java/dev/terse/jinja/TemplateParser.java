package dev.terse.jinja;

import dev.terse.jinja.Token.Kind;
import dev.terse.jinja.value.Namespace;
import dev.terse.jinja.value.Undefined;
import dev.terse.jinja.value.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Compiles a template: text, {@code {{ }}}, and the tags set, if, for, macro. */
final class TemplateParser {
  private final TokenStream tokens;
  private final ExpressionParser expressions;
  private boolean marksGeneration;

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
      frame.write(Values.text(result));
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
      case "generation" -> generation();
      case "break" -> leave(Statement.Flow.BREAK);
      case "continue" -> leave(Statement.Flow.CONTINUE);
      default ->
          throw new TemplateException(
              name.line(),
              "tag '"
                  + name.text()
                  + "' is not supported; supported: set, if, for, macro, generation, break,"
                  + " continue");
    };
  }

  private Statement leave(Statement.Flow flow) {
    endOfTag();
    return frame -> flow;
  }

  /** transformers' mark of the text that the model writes. */
  private Statement generation() {
    marksGeneration = true;
    endOfTag();
    Statement body = body(Set.of("endgeneration"));
    tokens.next();
    endOfTag();
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
        namespace.attributes.put(attributeName, result);
      } else {
        assign(frame, names, result);
      }
      return Statement.Flow.ON;
    };
  }

  private Expression capturedBlock() {
    if (tokens.skipOperator("|")) {
      throw new TemplateException(
          tokens.peek().line(), "filters on a {% set %} block are not supported");
    }
    endOfTag();
    Statement body = body(Set.of("endset"));
    tokens.next();
    endOfTag();
    return frame -> frame.capture(body, captured -> {});
  }

  private static void assign(Frame frame, List<String> names, Object value) {
    if (names.size() == 1) {
      frame.set(names.get(0), value);
      return;
    }
    List<Object> parts = Values.items(value);
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
      bodies.add(body(Set.of("elif", "else", "endif")));
      String next = tokens.next().text();
      if (next.equals("elif")) {
        conditions.add(expressions.expressionOrTuple());
        endOfTag();
        continue;
      }
      endOfTag();
      if (next.equals("else")) {
        otherwise = body(Set.of("endif"));
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
    Expression filter = tokens.skipName("if") ? expressions.expression() : frame -> true;
    endOfTag();
    Statement body = body(Set.of("else", "endfor"));
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
      List<Object> items = new ArrayList<>();
      for (Object item : Values.items(source.in(frame))) {
        frame.step();
        Frame inner = frame.inner();
        assign(inner, names, item);
        if (Values.truth(filter.in(inner))) {
          items.add(item);
        }
      }
      if (items.isEmpty()) {
        return whenEmpty.run(frame);
      }
      for (int i = 0; i < items.size(); i++) {
        frame.step();
        Frame round = frame.inner();
        assign(round, names, items.get(i));
        round.set("loop", LoopState.at(items, i));
        if (body.run(round) == Statement.Flow.BREAK) {
          break;
        }
      }
      return Statement.Flow.ON;
    };
  }

  private Statement macro() {
    String name = tokens.expect(Kind.NAME, "the name of the macro").text();
    List<String> parameters = new ArrayList<>();
    List<Expression> defaults = new ArrayList<>();
    tokens.expectOperator("(");
    while (!tokens.skipOperator(")")) {
      if (!parameters.isEmpty()) {
        tokens.expectOperator(",");
      }
      String parameter = tokens.expect(Kind.NAME, "a parameter").text();
      parameters.add(parameter);
      defaults.add(
          tokens.skipOperator("=")
              ? expressions.expression()
              : frame -> new Undefined("parameter '" + parameter + "' was not provided"));
    }
    endOfTag();
    Statement body = body(Set.of("endmacro"));
    tokens.next();
    endOfTag();
    return frame -> {
      frame.set(name, new Macro(name, parameters, defaults, body, frame));
      return Statement.Flow.ON;
    };
  }
}
