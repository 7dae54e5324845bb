package dev.terse.lab.chart;

/**
 * What a part of a chart stands for. A page gives each its colour, so that light and dark are the
 * page's matter; a picture takes the colours here, which are meant for white paper and can be told
 * apart by people who see fewer colours.
 */
public enum Ink {
  GRID(0xe5e7eb),
  TEXT(0x4b5563),
  BASE(0x6b7280),
  SFT(0x2563eb),
  GRPO(0xd97706),
  LOW(0x0f766e),
  RANDOM(0x9333ea),
  HIGH(0xdc2626);

  private final int rgb;

  Ink(int rgb) {
    this.rgb = rgb;
  }

  /** Red, green and blue, eight bits each. */
  int rgb() {
    return rgb;
  }

  /** The CSS variable that a page sets, without the dashes. */
  public String variable() {
    return "ink-" + name().toLowerCase(java.util.Locale.ROOT);
  }
}
