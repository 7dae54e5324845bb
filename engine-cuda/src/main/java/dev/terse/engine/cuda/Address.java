package dev.terse.engine.cuda;

import org.bytedeco.javacpp.Pointer;

/** An address as JavaCPP takes it; owns nothing. */
final class Address extends Pointer {

  Address(long value) {
    address = value;
  }
}
