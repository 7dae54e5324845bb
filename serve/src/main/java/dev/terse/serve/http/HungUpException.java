package dev.terse.serve.http;

/** The client has gone, so nobody is answered. */
final class HungUpException extends RuntimeException {
  private static final long serialVersionUID = 1;

  HungUpException() {
    super("the client has hung up", null, false, false);
  }
}
