package dev.terse.cli.keys;

/** A command whose options are the keys of a configuration. */
public interface Configured extends TakesKeys {
  /** The record of the keys. */
  Class<?> configuration();
}
