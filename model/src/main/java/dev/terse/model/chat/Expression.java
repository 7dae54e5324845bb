package dev.terse.model.chat;

/** A compiled expression. */
@FunctionalInterface
interface Expression {
  Object in(Frame frame);
}
