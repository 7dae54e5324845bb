package dev.terse.engine.cuda.device;

import org.bytedeco.javacpp.Pointer;

/** An address as JavaCPP takes it; owns nothing. */
public final class Address extends Pointer {

  public Address(long value) {
    address = value;
  }
}
