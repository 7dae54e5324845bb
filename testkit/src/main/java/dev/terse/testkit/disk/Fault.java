package dev.terse.testkit.disk;

import java.util.function.Predicate;

/**
 * What goes wrong.
 *
 * @param at which of the calls that {@code which} names, from 1; of {@link Kind#FULL} the bytes
 *     that find room, of {@link Kind#SLOW} the milliseconds that each of them takes
 */
public record Fault(Kind kind, long at, Predicate<Operation> which) {

  /** How it goes wrong. */
  public enum Kind {
    NONE,
    /** The call fails; those after it do not. */
    ERROR,
    /** A write is done by half, then it fails; other calls fail. */
    CUT,
    /** The call and all that change the disk after it fail. */
    BROKEN,
    /** The process ends: {@link Killed} instead of the call, a write by half. */
    KILL,
    /** The disk has room for so many bytes more. */
    FULL,
    /** Calls take their time. */
    SLOW
  }

  /** Nothing goes wrong; the calls are counted. */
  public static Fault none() {
    return new Fault(Kind.NONE, 0, call -> true);
  }

  /** Of the calls that change the disk. */
  public static Fault changing(Kind kind, long at) {
    return new Fault(kind, at, call -> !call.kind().isReading());
  }

  /** Of the calls that read it. */
  public static Fault reading(Kind kind, long at) {
    return new Fault(kind, at, call -> call.kind().isReading());
  }
}
