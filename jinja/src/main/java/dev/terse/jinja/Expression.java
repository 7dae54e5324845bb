package dev.terse.jinja;

/** A compiled expression. */
@FunctionalInterface
interface Expression {
  Object in(Frame frame);
}
