package dev.terse.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** What is made when it is first asked for; a failure is told once, to who asks first. */
final class Lazy<T> {
  private final String what;
  private final Maker<T> maker;
  private T made;
  private boolean failed;

  /** Makes the thing. */
  @FunctionalInterface
  interface Maker<T> {
    T make() throws IOException;
  }

  /**
   * @param what its name, for those who ask after a failure
   */
  Lazy(String what, Maker<T> maker) {
    this.what = what;
    this.maker = maker;
  }

  /**
   * The thing.
   *
   * @throws NotThereException where it was asked for before and could not be made
   */
  T get() {
    if (failed) {
      throw new NotThereException(what);
    }
    if (made == null) {
      failed = true; // unless it is made
      try {
        made = maker.make();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      failed = false;
    }
    return made;
  }

  /** The thing, if it was made. */
  Optional<T> made() {
    return Optional.ofNullable(made);
  }
}
