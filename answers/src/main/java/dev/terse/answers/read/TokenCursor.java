package dev.terse.answers.read;

import dev.terse.answers.tokens.Token;
import dev.terse.answers.value.CannotTell;
import dev.terse.answers.value.Limits;
import java.util.ArrayList;
import java.util.List;

/**
 * A place in a range of tokens. It moves forward, may step back to where it was, and counts how
 * deep its readers are nested, so that their recursion is bounded.
 */
final class TokenCursor {
  private final List<Token> tokens;
  private final int end;
  private int at;
  private int depth;

  /** Tokens before {@code from} can be looked back at, not read. */
  TokenCursor(List<Token> tokens, int from, int end) {
    this.tokens = new ArrayList<>(tokens.subList(0, end));
    this.at = from;
    this.end = end;
  }

  boolean atEnd() {
    return at >= end;
  }

  /** Whether there is a token {@code ahead} places from here. */
  boolean has(int ahead) {
    return at + ahead < end;
  }

  /** The token here, which must exist. */
  Token peek() {
    return tokens.get(at);
  }

  /** The token {@code ahead} places from here, or back where negative; null outside the range. */
  Token look(int ahead) {
    int i = at + ahead;
    return i >= 0 && i < end ? tokens.get(i) : null;
  }

  Token next() {
    return tokens.get(at++);
  }

  void skip(int count) {
    at += count;
  }

  int position() {
    return at;
  }

  void back(int position) {
    at = position;
  }

  /** Puts what is left of a token, of which a part was read, in its place here. */
  void replace(Token rest) {
    tokens.set(at, rest);
  }

  boolean isSign(String sign) {
    return at < end && tokens.get(at).is(sign);
  }

  boolean isCommand(String name) {
    return at < end && tokens.get(at).isCommand(name);
  }

  /** Reads {@code sign} if it stands here. */
  boolean take(String sign) {
    boolean here = isSign(sign);
    at += here ? 1 : 0;
    return here;
  }

  /** Reads {@code sign}, which must stand here. */
  void expect(String sign) {
    if (!take(sign)) {
      throw atEnd() ? new CannotTell("'" + sign + "' is missing") : unexpected();
    }
  }

  /** Says that the token here cannot stand here. */
  CannotTell unexpected() {
    return atEnd()
        ? new CannotTell("the expression ends too early")
        : new CannotTell("'" + Words.brief(peek().text()) + "' is not expected here");
  }

  /** Goes one level deeper; {@link #leave()} comes back. */
  void enter() {
    if (++depth > Limits.MAX_DEPTH) {
      throw new CannotTell("the answer is nested deeper than " + Limits.MAX_DEPTH);
    }
  }

  void leave() {
    depth--;
  }
}
