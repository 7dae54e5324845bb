package dev.terse.engine.spi;

/** Which way rotary embeddings turn; the backward turns a gradient back. */
public enum Turn {
  FORWARD(1),
  BACK(-1);

  private final int sign;

  Turn(int sign) {
    this.sign = sign;
  }

  /** Of the angles: 1 or -1. */
  public int sign() {
    return sign;
  }
}
