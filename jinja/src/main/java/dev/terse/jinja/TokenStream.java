package dev.terse.jinja;

import dev.terse.jinja.Token.Kind;
import java.util.List;

/** Tokens read one after another. */
final class TokenStream {
  /** Deepest nesting of a template's tags and brackets. */
  private static final int MAX_DEPTH = 200;

  private final List<Token> tokens;
  private int at;
  private int depth;
  private int conditions;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(at);
  }

  Token peek(int ahead) {
    return tokens.get(Math.min(at + ahead, tokens.size() - 1));
  }

  Token next() {
    Token token = tokens.get(at);
    if (token.kind() != Kind.END) {
      at++;
    }
    return token;
  }

  boolean isOperator(String text) {
    return peek().is(Kind.OPERATOR, text);
  }

  boolean isName(String text) {
    return peek().is(Kind.NAME, text);
  }

  /** Reads the operator if it is next. */
  boolean skipOperator(String text) {
    boolean there = isOperator(text);
    if (there) {
      next();
    }
    return there;
  }

  /** Reads the word if it is next. */
  boolean skipName(String text) {
    boolean there = isName(text);
    if (there) {
      next();
    }
    return there;
  }

  Token expect(Kind kind, String what) {
    Token token = next();
    if (token.kind() != kind) {
      throw new TemplateException(token.line(), "expected " + what + ", found " + token.shown());
    }
    return token;
  }

  void expectOperator(String text) {
    Token token = next();
    if (!token.is(Kind.OPERATOR, text)) {
      throw new TemplateException(token.line(), "expected '" + text + "', found " + token.shown());
    }
  }

  /** Whether what is read now is carried out under a condition only. */
  boolean isConditional() {
    return conditions > 0;
  }

  /** Enters what is carried out under a condition only; {@link #leaveCondition} ends it. */
  void enterCondition() {
    conditions++;
  }

  void leaveCondition() {
    conditions--;
  }

  /** Enters a nested construct; {@link #leave} ends it. */
  void enter() {
    if (++depth > MAX_DEPTH) {
      throw new TemplateException(peek().line(), "nested deeper than " + MAX_DEPTH);
    }
  }

  void leave() {
    depth--;
  }
}
