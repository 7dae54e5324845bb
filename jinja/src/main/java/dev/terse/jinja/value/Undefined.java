package dev.terse.jinja.value;

/**
 * What Jinja gives for a name or key that is not there: prints as nothing, is false and empty, and
 * may not be looked into.
 *
 * @param what the sentence's subject, such as {@code 'tools' is undefined}
 */
public record Undefined(String what) {}
