package dev.terse.trainer.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The value of a key that a configuration leaves out, as it would be written in YAML. A key without
 * a default must be given.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Default {
  /** The default of keys that may be unset: the value is null. */
  String UNSET = "null";

  String value();

  /** Whether null may be written for a key that has another default, and means none. */
  boolean orNull() default false;
}
