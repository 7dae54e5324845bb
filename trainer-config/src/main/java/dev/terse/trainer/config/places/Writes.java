package dev.terse.trainer.config.places;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The key names what the command writes; {@code ~} at its beginning is the user's folder. */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Writes {
  /** What is written. */
  enum Kind {
    FILE,
    FOLDER
  }

  Kind value();
}
