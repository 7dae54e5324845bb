package dev.terse.trainer.config.places;

import dev.terse.io.hub.InputKind;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The key names what the command reads. {@code InputRule} tells what of it is missing; whoever
 * opens it asks {@link InputKind#place} where it is.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Reads {
  InputKind value();
}
