package dev.terse.testkit.disk;

/**
 * Stands for the end of the process: no code of the product catches it, and what it does on its way
 * out changes the disk no more.
 */
public final class Killed extends Error {
  private static final long serialVersionUID = 1;

  Killed(Operation before) {
    super("killed before " + before, null, false, false);
  }
}
