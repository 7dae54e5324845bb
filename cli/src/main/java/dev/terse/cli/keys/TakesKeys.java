package dev.terse.cli.keys;

/** A command that reads the options which it does not name as keys of a configuration. */
public interface TakesKeys {}
