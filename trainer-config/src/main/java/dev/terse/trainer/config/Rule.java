package dev.terse.trainer.config;

import java.util.List;

/**
 * What must hold between keys that stand in several records, or between a key and what it names.
 * Asked while a configuration is read, so that its problems are told with all the others.
 */
@FunctionalInterface
public interface Rule {
  /** Sentences, one a problem; none if a value that it asks about does not fit by itself. */
  List<String> problems(ConfigValues values);
}
